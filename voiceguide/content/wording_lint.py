"""Checks that no words go beyond what the fields allow: times, limits, pain, and saying stop."""

import re
from collections.abc import Iterator

from voiceguide.content.limits_lint import (
    MAX_HOLD_SECONDS,
    MAX_SELF_MINUTES_PER_DAY,
    longest_seconds,
)
from voiceguide.content.routine_clauses import clause_start, clauses, plain, sentences
from voiceguide.content.routine_schema import RoutineFile, StepFile, Technique
from voiceguide.content.speech_lint import spoken_texts
from voiceguide.content.spoken_durations import Duration, durations
from voiceguide.content.unsafe_words import Wording, unsafe_words
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.areas import MAX_SECONDS
from voiceguide.core.routine import Audience, Region
from voiceguide.errors import Problem

_HELD = frozenset({Technique.HOLDING, Technique.TRIGGER_POINT})
_SAYS_STOP = re.compile(r"\bsay(?:s|ing)?,? [\"'\u201c]?stop\b")
_DOCTOR = re.compile(r"\bdoctors?\b")
_QUESTION = re.compile(r"([^.?!]+)\?\s")
_IF_FIRST = re.compile(
    r"^(?:and |or |also |even )*(?:if|when|where|wherever|whenever|although|though|while|should"
    r"|once|as soon as|after|does|do|is|are)\b(?P<condition>.*?)(?:[,?] | then )(?P<main>.*)$"
)
_IF_LAST = re.compile(
    r"^(?P<main>.*?)\b(?:even |especially |also |just |right )*(?:if|when|where|wherever|although"
    r"|though|while|whenever|every time|each time|until|no matter (?:how|if|whether|what)"
    r"|whether or not)\b(?P<condition>.*)$"
)


def wording_problems(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """Every unsafe wording in what the guide says of a routine."""
    yield from _stop(file, document)
    yield from _doctor(file, document)
    for place, text in spoken_texts(file):
        if place[0] != "also_ask":
            yield from _wordings(file, place, text, document)
            yield from _goes_on(place, text, document)
            yield from _times(file, place, text, document)
    for index, step in enumerate(file.steps):
        yield from _check_in(step, ("steps", index, "check_in"), document)


def _stop(file: RoutineFile, document: Document) -> Iterator[Problem]:
    said = [*file.preparation, *(step.say for step in file.steps)]
    said += [caution for step in file.steps for caution in step.cautions]
    if not any(_tells(text, _SAYS_STOP, "stop_denied", "stop_weakened") for text in said):
        what = "Nobody is told that they can say stop."
        mend = 'Add a line to `preparation`, such as "If anything hurts, say stop."'
        yield document.problem(("preparation",), what, mend)


def _doctor(file: RoutineFile, document: Document) -> Iterator[Problem]:
    if not any(_tells(text, _DOCTOR, "doctor_denied") for text in file.advice):
        what = "The advice does not say when to see a doctor."
        mend = 'Add a line, such as "If the pain stays or gets worse, see a doctor."'
        yield document.problem(("advice",), what, mend)


def _tells(text: str, words: re.Pattern[str], denied: str, weakened: str = "") -> bool:
    """Whether a clause has the words, and nothing before or behind them takes them back."""
    lists = unsafe_words().lists
    for clause in clauses(text):
        found = words.search(clause.text)
        if found and not lists[denied].search(clause.text, 0, found.start()):
            after = clause.text[found.end() :]
            return not (weakened and lists[weakened].search(after))
    return False


def _wordings(file: RoutineFile, place: Place, text: str, document: Document) -> Iterator[Problem]:
    said = sentences(text)
    for wording in unsafe_words().wordings:
        if wording.only_with_days_between and not file.limits.days_between:
            continue
        for sentence in said:
            found = wording.say.search(sentence)
            if found and not _is_warning(wording, found):
                yield document.problem(place, f'"{found[0]}": {wording.what}', wording.mend)


def _is_warning(wording: Wording, found: re.Match[str]) -> bool:
    sentence, start = found.string, found.start()
    withdrawn = unsafe_words().lists["withdrawn"].match(sentence, found.end() + 1)
    return bool(withdrawn or wording.unless.search(sentence, clause_start(sentence, start), start))


def _goes_on(place: Place, text: str, document: Document) -> Iterator[Problem]:
    """Finds "if it hurts, press harder", in either order."""
    words = unsafe_words().lists
    # A question is the condition of the sentence after it.
    for sentence in sentences(_QUESTION.sub(r"if \1, ", plain(text))):
        for halves in (_IF_FIRST.search(sentence), _IF_LAST.search(sentence)):
            if halves is None or words["denied"].search(halves["condition"]):
                continue
            symptom = words["symptom"].search(halves["condition"])
            goes_on = words["go_on"].search(halves["main"])
            eases = words["denials" if words["alarms"].search(halves["condition"]) else "eases"]
            if symptom and goes_on and not eases.search(halves["main"]):
                what = f'"{symptom[0]}", and then "{goes_on[0]}": this goes on although it hurts.'
                yield document.problem(place, what, "Say to stop, to ease off or to rest instead.")
                break


def _times(file: RoutineFile, place: Place, text: str, document: Document) -> Iterator[Problem]:
    step = file.steps[place[1]] if place[0] == "steps" and isinstance(place[1], int) else None
    for sentence in sentences(text):
        named = list(durations(sentence))
        if not named or unsafe_words().lists["idle"].search(sentence):
            continue
        allowed, doing = _allowed_seconds(file, step, place, sentence)
        for duration in named:
            if duration.seconds > allowed:
                yield document.problem(place, *_too_long(duration, doing, allowed))


def _too_long(duration: Duration, doing: str, allowed: float) -> tuple[str, str]:
    what = f"{doing} for {duration.words} is too long."
    if doing == "Holding":
        return what, f"Hold a spot for {allowed:g} seconds or less."
    return what, f"Stay within {allowed:g} seconds."


def _allowed_seconds(
    file: RoutineFile, step: StepFile | None, place: Place, sentence: str
) -> tuple[float, str]:
    """The longest time that a sentence may name, and what is done for that time."""
    words = unsafe_words().lists
    is_held = words["holds"].search(sentence) and not words["moves"].search(sentence)
    if is_held or (step and step.technique in _HELD):
        return MAX_HOLD_SECONDS, "Holding"
    limits = [MAX_SELF_MINUTES_PER_DAY * 60] if file.audience is Audience.SELF else []
    if place[0] not in ("title", "summary"):
        named = (region for region in MAX_SECONDS if str(region).rstrip("s") in sentence)
        limits += [MAX_SECONDS[region] for region in named]
    if step and step.region is not Region.NONE:
        limits.append(longest_seconds(step.region))
    return min(limits, default=float("inf")), "Working there"


def _check_in(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    """Yes means that all is well, so it may not be the answer to "does it hurt?"."""
    words = unsafe_words().lists
    for sentence in sentences(step.check_in):
        found = words["symptom"].search(sentence)
        if found and not words["denied"].search(sentence):
            what = f'"{found[0]}": here "yes" would mean that all is well.'
            yield document.problem(place, what, 'Ask something to which "yes" is good.')
