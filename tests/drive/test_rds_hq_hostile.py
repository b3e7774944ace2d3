"""RDS-HQ drives that are damaged or made to do harm: what is wrong is named and left out, the rest is kept."""

import json
import pickle
import tarfile

import numpy as np
import pytest
from drive_samples import BACKWARD, FRONT, ID, LEFT, drive, faults, npy, tar_members, write_members

from roadmark.drive import check_drive, read_drive, write_rds_hq
from roadmark.errors import FormatError, InputError, TruncatedError


@pytest.fixture
def folder(tmp_path):
    write_rds_hq(tmp_path / "in", drive())
    return tmp_path / "in"


def tar_of(folder, layer):
    return folder / layer / f"{ID}.tar"


def change(folder, layer, changed):
    """Replace members by key (None removes one), or add them."""
    path = tar_of(folder, layer)
    members = {name.partition(".")[2]: data for name, data in tar_members(path).items()} | changed
    write_members(path, [(f"{ID}.{key}", data) for key, data in members.items() if data is not None])


def change_objects(folder, frame, track, **fields):
    key = f"{frame:06d}.all_object_info.json"
    document = json.loads(tar_members(tar_of(folder, "all_object_info"))[f"{ID}.{key}"])
    document[track] = document.get(track, {}) | fields
    change(folder, "all_object_info", {key: json.dumps(document).encode()})


@pytest.mark.parametrize("layer", ["ftheta_intrinsic", "pose"])
def test_a_drive_without_calibration_or_places_is_an_error(folder, layer):
    tar_of(folder, layer).unlink()
    with pytest.raises(
        InputError, match="no calibration: neither" if layer == "ftheta_intrinsic" else "no camera with poses"
    ):
        read_drive(folder)


def test_no_camera_gets_another_ones_lens_or_an_identity(folder):
    change(folder, "ftheta_intrinsic", {f"ftheta_intrinsic.{LEFT}.npy": None})
    found = read_drive(folder)
    assert list(found.cameras) == [FRONT]
    assert faults(found) == [("missing_calibration", f"camera {LEFT}")]
    assert (
        f"ftheta_intrinsic/{ID}.tar, {LEFT}: there is no ftheta calibration of this camera; add it"
        in found.problems[0].detail
    )


def test_pictures_without_poses(folder):
    (folder / "ftheta_camera_rear").mkdir()
    (folder / "ftheta_camera_rear" / f"{ID}.mp4").write_bytes(b"")
    found = read_drive(folder)
    assert faults(found) == [("missing_extrinsics", "camera camera_rear")]
    assert list(found.cameras) == [FRONT, LEFT]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", f"x/../{ID}.000000.pose.{FRONT}.npy", "..\\..\\boot.ini", "C:\\boot.ini"],
)
def test_members_that_climb_out(folder, tmp_path, name):
    path = tar_of(folder, "vehicle_pose")
    write_members(path, [(name, npy(np.eye(4))), *tar_members(path).items()])
    before = set(tmp_path.rglob("*"))
    found = read_drive(folder)
    assert faults(found) == [("unsafe_path", "vehicle_pose")]
    assert name in found.problems[0].detail
    assert len(found.ego.times) == 31
    assert set(tmp_path.rglob("*")) == before  # nothing was unpacked


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices(folder, kind):
    info = tarfile.TarInfo(f"{ID}.000000.vehicle_pose.npy")
    info.type, info.linkname = kind, "/etc/passwd"
    members = list(tar_members(tar_of(folder, "vehicle_pose")).items())
    write_members(tar_of(folder, "vehicle_pose"), [(info, b""), *members])
    found = read_drive(folder)
    assert faults(found) == [("unsafe_path", "vehicle_pose")]
    assert len(found.ego.times) == 31


def test_pickled_arrays_are_never_loaded(folder, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    pickled = npy(np.array([Trap()], dtype=object))
    change(
        folder, "vehicle_pose", {"000003.vehicle_pose.npy": pickled, "000004.vehicle_pose.npy": pickle.dumps(Trap())}
    )
    (tmp_path / "sprung").unlink(missing_ok=True)  # saving called it, too
    found = read_drive(folder)
    assert faults(found) == [("bad_pose", "vehicle_pose")] * 2
    assert "000003.vehicle_pose.npy: holds pickled objects, which are never loaded" in found.problems[0].detail
    assert not (tmp_path / "sprung").exists()
    assert len(found.ego.times) == 29


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no readable .npy"),
        (b"\x93NUMPY\x01\x00", "no readable .npy"),
        (npy(np.eye(4))[:-8], "claims (4, 4) float64, 128 bytes, but holds 120"),
        (npy(np.eye(4)).replace(b"(4, 4)", b"(1<<9)"), "no readable .npy"),
        (npy(np.eye(4)).replace(b"(4, 4), }      ", b"(99999999999,)}"), "but holds 128"),
        (npy(np.eye(4)).replace(b"'<f8'", b"'<f8["), "no readable .npy: SyntaxError"),
        (npy(np.eye(4)).replace(b"\x76\x00{", b"\xff\xff{"), "its header claims 65535 bytes"),
        (npy(np.array(["a"])), "holds <U1, not numbers"),
        (npy(np.eye(3)), "a pose has shape (4, 4), not (3, 3)"),
    ],
)
def test_arrays_that_are_none(folder, data, said):
    change(folder, "vehicle_pose", {"000003.vehicle_pose.npy": data})
    found = read_drive(folder)
    assert faults(found) == [("bad_pose", "vehicle_pose")]
    assert said in found.problems[0].detail
    assert len(found.ego.times) == 30


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (np.full((4, 4), np.nan), "holds NaN"),
        (np.eye(4) + 1e300 * np.eye(4, k=3), "holds 1e+300, which is no place"),
        (np.diag([2.0, 2.0, 2.0, 1.0]), "is no rotation"),
        (np.diag([1.0, 1.0, -1.0, 1.0]), "mirrors"),
        (np.diag([1.0, 1.0, 1.0, 7.0]), "last row"),
    ],
)
def test_poses_that_are_none_are_filled_in(folder, matrix, said):
    change(folder, "vehicle_pose", {f"{frame:06d}.vehicle_pose.npy": npy(matrix) for frame in (4, 5)})
    found = read_drive(folder)
    assert faults(found) == [("bad_pose", "vehicle_pose")]
    assert said in found.problems[0].detail
    assert "000004.vehicle_pose.npy" in found.problems[0].detail
    assert "so are 1 more" in found.problems[0].detail
    expected = drive().ego.pose_at(4 / 30).translation
    np.testing.assert_allclose(found.ego.pose_at(4 / 30).translation, expected, atol=0.01)  # the bend, over 0.1 s
    assert check_drive(found) == []


def test_poses_that_are_missing_for_long_are_not_made_up(folder):
    change(folder, "vehicle_pose", {f"{frame:06d}.vehicle_pose.npy": None for frame in range(5, 25)})
    found = read_drive(folder)
    with pytest.raises(InputError, match="no pose world_from_rig at 0.5"):
        found.camera_pose(FRONT, 0.5)
    problems = check_drive(found)
    assert [one.fault for one in problems] == ["missing_frames"] * 2
    assert [one.item for one in problems] == [f"camera {FRONT}", f"camera {LEFT}"]
    assert "20 of 31 frames have no pose near their time" in problems[0].detail


def test_no_pose_at_all_is_an_error(folder):
    nothing = npy(np.full((4, 4), np.nan))
    for layer in ("vehicle_pose", "pose"):
        change(folder, layer, {name.partition(".")[2]: nothing for name in tar_members(tar_of(folder, layer))})
    with pytest.raises(InputError, match="no readable poses"):
        read_drive(folder)


@pytest.mark.parametrize("keep", [0.35, 0.5, 0.77])
@pytest.mark.parametrize("layer", ["vehicle_pose", "all_object_info"])
def test_a_truncated_tar_is_read_as_far_as_it_goes(folder, layer, keep):
    with tarfile.open(tar_of(folder, layer)) as tar:
        whole = tar.getmembers()[-1].offset  # what follows is the last member, and zeros
    tar_of(folder, layer).write_bytes(tar_of(folder, layer).read_bytes()[: int(whole * keep)])
    found = read_drive(folder)
    assert ("truncated", layer) in faults(found)
    assert isinstance(found.problems[0].error, TruncatedError)
    assert "breaks off after" in found.problems[0].detail
    assert (2 if layer == "vehicle_pose" else 31) <= len(found.ego.times) <= 31
    if layer == "all_object_info":
        assert 2 <= len(found.tracks[0].times) < 11


def test_a_tar_cut_between_members_is_noticed(folder):
    path = tar_of(folder, "vehicle_pose")
    with tarfile.open(path) as tar:
        end = tar.getmembers()[10].offset
    path.write_bytes(path.read_bytes()[:end])
    found = read_drive(folder)
    assert faults(found)[0] == ("truncated", "vehicle_pose")
    assert "breaks off after 10 members: the end mark is missing" in found.problems[0].detail


@pytest.mark.parametrize("data", [b"", b"no tar at all" * 100, bytes(3)])
def test_what_is_no_tar(folder, data):
    tar_of(folder, "vehicle_pose").write_bytes(data)
    with pytest.raises(FormatError, match="no readable tar"):
        read_drive(folder)


def test_members_of_another_sample_and_doubles(folder):
    members = list(tar_members(tar_of(folder, "vehicle_pose")).items())
    other = ("other.000000.vehicle_pose.npy", npy(np.eye(4)))
    write_members(tar_of(folder, "vehicle_pose"), [*members, members[3], other])
    found = read_drive(folder)
    assert faults(found) == [("duplicate_id", "vehicle_pose"), ("bad_file", "vehicle_pose")]
    assert "belongs to another sample" in found.problems[1].detail
    assert len(found.ego.times) == 31


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        ([*BACKWARD[:4], 0, 1e-3, -1e-6, 0, 0, 0, 1], "turns at"),  # falls from 500 px on
        ([*BACKWARD[:4], 0, -1e-3, 0, 0, 0, 0, 1], "turns at 0"),
        ([*BACKWARD[:4], 0.2, 1e-3, 0, 0, 0, 0, 1], "constant term"),
        ([*BACKWARD[:3]], "11 or 14 finite numbers"),
        ([np.nan, *BACKWARD[1:]], "must be finite numbers of a lens"),
        ([*BACKWARD[:9], 1e300, 1], "must be finite numbers of a lens"),
        ([*BACKWARD[:2], 0, 1080, *BACKWARD[4:]], "at least 1 x 1"),
    ],
)
def test_lenses_that_cannot_be(folder, vector, said):
    change(folder, "ftheta_intrinsic", {f"ftheta_intrinsic.{LEFT}.npy": npy(vector)})
    found = read_drive(folder)
    assert list(found.cameras) == [FRONT]
    assert faults(found) == [("bad_calibration", f"camera {LEFT}"), ("missing_calibration", f"camera {LEFT}")]
    assert said in found.problems[0].detail
    assert f"ftheta_intrinsic.{LEFT}.npy" in found.problems[0].detail


def test_cameras_whose_names_lead_out(folder):
    change(folder, "ftheta_intrinsic", {"ftheta_intrinsic.a b.npy": npy(BACKWARD)})
    found = read_drive(folder)
    assert faults(found) == [("bad_calibration", "camera a b")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"object_lwh": [4.0, 0.0, 1.5]}, "object_lwh must be 3 numbers > 0, got [4.0, 0.0, 1.5]"),
        ({"object_lwh": [4.0, float("nan"), 1.5]}, "object_lwh must be"),
        ({"object_lwh": "4 2 1"}, "object_lwh must be"),
        ({"object_to_world": [[1, 0], [0]]}, "object_to_world must be 4 x 4 numbers"),
        ({"object_type": 7}, "object_type must be text, got 7"),
        ({"object_is_moving": "yes"}, "object_is_moving must be true or false"),
        ({"object_to_world": [[float("nan")] * 4] * 4}, "object_to_world holds NaN or infinity; left out are 1 of 11"),
        ({"object_to_world": np.diag([1.0, -1.0, 1.0, 1.0]).tolist()}, "mirrors"),
    ],
)
def test_one_wrong_observation_is_left_out(folder, fields, said):
    change_objects(folder, 6, "12", **fields)
    found = read_drive(folder)
    assert faults(found) == [("bad_track", "track 12")]
    assert said in found.problems[0].detail
    assert "000006.all_object_info.json" in found.problems[0].detail
    assert [len(track.times) for track in found.tracks] == [2, 10]
    assert found.tracks[1].box_at(0.2, found.rules) is not None  # filled in


def test_an_object_that_was_observed_once(folder):
    change_objects(
        folder, 6, "99", object_to_world=np.eye(4).tolist(), object_lwh=[4, 2, 1.5], object_type="Automobile"
    )
    found = read_drive(folder)
    assert faults(found) == [("single_observation", "track 99")]
    assert {track.id for track in found.tracks} == {"7", "12"}


def test_unknown_labels_are_kept_as_other_and_counted_once(folder):
    for frame in (0, 30):
        change_objects(folder, frame, "7", object_type="Hovercraft")
    found = read_drive(folder)
    assert faults(found) == [("unknown_label", "label Hovercraft")]
    assert "'Hovercraft' is no known label; 1 tracks" in found.problems[0].detail
    assert [(track.label, track.category) for track in found.tracks] == [
        ("Hovercraft", "other"),
        ("Heavy_truck", "truck"),
    ]


def test_the_same_track_twice_in_a_frame(folder):
    key = "000006.all_object_info.json"
    data = tar_members(tar_of(folder, "all_object_info"))[f"{ID}.{key}"].decode()
    doubled = data[:-1] + ', "12": {}}'
    change(folder, "all_object_info", {key: doubled.encode()})
    found = read_drive(folder)
    assert faults(found) == [("duplicate_id", "track 12")]
    assert len(found.tracks[1].times) == 11


@pytest.mark.parametrize("data", [b"{", b"[1, 2]", b"[" * 100_000, b"\xff\xfe", b'{"12": ' + b"9" * 5000 + b"}"])
def test_keyframes_that_are_no_json(folder, data):
    change(folder, "all_object_info", {"000006.all_object_info.json": data})
    found = read_drive(folder)
    assert [fault for fault, _ in faults(found)] in (["bad_file"], ["bad_track"])
    assert len(found.tracks[1].times) == 10


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"labels": [{"labelData": {"shape3d": {"polyline3d": {"vertices": [[0, 0, float("nan")]]}}}}]},
        {"labels": [{"labelData": {}}]},
        {"labels": [None]},
        {"labels": [{"labelData": {"shape3d": {"cuboid3d": {"vertices": [[0, 0, 0]] * 8}}}}]},
    ],
)
@pytest.mark.filterwarnings("error")
def test_map_layers_that_are_none(folder, document):
    write_members(tar_of(folder, "3d_lanes"), [(f"{ID}.lanes.json", json.dumps(document).encode())])
    found = read_drive(folder)
    assert faults(found) == [("bad_map", "map lane")]
    assert found.map_layers.get("lane", ()) == ()
    assert len(found.map_layers["crosswalk"]) == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"Original": 7}', '{"Original": "a", "Original": "b"}'])
def test_captions_that_are_none(folder, text):
    (folder / "captions" / f"{ID}.json").write_text(text)
    found = read_drive(folder)
    assert faults(found) == [("bad_caption", "captions")]
    assert found.captions == {}


def test_a_video_of_another_length_or_shape(folder, tmp_path):
    from fractions import Fraction

    from roadmark.media import VideoWriter

    (folder / f"ftheta_{FRONT}").mkdir()
    with VideoWriter(folder / f"ftheta_{FRONT}" / f"{ID}.mp4", 64, 48, Fraction(30)) as video:
        for _ in range(29):
            video.write(np.zeros((48, 64, 3), np.uint8))
    (folder / f"ftheta_{LEFT}").mkdir()
    (folder / f"ftheta_{LEFT}" / f"{ID}.mp4").write_bytes(b"no video")
    found = read_drive(folder)
    problems = check_drive(found)
    assert [(one.fault, one.item) for one in problems] == [
        ("wrong_length", f"camera {FRONT}"), ("wrong_size", f"camera {FRONT}"), ("bad_footage", f"camera {LEFT}"),
    ]  # fmt: skip
    assert "29 pictures, but the drive has 31 frames" in problems[0].detail
    assert "64 x 48 pixels, but 1920 x 1080 were calibrated" in problems[1].detail


def test_a_camera_that_flies_off(folder):
    far = np.eye(4)
    far[0, 3] = 500.0
    change(folder, "pose", {f"000020.pose.{LEFT}.npy": npy(far)})
    found = read_drive(folder)
    assert faults(found) == [("moving_camera", f"camera {LEFT}")]
