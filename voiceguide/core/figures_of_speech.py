"""Whether a mention is said of a thing: "the boiler collapsed", "that assembly was painful"."""

from voiceguide.core.findings import Hit
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.standing_words import Standing, TextReader
from voiceguide.core.tiers import Tier

_OWNED = frozenset({"his", "her", "their"})


class FigureReader(TextReader):
    """Judges the mentions of one text."""

    def standing(self, mention: Hit, clause: Clause, tier: Tier) -> Standing | None:
        """A thing's, or in doubt; None where the speaker may well feel it.

        Which names are those of things is not known, only which are not: what is graver is asked.
        """
        figurative = self._words.figurative
        if figurative.isdisjoint(self._spoken.words[mention.start : mention.end]):
            return None
        # "That" may link clauses as well as point.
        first = clause.body - (clause.link == "that" and clause.body > clause.start)
        end = max(clause.end, mention.end)
        # Of "her" body a word may be unknown: what is graver holds.
        is_known = self._word(first) in self._words.pointing
        if not is_known and (tier is not Tier.CAUTION or self._word(first) not in _OWNED):
            return None
        verb = next((at for at in range(first + 1, end) if self._is_verb(at, mention)), end)
        if verb == first + 1 or verb == end or self._is_felt(first + 1, end, verb):
            return None
        if tier is not Tier.CAUTION:
            return Standing.DOUBTFUL
        whole = len(self._spoken.words)
        is_all = not (self._is_felt(0, first) or self._is_felt(verb, whole, verb))
        return Standing.THING if is_all else None

    def _is_verb(self, at: int, mention: Hit) -> bool:
        is_figure = at >= mention.start and self._word(at) in self._words.figurative
        return is_figure or self._word(at) in self._words.copulas

    def _is_felt(self, start: int, end: int, verb: int | None = None) -> bool:
        """Whether words name a body's part, someone, or what touches one.

        What is said from `verb` on may be a figure of speech.
        """
        figures_from = end if verb is None else verb
        return any(
            self._names_felt(at) and not (at >= figures_from and self._is_figure(at))
            for at in range(start, end)
        )

    def _is_figure(self, at: int) -> bool:
        """`was painful`, `is killing me`, `is a right pain`: no word of these names a body."""
        figurative = self._words.figurative
        match self._word(at):
            case "me" | "us":
                return self._word(at - 1) in figurative
            case "right":
                return self._word(at + 1) in figurative
            case word:
                return word in figurative

    def _names_felt(self, at: int) -> bool:
        words, word = self._words, self._word(at)
        own = word in words.first_person or word in words.second_person
        return own or word in words.bodily or word in words.others or word in words.anyone
