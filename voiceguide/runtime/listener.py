"""Microphone blocks to utterances: two lanes, acceptance, witness, behind a `FrontEnd`.

Synchronous: time is samples counted, so a recording and a microphone give the same results. A
session runs both halves on threads of their own (`listening`). The command lane is a closed grammar
of the phrases; the red-flag lane hears whatever was said. Both are fed only while someone speaks,
each utterance with a little of what came before its onset.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from voiceguide.audio.endpointing import (
    Endpointer,
    EndpointSettings,
    SpeechStarted,
    SpeechStopped,
)
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import (
    Accept,
    Acceptance,
    Decision,
    Evidence,
    Reason,
    Reject,
    Wait,
)
from voiceguide.core.intents import DEAR_INTENTS, Intent, Meaning
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.second_opinion import SecondOpinion
from voiceguide.core.self_echo import SelfEcho
from voiceguide.ports import EchoCanceller, Examples, Recognizer, VoiceActivity, Witness
from voiceguide.runtime.front_end import Cleaned, FrontEnd, NoEchoCanceller
from voiceguide.runtime.red_flag_lane import Finding, RedFlagJudge, RedFlagLane
from voiceguide.runtime.second_hearing import SecondHearing
from voiceguide.runtime.second_voice import SecondVoice
from voiceguide.runtime.utterance import Surroundings, Utterance

_WHATEVER_THE_ECHO = frozenset({Intent.STOP, Intent.PAUSE})
_NEEDS_CERTAINTY = DEAR_INTENTS | {
    *(Intent.NUMBER, Intent.GO_TO_STEP),
    *(Intent.YES, Intent.NO, Intent.RESUME),
}
"""The guide counts aloud (out of its own "step twelve" both witnesses heard "one"); and on answers
hangs whether work goes on (out of "away from the wall", "no"), on others a red flag or the end."""
_LOOK_AHEAD_BLOCKS = 16  # 0.32 s: the model's 0.21 s and what a chunk of 0.1 s may leave waiting
_SCRAP_WORDS = 2
_TALK_SECONDS = 1.0  # a refused utterance shorter than this may be a command that was misheard
_EXAMPLE_SECONDS = 1.5
_NOT_BY_EXAMPLE = DEAR_INTENTS | {Intent.YES, Intent.NO, Intent.RESUME}
"""Answers to questions about red flags, and what leads back to work, are believed on no example."""
# Not SELF_ECHO, which is what becomes of all that may be the guide's.
_NOT_UNDERSTOOD = frozenset(
    {
        *(Reason.NOTHING_HEARD, Reason.UNKNOWN_WORDS, Reason.NO_PHRASE, Reason.NOT_CONFIRMED),
        *(Reason.NOT_ASKED_FOR, Reason.OVER_THE_GUIDE),
    }
)


@dataclass(frozen=True, slots=True)
class Ears:
    """The parts of a listener that hear.

    `commands` makes or finds the recognizer for a set of active intents; `red_flags` hears whatever
    is said; `witness` hears whole phrases, where there is one; `examples` knows one user's words
    and is asked about what nobody understood; `second_hearing` checks what `red_flags` heard. They
    belong to the listener's thread, `activity` and `echo_canceller` to its front end's.
    """

    activity: VoiceActivity
    commands: Callable[[frozenset[Intent]], Recognizer]
    red_flags: Recognizer
    echo_canceller: EchoCanceller = field(default_factory=NoEchoCanceller)
    witness: Witness | None = None
    examples: Examples | None = None
    second_hearing: SecondHearing | None = None


@dataclass(slots=True)
class _Running:
    """The utterance that is being said."""

    onset_sample: int
    commands: Recognizer
    gap_seconds: float
    text: str = ""
    text_since_sample: int = 0
    early: Meaning | None = None
    is_settled: bool = False
    voice_probability: float = 0.0
    energy: float = 0.0
    samples: int = 0
    heard: list[Samples] = field(default_factory=list)

    @property
    def level_dbfs(self) -> float:
        """Of all that was fed so far."""
        return 10 * math.log10(max(self.energy / max(self.samples, 1), 1e-12))


class Listener:
    """Hears block by block; one thread only."""

    def __init__(
        self,
        ears: Ears,
        rules: Acceptance,
        red_flags: RedFlagJudge,
        endpointing: EndpointSettings | None = None,
        opinion: SecondOpinion | None = None,
    ) -> None:
        self._ears = ears
        self._rules = rules
        self._opinion = opinion
        self._red_flags = RedFlagLane(
            ears.red_flags, red_flags, ears.witness, opinion, ears.second_hearing
        )
        self._usual = endpointing or EndpointSettings()
        self._time_factor = 1.0
        self._endpointer = Endpointer(self._usual)
        self.front_end = FrontEnd(ears.echo_canceller, ears.activity)
        pre_roll_seconds = self._endpointer.settings.pre_roll_seconds
        onset_seconds = self._endpointer.settings.onset_seconds
        pre_roll_blocks = round((pre_roll_seconds + onset_seconds) * SAMPLE_RATE_HZ / BLOCK_SAMPLES)
        self._pre_roll: deque[Samples] = deque(maxlen=max(1, pre_roll_blocks))
        self._self_echo = SelfEcho()
        self._second_voice = SecondVoice()
        self._is_half_duplex = False
        self._now_sample = 0
        self._last_talk_sample: int | None = None
        self._running: _Running | None = None
        self.newest_sound: Samples = np.zeros(0, dtype=np.float32)
        """Of the newest utterance that is over, with a little quiet around it."""

    @property
    def is_someone_speaking(self) -> bool:
        """Whether an utterance is running: the guide may fall silent to hear it better."""
        return self._running is not None

    def hear(
        self, near_end: Samples, far_end: Samples, surroundings: Surroundings
    ) -> list[Utterance]:
        """Take one block of `BLOCK_SAMPLES` and return what has been decided with it."""
        return self.understand(self.front_end.clean(near_end, far_end, surroundings))

    def understand(self, cleaned: Cleaned) -> list[Utterance]:
        """Take one block of the front end's and return what has been decided with it."""
        block, surroundings = cleaned.samples, cleaned.surroundings
        self._now_sample += BLOCK_SAMPLES
        self._give_time(surroundings.time_factor)
        self._self_echo.note(surroundings.saying, self._seconds(self._now_sample))
        self._second_voice.note(
            cleaned.near_end_db,
            is_guide_speaking=bool(surroundings.saying),
            is_echo_placed=cleaned.is_echo_placed,
        )
        self._is_half_duplex = cleaned.is_half_duplex
        expects_more = self._expects_more(surroundings)
        event = self._endpointer.step(cleaned.probability, expects_more=expects_more)
        if isinstance(event, SpeechStarted):
            self._begin(event, surroundings)
        self._take(block)
        if self._running is None:
            return []
        running = self._running
        running.voice_probability = max(running.voice_probability, cleaned.probability)
        if isinstance(event, SpeechStopped):
            return self._end(running, event.end_sample, surroundings)
        self._look_ahead(running, block)
        return self._decide_early(running, surroundings)

    def _give_time(self, factor: float) -> None:
        if factor != self._time_factor:
            self._time_factor = factor
            self._endpointer.settings = self._usual.giving_time(factor)

    def finish(self, surroundings: Surroundings) -> list[Utterance]:
        """The stream has ended: settle the utterance that is still running."""
        event = self._endpointer.stop()
        if event is None or self._running is None:
            return []
        return self._end(self._running, event.end_sample, surroundings)

    def _begin(self, event: SpeechStarted, surroundings: Surroundings) -> None:
        last = self._last_talk_sample
        gap_seconds = 3600.0 if last is None else self._seconds(event.onset_sample - last)
        commands = self._ears.commands(surroundings.active)
        self._running = _Running(event.onset_sample, commands, gap_seconds)
        self._second_voice.begin_utterance()
        for block in self._pre_roll:
            self._feed(self._running, block)
        self._pre_roll.clear()

    def _take(self, block: Samples) -> None:
        if self._running is None:
            self._pre_roll.append(block)
        else:
            self._feed(self._running, block)

    def _feed(self, running: _Running, block: Samples) -> None:
        text = running.commands.feed(block).text
        self._red_flags.feed(block)
        running.energy += float(np.dot(block, block))
        running.samples += len(block)
        running.heard.append(block)
        if text != running.text:
            running.text = text
            running.text_since_sample = self._now_sample

    def _expects_more(self, surroundings: Surroundings) -> bool:
        running = self._running
        return running is not None and self._rules.expects_more(running.text, surroundings.active)

    def _look_ahead(self, running: _Running, block: Samples) -> None:
        """In a pause, let the recognizer settle the words before it.

        An acoustic model looks 0.2 s ahead, so the last word would be told that much late. The
        silence that is heard now, played on, takes the place of what is not yet there. Should the
        speaker go on, the pause was a little longer for the recognizer than in truth.
        """
        is_pause = self._endpointer.silence_seconds >= self._rules.settings.quick_silence_seconds
        if is_pause and not running.is_settled:
            running.text = running.commands.feed(np.tile(block, _LOOK_AHEAD_BLOCKS)).text
            running.text_since_sample = self._now_sample
        running.is_settled = is_pause

    def _decide_early(self, running: _Running, surroundings: Surroundings) -> list[Utterance]:
        if running.early is not None:
            return []
        end_sample = self._now_sample - round(self._endpointer.silence_seconds * SAMPLE_RATE_HZ)
        evidence = self._evidence(running, running.text, end_sample, is_final=False)
        decision = self._judge(running, evidence, surroundings)
        if not isinstance(decision, Accept):
            return []
        running.early = decision.meaning
        return [self._utterance(running, end_sample, running.text, decision)]

    def _end(
        self, running: _Running, end_sample: int, surroundings: Surroundings
    ) -> list[Utterance]:
        text = running.commands.finish().text
        said = self._red_flags.finish()
        self._running = None
        self.newest_sound = np.concatenate(running.heard)
        evidence = self._evidence(running, text, end_sample, is_final=True)
        decision = self._judge(running, evidence, surroundings)
        if isinstance(decision, Reject):
            decision = self._by_example(evidence, decision, surroundings)
        is_understood = _is_understood(decision) or running.early is not None
        red_flag = self._judge_red_flag(running, said, end_sample, is_understood=is_understood)
        if red_flag is not None and not _outweighs(decision, red_flag.red_flag):
            return [red_flag]
        if running.early is None and self._is_talk(decision, evidence):
            self._last_talk_sample = end_sample
        is_told = running.early is not None and not (
            isinstance(decision, Accept) and decision.meaning != running.early
        )
        utterance = self._utterance(running, end_sample, text, decision)
        return [] if is_told else [replace(utterance, said=said)]

    def _by_example(
        self, evidence: Evidence, refused: Reject, surroundings: Surroundings
    ) -> Decision:
        """What the examples know where nobody understood; every rule holds for them too."""
        examples = self._ears.examples
        if examples is None or refused.reason not in _NOT_UNDERSTOOD:
            return refused
        if evidence.speech_seconds > _EXAMPLE_SECONDS:
            return refused
        word = examples.word(self.newest_sound)
        decision = self._rules.judge(replace(evidence, text=word), surroundings.active)
        if not isinstance(decision, Accept) or decision.meaning.intent in _NOT_BY_EXAMPLE:
            return refused
        return replace(decision, reason=Reason.OWN_WORD)

    @staticmethod
    def _is_talk(decision: Decision, evidence: Evidence) -> bool:
        """Whether people are talking, so that what follows at once is likely more of it."""
        return not isinstance(decision, Accept) and evidence.speech_seconds >= _TALK_SECONDS

    def _judge_red_flag(
        self, running: _Running, said: str, end_sample: int, *, is_understood: bool
    ) -> Utterance | None:
        start_s, end_s = self._seconds(running.onset_sample), self._seconds(end_sample)
        is_guide_speaking = self._self_echo.is_speaking(start_s, end_s)
        found = self._red_flags.find(
            said,
            self.newest_sound,
            end_s,
            is_understood=is_understood,
            is_over_guide=is_guide_speaking,
            may_be_guide=is_guide_speaking and self._second_voice.may_be_guide,
        )
        if found is None:
            return None
        # Sooner believed than a command: a red flag that is missed is worse than one too many.
        is_echo = not self._second_voice.is_certain and (
            (is_guide_speaking and self._second_voice.has_echo_moved)
            or self._is_what_was_said(found, start_s, end_s)
        )
        reason = f"{found.reason}: {found.judgement.reason}"
        return Utterance(
            start_s=start_s,
            end_s=end_s,
            decided_s=self._seconds(self._now_sample),
            text=found.words,
            accepted=not is_echo,
            reason=Reason.SELF_ECHO if is_echo else reason,
            red_flag=Judgement() if is_echo else found.judgement,
            is_glimpse=not is_echo and found.reason is Reason.GLIMPSED,
        )

    def _is_what_was_said(self, found: Finding, start_s: float, end_s: float) -> bool:
        """Whether the guide said these words; of one or two, whether it said all the grave ones.

        Out of "numb, tingles or hurts" a recognizer makes "it tingles". Where the other word makes
        it graver, as in "chest pain", or is grave itself, the guide did not say it.
        """
        words = found.words.split()
        own = [word for word in words if self._self_echo.is_echo(word, start_s, end_s)]
        rest = [word for word in words if word not in own]
        if len(words) <= _SCRAP_WORDS and self._red_flags.tier(" ".join(rest)) is None:
            return self._red_flags.tier(" ".join(own)) is found.judgement.tier
        return self._self_echo.is_echo(found.words, start_s, end_s)

    def _evidence(
        self, running: _Running, text: str, end_sample: int, *, is_final: bool
    ) -> Evidence:
        start_s, end_s = self._seconds(running.onset_sample), self._seconds(end_sample)
        return Evidence(
            text=text,
            is_final=is_final,
            steady_seconds=self._seconds(self._now_sample - running.text_since_sample),
            speech_seconds=end_s - start_s,
            silence_seconds=self._endpointer.silence_seconds,
            level_dbfs=running.level_dbfs,
            is_settled=running.is_settled,
            voice_probability=running.voice_probability,
            gap_seconds=running.gap_seconds,
            is_own_voice=not self._second_voice.is_beyond_doubt
            and self._self_echo.is_echo(self._rules.kernel(text), start_s, end_s),
            is_guide_speaking=self._self_echo.is_speaking(start_s, end_s),
        )

    def _judge(self, running: _Running, evidence: Evidence, surroundings: Surroundings) -> Decision:
        """What the rules say, unless it may be the guide's own voice that was heard."""
        decision = self._rules.judge(evidence, surroundings.active)
        decision = self._second_opinion(running, evidence, decision, surroundings)
        if not evidence.is_guide_speaking:
            return decision
        is_certain = self._second_voice.is_certain
        if isinstance(decision, Reject):  # no unclear answer: the question is still being asked
            return Reject(Reason.OVER_THE_GUIDE if is_certain else Reason.SELF_ECHO)
        if is_certain or not isinstance(decision, Accept):
            return decision
        intent = decision.meaning.intent
        if intent in _WHATEVER_THE_ECHO:
            return decision
        if self._is_half_duplex or self._second_voice.has_echo_moved:
            return Reject(Reason.HALF_DUPLEX)
        needs_certainty = intent in _NEEDS_CERTAINTY and not self._second_voice.is_at_a_loss
        if needs_certainty or not self._second_voice.is_likely:
            return Reject(Reason.SELF_ECHO)
        return decision

    def _second_opinion(
        self,
        running: _Running,
        evidence: Evidence,
        decision: Decision,
        surroundings: Surroundings,
    ) -> Decision:
        """The decision after hearing the witness, who is asked only where it can matter."""
        if self._ears.witness is None or self._opinion is None:
            return decision
        is_certain = self._second_voice.is_certain or not evidence.is_guide_speaking
        if isinstance(decision, Wait) or (isinstance(decision, Reject) and not is_certain):
            return decision
        may_be_guide = evidence.is_guide_speaking and self._second_voice.may_be_guide
        shares = self._ears.witness.listen(np.concatenate(running.heard))
        return self._opinion.on(
            decision, evidence, shares, surroundings.active, may_be_guide=may_be_guide
        )

    def _utterance(
        self, running: _Running, end_sample: int, text: str, decision: Decision
    ) -> Utterance:
        return Utterance(
            start_s=self._seconds(running.onset_sample),
            end_s=self._seconds(end_sample),
            decided_s=self._seconds(self._now_sample),
            text=decision.phrase if isinstance(decision, Accept) else text,
            accepted=isinstance(decision, Accept),
            reason=decision.reason,
            meaning=decision.meaning if isinstance(decision, Accept) else None,
            level_dbfs=running.level_dbfs,
            voice_probability=running.voice_probability,
        )

    @staticmethod
    def _seconds(samples: int) -> float:
        return samples / SAMPLE_RATE_HZ


def _outweighs(decision: Decision, red_flag: Judgement) -> bool:
    """Whether an utterance that is a whole phrase is believed more than the open lane.

    The open lane hears "firmer" as something sore now and then; for what would only be a caution
    the closed grammar is the better witness. Anything graver comes before every command.
    """
    return _is_understood(decision) and red_flag.tier is Tier.CAUTION


def _is_understood(decision: Decision) -> bool:
    """Whether the recognizer or the witness heard a phrase; an example alone is too little."""
    return isinstance(decision, Accept) and decision.reason is not Reason.OWN_WORD
