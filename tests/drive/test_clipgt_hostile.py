"""ClipGT drives that are damaged or made to do harm: what is wrong is named and left out, the rest is kept."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drive_samples import FRONT, ID, LEFT, drive, faults

from roadmark.drive import check_drive, read_drive, write_clipgt
from roadmark.errors import FormatError, InputError


@pytest.fixture
def clip(tmp_path):
    write_clipgt(tmp_path / "clip", drive())
    return tmp_path / "clip"


def edit(clip, table, change):
    """Change a table's rows; `change` gets a list of dictionaries."""
    path = clip / f"{ID}.{table}.parquet"
    rows = pq.read_table(path).to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows), path)


def edit_sensors(clip, change):
    def rig(rows):
        document = json.loads(rows[0]["calibration_estimate"]["rig_json"])
        change(document["rig"]["sensors"])
        rows[0]["calibration_estimate"]["rig_json"] = json.dumps(document)

    edit(clip, "calibration_estimate", rig)


@pytest.mark.parametrize("table", ["calibration_estimate", "egomotion_estimate"])
def test_a_drive_without_calibration_or_ego_is_none(clip, table):
    (clip / f"{ID}.{table}.parquet").unlink()
    with pytest.raises(InputError, match="no drives here"):
        read_drive(clip)


@pytest.mark.parametrize("keep", [0, 3, 100, 1000])
@pytest.mark.parametrize("table", ["calibration_estimate", "egomotion_estimate"])
def test_truncated_tables_that_nothing_goes_without(clip, table, keep):
    path = clip / f"{ID}.{table}.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FormatError, match="no readable Parquet"):
        read_drive(clip)


@pytest.mark.parametrize(("table", "item"), [("obstacle", "obstacle"), ("lane", "map lane")])
def test_other_truncated_tables_are_left_out(clip, table, item):
    path = clip / f"{ID}.{table}.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    found = read_drive(clip)
    assert [one for _, one in faults(found)] == [item]
    assert f"{path}: no readable Parquet" in found.problems[0].detail
    assert list(found.cameras) == [FRONT, LEFT]


def test_a_table_under_another_ones_name(clip):
    (clip / f"{ID}.obstacle.parquet").write_bytes((clip / f"{ID}.lane.parquet").read_bytes())
    found = read_drive(clip)
    assert faults(found) == [("bad_file", "obstacle")]
    assert "has no column obstacle; is it this table?" in found.problems[0].detail


@pytest.mark.parametrize("field", ["trackline_id", "center", "orientation"])
def test_a_missing_column(clip, field):
    def remove(rows):
        for row in rows:
            del row["obstacle"][field]

    edit(clip, "obstacle", remove)
    found = read_drive(clip)
    assert faults(found) == [("bad_file", "obstacle")]
    assert f"obstacle.{field}" in found.problems[0].detail


@pytest.mark.parametrize(
    ("change", "fault", "said"),
    [
        (lambda row: row["location"].update(x=float("nan")), "bad_pose", "left out are 1 rows"),
        (lambda row: row["location"].update(x=None), "bad_pose", "left out are 1 rows"),
        (lambda row: row["orientation"].update(x=0, y=0, z=0, w=0), "bad_pose", "left out are 1 rows"),
    ],
)
def test_a_wrong_ego_row_is_filled_in(clip, change, fault, said):
    edit(clip, "egomotion_estimate", lambda rows: change(rows[4]["egomotion_estimate"]))
    found = read_drive(clip)
    assert faults(found) == [(fault, "egomotion_estimate")]
    assert "row 5" in found.problems[0].detail
    assert said in found.problems[0].detail
    assert len(found.ego.times) == 30
    assert check_drive(found) == []


def test_ego_rows_in_any_order_and_twice(clip):
    def shuffle(rows):
        rows.append(rows[3])
        rows.reverse()

    edit(clip, "egomotion_estimate", shuffle)
    found = read_drive(clip)
    assert faults(found) == [("duplicate_id", "egomotion_estimate")]
    np.testing.assert_allclose(found.ego.matrices(), drive().ego.matrices(), atol=1e-5)


def test_an_ego_without_any_pose(clip):
    def remove(rows):
        for row in rows:
            row["egomotion_estimate"]["location"]["x"] = float("nan")

    edit(clip, "egomotion_estimate", remove)
    with pytest.raises(InputError, match="has no pose of the vehicle"):
        read_drive(clip)


@pytest.mark.parametrize(
    ("fields", "fault", "said"),
    [
        ({"center": {"x": float("nan"), "y": 0.0, "z": 0.0}}, "bad_track", "holds NaN or infinity"),
        ({"center": {"x": 1e30, "y": 0.0, "z": 0.0}}, "bad_track", "is nowhere on Earth"),
        ({"size": {"x": 4.0, "y": -1.0, "z": 1.0}}, "bad_track", "has a size <= 0"),
        ({"orientation": {"x": 0.0, "y": 0.0, "z": 0.0, "w": 0.0}}, "bad_track", "orientation of length 0"),
    ],
)
def test_one_wrong_observation_is_left_out(clip, fields, fault, said):
    def change(rows):
        next(row["obstacle"] for row in rows if row["key"]["timestamp_micros"] == 1_200_000).update(fields)

    edit(clip, "obstacle", change)
    found = read_drive(clip)
    assert faults(found) == [(fault, "track 12")]
    assert f"{said}; left out are 1 of 11 observations" in found.problems[0].detail
    assert sorted(len(track.times) for track in found.tracks) == [2, 10]


def test_single_and_double_observations_and_unknown_labels(clip):
    def change(rows):
        parked = [row for row in rows if row["obstacle"]["trackline_id"] == "7"]
        rows.remove(parked[1])
        other = [row for row in rows if row["obstacle"]["trackline_id"] == "12"]
        rows.append(other[2])
        for row in other:
            row["obstacle"]["category"] = "hovercraft"
        nameless = json.loads(json.dumps(parked[1]))
        nameless["obstacle"]["trackline_id"] = ""
        rows.append(nameless)

    edit(clip, "obstacle", change)
    found = read_drive(clip)
    assert sorted(faults(found)) == [
        ("bad_track", "track"), ("duplicate_id", "track 12"), ("single_observation", "track 7"),
        ("unknown_label", "label hovercraft"),
    ]  # fmt: skip
    ((track),) = found.tracks
    assert (track.id, track.category, len(track.times)) == ("12", "other", 11)


@pytest.mark.parametrize(
    ("change", "fault", "said"),
    [
        (lambda one: one.pop("properties"), "missing_calibration", "no properties with its lens"),
        (lambda one: one.pop("nominalSensor2Rig_FLU"), "missing_extrinsics", "where the camera sits"),
        (lambda one: one["nominalSensor2Rig_FLU"].pop("t"), "bad_calibration", "t: must be 3 finite numbers"),
        (lambda one: one["nominalSensor2Rig_FLU"].update({"roll-pitch-yaw": [0, "nan"]}), "bad_calibration", "must be"),
        (lambda one: one.update(correction_rig_T=[1, 2]), "bad_calibration", "correction_rig_T: must be 3"),
        (lambda one: one["properties"].pop("polynomial"), "bad_calibration", "neither polynomial nor bw-poly"),
        (lambda one: one["properties"].update(polynomial="0 1e-3 -1e-6"), "bad_calibration", "turns at"),
        (lambda one: one["properties"].update(polynomial="0 1 2 3 4 5 6"), "bad_calibration", "2 to 6 numbers"),
        (lambda one: one["properties"].update(polynomial={"k": 1}), "bad_calibration", "2 to 6 numbers"),
        (lambda one: one["properties"].update({"polynomial-type": "cubic"}), "bad_calibration", "'cubic' must be"),
        (lambda one: one["properties"].update(Model="brown"), "bad_calibration", "'brown' is no known lens"),
        (lambda one: one["properties"].update(cx="left"), "bad_calibration", "cx: must be 1 finite"),
        (lambda one: one["properties"].pop("width"), "bad_calibration", "width"),
        (lambda one: one.update(name="camera:../../etc"), "bad_calibration", "no name of a camera"),
        (lambda one: one.update(name="camera:cross:left:120fov"), "duplicate_id", "is there twice"),
        (lambda one: one.pop("name"), "bad_calibration", "no sensor with a name"),
    ],
)  # fmt: skip
def test_a_wrong_camera_is_left_out(clip, change, fault, said):
    edit_sensors(clip, lambda sensors: change(sensors[0]))
    found = read_drive(clip)
    assert list(found.cameras) == [LEFT]
    assert [one for one, _ in faults(found)] == [fault]
    assert said in found.problems[0].detail
    assert f"{ID}.calibration_estimate.parquet" in found.problems[0].detail


def test_a_rig_without_any_camera_is_an_error(clip):
    edit_sensors(clip, lambda sensors: sensors.clear())
    with pytest.raises(InputError, match="no camera with lens and place: none in the rig"):
        read_drive(clip)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rig": {}}', '{"rig": {"sensors": {}}}', "[" * 100_000])
def test_what_is_no_rig(clip, text):
    edit(clip, "calibration_estimate", lambda rows: rows[0]["calibration_estimate"].update(rig_json=text))
    with pytest.raises(FormatError, match="rig"):
        read_drive(clip)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "list of"),
        ("{}", "list of"),
        ("7", "list of"),
        ('[{"time": 1}]', "list of"),
        ('[{"timestamp": 1e6}]', "list of"),
        ('[{"timestamp": 2000000}, {"timestamp": 1000000}]', "later than the one before"),
        ("[", "not valid JSON"),
    ],
)
def test_frame_times_that_are_none(clip, text, said):
    (clip / f"{ID}.{FRONT}.json").write_text(text)
    found = read_drive(clip)
    assert faults(found) == [("bad_footage", f"camera {FRONT}")]
    assert said in found.problems[0].detail
    assert list(found.cameras) == [LEFT]


def test_map_rows_that_are_none(clip):
    edit(clip, "lane", lambda rows: rows[0]["lane"].update(left_rail=None))
    edit(clip, "crosswalk", lambda rows: rows[0]["crosswalk"].update(location=[]))
    edit(clip, "traffic_light", lambda rows: rows[0]["traffic_light"]["dimensions"].update(x=0.0))
    found = read_drive(clip)
    assert faults(found) == [("bad_map", "map lane"), ("bad_map", "map crosswalk"), ("bad_map", "map traffic_light")]
    assert all("row 1" in problem.detail for problem in found.problems)
    assert [len(elements) for elements in found.map_layers.values()] == [0, 1, 0, 0]
