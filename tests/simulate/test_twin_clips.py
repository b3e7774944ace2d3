"""Clips of real places: an extract becomes a map, and what its buildings should cover is what the labels say."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from simulate_samples import Mover, at, make_plan, sensor, write_cameras, write_log
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from roadmark.catalog import SemanticClass
from roadmark.clip import Clip
from roadmark.errors import ConfigError, InputError
from roadmark.maps import load_opendrive
from roadmark.simulate import find_scenarios, run_simulation
from roadmark.simulate.auto_cameras import town_sight
from roadmark.twins import CONVERTERS, parse_osm, read_surroundings, surroundings_path, twin_of, write_surroundings

sys.path.append(str(Path(__file__).parents[1] / "twins"))
from osm_extract import crossing_extract

pytestmark = pytest.mark.skipif(
    not any(converter.available() for converter in CONVERTERS.values()), reason="no OpenStreetMap converter"
)
EYE, SIZE, FOV = (-22.0, -16.0, 9.0), (480, 270), 80.0
CAMERA = sensor(EYE, pitch=8, yaw=45, size=SIZE, fov=FOV, name="corner")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The crossing's map with its surroundings, a recording of one car, a camera."""
    folder = tmp_path_factory.mktemp("place")
    twin = twin_of(parse_osm(crossing_extract().document(), "place.osm"), "Crossing")
    (folder / "Crossing.xodr").write_bytes(twin.opendrive)
    write_surroundings(folder / "Crossing.surroundings.json", twin.surroundings)
    write_log(folder / "one.log", [Mover(7, at(-6.0, -1.7))], [0.0, 0.1], map_name="Crossing")
    write_cameras(folder / "cam.yaml", CAMERA)
    return folder


def plan_of(place, output, **options):
    return make_plan(
        output, recorder_filename=place / "one.log", camera_config=place / "cam.yaml", duration=0.05, target_fps=20,
        quality="draft", generate_videos=False, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def clip(place, tmp_path_factory):
    (result,) = run_simulation(plan_of(place, tmp_path_factory.mktemp("clip") / "c"))
    return Clip.open(result.path)


def pixel(setup, point):
    (u, v), depth = project(setup, point)
    assert depth > 0.0
    return int(u), int(v)


def project(setup, point):
    local = setup.pose.rotation.T @ (np.asarray(point, dtype=np.float64) - setup.pose.translation)
    camera = setup.camera
    return (camera.fx * local[0] / local[2] + camera.cx, camera.fy * local[1] / local[2] + camera.cy), local[2]


def test_buildings_cover_the_pixels_they_should(place, clip, tmp_path):
    (setup,) = plan_of(place, tmp_path / "c").cameras
    semantic = clip[0].semantic()
    # The flats of the extract: x 15 to 55, y 20 to 44, 15.9 m high; the camera sees their western and southern walls.
    for point in ([15.0, 24.0, 8.0], [15.0, 30.0, 14.0], [25.0, 20.0, 8.0], [40.0, 20.0, 13.0]):
        u, v = pixel(setup, point)
        assert semantic[v, u] == SemanticClass.BUILDING, point
    for point in ([13.0, 18.0, 20.5], [40.0, 20.0, 21.0]):  # over its roof
        u, v = pixel(setup, point)
        assert semantic[v, u] in (SemanticClass.SKY, SemanticClass.VEGETATION, SemanticClass.TERRAIN), point
    u, v = pixel(setup, [0.0, 0.0, 0.0])
    assert semantic[v, u] in (SemanticClass.ROADS, SemanticClass.CAR)


def test_the_car_is_labelled_in_front_of_it(clip):
    (label,) = clip[0].labels().objects
    assert label.actor_id == 7


def test_the_clip_keeps_the_surroundings(place, clip, tmp_path):
    assert clip.source("map.surroundings.json").read_bytes() == (place / "Crossing.surroundings.json").read_bytes()
    plan = plan_of(place, tmp_path / "c")
    assert "4 buildings, 10 trees" in plan.describe()


def test_another_file_or_none(place, tmp_path):
    assert plan_of(place, tmp_path / "c", surroundings="none").surroundings is None
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"format": "roadmark-surroundings", "version": 1}))
    assert plan_of(place, tmp_path / "c", surroundings=other).surroundings.buildings == ()
    with pytest.raises(InputError, match="no such file"):
        plan_of(place, tmp_path / "c", surroundings=tmp_path / "missing.json")


def test_a_camera_inside_a_building_is_said(place, tmp_path):
    write_cameras(tmp_path / "in.yaml", sensor((35.0, 30.0, 6.0), pitch=8, yaw=45, size=(64, 36), fov=FOV, name="in"))
    plan = make_plan(
        tmp_path / "c", recorder_filename=place / "one.log", camera_config=tmp_path / "in.yaml", duration=0.05,
        target_fps=20, quality="draft", generate_videos=False,
    )  # fmt: skip
    (result,) = run_simulation(plan)
    assert any("inside the building" in note for note in Clip.open(result.path).manifest.notes)


def test_automatic_cameras_see_the_buildings(place):
    road_map = load_opendrive(place / "Crossing.xodr")
    surroundings = read_surroundings(surroundings_path(place / "Crossing.xodr"))
    town = town_sight(road_map, 0, np.zeros(3), surroundings)
    assert town is town_sight(road_map, 0, np.zeros(3), surroundings)
    assert town is not town_sight(road_map, 0, np.zeros(3))


def test_surroundings_in_a_batch_folder_are_no_scenario(place, tmp_path):
    for name in ("one.log", "Crossing.xodr", "Crossing.surroundings.json"):
        (tmp_path / name).write_bytes((place / name).read_bytes())
    (tmp_path / "one.yaml").write_bytes((place / "cam.yaml").read_bytes())
    (tmp_path / "one.json").write_text("{}")
    assert [found.name for found in find_scenarios(tmp_path)] == ["one"]


def test_a_model_stands_in_the_scene(place, tmp_path):
    matrix = np.eye(4)
    matrix[:3, 3] = (20.0, 5.0, -20.0)  # y up: 20 m east, 20 m north
    block = trimesh.creation.box((10.0, 10.0, 10.0))
    block.visual = TextureVisuals(material=PBRMaterial(name="Block", baseColorFactor=[0.6, 0.1, 0.1, 1.0]))
    made = trimesh.Scene()
    made.add_geometry(block, "block", transform=matrix)
    (tmp_path / "place.glb").write_bytes(made.export(file_type="glb"))
    (tmp_path / "classes.yaml").write_text("classes: {Block: wall}\n")
    options = {"scene_model": tmp_path / "place.glb", "scene_classes": tmp_path / "classes.yaml"}
    plan = plan_of(place, tmp_path / "c", **options)
    assert "12 triangles" in plan.describe()
    (result,) = run_simulation(plan)
    made_clip = Clip.open(result.path)
    semantic = made_clip[0].semantic()
    u, v = pixel(plan.cameras[0], [15.0, 17.0, 5.0])
    assert semantic[v, u] == SemanticClass.WALL
    assert not (semantic == SemanticClass.BUILDING).any()
    assert (semantic == SemanticClass.ROADS).sum() > 1000
    red = made_clip[0].rgb()[v, u].astype(int)
    assert red[0] > red[1] + 30
    assert {"scene_model.glb", "scene_classes.yaml"} <= set(made_clip.manifest.source)


def test_model_settings_that_do_not_fit_together(place, tmp_path):
    with pytest.raises(ConfigError, match="goes with scene_model"):
        plan_of(place, tmp_path / "c", scene_classes=tmp_path / "a.yaml")
    with pytest.raises(ConfigError, match="only one can stand"):
        plan_of(
            place, tmp_path / "c", scene_model=tmp_path / "a.glb", surroundings=place / "Crossing.surroundings.json"
        )
    with pytest.raises(InputError, match=r"a\.glb: no such file"):
        plan_of(place, tmp_path / "c", scene_model=tmp_path / "a.glb")


def test_fields_of_view(place, tmp_path):
    (setup,) = plan_of(place, tmp_path / "c").cameras
    assert math.degrees(2.0 * math.atan2(SIZE[0] / 2.0, setup.camera.fx)) == pytest.approx(FOV)
