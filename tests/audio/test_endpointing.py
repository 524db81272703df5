import pytest

from voiceguide.audio.endpointing import (
    Endpointer,
    EndpointSettings,
    SpeechStarted,
    SpeechStopped,
)
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ

Events = list[tuple[int, SpeechStarted | SpeechStopped]]


def _play(endpointer: Endpointer, *runs: tuple[float, float], expects_more: bool = False) -> Events:
    """Step through (seconds, probability) runs; events with the number of their block."""
    events: Events = []
    block = 0
    for seconds, probability in runs:
        for _ in range(round(seconds * SAMPLE_RATE_HZ / BLOCK_SAMPLES)):
            event = endpointer.step(probability, expects_more=expects_more)
            if event is not None:
                events.append((block, event))
            block += 1
    return events


def _at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)


def test_an_utterance_has_the_onset_and_end_of_its_speech() -> None:
    events = _play(Endpointer(), (1.0, 0.0), (0.6, 0.9), (1.0, 0.0))

    assert [event for _, event in events] == [
        SpeechStarted(_at(1.0)),
        SpeechStopped(_at(1.6)),
    ]


def test_the_end_is_told_after_the_hangover_and_not_before() -> None:
    events = _play(Endpointer(), (0.6, 0.9), (1.0, 0.0))

    told_after_blocks = events[-1][0] + 1
    assert told_after_blocks * BLOCK_SAMPLES == pytest.approx(_at(0.6 + 0.25), abs=BLOCK_SAMPLES)


def test_a_click_is_no_utterance() -> None:
    assert _play(Endpointer(), (1.0, 0.0), (0.02, 0.9), (1.0, 0.0)) == []


def test_a_pause_shorter_than_the_hangover_does_not_end_an_utterance() -> None:
    events = _play(Endpointer(), (0.4, 0.9), (0.2, 0.0), (0.4, 0.9), (1.0, 0.0))

    assert [event for _, event in events] == [SpeechStarted(0), SpeechStopped(_at(1.0))]


def test_a_dip_to_what_would_not_start_an_utterance_does_not_end_one() -> None:
    events = _play(Endpointer(), (0.4, 0.9), (0.5, 0.4), (1.0, 0.0))

    assert events[-1][1] == SpeechStopped(_at(0.9))


def test_more_silence_is_allowed_where_more_words_may_come() -> None:
    runs = ((0.4, 0.9), (0.4, 0.0), (0.4, 0.9), (1.0, 0.0))

    hasty = [event for _, event in _play(Endpointer(), *runs)]
    patient = [event for _, event in _play(Endpointer(), *runs, expects_more=True)]

    assert len(hasty) == 4
    assert patient == [SpeechStarted(0), SpeechStopped(_at(1.2))]


def test_someone_who_was_given_time_may_pause_longer() -> None:
    settings = EndpointSettings().giving_time(2.0)

    events = _play(Endpointer(settings), (0.4, 0.9), (0.4, 0.0), (0.4, 0.9), (1.0, 0.0))

    assert [event for _, event in events] == [SpeechStarted(0), SpeechStopped(_at(1.2))]


def test_endless_talk_is_ended_by_force_and_a_new_utterance_begins() -> None:
    events = [event for _, event in _play(Endpointer(), (13.0, 0.9))]

    assert events[:2] == [SpeechStarted(0), SpeechStopped(_at(12.0), is_forced=True)]
    assert events[2:] == [SpeechStarted(_at(12.0))]


def test_the_end_of_the_stream_ends_the_utterance_that_runs() -> None:
    endpointer = Endpointer()
    _play(endpointer, (0.4, 0.9), (0.1, 0.0))

    assert endpointer.stop() == SpeechStopped(_at(0.4))
    assert endpointer.stop() is None


def test_speech_and_silence_of_the_running_utterance_are_counted() -> None:
    endpointer = Endpointer()
    _play(endpointer, (0.5, 0.0), (0.4, 0.9), (0.1, 0.0))

    assert endpointer.speech_seconds == pytest.approx(0.4)
    assert endpointer.silence_seconds == pytest.approx(0.1)


def test_without_an_utterance_nothing_is_counted() -> None:
    endpointer = Endpointer()
    _play(endpointer, (0.02, 0.9))

    assert not endpointer.is_speaking
    assert endpointer.speech_seconds == 0.0
    assert endpointer.silence_seconds == 0.0
