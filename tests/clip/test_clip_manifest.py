import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from clip_samples import CAMERA, POSE, write_clip

from roadmark.clip import Clip, read_manifest
from roadmark.clip.calibration import camera_from_record, camera_record
from roadmark.clip.manifest import check_inside
from roadmark.errors import FormatError, InputError
from roadmark.geometry import FThetaCamera


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "clip", 3)


@pytest.fixture
def document(clip_path):
    return json.loads((clip_path / "clip.json").read_text())


def rewritten(tmp_path, document):
    (tmp_path / "clip.json").write_text(json.dumps(document))
    return tmp_path / "clip.json"


def test_the_manifest_says_what_the_files_do_not(clip_path):
    manifest = read_manifest(clip_path / "clip.json")
    assert manifest.schema_version == 1
    assert manifest.fps.fraction == Fraction(20)
    assert [frame.source_frame for frame in manifest.frames] == [300, 301, 302]
    assert [frame.time for frame in manifest.frames] == [10.0, 10.05, 10.1]
    assert manifest.camera() == CAMERA
    assert np.allclose(manifest.pose(2).matrix, POSE.matrix)
    assert (manifest.pose(2).parent, manifest.pose(2).child) == ("world", "camera")
    assert (manifest.depth.unit, manifest.depth.measure, manifest.depth.saturates) == ("1/256m", "z", True)
    assert manifest.box_convention == "rdf-lhw-xyz"
    assert manifest.untrusted == ()
    assert set(manifest.tools) >= {"roadmark", "numpy", "av"}


def test_it_round_trips(clip_path, tmp_path):
    manifest = read_manifest(clip_path / "clip.json")
    (tmp_path / "clip.json").write_bytes(manifest.to_json())
    assert read_manifest(tmp_path / "clip.json") == manifest
    assert (tmp_path / "clip.json").read_bytes() == (clip_path / "clip.json").read_bytes()


def test_f_theta_cameras_round_trip():
    vector = [959.5, 539.5, 1920, 1080, 0, 1 / 600, 0, 0, 0, 0, 1]
    camera = FThetaCamera.from_vector(vector)
    back = camera_from_record(camera_record(camera))
    assert back == camera
    with pytest.raises(FormatError, match=r"cameras\.0\.intrinsics"):
        camera_from_record(camera_record(camera).model_copy(update={"max_angle": 9.0}))


def change(document, path, value):
    target = document
    for key in path[:-1]:
        target = target[key]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["schema_version"], 2, "schema_version"),
        (["width"], 10**9, "width"),
        (["width"], -1, "width"),
        (["fps", "denominator"], 0, "denominator"),
        (["fps", "numerator"], 10**30, "numerator"),
        (["frames", 1, "index"], 5, "without a gap"),
        (["frames", 0, "time"], "soon", "time"),
        (["frames"], [], "frames"),
        (["cameras", 0, "poses"], [], "0 camera poses for 3 frames"),
        (["cameras", 0, "intrinsics", "fx"], 0, "fx"),
        (["cameras", 0, "intrinsics", "model"], "magic", "model"),
        (["folders"], ["../../etc"], "no path inside"),
        (["folders"], ["rgb/x"], "no name of a folder"),
        (["videos"], ["/etc/passwd"], "no path inside"),
        (["source"], {"a": {"sha256": "0" * 64, "bytes": 1, "file": "source/../../a"}}, "no path inside"),
        (["source"], {"a": {"sha256": "x", "bytes": 1}}, "sha256"),
        (["files"], {"..": {"files": 1, "bytes": 1, "sha256": "0" * 64}}, "no path inside"),
        (["actors"], {"one": {"blueprint_id": ""}}, "named by their ids"),
        (["actors"], {"9" * 30: {"blueprint_id": ""}}, "named by their ids"),
        (["actors"], {"7": {"blueprint_id": "", "stored_id": 70000}}, "stored_id"),
        (["surprise"], 1, "unknown key"),
        (["width"], ..., "missing"),
    ],
)
def test_hostile_manifests_are_typed_errors_that_name_the_field(tmp_path, document, path, value, message):
    with pytest.raises(FormatError, match=message):
        read_manifest(rewritten(tmp_path, change(document, path, value)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"width": NaN}',
        '{"width": 1e999}',
        "[" * 100_000,
        '{"conditions": ' + '{"a":' * 5000 + "1" + "}" * 5001,
        "\x00\x01",
    ],
)
def test_broken_json_is_a_typed_error(tmp_path, text):
    (tmp_path / "clip.json").write_text(text)
    with pytest.raises(FormatError, match=r"clip\.json"):
        read_manifest(tmp_path / "clip.json")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "clip.json").write_bytes(b'{"width": "\xff\xfe"}')
    with pytest.raises(FormatError):
        read_manifest(tmp_path / "clip.json")


def test_a_folder_without_a_manifest_is_no_clip(tmp_path):
    with pytest.raises(InputError, match="roadmark clip adopt"):
        Clip.open(tmp_path)
    (tmp_path / "clip.json").mkdir()
    with pytest.raises(InputError, match="not a regular file"):
        Clip.open(tmp_path)


def test_a_pose_that_is_no_rotation(tmp_path, document):
    document["cameras"][0]["poses"][1][0][0] = 5.0
    manifest = read_manifest(rewritten(tmp_path, document))
    with pytest.raises(FormatError, match=r"cameras\.0\.poses\.1"):
        manifest.pose(1)


def test_huge_files_are_not_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr("roadmark.clip.manifest.MAX_MANIFEST_BYTES", 100)
    (tmp_path / "clip.json").write_text(" " * 200)
    with pytest.raises(FormatError, match="larger than"):
        read_manifest(tmp_path / "clip.json")


@pytest.mark.parametrize("path", ["..", "a/../b", "/a", "a//b", "", ".", "a b", "a\\b", "x" * 600, "a/", "…"])
def test_paths_that_leave_are_refused(path):
    with pytest.raises(ValueError, match="no path inside"):
        check_inside(path)


def test_the_frame_table_needs_its_numbers_in_order(tmp_path, document):
    document["frames"].reverse()
    with pytest.raises(FormatError, match="numbered 0, 1, 2"):
        read_manifest(rewritten(tmp_path, document))


def test_records_are_immutable(clip_path):
    camera = read_manifest(clip_path / "clip.json").camera()
    assert replace(camera, width=CAMERA.width) == camera
