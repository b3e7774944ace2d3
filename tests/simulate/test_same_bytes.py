"""The same inputs give the same bytes of every file; another seed changes what it should and no label's truth."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from simulate_samples import contents, make_plan, sensor, simulate, spying, write_cameras

from roadmark.clip import Clip
from roadmark.simulate import run_simulation

SCRIPT = """
import sys
from pathlib import Path
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
names = ("recorder_filename", "xodr_path", "camera_config", "output_dir")
options = dict(zip(names, map(Path, sys.argv[1:5])))
options |= dict(start_time=2.4, duration=0.3, target_fps=10.0, quality="standard", threads=2, overlays=True, aov=True,
               area_threshold=1.0)
resolved, metadata = resolve_settings(wf_config=None, config=None, command_line=options)
run_simulation(plan_simulation(resolved, metadata))
"""


@pytest.fixture(scope="module")
def common(demo_files, tmp_path_factory):
    """Options of a clip of three frames, with smooth edges and ambient occlusion."""
    folder = tmp_path_factory.mktemp("same")
    cameras = write_cameras(folder / "c.yaml", sensor((-21.0, -13.5, 9.0), pitch=19, yaw=30, size=(192, 108), fov=94))
    return {
        "recorder_filename": demo_files.recording,
        "xodr_path": demo_files.xodr,
        "camera_config": cameras,
        "start_time": 2.4,
        "duration": 0.3,
        "target_fps": 10.0,
        "quality": "standard",
        "overlays": True,
        "aov": True,
        "area_threshold": 1.0,
    }


@pytest.fixture(scope="module")
def first(common, tmp_path_factory):
    """The clip, made with one render thread."""
    folder = tmp_path_factory.mktemp("first") / "clip"
    return simulate(folder, **common, threads=1)[0]


def test_another_number_of_threads_gives_the_same_bytes(common, first, tmp_path):
    (again,) = simulate(tmp_path / "other_name", **common, threads=3)
    expected, found = contents(first.path), contents(again.path)
    assert set(found) == set(expected)
    assert [name for name in expected if expected[name] != found[name]] == []
    assert len([name for name in expected if name.startswith("rgb/")]) == 3


def test_a_second_process_gives_the_same_bytes(common, first, tmp_path):
    arguments = [str(common[name]) for name in ("recorder_filename", "xodr_path", "camera_config")]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", SCRIPT, *arguments, str(tmp_path / "clip")], check=True, env=environment)
    expected, found = contents(first.path), contents(tmp_path / "clip")
    assert set(found) == set(expected)
    assert [name for name in expected if expected[name] != found[name]] == []


def test_manifests_hold_no_place_and_no_clock(first, tmp_path_factory):
    for name in ("clip.json", "source/render.json", "instances.json", "events.json", "objects.json"):
        text = (first.path / name).read_text()
        assert str(first.path.parent) not in text
        assert str(tmp_path_factory.getbasetemp()) not in text
        assert os.uname().nodename not in text


def test_another_seed_changes_looks_and_not_the_recorded_truth(common, first, tmp_path):
    (other,) = simulate(tmp_path / "clip", **common, seed=1)
    pictures = 0
    for one, two in zip(first, other, strict=True):
        pictures += (one.rgb() != two.rgb()).any()
        np.testing.assert_array_equal(one.pose.matrix, two.pose.matrix)
        mine = {label.actor_id: label for label in one.labels().objects}
        theirs = {label.actor_id: label for label in two.labels().objects}
        shared = set(mine) & set(theirs)
        assert len(shared) >= 5
        for key in shared:
            a, b = mine[key], theirs[key]
            assert (a.category, a.blueprint_id, a.color, a.speed) == (b.category, b.blueprint_id, b.color, b.speed)
            assert (a.road_lane_id, a.lane_position) == (b.road_lane_id, b.lane_position)
            if a.category != "pedestrian":  # clothes and build of a person come from the seed
                np.testing.assert_array_equal(a.box.corners(), b.box.corners())
    assert pictures == 3
    for name in ("events.json", "events_collision.json"):
        assert (first.path / name).read_bytes() == (other.path / name).read_bytes()
    render = json.loads(other.source("render.json").read_text())
    assert render["seed"] == 1


def test_other_light_changes_no_label(common, first, tmp_path):
    (night,) = simulate(tmp_path / "clip", **common, lighting="night", weather="fog", road="puddles")
    same = [name for name in contents(first.path) if name.split("/")[0] in {
        "odvg", "depth", "semantic_segmentation_raw", "instance_segmentation_raw", "normals", "objects.json",
        "labels.parquet", "instances.json", "events.json",
    }]  # fmt: skip
    expected, found = contents(first.path), contents(night.path)
    assert [name for name in same if expected[name] != found[name]] == []
    assert np.mean([frame.rgb().mean() for frame in night]) < 0.7 * np.mean([frame.rgb().mean() for frame in first])


def test_quality_changes_no_label(common, first, tmp_path):
    (draft,) = simulate(tmp_path / "clip", **(common | {"quality": "draft"}))
    for one, two in zip(first, draft, strict=True):
        for name in ("odvg", "depth", "semantic_segmentation_raw", "instance_segmentation_raw", "normals"):
            assert one.file(name).read_bytes() == two.file(name).read_bytes()


def test_both_tracers_give_the_same_labels(common, tmp_path):
    # A ray that grazes an edge may fall on either side of it: a few pixels in ten thousand.
    pytest.importorskip("embreex")
    cameras = write_cameras(tmp_path / "c.yaml", sensor((-21.0, -13.5, 9.0), pitch=19, yaw=30, size=(96, 64), fov=94))
    options = common | {"camera_config": cameras, "quality": "draft", "duration": 0.1, "generate_videos": False}
    clips, spies = {}, {}
    for tracer in ("embree", "portable"):
        with spying() as spies[tracer]:
            (result,) = run_simulation(make_plan(tmp_path / tracer, **options, tracer=tracer))
        clips[tracer] = Clip.open(result.path)
        assert clips[tracer].manifest.tools["tracer"] == tracer
    one, two = (clips[tracer][0] for tracer in ("embree", "portable"))
    for name in ("semantic", "instance"):
        assert (getattr(one, name)() != getattr(two, name)()).mean() < 1e-3
    depth, other = one.depth(), two.depth()
    same = np.isclose(depth, other, atol=2 / 256, rtol=1e-4) | (np.isinf(depth) & np.isinf(other))
    assert same.mean() > 0.998
    mine, theirs = ({label.actor_id: label for label in frame.labels().objects} for frame in (one, two))
    assert set(mine) == set(theirs)
    for key, label in mine.items():
        assert label.pixels == pytest.approx(theirs[key].pixels, abs=2)
        assert np.abs(np.subtract(label.bbox_2d, theirs[key].bbox_2d)).max() <= 1
        np.testing.assert_array_equal(label.box.corners(), theirs[key].box.corners())
