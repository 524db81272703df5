import pytest

from voiceguide.content.spoken_durations import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("hold it for ten to thirty seconds.", [30]),
        ("for twenty-five seconds", [25]),
        ("for a hundred and twenty seconds", [120]),
        ("for two hundred seconds", [200]),
        ("for 45 seconds, then 2 minutes", [45, 120]),
        ("one and a half minutes", [90]),
        ("a minute and a half", [90]),
        ("half a minute", [30]),
        ("half an hour or a quarter of an hour", [1800, 900]),
        ("three quarters of an hour", [2700]),
        ("a few minutes, or a couple of minutes", [180, 120]),
        ("a two-minute hold", [120]),
        ("ten slow breaths", [40]),
        ("count slowly to sixty", [60]),
        ("count to a hundred", [100]),
        ("one full minute", [60]),
        ("for a while", []),
        ("the second side", []),
    ],
)
def test_times_in_words_are_read(text: str, seconds: list[float]) -> None:
    assert [duration.seconds for duration in durations(text)] == seconds


def test_a_time_keeps_its_words() -> None:
    assert [duration.words for duration in durations("for ninety seconds")] == ["ninety seconds"]
