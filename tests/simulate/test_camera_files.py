"""Camera files that Roadmark writes: the recipe's format, our lenses and followed actors, read back as they were."""

import math

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import ConfigError
from roadmark.geometry import FThetaCamera, PinholeCamera, Pose, camera_pose_from_body, rotation_from_rpy
from roadmark.simulate import CameraSetup, load_cameras, write_camera_file

RGB = ("rgb",)


def setup(name="camera", camera=None, rpy=(0.0, 0.3, 1.0), place=(1.0, -2.0, 6.0), sensors=RGB, follow=None):
    parent = "world" if follow is None else "actor"
    body = Pose(rotation_from_rpy(np.array(rpy)), np.array(place), parent, "camera_body")
    return CameraSetup(
        name, camera or PinholeCamera.from_fov(640, 360, 1.2), camera_pose_from_body(body), sensors, follow
    )


def round_trip(folder, *setups):
    write_camera_file(folder / "cameras.yaml", setups)
    return load_cameras(folder / "cameras.yaml")


ANGLE = st.floats(-math.pi, math.pi)


@given(
    yaw=ANGLE,
    pitch=st.floats(-1.5, 1.5),
    roll=ANGLE,
    place=st.tuples(*[st.floats(-5000.0, 5000.0)] * 3),
    fov=st.floats(0.1, 3.0),
)
def test_what_is_written_is_read(tmp_path_factory, yaw, pitch, roll, place, fov):
    written = setup(camera=PinholeCamera.from_fov(1280, 720, fov), rpy=(roll, pitch, yaw), place=place)
    (read,) = round_trip(tmp_path_factory.mktemp("files"), written)
    np.testing.assert_allclose(read.pose.matrix, written.pose.matrix, atol=1e-8, rtol=1e-12)
    assert read.camera.fx == pytest.approx(written.camera.fx, rel=1e-7)
    assert (read.name, read.sensors, read.follow) == ("camera", RGB, None)


def test_the_file_is_the_published_recipes(tmp_path):
    """Centimetres and degrees in CARLA's left-handed axes, one entry per sensor, nothing of ours where not needed."""
    camera = PinholeCamera.from_fov(1920, 1080, math.pi / 2)
    # 38.9 m west, 32 m south, 5.72 m up; looking 20 degrees down and to the north-west
    written = setup(camera=camera, rpy=np.radians([0, 20, 141]), place=(-38.9, -32.0, 5.72), sensors=("rgb", "depth"))
    write_camera_file(tmp_path / "c.yaml", [written])
    text = (tmp_path / "c.yaml").read_text()
    assert "&" not in text  # no references within the file
    shared = {
        "attributes": {"image_size_x": 1920, "image_size_y": 1080, "fov": 90.0},
        "transform": {
            "location": {"x": -3890.0, "y": 3200.0, "z": 572.0},
            "rotation": {"roll": 0.0, "pitch": -20.0, "yaw": -141.0},
        },
    }
    assert yaml.safe_load(text) == [{"sensor": kind, **shared} for kind in ("rgb", "depth")]


@pytest.mark.parametrize("direction", ["angle_from_pixel", "pixel_from_angle"])
def test_lenses_followed_actors_and_names_are_kept(tmp_path, direction):
    polynomial = (0.0, 0.0011, 1e-8, 0.0, 0.0, 0.0) if direction == "angle_from_pixel" else (0.0, 900.0, 4.0, 0, 0, 0)
    lens = FThetaCamera(1280, 720, 631.5, 362.25, polynomial, direction, 1.001, 2e-4, -1e-4, 1.1)
    written = [
        setup("front", lens, follow=24),
        setup("mast", follow="hero", place=(0.0, 0.0, 9.0)),
        setup("street", place=(4.0, 0.0, 9.0)),
    ]
    read = round_trip(tmp_path, *written)
    assert [(one.name, one.follow) for one in read] == [("front", 24), ("mast", "hero"), ("street", None)]
    assert [one.pose.parent for one in read] == ["actor", "actor", "world"]
    back = read[0].camera
    assert isinstance(back, FThetaCamera)
    np.testing.assert_allclose(back.to_vector(), lens.to_vector(), rtol=1e-12)
    assert (back.direction, back.max_angle) == (direction, pytest.approx(1.1))


def load(tmp_path, **changes):
    entry = {"sensor": "rgb", "transform": {"location": {"z": 500}}}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump([entry | changes]))
    return load_cameras(tmp_path / "c.yaml")[0]


def test_an_ftheta_lens_without_a_polynomial_is_equidistant(tmp_path):
    camera = load(
        tmp_path, attributes={"image_size_x": 1000, "image_size_y": 500, "fov": 120}, lens={"model": "ftheta"}
    ).camera
    # 120 degrees over 1000 pixels: 500 pixels from the middle is 60 degrees off the axis
    ray = camera.rays([[1000.0, 250.0]])[0]
    np.testing.assert_allclose(ray, [math.sin(math.pi / 3), 0.0, 0.5], atol=1e-12)
    assert camera.max_angle == pytest.approx(math.radians(60) * math.hypot(500, 250) / 500)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lens": {"model": "fisheye"}}, r"lens\.model = 'fisheye'"),
        ({"lens": {"model": "pinhole", "max_angle": 40}}, "a pinhole has no max_angle"),
        ({"lens": {"model": "ftheta", "angle_from_pixel": [0, 1e-3], "pixel_from_angle": [0, 900]}}, "not both"),
        ({"lens": {"model": "ftheta", "angle_from_pixel": [0.1, 1e-3]}}, "camera camera: lens: .*constant term"),
        ({"lens": {"model": "ftheta", "angle_from_pixel": [0, -1e-3]}}, "camera camera: lens: "),
        ({"lens": {"model": "ftheta", "angle_from_pixel": [0, 1, 2, 3, 4, 5, 6]}}, "angle_from_pixel"),
        ({"lens": {"model": "ftheta", "linear": [0, 0, 0]}}, "mirror or flatten"),
        ({"lens": {"model": "ftheta", "angle_from_pixel": [0, 1]}}, "degrees inside the image"),
        ({"follow": "ego"}, "follow"),
        ({"follow": -3}, "follow"),
        ({"follow": True}, "follow"),
    ],
)
def test_lenses_and_actors_nobody_has(tmp_path, changes, message):
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, **changes)
