"""A recording of a real CARLA server becomes a clip, with the recipe's own kinds of configuration files."""

import json

import numpy as np
import pytest
from simulate_samples import check_depth, spying

from roadmark.clip import Clip
from roadmark.clip.odvg import world_box
from roadmark.maps import load_opendrive
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation

GLOBAL = """{
    "host": "localhost",
    "port": 2000,
    "timeout": 360.0,
    "time_factor": 1.0,
    "generate_videos": true,
    "limit_distance": 100.0,
    "area_threshold": 100,
    "class_filter_config": "config/filter_semantic_classes.yaml",
    "ignore_hero": false,
    "move_spectator": false,
    "detect_collisions": true,
    "output_dir": "/path/to/output_dir"
}
"""
SENSOR = """- sensor: {kind}
  attributes:
    image_size_x: 320
    image_size_y: 180
    fov: 90
  transform:
    location: {{x: {x:.1f}, y: {y:.1f}, z: 600}}
    rotation: {{roll: 0, pitch: -25, yaw: {yaw:.1f}}}
"""
START = 6.0


@pytest.fixture(scope="module")
def real(data_dir, tmp_path_factory):
    """Three frames of the recording, seen from 14 m behind and 6 m above where its car is then."""
    from roadmark.scenario import read_log

    folder = tmp_path_factory.mktemp("real")
    log = data_dir / "carla/logs/DistanceToLaneCenter.log"
    scenario = read_log(log)
    car = scenario.state_at(START).find(234)
    x, y, _ = car.pose.translation
    heading = np.arctan2(car.pose.rotation[1, 0], car.pose.rotation[0, 0])
    place = {"x": 100 * (x - 14 * np.cos(heading)), "y": -100 * (y - 14 * np.sin(heading)), "yaw": -np.rad2deg(heading)}
    kinds = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
    sensors = "".join(SENSOR.format(kind=kind, **place) for kind in kinds)
    (folder / "list.yaml").write_text(sensors)
    (folder / "sensors.yaml").write_text("sensors:\n" + sensors)
    (folder / "global.json").write_text(GLOBAL)
    (folder / "log.json").write_text(
        json.dumps({"source_scenario": "NV_1", "start_time": START, "duration": 0.1, "collision_actor_ids": [234]})
    )
    (folder / "maps").symlink_to(data_dir / "carla/xodr")
    return folder, log, scenario


def planned(real, output, cameras="list.yaml", **options):
    folder, log, _ = real
    resolved, metadata = resolve_settings(
        wf_config=folder / "global.json",
        config=folder / "log.json",
        command_line={
            "recorder_filename": log, "xodr_path": folder / "maps", "camera_config": folder / cameras,
            "output_dir": output, "target_fps": 30.0, "quality": "draft", **options,
        },
    )  # fmt: skip
    return plan_simulation(resolved, metadata)


def test_the_recipes_files_make_a_complete_clip(real, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = planned(real, tmp_path / "clip", aov=True)
    assert "class filter config/filter_semantic_classes.yaml is not here; using the one that ships with Roadmark" in (
        plan.notes
    )
    assert plan.map_file.name == "Town01.xodr"
    with spying() as spy:
        (result,) = run_simulation(plan)
    for shot in spy.shots:
        check_depth(spy.mesh, shot)
    assert (result.frames, result.events) == (3, 0)
    clip = Clip.open(result.path)
    assert clip.verify() == []
    assert clip.manifest.map_name.endswith("Town01")
    assert clip.manifest.metadata == {"source_scenario": "NV_1"}
    assert set(clip.manifest.videos) == {"rgb", "depth", "edges", "semantic_segmentation"}
    assert json.loads((clip.path / "events_collision.json").read_text()) == []
    for name in ("objects.json", "instances.json", "labels.parquet", "events.json", "source/map.xodr"):
        assert (clip.path / name).is_file()
    scenario, road_map = real[2], load_opendrive(plan.map_file)
    for frame in clip:
        (record,) = json.loads(frame.file("odvg").read_text())["detections"]["instances"]
        assert (record["object-id"], record["category"]) == (234, "car")
        assert record["blueprint_id"] == "vehicle.lincoln.mkz_2017"
        assert record["vehicle_color"] == [16, 16, 16]
        car = scenario.state_at(frame.time).find(234)
        box = world_box(record["bbox_3d_world"])
        np.testing.assert_allclose(box.rotation, car.pose.rotation, atol=1e-5)
        offset = car.pose.rotation.T @ (box.center - car.pose.translation)
        assert np.abs(offset[:2]).max() < 0.2  # the box sits over the car
        assert record["speed"] == pytest.approx(car.speed, abs=1e-4)
        located = road_map.locate((box.center - [0, 0, box.size[2] / 2])[None])
        assert record["road_lane_id"] == str(road_map.strips()[int(located.strip_index[0])].key)
        assert abs(record["lane_position"]) < 2.0
        assert record["visible_fraction"] > 0.9
        # the car stands on its road
        depth, mask = frame.depth(), frame.instance() == 234
        assert 8.0 < np.median(depth[mask]) < 20.0
        assert {1, 24} & set(np.unique(frame.semantic()).tolist())


def test_both_shapes_of_camera_files_are_the_same(real, tmp_path):
    one, two = (planned(real, tmp_path / "clip", cameras) for cameras in ("list.yaml", "sensors.yaml"))
    np.testing.assert_array_equal(one.cameras[0].pose.matrix, two.cameras[0].pose.matrix)
    assert one.cameras[0].camera == two.cameras[0].camera


def test_frames_are_taken_by_time_from_the_uneven_recording(real, tmp_path):
    plan = planned(real, tmp_path / "clip", duration=1.0)
    np.testing.assert_allclose(plan.sample.times, START + np.arange(30) / 30, atol=1e-9)
    steps = np.diff(real[2].times)
    assert steps.max() > 2 * steps.min()  # uneven indeed
    nearest = [int(np.argmin(np.abs(real[2].times - time))) for time in plan.sample.times]
    np.testing.assert_array_equal(plan.sample.source_index, nearest)


def test_the_recorded_hero_can_be_left_out(real, tmp_path):
    plan = planned(real, tmp_path / "clip", ignore_hero=True)
    assert 234 not in {actor.id for actor in plan.scenario.actors.values()}
