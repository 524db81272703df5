"""Records for machines."""

import json
from dataclasses import replace

from voiceguide.core.actions import Action, End, RaiseRedFlag, Say
from voiceguide.core.events import Device, DeviceLost, Heard, PlaybackFinished
from voiceguide.core.red_flags import Tier
from voiceguide.core.state import Hold, Phase, State
from voiceguide.runtime.event_log import EventLog
from voiceguide.runtime.utterance import Utterance

START = State()


def test_what_is_said_is_recorded_with_its_time() -> None:
    (record,) = EventLog(START).of_event(Heard("next"), [Say(3, ("Go", "on."))], START, 1.23456)

    assert record == {"t_s": 1.235, "kind": "said", "text": "Go on.", "id": 3}


def test_changes_of_phase_timer_and_pressure_are_recorded_once() -> None:
    log = EventLog(START)
    changed = replace(START, phase=Phase.HOLDING, hold=Hold(60.0), pressure_offset=-1)
    first = log.of_event(PlaybackFinished(1), [], changed, 5.0)
    second = log.of_event(PlaybackFinished(1), [], changed, 6.0)

    assert [record["kind"] for record in first] == ["phase", "pressure", "timer"]
    assert second == []


def test_a_red_flag_a_lost_device_and_the_end_are_recorded() -> None:
    actions: list[Action] = [RaiseRedFlag(Tier.URGENT, "numb", "numb (symptom)"), End(Tier.URGENT)]
    records = EventLog(START).of_event(DeviceLost(Device.MICROPHONE), actions, START, 2.0)

    assert [record["kind"] for record in records] == ["device", "red_flag", "ended"]
    assert records[2]["red_flag"] == "urgent"


def test_every_record_can_be_written_as_json() -> None:
    utterance = Utterance(1.0, 1.5, 1.7, "next", accepted=True, reason="quick")
    record = EventLog.of_utterance(utterance, 1.7)

    assert json.loads(json.dumps(record))["text"] == "next"
