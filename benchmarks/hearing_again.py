"""How much `[unk]` may count when a red flag is listened to again (`runtime/second_hearing.py`).

The more, the more of what the open lane only guessed is dropped, and some of what was said. Counted
are words that were said and heard rightly, in our own sentences that are not measured with.
"""

from collections import Counter
from collections.abc import Sequence

from benchmarks.hearing_denials import spoken_by_all
from benchmarks.hearing_work import Bench, Workers
from benchmarks.red_flags import tuning_sentences
from voiceguide.core.acceptance import UNKNOWN
from voiceguide.runtime.second_hearing import SecondHearing

COUNTS = (1, 10, 30, 100, 300)
LOST_SHARE = 0.04
"""One in 25 of the words that were heard rightly: an alarm rests on several, and each is said in a
sentence that another word may save."""

_SENTENCES = 36
_IN_ONE_TASK = 6


def unknown_again(workers: Workers) -> int:
    """The highest of `COUNTS` with which no more is lost; 1 where each of them loses more."""
    texts = tuning_sentences()[:_SENTENCES]
    tasks = [texts[first : first + _IN_ONE_TASK] for first in range(0, len(texts), _IN_ONE_TASK)]
    kept: Counter[int] = Counter()
    for counted in workers.each(_kept, tasks):
        kept.update(counted)
    enough = [count for count in COUNTS if kept[count] >= (1 - LOST_SHARE) * kept[0]]
    return max(enough, default=1)


def _kept(bench: Bench, texts: Sequence[str]) -> Counter[int]:
    """How many words that were heard rightly are heard again with each count; 0: how many were."""
    kept: Counter[int] = Counter()
    for text in texts:
        for samples in spoken_by_all(text):
            lane = bench.model.recognizer(None)
            lane.feed(samples)
            heard = lane.finish().text.replace(UNKNOWN, " ").split()
            if not heard:
                continue
            said = set(text.split())
            kept[0] += sum(word in said for word in heard)
            for count in COUNTS:
                again = SecondHearing(bench.model.recognizer, count)
                left = again.as_sentence(" ".join(heard), samples).split()
                kept[count] += sum(word in said for word in left)
    return kept
