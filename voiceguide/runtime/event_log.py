"""What happened in a session as records for machines: `events.jsonl`, one object a line."""

from dataclasses import dataclass

from voiceguide.core.actions import Action, End, RaiseRedFlag, Say
from voiceguide.core.events import DeviceBack, DeviceLost, Event, Hindered
from voiceguide.core.state import State
from voiceguide.runtime.utterance import Utterance

Record = dict[str, object]


@dataclass(slots=True)
class EventLog:
    """Turns events, actions and changes of state into records.

    Each has `t_s`, seconds from the start, and `kind`: said, heard, phase, step, timer, pressure,
    device, red_flag, ended.
    """

    before: State

    def of_event(
        self, event: Event, actions: list[Action], after: State, seconds: float
    ) -> list[Record]:
        """The records of one event and what followed from it."""
        records = _of_device(event)
        for action in actions:
            match action:
                case Say():
                    records.append({"kind": "said", "text": action.text, "id": action.utterance_id})
                case RaiseRedFlag(tier, text, reason):
                    flag = {"tier": tier.value, "text": text, "reason": reason}
                    records.append({"kind": "red_flag", **flag})
                case End(tier):
                    records.append({"kind": "ended", "red_flag": tier and tier.value})
                case _:
                    pass
        records += _of_change(self.before, after)
        self.before = after
        return [{"t_s": round(seconds, 3), **record} for record in records]

    @staticmethod
    def of_utterance(utterance: Utterance, seconds: float) -> Record:
        """The record of something heard, accepted or not: the fields that `hear` prints."""
        return {
            "t_s": round(seconds, 3),
            "kind": "heard",
            "start_s": round(utterance.start_s, 3),
            "end_s": round(utterance.end_s, 3),
            "decided_s": round(utterance.decided_s, 3),
            "text": utterance.text,
            "intent": utterance.intent,
            "slots": utterance.slots,
            "red_flag": utterance.tier,
            "accepted": utterance.accepted,
            "reason": str(utterance.reason),
        }


def _of_device(event: Event) -> list[Record]:
    match event:
        case DeviceLost(device):
            return [{"kind": "device", "device": device.value, "state": "lost"}]
        case DeviceBack(device):
            return [{"kind": "device", "device": device.value, "state": "back"}]
        case Hindered(hindrance):
            return [{"kind": "hindered", "by": hindrance.value}]
        case _:
            return []


def _of_change(before: State, after: State) -> list[Record]:
    records: list[Record] = []
    if after.phase is not before.phase:
        records.append({"kind": "phase", "phase": after.phase.value})
    if after.routine is not None and after.step is not None and _place(after) != _place(before):
        records.append({"kind": "step", "number": after.step_index + 1, "id": after.step.id})
    if after.pressure_offset != before.pressure_offset:
        records.append({"kind": "pressure", "offset": after.pressure_offset})
    if (after.hold is None) is not (before.hold is None):
        total = after.hold.total_seconds if after.hold else 0.0
        state = "started" if after.hold else "ended"
        records.append({"kind": "timer", "state": state, "total_seconds": total})
    return records


def _place(state: State) -> tuple[str, int]:
    return (state.routine.id if state.routine else "", state.step_index)
