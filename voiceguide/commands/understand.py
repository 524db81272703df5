"""`voiceguide understand`: text in, its meaning out; the fastest way to try words."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.intents import Slot
from voiceguide.core.turn import World
from voiceguide.errors import ExitCode


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text means: the fields of one output line, in order."""

    text: str
    intent: str | None
    slots: dict[str, Slot]
    red_flag: str | None
    ask: bool
    reason: str

    def as_text(self) -> str:
        """One line for people."""
        if self.red_flag is not None:
            first = ", asks first" if self.ask else ""
            return f"{self.text}: red flag, {self.red_flag}{first} ({self.reason})"
        slots = "".join(f" {name}={value}" for name, value in self.slots.items())
        return f"{self.text}: {self.intent or 'no command'}{slots}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help="else a line each on stdin")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Print what each text means."""
    world = load_language("en").world(load_library().routines)
    texts: Iterable[str] = args.text or (line.rstrip("\n") for line in sys.stdin)
    for text in texts:
        understood = understand(text, world)
        line = json.dumps(asdict(understood)) if args.json else understood.as_text()
        sys.stdout.write(line + "\n")
    return ExitCode.OK


def understand(text: str, world: World) -> Understood:
    """The meaning of a text, whatever the phase."""
    meaning = world.grammar.match(text, ALL_INTENTS)
    judgement = world.red_flags.judge(text)
    return Understood(
        text=text,
        intent=meaning.intent.value if meaning else None,
        slots=dict(meaning.slots) if meaning else {},
        red_flag=judgement.tier.value if judgement.tier else None,
        ask=judgement.ask,
        reason=judgement.reason,
    )
