"""A real recording: one car on an empty town's roads, driven by hand."""

from roadmark.events import audit, detect_events
from roadmark.events.courses import gather_courses
from roadmark.events.ground import locate_courses
from roadmark.events.lights import light_entries
from roadmark.events.limits import limits_of
from roadmark.maps import load_opendrive
from roadmark.scenario import read_log


def test_a_real_recording_has_no_events_and_every_light_its_line(data_dir):
    """The car stands 5.3 s (less than a stall), then drives up to 18.4 m/s where a recorded sign allows 25 m/s.

    The map's own record, 11.2 m/s, would make that speeding: the sign is what the driver saw.
    """
    log = read_log(data_dir / "carla" / "logs" / "DistanceToLaneCenter.log")
    town = load_opendrive(data_dir / "carla" / "xodr" / "Town01.xodr")
    assert detect_events(log, town) == []
    assert detect_events(log) == []
    courses = gather_courses(log)
    ground = locate_courses(courses, town)
    limits = limits_of(log, ground)
    assert set(limits[0].round(6).tolist()) == {25.0}
    entries = light_entries(log, ground)
    assert len(entries) == 36  # one approach per light in this town
    assert all(actor is not None for entry in entries for _, actor in entry.ways)
    assert {one.kind for one in audit(log, town)} <= {"acceleration", "braking", "lateral", "off_lane"}  # it weaves
