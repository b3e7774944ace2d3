"""The `nvidia` convention and the f-theta model against what NVIDIA's published curation code produced from a drive."""

import io
import json
import math
import tarfile

import numpy as np
import pytest

from roadmark.geometry import Box3D, FThetaCamera, Pose

CLIP = "00000000-0000-4000-8000-000000000001_1000000_3000000"


def members(data_dir, folder):
    with tarfile.open(data_dir / "av" / "rds_hq" / folder / f"{CLIP}.tar") as tar:
        return {m.name.split(".", 1)[1]: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}


@pytest.fixture(scope="module")
def frames(data_dir):
    """(camera, frame, what the reference wrote) of each frame it wrote."""
    reference = json.loads((data_dir / "av" / "reference_output.json").read_text())
    return [(*key.split("/"), value) for key, value in reference.items()]


def test_boxes_are_reproduced_and_decoded(data_dir, frames):
    poses, objects = members(data_dir, "pose"), members(data_dir, "all_object_info")
    compared = 0  # the reference computes in single precision
    for camera, frame, written in frames:
        matrix = np.load(io.BytesIO(poses[f"{int(frame):06d}.pose.{camera}.npy"]))
        world_from_camera = Pose.from_matrix(matrix, child="camera")
        truth = json.loads(objects[f"{int(frame):06d}.all_object_info.json"])
        for annotation in written["annotations"]:
            track = truth[annotation["label"].split("_", 1)[1]]
            pose = Pose.from_matrix(track["object_to_world"], child="object")
            box = Box3D(pose.translation, np.array(track["object_lwh"]), pose.rotation, "world")
            seen = box.transformed(world_from_camera.inverse())
            np.testing.assert_allclose(seen.to_nvidia(world_from_camera), annotation["bbox_3d"], rtol=1e-6, atol=1e-5)
            decoded = Box3D.from_nvidia(annotation["bbox_3d"], world_from_camera).transformed(world_from_camera)
            np.testing.assert_allclose(decoded.corners(), box.corners(), atol=5e-5)
            compared += 1
    assert compared == 14


def test_fields_of_view_are_reproduced(data_dir, frames):
    vectors = members(data_dir, "ftheta_intrinsic")
    for name, _, written in frames:
        camera = FThetaCamera.from_vector(np.load(io.BytesIO(vectors[f"ftheta_intrinsic.{name}.npy"])))
        # The reference scales the principal point without the half pixel and radii by sqrt(sx sy), and sums the angles
        # towards pixels 0 and w - 1 (h - 1), in single precision (specs/av-grounding.md 4.4, 4.5).
        sx, sy = 1280 / camera.width, 720 / camera.height
        scale, cx, cy = math.sqrt(sx * sy), (camera.cx - 0.5) * sx, (camera.cy - 0.5) * sy
        horizontal = camera.angles(np.array([cx, 1279 - cx]) / scale).sum()
        vertical = camera.angles(np.array([cy, 719 - cy]) / scale).sum()
        ours = [1280 / 2 / math.tan(horizontal / 2), 720 / 2 / math.tan(vertical / 2), cx, cy]
        theirs = [written["camera_params"][key] for key in ("fx", "fy", "cx", "cy")]
        # Its inverse of forward polynomials is a fit, up to 0.035 px off.
        np.testing.assert_allclose(ours, theirs, atol=0.05)
