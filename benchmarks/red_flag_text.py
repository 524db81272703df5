"""Red flags in text: recall and wrong escalation, and how much of it the lexicon owes to each line.

    python benchmarks/red_flag_text.py [--misses] [--out DIR]

Prints a table for each labelled file, one for each construction of our own sentences, and
leave-one-construction-out: all templates are dropped that no other construction needs, then the
construction is judged again. That is a guess at how unseen constructions fare; a low one, since a
template holds many wordings and all of them go. `--out` writes red_flag_text.md there as well.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from time import process_time

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.core.findings import Kind, Rule, Scanner
from voiceguide.core.red_flags import Judgement, RedFlagLexicon, Tier
from voiceguide.core.spoken_words import read_words

REPOSITORY = Path(__file__).resolve().parents[1]
OWN = REPOSITORY / "tests" / "red_flag_sentences.tsv"
SHARED = REPOSITORY.parent / "shared" / "data"
UNSEEN = REPOSITORY / "tests" / "red_flag_unseen.tsv"
FILES = (SHARED / "redflags_dev.tsv", SHARED / "redflag_real_dev.tsv", UNSEEN, OWN)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A labelled sentence; `also` are other tiers that a debatable one may be given."""

    text: str
    tier: Tier | None
    construction: str
    also: frozenset[Tier | None] = frozenset()


@dataclass(slots=True)
class Score:
    """Counts over sentences; `escalated` counts a question as half."""

    grave: int = 0
    raised: int = 0
    lowered: int = 0
    harmless: int = 0
    escalated: float = 0.0

    def add(self, sentence: Sentence, judgement: Judgement) -> bool:
        """Count one; True where it is judged as labelled."""
        if sentence.tier is None:
            return self._add_harmless(sentence, judgement)
        if sentence.tier is Tier.CAUTION:
            return True
        self.grave += 1
        rank = judgement.tier.rank if judgement.tier else 0
        fine = judgement.ask or rank >= sentence.tier.rank or judgement.tier in sentence.also
        self.raised += fine
        low = rank < Tier.URGENT.rank and not judgement.ask and judgement.tier not in sentence.also
        self.lowered += sentence.tier is Tier.EMERGENCY and low
        return fine

    def _add_harmless(self, sentence: Sentence, judgement: Judgement) -> bool:
        self.harmless += 1
        wrong = judgement.tier is not None and judgement.tier not in sentence.also
        self.escalated += wrong * (0.5 if judgement.ask else 1.0)
        return not wrong

    def __str__(self) -> str:
        recall = f"{self.raised}/{self.grave}" if self.grave else "-"
        share = f"{100 * self.raised / self.grave:6.1f} %" if self.grave else "       -"
        wrong = f"{self.escalated:g}/{self.harmless}" if self.harmless else "-"
        rate = f"{100 * self.escalated / self.harmless:5.1f} %" if self.harmless else "      -"
        return f"{recall:>9} {share}   low {self.lowered:2}   wrong {wrong:>9} {rate}"


def read_sentences(path: Path) -> list[Sentence]:
    """Labelled sentences of a file with columns text, tier, and more."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "text\t")) or not line.strip():
            continue
        cells = line.split("\t")
        also = cells[4].split(",") if len(cells) > 4 and cells[4] else []
        named = cells[2] if len(cells) == 3 else (cells[3] if len(cells) > 3 else "")
        found.append(
            Sentence(cells[0], _tier(cells[1]), named or "-", frozenset(_tier(a) for a in also))
        )
    return found


def _tier(name: str) -> Tier | None:
    return None if name.strip() == "none" else Tier(name.strip())


def score(lexicon: RedFlagLexicon, sentences: Iterable[Sentence], *, misses: bool = False) -> Score:
    """The score of a lexicon on sentences; `misses` prints what is judged otherwise."""
    total = Score()
    for sentence in sentences:
        judgement = lexicon.judge(sentence.text)
        if not total.add(sentence, judgement) and misses:
            print(f"    {sentence.text!r}: {sentence.tier} -> {judgement}")
    return total


def rule_users(lexicon: RedFlagLexicon, sentences: Iterable[Sentence]) -> dict[Rule, set[str]]:
    """For each rule, the constructions in whose sentences it is found."""
    scanner = Scanner(lexicon.rules)
    users: defaultdict[Rule, set[str]] = defaultdict(set)
    for sentence in sentences:
        findings = scanner.scan(read_words(sentence.text, lexicon.spelling))
        for kind in Kind:
            for hit in findings.of(kind):
                users[hit.rule].add(sentence.construction)
    return users


def without(lexicon: RedFlagLexicon, users: dict[Rule, set[str]], left: str) -> RedFlagLexicon:
    """The lexicon without what only construction `left` needs; its weights knew them all."""
    kept = tuple(rule for rule in lexicon.rules if users.get(rule) != {left})
    return replace(lexicon, rules=kept, suspicion=None)


def report_files(lexicon: RedFlagLexicon, *, misses: bool) -> Iterator[str]:
    """One line a file; missing files are named."""
    yield "file                        raised or asked      emergency below urgent, escalated"
    for path in FILES:
        if not path.exists():
            yield f"{path.name:26} missing"
            continue
        yield f"{path.name:26} {score(lexicon, read_sentences(path), misses=misses)}"


def report_constructions(lexicon: RedFlagLexicon) -> Iterator[str]:
    """Our own sentences by construction, with the whole lexicon and with what others need."""
    sentences = read_sentences(OWN)
    users = rule_users(lexicon, sentences)
    total = Score()
    yield ""
    yield "construction               whole lexicon / leave this construction out"
    for name in sorted({sentence.construction for sentence in sentences}):
        chosen = [sentence for sentence in sentences if sentence.construction == name]
        reduced = without(lexicon, users, name)
        yield f"{name:26} {score(lexicon, chosen)}"
        yield f"{'':26} {score(reduced, chosen)}"
        for sentence in chosen:
            total.add(sentence, reduced.judge(sentence.text))
    yield f"{'all, each left out':26} {total}"


def report_speed(lexicon: RedFlagLexicon) -> Iterator[str]:
    """Milliseconds for 20 words, over our own sentences."""
    texts = [sentence.text for sentence in read_sentences(OWN)]
    words = sum(len(text.split()) for text in texts)
    begun = process_time()
    for text in texts:
        lexicon.judge(text)
    yield ""
    yield f"{1000 * (process_time() - begun) * 20 / words:.2f} ms of processor time for 20 words"


def write_page(lines: list[str], folder: Path) -> None:
    """The tables as a page of the reference."""
    note = "Written by `python benchmarks/red_flag_text.py --out DIR`; do not edit."
    page = ["# Red flags in text", "", note, "", "```text", *lines, "```", ""]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "red_flag_text.md").write_text("\n".join(page), encoding="utf-8")


def main() -> None:
    """Parse the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print each wrong judgement")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write red_flag_text.md there")
    arguments = parser.parse_args()
    lexicon = load_red_flag_lexicon()
    reports = (
        report_files(lexicon, misses=arguments.misses),
        report_constructions(lexicon),
        report_speed(lexicon),
    )
    lines = []
    for line in chain.from_iterable(reports):
        print(line, flush=True)
        lines.append(line)
    if arguments.out:
        write_page(lines, arguments.out)


if __name__ == "__main__":
    main()
