"""The open lane's grammar: what it makes likely, and that every sentence has a way through it."""

import math

import pytest

from training.ngrams import Counts, grammar_text

WORDS = {"my": 3, "leg": 4, "arm": 5, "is": 6, "numb": 7, "[unk]": 8}
KNOWN = set(WORDS) - {"[unk]"}


def grammar_of(said: list[str]) -> str:
    counts = Counts()
    for sentence in said:
        counts.add(sentence, KNOWN)
    written: str = grammar_text(counts, WORDS, unknown=0.01)
    return written


@pytest.fixture(scope="module")
def grammar() -> str:
    return grammar_of(["my leg is numb"] * 4 + ["my arm is numb"] * 2 + ["is my leg numb"] * 3)


def cost(grammar: str, text: str) -> float:
    """Of the cheapest way through the grammar, in nats."""
    arcs: dict[int, list[tuple[int, int, float]]] = {}
    finals: dict[int, float] = {}
    for line in grammar.splitlines():
        cells = line.split()
        if len(cells) == 2:
            finals[int(cells[0])] = float(cells[1])
        else:
            begin, end, word, _, price = cells
            arcs.setdefault(int(begin), []).append((int(end), int(word), float(price)))

    def cheapest(state: int, rest: list[int]) -> float:
        ways = [price + cheapest(end, rest) for end, word, price in arcs[state] if word == 0]
        if rest:
            ways += [
                price + cheapest(end, rest[1:])
                for end, word, price in arcs[state]
                if word == rest[0]
            ]
        elif state in finals:
            ways.append(finals[state])
        return min(ways, default=math.inf)

    return cheapest(0, [WORDS[word] for word in text.split()])


def test_what_was_said_often_is_cheap(grammar: str) -> None:
    assert cost(grammar, "my leg is numb") < cost(grammar, "my arm is numb")
    assert cost(grammar, "my arm is numb") < cost(grammar, "numb is arm my")


def test_two_words_before_decide() -> None:
    """One word before does not: after "is" both are as likely."""
    grammar = grammar_of(["leg is numb"] * 4 + ["arm is my"] * 4)
    assert cost(grammar, "leg is numb") + 1 < cost(grammar, "leg is my")
    assert cost(grammar, "arm is my") + 1 < cost(grammar, "arm is numb")


def test_whatever_is_said_has_a_way(grammar: str) -> None:
    assert cost(grammar, "arm arm [unk] leg [unk]") < math.inf
    assert cost(grammar, "") < math.inf


def test_beside_an_unknown_word_nothing_is_counted() -> None:
    counts = Counts()
    counts.add("my elbow is numb", KNOWN)
    assert counts.words == {"my": 1, "is": 1, "numb": 1}
    assert dict(counts.pairs) == {("<s>", "my"): 1, ("is", "numb"): 1, ("numb", "</s>"): 1}
    assert dict(counts.triples) == {("is", "numb", "</s>"): 1}
