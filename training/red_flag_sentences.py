"""Our own labelled sentences about red flags, and what the sound of each is for.

The lexicon is written with all of them. For the ears each has one use, by its words, so that more
sentences change nothing for the rest: the open lane's language model counts those to learn from,
thresholds are tuned with others, and the benchmarks play the last.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from training.speakers import Use

OWN = Path(__file__).resolve().parents[1] / "tests" / "red_flag_sentences.tsv"

_USES = {0: Use.REPORT, 1: Use.TUNE}
_PARTS = 8


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """What is said, the least tier it deserves ("none" for a harmless one), and how it is built."""

    text: str
    tier: str
    construction: str

    @property
    def use(self) -> Use:
        """What its sound is for: an eighth measures, an eighth tunes."""
        return _USES.get(hashlib.sha256(self.text.encode()).digest()[0] % _PARTS, Use.TRAIN)


def read_sentences() -> list[LabelledSentence]:
    """All of them, in the file's order."""
    lines = OWN.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [LabelledSentence(text, tier, construction) for text, tier, construction, *_ in cells]
