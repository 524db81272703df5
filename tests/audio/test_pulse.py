from voiceguide.audio.pulse import FIRST_CALL_SECONDS, PRIMING_CALLS, STALL_SECONDS, Pulse

RUNNING = PRIMING_CALLS + 1


def test_a_pulse_stalls_when_its_counter_stands_still() -> None:
    pulse = Pulse()

    assert not pulse.is_stalled(RUNNING, 100.0)
    assert not pulse.is_stalled(RUNNING, 100.0 + STALL_SECONDS)
    assert pulse.is_stalled(RUNNING, 100.1 + STALL_SECONDS)
    assert not pulse.is_stalled(RUNNING + 1, 105.0)


def test_a_pulse_that_has_not_begun_has_more_time() -> None:
    pulse = Pulse()

    assert not pulse.is_stalled(0, 100.0)
    assert not pulse.is_stalled(0, 100.0 + FIRST_CALL_SECONDS)
    assert pulse.is_stalled(0, 100.1 + FIRST_CALL_SECONDS)


def test_a_buffer_that_was_filled_is_no_device_that_has_begun() -> None:
    """A fresh PulseAudio takes some blocks at once and the next only after up to 2 s."""
    pulse = Pulse()

    assert not pulse.is_stalled(4, 100.0)
    assert not pulse.is_stalled(4, 102.0)
