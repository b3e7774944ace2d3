"""The server's texts, compared with texts written by hand after its source."""

import re
import time

import log_samples as samples
import pytest

from roadmark.errors import ConfigError, FormatError
from roadmark.scenario.carla_log.text import (
    show_recorder_actors_blocked,
    show_recorder_collisions,
    show_recorder_file_info,
)

HEAD = "Version: 1\nMap: Town01\nDate: 11/23/21 12:39:25\n\n"


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def full_log(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    return path


CREATED = """\
 Create 1: spectator (0) at (0, 0, 1000)
 Create 5: traffic.traffic_light (3) at (1000, 0, 10)
 Create 10: vehicle.tesla.model3 (1) at (100, 200, 50)
  color = 10,20,30
  role_name = hero
 Create 11: vehicle.bh.crossbike (1) at (0, 0, 0)
  color = 1,2,3
 Create 12: walker.pedestrian.0001 (2) at (500, -100, 93)
"""
WEATHER = """\
 Weathers: 1
  Cloudiness: 0 Precipitation: 1 PrecipitationDeposits: 2 WindIntensity: 3 SunAzimuthAngle: 4 SunAltitudeAngle: 5 \
FogDensity: 6 FogDistance: 7 FogFalloff: 8 Wetness: 9 ScatteringIntensity: 10 MieScatteringScale: 11 \
RayleighScatteringScale: 12 DustStorm: 13
"""
SECOND = """\
 Parenting 12 with 10 (parent)
 Collision id 0 between 10 (hero)  with 12
 Collision id 1 between 12 with 10 (hero) 
 Collision id 2 between 10 (hero)  with 4294967295
"""  # noqa: W291 the server's space at the end
DESTROYED = " Destroy 12\n Destroy 11\n"
TAIL = "\nFrames: 3\nDuration: 0.75 seconds\n"


def test_file_info(full_log):
    expected = (
        f"{HEAD}Frame 1 at 0 seconds\n{CREATED}{WEATHER}"
        f"Frame 2 at 0.25 seconds\n{SECOND}Frame 3 at 0.75 seconds\n{DESTROYED}{TAIL}"
    )
    assert show_recorder_file_info(full_log) == expected


def test_file_info_of_everything(full_log):
    first = """\
 Vehicle door animations: 2
  Id: 10
  Doors opened:  Front Left 
  Id: 10
  Doors opened:  Trunk 
 Positions: 4
  Id: 1 Location: (0, 0, 1000) Rotation: (0, -45, 0)
  Id: 10 Location: (100, 200, 50) Rotation: (0, 0, 90)
  Id: 11 Location: (0, 0, 0) Rotation: (0, 0, 0)
  Id: 12 Location: (500, -100, 93) Rotation: (0, 0, 180)
 State traffic lights: 1
  Id: 5 state: 2 frozen: 0 elapsedTime: 1.5
 Vehicle animations: 2
  Id: 10 Steering: 0.5 Throttle: 1 Brake: 0 Handbrake: 0 Gear: 1
  Id: 11 Steering: 0 Throttle: 0 Brake: 1 Handbrake: 1 Gear: -1
 Walker animations: 1
  Id: 12 speed: 150
 Vehicle light animations: 2
  Id: 10 Position LowBeam
  Id: 11 None
 Scene light changes: 1
  Id: 7 enabled: True intensity: 12.5 RGB_color: (1, 0.5, 0.25)
 Dynamic actors: 1
  Id: 10 linear_velocity: (1, 2, 0) angular_velocity: (0, 0, 30)
 Actor bounding boxes: 2
  Id: 10 origin: (3, 4, 70) extension: (240, 108, 74)
  Id: 1 origin: (nan, nan, nan) extension: (-inf, -inf, -inf)
 Actor trigger volumes: 1
  Id: 5 origin: (900, 100, 50) extension: (200, 150, 100)
 Current platform time: 0.25
 Physics Control events: 1
  Id: 10
   max_rpm = 6500
   MOI = 1
   damping_rate_full_throttle = 0.125
   damping_rate_zero_throttle_clutch_engaged = 2
   damping_rate_zero_throttle_clutch_disengaged = 0.375
   use_gear_auto_box = true
   gear_switch_time = 0.5
   clutch_strength = 10
   final_ratio = 3.25
   mass = 1696
   drag_coefficient = 0.5
   center_of_mass = (0.5, 0, -0.25)
   torque_curve = (1000, 347)
   steering_curve = (20, 0.75)
   forward_gears:
    gear 0: ratio 4.5 down_ratio 0.25 up_ratio 0.5
   wheels:
    wheel 0: tire_friction 3.5 damping_rate 0.25 max_steer_angle 60 radius 35.5 max_brake_torque 800 \
max_handbrake_torque 1600 position (10, 20, 30)
    wheel 1: tire_friction 3.5 damping_rate 0.25 max_steer_angle 60 radius 35.5 max_brake_torque 800 \
max_handbrake_torque 1600 position (10, 20, 30)
 Traffic Light time events: 1
  Id: 5 green_time: 10 yellow_time: 3 red_time: 2
 Walkers Bones: 1
  Id: 12
     Bone: "crl_root" relative: Loc(0, 0, -93) Rot(0, 0, 0)
     Bone: "crl_hips__C" relative: Loc(1, 2, 3) Rot(4, 5, 6)

"""  # noqa: W291
    second = """\
 Positions: 3
  Id: 10 Location: (200, 200, 50) Rotation: (0, 0, 90)
  Id: 11 Location: (0, 0, 0) Rotation: (0, 0, 0)
  Id: 12 Location: (500, -100, 93) Rotation: (0, 0, -178)
 State traffic lights: 1
  Id: 5 state: 1 frozen: 1 elapsedTime: 0
"""
    third = " Positions: 1\n  Id: 10 Location: (400, 200, 50) Rotation: (0, 0, 90)\n"
    expected = (
        f"{HEAD}Frame 1 at 0 seconds\n{CREATED}{first}{WEATHER}"
        f"Frame 2 at 0.25 seconds\n{SECOND}{second}Frame 3 at 0.75 seconds\n{DESTROYED}{third}{TAIL}"
    )
    assert show_recorder_file_info(full_log, True) == expected


TABLE_HEAD = "    Time  Types     Id Actor 1                                 Id Actor 2                            \n"


def test_collisions(full_log):
    car, walker = "vehicle.tesla.model3" + " " * 15, "walker.pedestrian.0001" + " " * 13
    assert show_recorder_collisions(full_log) == (
        f"{HEAD}{TABLE_HEAD}"
        f"       0   v w      10 {car}     12 {walker}\n"
        f"       0   w v      12 {walker}     10 {car}\n"
        f"       0   v o      10 {car} 4294967295 {' ' * 35}\n"
        "\nFrames: 3\nDuration: 1 seconds\n"
    )


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [("v", "w", ["v w"]), ("h", "a", ["v w", "v o"]), ("a", "h", ["w v"]), ("o", "a", []), ("v", "v", [])],
)
def test_collision_categories(full_log, first, second, pairs):
    text = show_recorder_collisions(full_log, first, second)
    assert re.findall(r"^ +0   (\w \w)", text, re.MULTILINE) == pairs
    # The server's rounding of the duration only follows a printed row.
    assert text.endswith(f"Duration: {'1' if pairs else '0.75'} seconds\n")


def test_a_continued_collision_is_one_row(tmp_path):
    path = tmp_path / "a.log"
    hit = samples.packet(5, samples.rows("III??", (0, 10, 11, False, False)))
    start = samples.added(samples.CAR, samples.BIKE)
    frames = [
        samples.frame(1, 2.0, 0.0, start, hit),
        samples.frame(2, 2.0, 2.0, hit),
        samples.frame(3, 2.0, 4.0),
        samples.frame(4, 2.5, 6.0, hit),
        samples.frame(5, -1.0, 8.5, hit),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    text = show_recorder_collisions(path)
    # What NVIDIA's metropolis tools look for.
    found = re.findall(r"\s*(\d+)\s+v v\s+(\d+)\s+([\w\.\-_]+)\s+(\d+)\s+([\w\.\-_]+)", text)
    assert [row[0] for row in found] == ["0", "6"]
    assert found[0][1:] == ("10", "vehicle.tesla.model3", "11", "vehicle.bh.crossbike")
    assert re.search(r"Map: (\w+)", text)[1] == "Town01"
    assert text.endswith("\nFrames: 5\nDuration: 8 seconds\n")  # 8.5 rounds to even


def test_removal_forgets_the_actor_added_last_as_in_the_server(tmp_path):
    path = tmp_path / "a.log"
    hit = samples.packet(5, samples.rows("III??", (0, 10, 11, False, False)))
    frames = [
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR, samples.WALKER, samples.BIKE)),
        samples.frame(2, -1.0, 1.0, samples.packet(3, samples.rows("I", (12,))), hit),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    assert "   v o      10 vehicle.tesla.model3" in show_recorder_collisions(path)


def test_blocked(tmp_path):
    path = tmp_path / "a.log"
    still, moving = (11, 0, 0, 0, 0, 0, 0), lambda x: (10, x, 0, 0, 0, 0, 0)
    frames = [
        samples.frame(1, 10.0, 0.0, samples.added(samples.CAR, samples.BIKE), samples.positions(moving(500), still)),
        samples.frame(2, 10.0, 10.0, samples.positions(moving(510), still)),
        samples.frame(3, 10.0, 20.0, samples.positions(moving(900), still)),
        samples.frame(4, -1.0, 30.0, samples.positions(moving(1500), still)),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    # The bike stays at the origin from the start: 10 + 10 + 10 - 1 s. The car moves 500 cm, then stays for frame 2.
    assert show_recorder_actors_blocked(path, 5, 100) == (
        f"{HEAD}    Time     Id Actor                                 Duration\n"
        f"       0     11 vehicle.bh.crossbike{' ' * 15}         29\n"
        f"      10     10 vehicle.tesla.model3{' ' * 15}         10\n"
        "\nFrames: 4\nDuration: 30 seconds\n"
    )


def test_what_the_server_says_without_a_recording(tmp_path):
    assert show_recorder_file_info(tmp_path / "no.log") == f"File {tmp_path / 'no.log'} not found on server\n"
    (tmp_path / "a.log").write_bytes(b"something else entirely")
    for show in (show_recorder_file_info, show_recorder_collisions, show_recorder_actors_blocked):
        assert show(tmp_path / "a.log") == "File is not a CARLA recorder\n"
    (tmp_path / "b.log").write_bytes(samples.header()[:20])
    with pytest.raises(FormatError):
        show_recorder_file_info(tmp_path / "b.log")
    (tmp_path / "c.log").write_bytes(samples.every_packet({}))
    with pytest.raises(ConfigError, match="'x'"):
        show_recorder_collisions(tmp_path / "c.log", "x")
    with pytest.raises(ConfigError, match="''"):
        show_recorder_collisions(tmp_path / "c.log", "")


def test_a_real_recording_reads_as_scenario_runner_expects(data_dir):
    text = show_recorder_file_info(data_dir / "carla" / "logs" / "DistanceToLaneCenter.log", True)
    frames = text.split("Frame")
    assert text.split("\n")[1][5:] == "Town01"
    assert int(frames[-1].split("\n")[0][3:]) == 432
    assert float(frames[-1].split("\n")[1][10:-8]) == 12.5282
    lines = frames[300].split("\n")
    assert lines[0].split(" ")[1] == "300"
    assert lines[1] == " Positions: 120"
    location = lines[2][2:].split(" ")
    assert location[0] == "Id:"
    assert float(location[3][1:-1]) == 542.481
