"""Who is learned from is never measured with."""

from pathlib import Path

import pytest

from training.speakers import Use, use_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("speaker", "use"),
    [
        ("lucas", Use.TRAIN),
        ("nicolas", Use.REPORT),
        ("1998", Use.REPORT),
        ("0c540988", Use.TRAIN),
        ("0ea0e2f4", Use.TUNE),
        ("a6f2fd71", Use.REPORT),
    ],
)
def test_a_speaker_s_use_never_changes(speaker: str, use: Use) -> None:
    assert use_of(speaker) is use


def test_half_of_the_speakers_are_learned_from_and_a_quarter_each_tune_and_measure() -> None:
    uses = [use_of(f"{number:08x}") for number in range(4_000)]

    assert uses.count(Use.TRAIN) == pytest.approx(2_000, abs=100)
    assert uses.count(Use.TUNE) == pytest.approx(1_000, abs=100)


def test_the_training_material_holds_no_other_speaker() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no recordings in {DATA}")
    pytest.importorskip("scipy")
    from training import corpus  # noqa: PLC0415 - its libraries are an extra

    audio = [
        clip.speaker
        for name in ("commands", "other_words", "digits", "read_speech")
        for clip in corpus.read_clips(DATA / "audio" / name, name)
    ]
    kept = {speaker for speaker in audio if use_of(speaker) is not Use.TRAIN}
    learned = {clip.speaker for clip in corpus.training_clips(DATA)}

    assert learned & set(audio)
    assert not learned & kept
