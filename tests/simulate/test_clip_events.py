"""Everything that happens in a recording is in its clips: from the file beside it, else detected."""

import json
import math

import pytest
from simulate_samples import Mover, at, going, make_plan, sensor, simulate, write_cameras, write_log, write_map

from roadmark.errors import FormatError
from roadmark.events import Event, Participant, Place, events_path, write_events
from roadmark.simulate.batch import SimulateStage, find_scenarios, scenario_items

pytestmark = pytest.mark.usefixtures("bare_town")

TIMES = [round(0.05 * k, 9) for k in range(81)]  # 4 s at 20 frames per second
AGAINST = Mover(5, going(30.0, 1.75, 0.0, 8.0))  # eastbound on the lane that leads west: wrong way from 0 to 4 s
PLACE = Place((50.0, -1.75, 0.0), "1", "1_0_-1")
KNOWN = Event("jaywalk", 1.0, 2.0, (Participant(7, "violator"),), PLACE, caption="So it was.", measures={"speed": 1.5})


def files(tmp_path, movers, **options):
    return {
        "recorder_filename": write_log(tmp_path / "a.log", movers, TIMES, **options),
        "xodr_path": write_map(tmp_path),
        "camera_config": write_cameras(tmp_path / "c.yaml", sensor((20.0, 0.0, 5.0), pitch=20, size=(96, 64))),
        "target_fps": 20,
        "generate_videos": False,
    }


def test_what_is_detected_is_in_the_clip_with_its_times(tmp_path):
    (clip,) = simulate(tmp_path / "clip", **files(tmp_path, [AGAINST]), start_time=1.0, duration=0.2, time_factor=1.0)
    (event,) = clip.events()
    assert (event.category, event.actor_ids) == ("wrong_way", (5,))
    assert (event.start_time, event.first_frame, event.last_frame) == (0.0, 0, len(clip) - 1)
    assert (event.attributes["recorded_start"], event.attributes["recorded_end"]) == (0.0, 4.0)
    assert event.attributes["kind"] == "wrong_way"
    assert event.attributes["roles"] == {"5": "violator"}
    assert event.attributes["place"]["lane"] == "1_0_1"
    assert json.loads((clip.path / "events_collision.json").read_text()) == []
    assert "recording.events.json" not in clip.manifest.source


def test_the_file_beside_the_recording_says_what_happens(tmp_path):
    given = files(tmp_path, [AGAINST])
    write_events(events_path(given["recorder_filename"]), [KNOWN], "RoadmarkCrossing")
    (clip,) = simulate(tmp_path / "clip", **given, start_time=1.5, duration=0.2)
    (event,) = clip.events()
    assert (event.category, event.caption, event.attributes["measures"]) == ("jaywalk", "So it was.", {"speed": 1.5})
    assert event.attributes["recorded_end"] == 2.0
    assert clip.source("recording.events.json").read_bytes() == (tmp_path / "a.events.json").read_bytes()
    (later,) = simulate(tmp_path / "later", **given, start_time=2.5, duration=0.1)
    assert later.events() == []


def test_nothing_is_looked_for_where_it_is_not_wanted(tmp_path):
    given = files(tmp_path, [AGAINST])
    (tmp_path / "a.events.json").write_text("{")
    plan = make_plan(tmp_path / "clip", **given, detect_events=False)
    assert (plan.events, plan.events_file) == ((), None)
    with pytest.raises(FormatError, match=r"a\.events\.json"):
        make_plan(tmp_path / "clip", **given)


def test_collisions_are_detected_where_the_recording_has_no_contacts(tmp_path):
    # 4.181 m long, centred: 40 - 30 - 4.181 m at 8 m/s
    movers = [Mover(5, going(30.0, -1.75, 0.0, 8.0)), Mover(6, at(40.0, -1.75))]
    (clip,) = simulate(tmp_path / "clip", **files(tmp_path, movers), start_time=0.5, duration=0.4)
    (event,) = clip.events()
    assert (event.category, event.sub_category) == ("collision", "vehicle_vehicle")
    assert event.attributes["kind"] == "rear_end"
    contact = (10.0 - 4.181) / 8.0
    assert event.attributes["contact_time"] == pytest.approx(contact - 0.5, abs=1e-4)
    assert event.start_time == pytest.approx(contact - 0.5, abs=1e-4)
    written = json.loads((clip.path / "events_collision.json").read_text())
    assert [entry["event_sub_category"] for entry in written] == ["vehicle_vehicle"]


def test_recorded_contacts_keep_their_times_and_learn_what_is_known(tmp_path):
    movers = [Mover(5, going(30.0, -1.75, 0.0, 8.0)), Mover(6, at(40.0, -1.75))]
    given = files(tmp_path, movers, collisions={15: [(5, 6)], 16: [(6, 5)]})
    (clip,) = simulate(tmp_path / "clip", **given, start_time=0.5, duration=0.4)
    (event,) = clip.events()
    assert event.start_time == pytest.approx(0.25)
    assert event.end_time == pytest.approx(0.3)
    assert event.attributes["kind"] == "rear_end"
    assert event.attributes["recorded_start"] == pytest.approx(0.75)
    assert event.caption == "Vehicle 5 runs into the back of vehicle 6."


def test_a_change_of_the_events_is_a_change_of_an_input(tmp_path):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    write_log(folder / "1.log", [Mover(5, at(30.0, -1.75, math.pi))], TIMES[:3])
    write_cameras(folder / "1.yaml", sensor((20.0, 0.0, 5.0), pitch=20))
    (folder / "1.json").write_text("{}")
    stage = SimulateStage(None, {"xodr_path": write_map(tmp_path)})
    (item,) = scenario_items(find_scenarios(folder), tmp_path / "run", stage)
    assert "events" not in item.inputs
    write_events(folder / "1.events.json", [KNOWN])
    (item,) = scenario_items(find_scenarios(folder), tmp_path / "run", stage)
    assert item.inputs["events"] == folder / "1.events.json"
