"""ClipGT in and out: round trips, the written bytes against the specification, both forms of every ambiguous key."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drive_samples import BACKWARD, FRONT, ID, LEFT, TIMES, assert_same, drive, faults, parked

from roadmark.drive import (
    MapElement,
    ReadOptions,
    TrackRules,
    Trajectory,
    VideoFile,
    check_drive,
    find_drives,
    read_drive,
    write_clipgt,
    write_rds_hq,
)
from roadmark.errors import FormatError, InputError, OutputError
from roadmark.geometry import PinholeCamera, rotation_from_rpy


@pytest.fixture
def clip(tmp_path):
    assert write_clipgt(tmp_path / "clip", drive()) == ["caption Original"]
    return tmp_path / "clip"


def edit_rig(clip, change):
    """Change the first sensor of the rig; `change` gets it as a dictionary."""
    path = next(clip.glob("*calibration_estimate.parquet"))
    table = pq.read_table(path).to_pylist()
    rig = json.loads(table[0]["calibration_estimate"]["rig_json"])
    change(rig["rig"]["sensors"][0])
    table[0]["calibration_estimate"]["rig_json"] = json.dumps(rig)
    pq.write_table(pa.Table.from_pylist(table), path)


def test_what_is_written_is_read_again(clip):
    found = read_drive(clip)
    assert (found.format, found.problems, found.notes, found.captions) == ("clipgt", (), (), {})
    assert_same(found, drive())
    assert found.rules == TrackRules(extrapolation=0.5)


def test_written_and_read_once_more_it_is_equal_to_the_bit(clip, tmp_path):
    first = read_drive(clip)
    write_clipgt(tmp_path / "again", first)
    second = read_drive(tmp_path / "again")
    assert_same(second, first, single=1e-7)
    for name in (f"{ID}.obstacle.parquet", f"{ID}.{FRONT}.json"):
        write_clipgt(tmp_path / "third", second, overwrite=True)
        assert (tmp_path / "third" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_written_bytes_are_as_specified(clip):
    """Read with pyarrow and json alone; types and numbers follow from section 2 of the specification."""
    vec3 = pa.struct([(axis, pa.float32()) for axis in "xyz"])
    quaternion = pa.struct([(axis, pa.float32()) for axis in "xyzw"])
    key = pa.struct([("clip_id", pa.string()), ("timestamp_micros", pa.int64()), ("label_class_id", pa.string())])

    ego = pq.read_table(clip / f"{ID}.egomotion_estimate.parquet")
    payload = pa.struct([("name", pa.string()), ("location", vec3), ("orientation", quaternion)])
    assert ego.schema == pa.schema([("key", key), ("egomotion_estimate", payload), ("version", pa.uint64())])
    row = ego.to_pylist()[30]
    assert (row["key"]["clip_id"], row["key"]["timestamp_micros"]) == (ID, 2_000_000)  # a second after the start
    np.testing.assert_allclose(
        list(row["egomotion_estimate"]["location"].values()), [10, 1.5, 0.1 * np.sin(1)], atol=1e-6
    )
    x, y, z, w = row["egomotion_estimate"]["orientation"].values()
    heading = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)]
    expected = rotation_from_rpy([0.02 * np.sin(1), 0.05 * np.cos(3), 0.3])[:, 0]
    np.testing.assert_allclose(heading, expected, atol=1e-6)

    obstacle = pq.read_table(clip / f"{ID}.obstacle.parquet")
    payload = pa.struct([("trackline_id", pa.string()), ("center", vec3), ("size", vec3), ("orientation", quaternion),
                         ("category", pa.string())])  # fmt: skip
    assert obstacle.schema == pa.schema([("key", key), ("obstacle", payload), ("version", pa.uint64())])
    rows = [(one["key"]["timestamp_micros"], one["obstacle"]) for one in obstacle.to_pylist()]
    assert len(rows) == 11 + 2
    assert [stamp for stamp, _ in rows] == sorted(stamp for stamp, _ in rows)
    truck = next(one for stamp, one in rows if stamp == 1_500_000 and one["trackline_id"] == "12")
    assert truck["category"] == "heavy_truck"
    np.testing.assert_allclose(list(truck["center"].values()), [26.0, 4.0, 1.5], atol=1e-5)  # 20 + 12 * 0.5
    np.testing.assert_allclose(list(truck["size"].values()), [9.0, 2.6, 3.5], atol=1e-6)

    (calibration,) = pq.read_table(clip / f"{ID}.calibration_estimate.parquet").to_pylist()
    assert calibration["key"]["timestamp_micros"] == -1
    sensors = json.loads(calibration["calibration_estimate"]["rig_json"])["rig"]["sensors"]
    assert [sensor["name"] for sensor in sensors] == ["camera:front:wide:120fov", "camera:cross:left:120fov"]
    front, left = (sensor["properties"] for sensor in sensors)
    assert [float(front[name]) for name in ("cx", "cy", "width", "height")] == pytest.approx(BACKWARD[:4], abs=1e-9)
    assert [float(k) for k in front["polynomial"].split()] == BACKWARD[4:10]
    assert (front["polynomial-type"], left["polynomial-type"]) == ("pixeldistance-to-angle", "angle-to-pixeldistance")
    assert float(left["linear-c"]) == 1.0005
    place = sensors[1]["nominalSensor2Rig_FLU"]
    np.testing.assert_allclose(place["t"], [2.5, 0.94, 0.92], atol=1e-12)
    np.testing.assert_allclose(place["roll-pitch-yaw"], [-0.2, 0.4, 66.4], atol=1e-9)

    lights = pq.read_table(clip / f"{ID}.traffic_light.parquet").to_pylist()
    np.testing.assert_allclose(list(lights[0]["traffic_light"]["dimensions"].values()), [0.25, 0.5, 1.0], atol=1e-7)
    lanes = pq.read_table(clip / f"{ID}.lane.parquet").to_pylist()
    assert [len(lanes[0]["lane"][rail]) for rail in ("left_rail", "right_rail")] == [2, 3]
    assert json.loads((clip / f"{ID}.{FRONT}.json").read_text())[:2] == [
        {"timestamp": 1_000_000},
        {"timestamp": 1_033_333},
    ]


def test_files_without_prefix(clip):
    for path in clip.iterdir():
        path.rename(clip / path.name.removeprefix(f"{ID}."))
    named = clip.rename(clip.parent / ID)
    found = read_drive(named)
    assert found.problems == ()
    assert_same(found, drive())
    inner = named.parent / "outer" / "clipgt"  # inside other containers the folder has the format's name
    inner.parent.mkdir()
    named.rename(inner)
    assert [one.id for one in find_drives(inner)] == ["outer"]


def test_never_both_forms_at_once(clip):
    named = clip.rename(clip.parent / ID)
    for table in ("calibration_estimate", "egomotion_estimate"):
        (named / f"{table}.parquet").write_bytes((named / f"{ID}.{table}.parquet").read_bytes())
    with pytest.raises(FormatError, match="remove one set"):
        read_drive(named)


def rename_polynomial(kind):
    def change(sensor):
        properties = sensor["properties"]
        properties[kind] = properties.pop("polynomial")
        properties.pop("polynomial-type")

    return change


@pytest.mark.parametrize(
    "change",
    [
        rename_polynomial("bw-poly"),
        rename_polynomial("polynomial"),  # without its type: pixels to angles
        lambda sensor: sensor["properties"].update({"cx": float(sensor["properties"]["cx"]), "width": 1920}),
        lambda sensor: sensor["properties"].update(polynomial=BACKWARD[4:10]),
        lambda sensor: [sensor["properties"].pop(f"linear-{name}") for name in "cde"],
        lambda sensor: sensor["properties"].update(Model="FTheta"),
        lambda sensor: sensor.update(name="camera_front_wide_120fov"),
        lambda sensor: sensor["nominalSensor2Rig_FLU"].update(t=["1.7", "-0.01", "1.4"]),
        lambda sensor: sensor.update(correction_rig_T=[0, 0, 0]),
        lambda sensor: sensor.update(correction_sensor_R_FLU={"roll-pitch-yaw": ["0", "0", "0"]}),
    ],
)  # fmt: skip
def test_forms_of_one_rig(clip, change):
    edit_rig(clip, change)
    found = read_drive(clip)
    assert found.problems == ()
    assert_same(found, drive())


def test_forward_polynomials(clip):
    def change(sensor):
        sensor["properties"] |= {"fw-poly": "0 1500 0 -200"}
        del sensor["properties"]["polynomial"]

    edit_rig(clip, change)
    model = read_drive(clip).cameras[FRONT].model
    assert (model.direction, model.polynomial) == ("pixel_from_angle", (0.0, 1500.0, 0.0, -200.0, 0.0, 0.0))


def test_corrections_are_applied_unless_not_wanted(clip):
    def change(sensor):
        sensor["nominalSensor2Rig_FLU"] = {"t": [1.0, 0.0, 1.0], "roll-pitch-yaw": [0.0, 0.0, 30.0]}
        sensor["correction_sensor_R_FLU"] = {"roll-pitch-yaw": [0.0, 0.0, 5.0]}
        sensor["correction_rig_T"] = [0.0, 0.1, 0.5]

    edit_rig(clip, change)
    corrected = read_drive(clip).cameras[FRONT].rig_from_camera
    np.testing.assert_allclose(corrected.translation, [1.0, 0.1, 1.5], atol=1e-12)
    yaw = np.deg2rad(35.0)  # both turn about z
    np.testing.assert_allclose(corrected.rotation[:, 2], [np.cos(yaw), np.sin(yaw), 0.0], atol=1e-12)
    plain = read_drive(clip, options=ReadOptions(corrections=False))
    assert plain.notes == ("corrections of the rig are not applied",)
    np.testing.assert_allclose(plain.cameras[FRONT].rig_from_camera.translation, [1.0, 0.0, 1.0], atol=1e-12)


def test_a_correction_turns_after_the_nominal_place(clip):
    """R = R_nominal R_correction: a roll of the sensor is about its own axis, wherever it looks."""

    def change(sensor):
        sensor["nominalSensor2Rig_FLU"]["roll-pitch-yaw"] = [0.0, 0.0, 90.0]
        sensor["correction_sensor_R_FLU"] = {"roll-pitch-yaw": [10.0, 0.0, 0.0]}

    edit_rig(clip, change)
    axis = read_drive(clip).cameras[FRONT].rig_from_camera.rotation[:, 2]
    np.testing.assert_allclose(axis, [0.0, 1.0, 0.0], atol=1e-12)  # still looks left


def test_other_sensors_of_the_rig_are_passed_over(clip):
    edit_rig(clip, lambda sensor: sensor.update(name="lidar:gt:top", properties=None))
    found = read_drive(clip)
    assert (list(found.cameras), found.problems) == ([LEFT], ())


def test_track_ids_as_numbers_and_duplicates_from_the_label_store(clip):
    path = clip / f"{ID}.obstacle.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["obstacle"]["trackline_id"] = int(row["obstacle"]["trackline_id"])
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert {track.id for track in read_drive(clip).tracks} == {"7", "12"}
    for row in rows:
        number = row["obstacle"]["trackline_id"]
        row["obstacle"]["trackline_id"] = "labelstore:7" if number == 7 else str(number)
    pq.write_table(pa.Table.from_pylist(rows), path)
    found = read_drive(clip)
    assert [track.id for track in found.tracks] == ["12"]
    assert found.problems == ()
    assert "labelstore: are left out" in found.notes[0]


def test_lane_lines_of_older_tables(clip):
    path = clip / f"{ID}.lane_line.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["lane_line"]["path"] = row["lane_line"].pop("line_rail")
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert_same(read_drive(clip), drive())


def test_attributes_of_the_map_keep_their_kinds(tmp_path):
    kinds = {"text": "a", "flag": True, "count": 7, "measure": 0.5, "texts": ["a", "b"], "rare": None}
    pole = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 5.0]])
    elements = (MapElement((pole,), attributes=kinds), MapElement((pole,), attributes=kinds | {"rare": "b"}))
    write_clipgt(tmp_path / "a", drive(map_layers={"pole": elements}))
    assert [dict(one.attributes) for one in read_drive(tmp_path / "a").map_layers["pole"]] == [
        kinds, kinds | {"rare": "b"},
    ]  # fmt: skip
    mixed = (MapElement((pole,), attributes={"x": "a"}), MapElement((pole,), attributes={"x": {"b": [1]}}))
    write_clipgt(tmp_path / "b", drive(map_layers={"pole": mixed}))
    found = read_drive(tmp_path / "b").map_layers["pole"]
    assert [one.attributes["x"] for one in found] == ['"a"', '{"b": [1]}']


def test_frame_times_own_shared_or_nominal(clip):
    (clip / f"{ID}.{LEFT}.json").unlink()
    stamps = [1_000_000, 1_050_000, 1_090_000]
    (clip / f"{ID}.{FRONT}.json").write_text(json.dumps([{"timestamp": stamp, "other": 1} for stamp in stamps]))
    found = read_drive(clip)
    for name in (FRONT, LEFT):  # the left one takes the front one's
        np.testing.assert_allclose(found.cameras[name].frame_times, [0.0, 0.05, 0.09], atol=1e-12)
    (clip / f"{ID}.{FRONT}.json").unlink()
    np.testing.assert_allclose(read_drive(clip).cameras[LEFT].frame_times, TIMES, atol=1e-12)  # 1 s: frames 0 to 30


def test_frames_a_little_beyond_the_ego_go_on_as_before(clip):
    stamps = [900_000, 1_000_000, 2_100_000, 2_200_000]  # the ego is known from 1.0 to 2.0 s
    (clip / f"{ID}.{FRONT}.json").write_text(json.dumps([{"timestamp": stamp} for stamp in stamps]))
    found = read_drive(clip)
    start, end = found.ego.pose_at(-0.1), found.ego.pose_at(1.1)
    np.testing.assert_allclose([start.translation[0], end.translation[0]], [-1.0, 11.0], atol=1e-4)  # 10 m/s
    (problem,) = check_drive(found)
    assert (problem.fault, problem.item) == ("missing_frames", f"camera {FRONT}")
    assert f"{FRONT} frame 3: 1 of 4 frames" in problem.detail


def test_a_parked_car_is_there_all_the_time(clip):
    found = read_drive(clip)
    car = next(track for track in found.tracks if track.id == "7")
    assert len(car.times) == 2
    np.testing.assert_allclose(car.box_at(0.5, found.rules).center, [15.05, -4.0, 0.8], atol=1e-5)
    strict = read_drive(clip, options=ReadOptions(parked_within=0.0))
    assert [track.id for track, _ in strict.boxes_at(0.5)] == ["12"]


def test_videos_lie_beside_the_tables(clip, tmp_path):
    (clip / f"{ID}.{LEFT}.mp4").write_bytes(b"a video")
    found = read_drive(clip)
    assert found.cameras[LEFT].footage == VideoFile(clip / f"{ID}.{LEFT}.mp4")
    write_clipgt(tmp_path / "copy", found)
    assert (tmp_path / "copy" / f"{ID}.{LEFT}.mp4").read_bytes() == b"a video"
    write_clipgt(tmp_path / "bare", found, footage=False)
    assert read_drive(tmp_path / "bare").cameras[LEFT].footage is None


def test_from_one_format_to_the_other_and_back(tmp_path, clip):
    write_rds_hq(tmp_path / "rds", read_drive(clip))
    found = read_drive(tmp_path / "rds")
    assert found.problems == ()
    expected = drive(captions={})
    assert_same(found, expected)
    write_clipgt(tmp_path / "back", found)
    assert_same(read_drive(tmp_path / "back"), expected)


def test_what_the_format_cannot_hold(tmp_path):
    whole = drive()
    pinhole = replace(whole.cameras[FRONT], model=PinholeCamera.from_fov(640, 360, 1.0))
    with pytest.raises(InputError, match="f-theta lenses, not PinholeCamera; write rds-hq"):
        write_clipgt(tmp_path / "a", drive(cameras={FRONT: pinhole}))
    loose = replace(whole.cameras[FRONT], poses=Trajectory(TIMES[:1], np.zeros((1, 3)), np.eye(4)[:1]))
    with pytest.raises(InputError, match="moves against the rig"):
        write_clipgt(tmp_path / "a", drive(cameras={FRONT: loose}))
    assert not (tmp_path / "a").exists()


def test_an_older_folder_is_replaced_only_on_request(clip):
    with pytest.raises(OutputError, match="not empty"):
        write_clipgt(clip, drive())
    write_clipgt(clip, drive(tracks=(parked(),)), overwrite=True)
    assert [track.id for track in read_drive(clip).tracks] == ["7"]


def test_a_drive_without_objects(tmp_path, clip):
    write_clipgt(tmp_path / "empty", drive(tracks=()))
    found = read_drive(tmp_path / "empty")
    assert (found.tracks, found.problems) == ((), ())
    (clip / f"{ID}.obstacle.parquet").unlink()
    found = read_drive(clip)
    assert found.tracks == ()
    assert found.notes == ("no obstacle table: it has no objects",)
    assert faults(found) == []
