"""Tables of poses into scenarios, and recordings into tables and back."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from roadmark.catalog import VehicleLight, blueprint
from roadmark.errors import FormatError, InputError
from roadmark.imports import PoseOptions, import_poses
from roadmark.maps import RoadMap, load_opendrive
from roadmark.scenario import ActorKind, SignalState, read_log, to_csv, to_parquet, write_log
from roadmark.towns import build_town
from roadmark.traffic import Network, build_network
from sample_crossing import write_crossing

EMPTY = Network(RoadMap("Plain", {}), (), ())
HEADER = "time,actor_id,x,y,z,yaw,class\n"


@pytest.fixture
def table(tmp_path):
    def write(text, name="poses.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    files = write_crossing(tmp_path_factory.mktemp("demo"))
    return files, build_network(load_opendrive(files.xodr))


def only(made):
    (one,) = made.actors
    return made.scenario.actors[one.actor_id], made.scenario.tracks[one.actor_id]


def straight(speed=10.0, rate=2.0, seconds=3.0, line="{t},7,{x},4,0.5,0,car\n", header=HEADER):
    rows = [k / rate for k in range(int(seconds * rate) + 1)]
    return header + "".join(line.format(t=t, x=speed * t) for t in rows)


def test_two_rows_a_second_become_thirty(table):
    actor, track = only(import_poses(table(straight()), EMPTY))
    assert actor.id == 7
    assert len(track.times) == 91
    np.testing.assert_allclose(track.positions[:, 0], 10.0 * np.arange(91) / 30, atol=1e-9)
    np.testing.assert_allclose(track.velocities, np.tile([10.0, 0.0, 0.0], (91, 1)), atol=1e-6)


def test_time_starts_at_the_first_row(table):
    text = HEADER + "100.5,a,0,0,0,0,car\n101,a,1,0,0,0,car\n101,b,0,9,0,0,bus\n101.4,b,0,9,0,0,bus\n"
    made = import_poses(table(text), EMPTY, PoseOptions(fps=10))
    a, b = (made.scenario.tracks[one.actor_id] for one in made.actors)
    assert [one.source for one in made.actors] == ["a", "b"]
    assert [one.actor_id for one in made.actors] == [100, 101]
    np.testing.assert_allclose([a.times[0], a.times[-1], b.times[0], b.times[-1]], [0.0, 0.5, 0.5, 0.9])
    assert made.scenario.actors[100].destroyed == pytest.approx(0.6)


def test_angles_turn_the_shorter_way(table):
    text = HEADER + "0,1,0,0,0,3.1,car\n1,1,0,0,0,-3.1,car\n"
    _, track = only(import_poses(table(text), EMPTY, PoseOptions(fps=10)))
    assert np.abs(np.diff(track.rpy[:, 2])).max() < 0.02
    np.testing.assert_allclose(track.rpy[-1, 2], 2 * math.pi - 3.1)


def test_carla_axes_are_mirrored(table):
    text = "time,actor_id,x,y,z,yaw_deg,pitch_deg,roll_deg,blueprint\n"
    text += "".join(f"{t},1,1,2,3,90,10,20,vehicle.audi.tt\n" for t in (0, 1))
    _, track = only(import_poses(table(text), EMPTY, PoseOptions(frame="carla")))
    np.testing.assert_allclose(track.positions[0], [1.0, -2.0, 3.0])
    np.testing.assert_allclose(np.rad2deg(track.rpy[0]), [20.0, -10.0, -90.0])


def test_centres_become_origins(table):
    body = blueprint("vehicle.volkswagen.t2_2021")  # its box is 12 cm ahead of its origin
    text = "time,actor_id,x,y,z,yaw_deg,blueprint\n" + "".join(f"{t},1,5,5,1,90,{body.id}\n" for t in (0, 1))
    _, track = only(import_poses(table(text), EMPTY, PoseOptions(origin="center")))
    expected = [5.0, 5.0 - body.center_offset[0], 1.0 - body.center_offset[2]]
    np.testing.assert_allclose(track.positions[0], expected, atol=1e-12)


def test_heights_and_slopes_come_from_the_map(table, tmp_path):
    (tmp_path / "hills.xodr").write_bytes(build_town("highway", 3))
    network = build_network(load_opendrive(tmp_path / "hills.xodr"))
    lane = max(network.lanes, key=lambda lane: float(np.abs(lane.path.slope(0.5 * lane.length))))
    s = 0.5 * lane.length
    (x, y, z), yaw = lane.path.position(s), float(lane.path.heading(s))
    slope = float(lane.path.slope(s))
    assert abs(slope) > 0.01
    text = "time,actor_id,x,y,yaw,class\n" + "".join(
        f"{t},{who},{x},{y},{yaw},{kind}\n" for who, kind in ((1, "car"), (2, "pedestrian")) for t in (0, 1)
    )
    made = import_poses(table(text), network)
    car, person = (made.scenario.tracks[one.actor_id] for one in made.actors)
    assert car.positions[0, 2] == pytest.approx(z, abs=0.02)
    assert math.tan(car.rpy[0, 1]) == pytest.approx(-slope, abs=0.005)
    half = blueprint(made.actors[1].blueprint_id).half_extents[2]
    assert person.positions[0, 2] == pytest.approx(z + half, abs=0.02)


@pytest.mark.parametrize(
    ("word", "size", "expected"),
    [
        ("car", (4.18, 1.99, 1.39), "vehicle.audi.tt"),
        ("car", (2.3, 1.5, 1.4), "vehicle.micro.microlino"),
        ("truck", (9.0, 2.9, 3.5), "vehicle.carlamotors.european_hgv"),
        ("truck", (5.0, 2.5, 2.5), "vehicle.carlamotors.carlacola"),
        ("person", (0.5, 0.5, 1.1), "walker.pedestrian.0009"),
        ("Cyclist", (1.7, 0.6, 1.6), "vehicle.diamondback.century"),
    ],
)
def test_the_blueprint_nearest_in_size_and_the_files_box(table, word, size, expected):
    line = "{t},1,{x},0,0,0," + f"{word},{','.join(map(str, size))}\n"
    text = straight(line=line, header="time,actor_id,x,y,z,yaw,class,length,width,height\n")
    actor, _ = only(import_poses(table(text), EMPTY))
    assert actor.blueprint_id == expected
    np.testing.assert_allclose(2 * actor.bounding_box.half_extents, size)


def test_without_sizes_a_class_is_not_all_alike(table):
    text = HEADER + "".join(f"{t},{k},{9 * k},0,0,0,car\n" for k in range(1, 5) for t in (0, 1))
    made = import_poses(table(text), EMPTY)
    assert len({one.blueprint_id for one in made.actors}) == 4
    assert all(one.remark == "nearest to car" for one in made.actors)


def test_speed_and_velocity_are_taken_from_the_file(table):
    text = "time,actor_id,x,y,z,yaw,class,speed\n0,1,0,0,0,0,car,5\n1,1,0,0,0,0,car,5\n"
    actor, track = only(import_poses(table(text), EMPTY))
    np.testing.assert_allclose(track.velocities, np.tile([5.0, 0.0, 0.0], (31, 1)))
    text = "time,actor_id,x,y,z,yaw,class,vx,vy\n0,1,0,0,0,0,car,1,2\n1,1,0,0,0,0,car,1,2\n"
    _, track = only(import_poses(table(text), EMPTY, PoseOptions(frame="carla")))
    np.testing.assert_allclose(track.velocities[5], [1.0, -2.0, 0.0])


def test_colours(table):
    for text, expected in (('"1,2,3"', (1, 2, 3)), ("#0a0b0c", (10, 11, 12))):
        rows = "".join(f"{t},1,0,0,0,0,car,{text}\n" for t in (0, 1))
        actor, _ = only(import_poses(table("time,actor_id,x,y,z,yaw,class,color\n" + rows), EMPTY))
        assert tuple(actor.color) == expected


def test_paint_is_drawn_by_the_seed(table):
    path = table(straight())
    paints = {seed: tuple(only(import_poses(path, EMPTY, PoseOptions(seed=seed)))[0].color) for seed in range(4)}
    assert len(set(paints.values())) > 1
    assert tuple(only(import_poses(path, EMPTY))[0].color) == paints[0]


def test_ids_that_a_recording_cannot_hold_are_counted_anew(table):
    text = HEADER + "".join(f"{t},{who},0,0,0,0,car\n" for who in (0, 70000) for t in (0, 1))
    made = import_poses(table(text), EMPTY)
    assert [(one.source, one.actor_id) for one in made.actors] == [("0", 100), ("70000", 101)]


def test_someone_between_two_frames_is_told(table):
    made = import_poses(table(straight() + "0.51,8,0,0,0,0,car\n"), EMPTY)
    assert [one.source for one in made.actors] == ["7"]
    assert made.notes == ("between two frames only, left out: 8",)


@pytest.mark.parametrize(("write", "suffix"), [(to_csv, ".csv"), (to_parquet, ".parquet")])
def test_a_recording_comes_back(tmp_path, demo, write, suffix):
    files, network = demo
    original = read_log(files.recording)
    path = tmp_path / f"poses{suffix}"
    write(original, path)
    made = import_poses(path, network, PoseOptions(fps=20))
    write_log(made.scenario, tmp_path / "again.log")
    again = read_log(tmp_path / "again.log")
    moving = original.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)
    assert len(moving) == 14
    for actor in moving:
        other = again.actors[actor.id]
        assert (other.blueprint_id, other.role_name) == (actor.blueprint_id, actor.role_name)
        assert (actor.color is None) == (other.color is None)
        if actor.color is not None:
            assert other.color.tolist() == actor.color.tolist()
        np.testing.assert_allclose(other.bounding_box.half_extents, actor.bounding_box.half_extents, atol=1e-6)
        np.testing.assert_allclose(other.bounding_box.center, actor.bounding_box.center, atol=1e-6)
        one, two = original.tracks[actor.id], again.tracks[actor.id]
        np.testing.assert_allclose(two.times, one.times, atol=1e-9)
        np.testing.assert_allclose(two.positions, one.positions, atol=2e-5)
        np.testing.assert_allclose(np.cos(two.rpy - one.rpy), 1.0, atol=1e-9)
        np.testing.assert_allclose(two.velocities, one.velocities, atol=1e-4)
        if actor.id in original.vehicle_lights:
            lamps = original.vehicle_lights[actor.id]
            at = again.vehicle_lights[actor.id]
            rows = np.searchsorted(lamps.times, at.times + 1e-9, side="right") - 1
            assert (at.flags[rows >= 0] == lamps.flags[rows[rows >= 0]]).all()
    for actor in original.of_kind(ActorKind.TRAFFIC_LIGHT):
        (light,) = [
            one for one in again.of_kind(ActorKind.TRAFFIC_LIGHT)
            if np.allclose(one.spawn_position, actor.spawn_position, atol=1e-4)
        ]  # fmt: skip
        assert (again.signals[light.id].state == original.signals[actor.id].state).all()
    assert not again.warnings


def test_lights_of_their_own(table):
    text = "time,actor_id,x,y,z,yaw,kind,signal_state,class\n"
    text += "0,car1,0,0,0,0,vehicle,,car\n1,car1,0,0,0,0,vehicle,,car\n"
    text += "0,light,5,5,4,0,traffic_light,red,\n0.5,light,5,5,4,0,traffic_light,green,\n"
    made = import_poses(table(text), EMPTY, PoseOptions(fps=10))
    (light,) = made.scenario.signals.values()
    assert [SignalState(state).name for state in light.state] == ["RED"] * 5 + ["GREEN"] * 6
    np.testing.assert_allclose(light.elapsed[[4, 5, 10]], [0.4, 0.0, 0.5], atol=1e-9)


def test_lamps_of_their_own(table):
    flags = int(VehicleLight.LEFT_BLINKER)
    text = "time,actor_id,x,y,z,yaw,class,light_flags\n"
    text += f"0,1,0,0,0,0,car,0\n0.5,1,1,0,0,0,car,{flags}\n1,1,2,0,0,0,car,{flags}\n"
    made = import_poses(table(text), EMPTY, PoseOptions(fps=10))
    assert made.scenario.vehicle_lights[1].flags.tolist() == [0] * 5 + [flags] * 6


BAD = {
    "": "is empty; the first line names the columns",
    "time,actor_id,x,y\n": "yaw: the column is missing; add it in radians, or yaw_deg in degrees",
    "time,actor_id,x,yaw\n": "y: the column is missing; add it",
    "time,actor_id,x,y,yaw,colour\n": "'colour': unknown column; known are actor_id, blueprint",
    "time,actor_id,x,y,yaw,yaw_deg\n": "yaw_deg: yaw and yaw_deg are the same",
    "time,time,actor_id,x,y,yaw\n": "time: there are two columns of this name",
    HEADER: "has no rows",
    HEADER + "0,1,0,0,0,0\n": "line 2: 6 cells, but the header has 7 columns",
    HEADER + "0,1,zero,0,0,0,car\n": "line 2, x: 'zero' is not a finite number",
    HEADER + "0,1,0,0,0,0,car\n\n1,1,nan,0,0,0,car\n": "line 4, x: 'nan' is not a finite number",
    HEADER + "0,1,0,inf,0,0,car\n": "line 2, y: 'inf' is not",
    HEADER + "0,1,0,1_0,0,0,car\n": "line 2, y: '1_0' is not",
    HEADER + "0,1,,0,0,0,car\n": "line 2, x: is empty; give a number",
    HEADER + "0,,0,0,0,0,car\n": "line 2, actor_id: is empty",
    HEADER + "1,1,0,0,0,0,car\n0,1,0,0,0,0,car\n": "line 3, time: 0 s comes after 1 s \\(line 2\\); sort",
    HEADER + "1,1,0,0,0,0,car\n1,1,0,0,0,0,car\n": "line 3, time: actor '1' has a row at 1 s already \\(line 2\\)",
    HEADER + "0,1,0,0,0,0,car\n9,1,0,0,0,0,car\n": "line 3, time: actor '1' has no rows for 9 s before.*--max-gap",
    HEADER + "0,1,0,0,0,0,car\n1,1,0,0,0,0,bus\n": "line 3, class: 'bus' after 'car'",
    HEADER + "0,1,0,0,0,0,cra\n": "line 2, class: unknown class 'cra' \\(did you mean car\\?\\)",
    HEADER + "0,1,0,0,0,0,\n": "line 2, actor_id: what is actor '1'\\? add a column blueprint or class",
    HEADER + '0,1,0,0,0,0,"car\n': "line 2: no CSV",
    "time,actor_id,x,y,yaw,blueprint\n0,1,0,0,0,vehicle.audi.t\n": "line 2, blueprint: .*did you mean vehicle.audi.tt",
    "time,actor_id,x,y,yaw,kind\n0,1,0,0,0,truck\n": "line 2, kind: unknown kind 'truck'; use one of vehicle, walker",
    "time,actor_id,x,y,yaw,class,kind\n0,1,0,0,0,car,walker\n": "line 2, kind: walker does not go with vehicle",
    "time,actor_id,x,y,yaw,class,color\n0,1,0,0,0,car,red\n": "line 2, color: 'red' is no colour; write R,G,B",
    "time,actor_id,x,y,yaw,class,length\n0,1,0,0,0,car,0\n": "line 2, length: 0 m is not between 0.1 and 60",
    "time,actor_id,x,y,yaw,class,light_flags\n0,1,0,0,0,car,0.5\n1,1,0,0,0,car,0.5\n": "line 2, light_flags: no bits",
    "time,actor_id,x,y,yaw,kind,signal_state\n0,1,0,0,0,traffic_light,rot\n1,1,0,0,0,traffic_light,rot\n":
        "line 2, signal_state: 'rot' is none of red, yellow",
    "time,actor_id,x,y,yaw,blueprint\n0,1,0,0,0,spectator\n": "has no actor but the spectator",
    HEADER + "0,1,0,0,0,0,car\n" + "x" * 70000 + "\n": "line 3: longer than 65535",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=lambda text: repr(text[-30:]))
def test_what_is_wrong_is_named(table, text):
    path = table(text)
    with pytest.raises(FormatError, match=BAD[text]) as caught:
        import_poses(path, EMPTY)
    assert str(caught.value).startswith(str(path))


def test_scenarios_without_length_or_end(table):
    with pytest.raises(InputError, match="less than two frames at 30 fps"):
        import_poses(table(HEADER + "0,1,0,0,0,0,car\n"), EMPTY)
    with pytest.raises(InputError, match="are the times in seconds"):
        import_poses(table(HEADER + "0,1,0,0,0,0,car\n9e8,1,0,0,0,0,car\n"), EMPTY, PoseOptions(max_gap=1e9))


def test_text_that_is_none(tmp_path):
    path = tmp_path / "poses.csv"
    path.write_bytes(HEADER.encode() + b"0,\xff,0,0,0,0,car\n")
    with pytest.raises(FormatError, match="not UTF-8"):
        import_poses(path, EMPTY)
    with pytest.raises(InputError, match="no such file|No such file|missing"):
        import_poses(tmp_path / "nowhere.csv", EMPTY)


def parquet(tmp_path, **columns):
    path = tmp_path / "poses.parquet"
    base = {"time": [0.0, 1.0], "actor_id": [1, 1], "x": [0.0, 1.0], "y": [0, 0], "yaw": [0.0, 0.0]}
    pq.write_table(pa.table({**base, "class": ["car", "car"], **columns}), path)
    return path


def test_parquet_of_other_tools(tmp_path):
    actor, track = only(import_poses(parquet(tmp_path, z=pa.array([None, 0.5])), EMPTY))
    assert track.positions[[0, -1], 2].tolist() == [0.0, 0.5]
    assert actor.id == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [0.0, math.nan]}, "row 2, x: nan is not a finite number of sensible size; leave missing values null"),
        ({"x": pa.array([None, 1.0])}, "row 1, x: is null"),
        ({"x": ["a", "b"]}, "x: holds string, not numbers"),
        ({"class": [1.5, 2.5]}, "class: holds double, not text"),
        ({"class": ["a" * 5000, "b"]}, "class: has a text of 5000 characters"),
        ({"speeed": [0, 0]}, "'speeed': unknown column"),
        ({"actor_id": ["", "1"]}, "row 1, actor_id: is empty"),
    ],
)
def test_parquet_that_is_wrong(tmp_path, columns, message):
    with pytest.raises(FormatError, match=message):
        import_poses(parquet(tmp_path, **columns), EMPTY)


def test_parquet_that_is_none(tmp_path):
    path = tmp_path / "poses.parquet"
    path.write_bytes(b"PAR1 but not really PAR1")
    with pytest.raises(FormatError, match="no readable Parquet"):
        import_poses(path, EMPTY)


def test_pieces_of_the_map_are_left_out_and_counted(table):
    text = "time,actor_id,x,y,z,yaw,kind,blueprint\n"
    text += "".join(f"{t},{k},1,2,3,0,other,static.prop.mesh\n" for k in (1, 2) for t in (0, 1))
    text += "".join(f"{t},9,1,2,3,0,vehicle,vehicle.audi.tt\n" for t in (0, 1))
    made = import_poses(table(text), EMPTY)
    assert [one.actor_id for one in made.actors] == [9]
    assert made.notes == ("2 pieces of the map (static.prop.mesh) are left out",)


def test_a_real_recording_goes_out_and_in_again(tmp_path, data_dir):
    carla = data_dir / "carla"
    there = read_log(carla / "logs" / "DistanceToLaneCenter.log")
    to_parquet(there, tmp_path / "poses.parquet")
    network = build_network(load_opendrive(carla / "xodr" / "Town01.xodr"))
    made = import_poses(tmp_path / "poses.parquet", network, PoseOptions(fps=20))
    assert made.scenario.hero.blueprint_id == there.hero.blueprint_id
    assert len(made.scenario.of_kind(ActorKind.TRAFFIC_LIGHT)) == 36
    assert made.notes == ("115 pieces of the map (static.prop.mesh) are left out",)
