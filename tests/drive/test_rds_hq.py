"""RDS-HQ in and out: round trips, the written bytes against the specification, both forms of every ambiguous key."""

import io
import json
import shutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drive_samples import BACKWARD, FORWARD, FRONT, ID, LEFT, TIMES, assert_same, drive, npy, tar_members, write_members

from roadmark.drive import (
    DriveCamera,
    ImageFiles,
    Trajectory,
    VideoFile,
    check_drive,
    find_drives,
    read_drive,
    read_rds_hq,
    write_rds_hq,
)
from roadmark.errors import ConfigError, InputError, OutputError
from roadmark.geometry import PinholeCamera
from roadmark.media import VideoWriter, encode_png


def picture(number):
    return np.full((54, 96, 3), 8 * number % 250, np.uint8)


def with_pictures(folder):
    """The sample with a video of the front camera and images of the left one."""
    folder.mkdir()
    video, images = folder / "front.mp4", folder / "left"
    with VideoWriter(video, 96, 54, Fraction(30)) as writer:
        for number in range(len(TIMES)):
            writer.write(picture(number))
    images.mkdir()
    for number in range(len(TIMES)):
        (images / f"{number:06d}.png").write_bytes(encode_png(picture(number)))
    whole = drive()
    front = replace(whole.cameras[FRONT], footage=VideoFile(video))
    left = replace(whole.cameras[LEFT], footage=ImageFiles(tuple(sorted(images.iterdir()))))
    return replace(whole, cameras={FRONT: front, LEFT: left})


def test_what_is_written_is_read_again(tmp_path):
    written = with_pictures(tmp_path / "pictures")
    assert write_rds_hq(tmp_path / "out", written) == []
    found = read_drive(tmp_path / "out")
    assert (found.format, found.problems, found.notes) == ("rds-hq", (), ())
    assert_same(found, written)
    assert found.captions == {"Original": "Ein Lkw überholt."}
    assert [track.moving for track in found.tracks] == [False, True]
    assert found.cameras[FRONT].footage.measure() == (31, 96, 54)
    assert found.cameras[LEFT].footage.measure() == (31, 96, 54)
    assert check_drive(found) == []


def test_the_same_drive_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_rds_hq(tmp_path / name, drive())
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(files) == 9  # pose, vehicle_pose, ftheta, objects, four map layers, captions
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_written_bytes_are_as_specified(tmp_path):
    """Read with tarfile, numpy and json alone; the numbers follow from section 1 of the specification."""
    whole = drive()
    write_rds_hq(tmp_path, whole)
    vehicle = tar_members(tmp_path / "vehicle_pose" / f"{ID}.tar")
    assert list(vehicle) == [f"{ID}.{frame:06d}.vehicle_pose.npy" for frame in range(31)]
    world_from_rig = np.load(io.BytesIO(vehicle[f"{ID}.000010.vehicle_pose.npy"]))
    assert (world_from_rig.dtype, world_from_rig.shape) == (np.float32, (4, 4))
    time = 0.333333  # round(10 * 1e6 / 30) microseconds
    np.testing.assert_allclose(world_from_rig[:3, 3], [10 * time, 1.5 * time**2, 0.1 * np.sin(time)], atol=1e-6)

    poses = tar_members(tmp_path / "pose" / f"{ID}.tar")
    assert len(poses) == 2 * 31
    seen = np.load(io.BytesIO(poses[f"{ID}.000010.pose.{LEFT}.npy"]))
    # The camera's z axis is its body's x axis: Rz(66.4°) Ry(0.4°) applied to x, in the rig.
    yaw, pitch = np.deg2rad([66.4, 0.4])
    axis = [np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)]
    np.testing.assert_allclose(seen[:3, 2], world_from_rig[:3, :3] @ axis, atol=1e-6)
    np.testing.assert_allclose(
        seen[:3, 3], world_from_rig[:3, :3] @ [2.5, 0.94, 0.92] + world_from_rig[:3, 3], atol=1e-6
    )

    lenses = tar_members(tmp_path / "ftheta_intrinsic" / f"{ID}.tar")
    backward = np.load(io.BytesIO(lenses[f"{ID}.ftheta_intrinsic.{FRONT}.npy"]))
    assert (backward.dtype, backward.shape) == (np.float64, (11,))  # without linear terms, as NVIDIA's own
    np.testing.assert_allclose(backward, BACKWARD, rtol=1e-12)
    forward = np.load(io.BytesIO(lenses[f"{ID}.ftheta_intrinsic.{LEFT}.npy"]))
    np.testing.assert_allclose(forward, FORWARD, rtol=1e-12)

    objects = tar_members(tmp_path / "all_object_info" / f"{ID}.tar")
    assert list(objects) == [f"{ID}.{frame:06d}.all_object_info.json" for frame in range(0, 31, 3)]
    keyframe = json.loads(objects[f"{ID}.000030.all_object_info.json"])
    assert set(keyframe) == {"7", "12"}
    assert set(json.loads(objects[f"{ID}.000003.all_object_info.json"])) == {"12"}  # the parked car was not observed
    record = keyframe["12"]
    assert (record["object_type"], record["object_is_moving"], record["object_lwh"]) == (
        "Heavy_truck",
        True,
        [9, 2.6, 3.5],
    )
    np.testing.assert_allclose(np.array(record["object_to_world"])[:3, 3], [32.0, 4.0, 1.5], atol=1e-12)
    # Heading at 1 s: yaw 0.4, pitch -0.02.
    heading = [np.cos(0.4) * np.cos(0.02), np.sin(0.4) * np.cos(0.02), np.sin(0.02)]
    np.testing.assert_allclose(np.array(record["object_to_world"])[:3, 0], heading, atol=1e-12)

    lights = json.loads(tar_members(tmp_path / "3d_traffic_lights" / f"{ID}.tar")[f"{ID}.traffic_lights.json"])
    corners = np.array(lights["labels"][0]["labelData"]["shape3d"]["cuboid3d"]["vertices"])
    edges = np.linalg.norm(corners[[3, 1, 4]] - corners[0], axis=1)  # 0 to 3 spans x, 0 to 1 y, 0 to 4 z
    np.testing.assert_allclose(edges, [0.25, 0.5, 1.0], atol=1e-12)
    lanes = json.loads(tar_members(tmp_path / "3d_lanes" / f"{ID}.tar")[f"{ID}.lanes.json"])
    rails = lanes["labels"][0]["labelData"]["shape3d"]["polylines3d"]["polylines"]
    assert [len(rail["vertices"]) for rail in rails] == [2, 3]


def test_webdataset_reads_one_sample(tmp_path):
    tariterators = pytest.importorskip("webdataset.tariterators")
    write_rds_hq(tmp_path, drive())
    with (tmp_path / "vehicle_pose" / f"{ID}.tar").open("rb") as stream:
        files = tariterators.tar_file_expander([{"stream": stream, "url": ID}])
        samples = list(tariterators.group_by_keys(files))
    assert [sample["__key__"] for sample in samples] == [ID]
    assert sum(key.endswith(".vehicle_pose.npy") for key in samples[0]) == 31


@pytest.fixture
def folder(tmp_path):
    write_rds_hq(tmp_path / "in", drive())
    return tmp_path / "in"


def rewrite(folder, layer, change):
    """Replace the members of a layer's tar: `change` gets a list of (name, bytes)."""
    path = folder / layer / f"{ID}.tar"
    write_members(path, change(list(tar_members(path).items())))


@pytest.mark.parametrize("layer", ["vehicle_pose", "pose", "ftheta_intrinsic", "all_object_info"])
def test_keys_in_upper_case(folder, layer):
    rewrite(folder, layer, lambda members: [(name.replace("camera", "CAMERA"), data) for name, data in members])
    found = read_drive(folder)
    assert found.problems == ()
    assert_same(found, drive())


def test_map_members_with_and_without_3d_and_vertices_as_objects(folder):
    def other_form(members):
        ((name, data),) = members
        document = json.loads(data)
        cuboid = document["labels"][0]["labelData"]["shape3d"]["cuboid3d"]
        cuboid["vertices"] = [dict(zip("xyz", vertex, strict=True)) for vertex in cuboid["vertices"]]
        document["labels"].append({"labelFamily": "EMPTY", "labelData": {"emptyLabel": True}})
        return [(name.replace("traffic_lights.json", "3d_traffic_lights.json"), json.dumps(document).encode())]

    rewrite(folder, "3d_traffic_lights", other_form)
    found = read_drive(folder)
    assert found.problems == ()
    assert_same(found, drive())


def test_lenses_of_14_numbers_and_pinholes(folder):
    name = f"{ID}.ftheta_intrinsic.{FRONT}.npy"
    rewrite(folder, "ftheta_intrinsic", lambda members: [(name, npy([*BACKWARD, 1.0, 0.0, 0.0]))])
    pinhole = npy([1000.0, 1001.0, 959.5, 539.5, 1920.0, 1080.0])
    lenses = [(f"{ID}.pinhole_intrinsic.{camera}.npy", pinhole) for camera in (FRONT, f"pinhole_{LEFT}")]
    write_members(folder / "pinhole_intrinsic" / f"{ID}.tar", lenses)
    found = read_drive(folder)
    assert found.problems == ()
    assert found.cameras[FRONT].model == drive().cameras[FRONT].model  # f-theta where both are there
    # Whole numbers are pixel centres in the file: 959.5 is the middle of 1920 pixels.
    assert found.cameras[LEFT].model == PinholeCamera(1920, 1080, 1000.0, 1001.0, 960.0, 540.0)


def test_the_lens_that_has_pictures_counts(folder):
    pinhole = [(f"{ID}.pinhole_intrinsic.{FRONT}.npy", npy([1000.0, 1000.0, 959.5, 539.5, 1920.0, 1080.0]))]
    write_members(folder / "pinhole_intrinsic" / f"{ID}.tar", pinhole)
    (folder / f"pinhole_{FRONT}").mkdir()
    (folder / f"pinhole_{FRONT}" / f"{ID}.mp4").write_bytes(b"not looked into yet")
    found = read_drive(folder).cameras[FRONT]
    assert isinstance(found.model, PinholeCamera)
    assert found.footage == VideoFile(folder / f"pinhole_{FRONT}" / f"{ID}.mp4")


def test_a_video_beside_the_folders(folder):
    (folder / f"{ID}.{LEFT}.mp4").write_bytes(b"not looked into yet")
    assert read_drive(folder).cameras[LEFT].footage == VideoFile(folder / f"{ID}.{LEFT}.mp4")


def test_captions_as_text(folder):
    (folder / "captions" / f"{ID}.json").unlink()
    (folder / "captions" / f"{ID}.txt").write_text("A truck overtakes.\n")
    assert read_drive(folder).captions == {"Original": "A truck overtakes."}


def test_without_vehicle_poses_the_front_cameras_body_is_the_rig(folder):
    shutil.rmtree(folder / "vehicle_pose")
    found = read_drive(folder)
    assert found.notes == (f"no vehicle_pose: the rig's frame is the body of {FRONT}",)
    for name in (FRONT, LEFT):
        for time in (0.0, 0.5, 1.0):
            expected = drive().camera_pose(name, time).matrix
            np.testing.assert_allclose(found.camera_pose(name, time).matrix, expected, atol=2e-5)
    # The front camera's body is FLU: it looks along the rig's x axis.
    np.testing.assert_allclose(found.cameras[FRONT].rig_from_camera.rotation[:, 2], [1.0, 0.0, 0.0], atol=1e-6)


def test_a_camera_that_is_not_fixed_keeps_its_own_poses(tmp_path):
    """Poses taken 20 ms later than the vehicle's, as where every camera is triggered by itself: 0.2 m at 10 m/s."""
    whole = drive()
    late = whole.ego.sampled(np.minimum(TIMES + 0.02, 1.0)) @ whole.cameras[LEFT].rig_from_camera.matrix
    own = Trajectory.from_matrices(TIMES, late, child=LEFT)
    write_rds_hq(tmp_path, replace(whole, cameras=whole.cameras | {LEFT: replace(whole.cameras[LEFT], poses=own)}))
    found = read_drive(tmp_path)
    assert found.problems == ()
    (note,) = found.notes
    assert note.startswith(f"{LEFT} moves up to 0.195 m")  # 10 m/s for 20 ms, less what the bend turns away
    assert found.cameras[FRONT].poses is None
    np.testing.assert_allclose(found.camera_pose(LEFT, TIMES[15]).matrix, late[15], atol=1e-5)


def test_tracks_between_frames_are_sampled_at_keyframes(tmp_path):
    whole = drive()
    track = whole.tracks[1]
    off = replace(track, times=track.times + 0.013)
    write_rds_hq(tmp_path, replace(whole, tracks=(off,)))
    (found,) = read_drive(tmp_path).tracks
    np.testing.assert_allclose(found.times, TIMES[3::3], atol=1e-9)  # 0.1 to 1.0 s: from 0.013 on
    np.testing.assert_allclose(found.centers[:, 0], 20 + 12 * (TIMES[3::3] - 0.013), atol=1e-9)


def test_labels_of_other_formats_become_theirs(tmp_path):
    whole = drive()
    lower = replace(whole.tracks[0], label="train_or_tram_car", category="train")
    foreign = replace(whole.tracks[1], label="vehicle.car", category="car")
    write_rds_hq(tmp_path, replace(whole, tracks=(lower, foreign)))
    assert [track.label for track in read_drive(tmp_path).tracks] == ["Train_or_tram_car", "Automobile"]


def test_several_drives_in_a_folder(folder):
    write_rds_hq(folder, drive(id="other"))
    assert [found.id for found in find_drives(folder)] == [ID, "other"]
    assert read_drive(folder, "other").recording == "other"
    with pytest.raises(ConfigError, match=f"2 drives, such as {ID}; name one"):
        read_drive(folder)
    with pytest.raises(InputError, match="no drive gone"):
        read_drive(folder, "gone")


def test_an_older_drive_is_replaced_only_on_request(folder):
    with pytest.raises(OutputError, match="already"):
        write_rds_hq(folder, drive())
    write_rds_hq(folder, drive(captions={"Original": "anew"}), overwrite=True)
    assert read_rds_hq(folder, ID).captions == {"Original": "anew"}


@pytest.mark.parametrize("name", ["with.dot", "../up", "a/b", ""])
def test_ids_that_no_member_can_have(tmp_path, name):
    with pytest.raises(InputError, match="cannot be a drive's id"):
        write_rds_hq(tmp_path / "out", drive(id=name))
    assert not (tmp_path / "out").exists()


def test_a_pinhole_drive_round_trips(tmp_path):
    whole = drive()
    camera = DriveCamera(
        "front", PinholeCamera(1600, 900, 1266.4, 1266.4, 816.3, 491.5), whole.cameras[FRONT].rig_from_camera, TIMES
    )
    pinhole = replace(whole, cameras={"front": camera})
    write_rds_hq(tmp_path, pinhole)
    assert_same(read_drive(tmp_path), pinhole)
