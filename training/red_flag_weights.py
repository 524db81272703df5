"""Learn the weights of `voiceguide.core.suspicion` from our own sentences.

    python -m training.red_flag_weights [--without CONSTRUCTION ...] [--write]

Harmless are our own sentences without a tier, all commands, and what the routines say. With
`--without`, the sentences of these constructions are left out and scored afterwards: that is how
well unseen wordings fare. `--write` replaces the weights that are shipped.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, sqrt
from pathlib import Path

from training.red_flag_sentences import LabelledSentence, read_sentences
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.content.red_flag_lexicon import BOUNDS, load_red_flag_lexicon
from voiceguide.core.spoken_words import read_words
from voiceguide.core.suspicion import Suspicion, parts

REPOSITORY = Path(__file__).resolve().parents[1]
WEIGHTS = REPOSITORY / "voiceguide" / "content" / "languages" / "en_red_flag_weights.tsv"
SOURCE = "Learnt from tests/red_flag_sentences.tsv by training/red_flag_weights.py; not edited."
LIMIT = 2.2
"""Of harmless sentences of constructions left out 1.0 % score more, of grave ones 77 %."""
HARMLESS = -0.5
"""Of harmless sentences of constructions left out 85 % score less, of grave ones 2.1 %."""
ROUNDS = 15
STEP = 0.5
SHRINK = 0.002  # keeps weights of rare parts small
SMALLEST = 0.15  # weights below that are not worth a line

Example = tuple[tuple[str, ...], bool]


@dataclass(slots=True)
class Learner:
    """Logistic regression with a step of its own for every weight (AdaGrad)."""

    weights: dict[str, float]
    squares: dict[str, float]
    start: float = 0.0

    def learn(self, known: Sequence[str], *, grave: bool) -> None:
        """One example's step."""
        scale = 1 / sqrt(len(known))
        total = self.start + scale * sum(self.weights[part] for part in known)
        error = grave - 1 / (1 + exp(-total))
        self.start += 0.01 * error
        for part in known:
            gradient = error * scale - SHRINK * self.weights[part]
            self.squares[part] += gradient * gradient
            self.weights[part] += STEP * gradient / sqrt(self.squares[part])


def words_of(text: str) -> tuple[str, ...]:
    """A text's spoken words."""
    return read_words(text, load_red_flag_lexicon().spelling).words


def examples(sentences: Iterable[LabelledSentence]) -> list[Example]:
    """Words and whether they are a red flag; a caution is neither."""
    chosen = [sentence for sentence in sentences if sentence.tier != "caution"]
    return [(words_of(each.text), each.tier != "none") for each in chosen]


def talk() -> list[Example]:
    """Commands, and what the guide itself says."""
    commands = list(load_language("en").grammar.meanings)
    steps = [step for routine in load_routines(REPOSITORY / "routines") for step in routine.steps]
    said = [text for s in steps for text in (s.say, s.brief, s.softer, s.firmer, s.why)]
    said += [cue.say for step in steps for cue in step.cues]
    said += [variation.say for step in steps for variation in step.variations]
    return [(words_of(text), False) for text in (*commands, *said)]


def learn(learned: list[Example]) -> Suspicion:
    """Weights from examples, in a fixed order of shuffling."""
    found = [(sorted(set(parts(words))), grave) for words, grave in learned]
    counts = Counter(part for known, _ in found for part in known)
    kept = {part for part, count in counts.items() if count > 1}
    learner = Learner(dict.fromkeys(kept, 0.0), dict.fromkeys(kept, 1e-8))
    cases = [([part for part in known if part in kept], grave) for known, grave in found]
    cases = [case for case in cases if case[0]]
    order = random.Random(0)  # noqa: S311 (an order of examples, no secret)
    for _ in range(ROUNDS):
        order.shuffle(cases)
        for known, grave in cases:
            learner.learn(known, grave=grave)
    weights = {part: round(w, 2) for part, w in learner.weights.items() if abs(w) >= SMALLEST}
    return Suspicion(dict(sorted(weights.items())), round(learner.start, 2), LIMIT, HARMLESS)


def write(suspicion: Suspicion, path: Path, source: str) -> None:
    """The weights as they are shipped; `source` says what they were learnt from, and by what."""
    lines = [f"{part}\t{weight:g}" for part, weight in suspicion.weights.items()]
    bounds = {name: getattr(suspicion, name) for name in BOUNDS}
    first = [f"({name})\t{bound:g}" for name, bound in bounds.items() if isfinite(bound)]
    path.write_text("\n".join([f"# {source}", *first, *lines]) + "\n", encoding="utf-8")


def report(suspicion: Suspicion, left_out: list[LabelledSentence]) -> None:
    """How many of the sentences left out are suspected."""
    for grave in (True, False):
        chosen = [words for words, is_grave in examples(left_out) if is_grave is grave]
        suspected = sum(bool(suspicion.reason(words)) for words in chosen)
        print(f"{'red flags' if grave else 'harmless'}: {suspected} of {len(chosen)} suspected")


def main() -> None:
    """Parse the command line and learn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], metavar="CONSTRUCTION")
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    arguments = parser.parse_args()
    sentences = read_sentences()
    left_out = [sentence for sentence in sentences if sentence.construction in arguments.without]
    suspicion = learn(examples(s for s in sentences if s not in left_out) + talk())
    print(f"{len(suspicion.weights)} weights")
    report(suspicion, left_out)
    if arguments.write:
        write(suspicion, WEIGHTS, SOURCE)


if __name__ == "__main__":
    main()
