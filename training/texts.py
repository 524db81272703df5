"""Texts of our own: command phrases, sentence templates, the words the model must know.

The files in `training/text/` use "(a|b)" for a choice, "[a]" for what may be left out and "{name}"
for one of a list.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXT_DIR = Path(__file__).parent / "text"

_INNERMOST = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]|\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Group:
    """Templates of one purpose, and how much of the text they make up."""

    name: str
    weight: float
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The groups of templates and the lists that they refer to."""

    groups: tuple[Group, ...]
    lists: dict[str, tuple[str, ...]]

    def sentence(self, rng: random.Random, group: str | None = None) -> str:
        """One random sentence, of the named group or of any by weight."""
        chosen = next((g for g in self.groups if g.name == group), None)
        if chosen is None:
            chosen = rng.choices(self.groups, [g.weight for g in self.groups])[0]
        return expand(rng.choice(chosen.templates), rng, self.lists)


def _lines(name: str) -> Iterator[str]:
    for line in (TEXT_DIR / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def core_words() -> list[str]:
    """Words that commands, answers, red flags and menus need."""
    return sorted({word for line in _lines("core_words.txt") for word in line.split()})


def phrase_templates() -> list[str]:
    """Templates of the commands."""
    return list(_lines("phrases.txt"))


def lists(name: str) -> dict[str, tuple[str, ...]]:
    """The named lists ("name: a|b") of a file."""
    named = (line.split(": ", 1) for line in _lines(name) if ": " in line)
    return {key: tuple(values.split("|")) for key, values in named}


def sentence_grammar(name: str = "sentences.txt") -> Grammar:
    """Reads sentence templates."""
    groups: list[tuple[str, float, list[str]]] = []
    for line in _lines(name):
        if line.startswith("="):
            _, group, weight = line.split()
            groups.append((group, float(weight), []))
        elif ": " not in line:
            groups[-1][2].append(line)
    return Grammar(tuple(Group(n, w, tuple(t)) for n, w, t in groups), lists(name))


def expand(template: str, rng: random.Random, lists: dict[str, tuple[str, ...]]) -> str:
    """Resolves a template's choices at random."""

    def choose(match: re.Match[str]) -> str:
        if match[3] is not None:
            return rng.choice(lists[match[3]])
        if match[2] is not None:
            return rng.choice(("", rng.choice(match[2].split("|"))))
        return rng.choice(match[1].split("|"))

    while _INNERMOST.search(template):
        template = _INNERMOST.sub(choose, template, count=1)
    return " ".join(template.split())


def draws(seed: int | str) -> random.Random:
    """A source of random choices that is the same on every run."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret with it


def phrases(rng: random.Random, tries: int = 24) -> list[str]:
    """Every command phrase, each template in all of the forms that a few tries find."""
    found = {expand(t, rng, {}) for t in phrase_templates() for _ in range(tries)}
    return sorted(found)
