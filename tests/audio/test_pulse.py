from voiceguide.audio.pulse import FIRST_CALL_SECONDS, STALL_SECONDS, Pulse


def test_a_pulse_stalls_when_its_counter_stands_still() -> None:
    pulse = Pulse()

    assert not pulse.is_stalled(1, 100.0)
    assert not pulse.is_stalled(1, 100.0 + STALL_SECONDS)
    assert pulse.is_stalled(1, 100.1 + STALL_SECONDS)
    assert not pulse.is_stalled(2, 105.0)


def test_a_pulse_that_has_not_begun_has_more_time() -> None:
    pulse = Pulse()

    assert not pulse.is_stalled(0, 100.0)
    assert not pulse.is_stalled(0, 100.0 + FIRST_CALL_SECONDS)
    assert pulse.is_stalled(0, 100.1 + FIRST_CALL_SECONDS)
