"""A town grown in a process beside the command is the town that the command would grow, and nothing depends on it."""

import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from simulate_samples import contents, make_plan, sensor, write_cameras

from roadmark.maps import load_opendrive
from roadmark.simulate import read_sources, resolve_settings, run_simulation, start_town_worker, town_growing
from roadmark.simulate.town import grow_town
from roadmark.simulate.town_files import load_town, request_of, write_request
from roadmark.simulate.town_order import order_town

LIGHT = """
import sys
import roadmark.simulate.town_growing
slow = {"numba", "llvmlite", "pyarrow", "av", "scipy", "typer"}
print(sorted(slow & set(sys.modules)))
"""


@pytest.fixture
def options(demo_files, tmp_path):
    corner = sensor((-21.0, -13.5, 9.0), pitch=19, yaw=30, size=(96, 54), fov=94)
    return {
        "recorder_filename": demo_files.recording,
        "xodr_path": demo_files.xodr,
        "camera_config": write_cameras(tmp_path / "c.yaml", corner),
        "start_time": 2.4,
        "duration": 0.1,
        "target_fps": 10.0,
        "lighting": "night",
    }


@pytest.fixture
def plan(options, tmp_path):
    return make_plan(tmp_path / "clip", **options)


@pytest.fixture
def order(plan):
    return order_town(plan.settings.seed, plan.cameras, plan.scenario, None)


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr("roadmark.simulate.town_worker.default_threads", lambda: 2)


def left(worker):
    return worker._process.poll() is None or Path(worker._folder.name).exists()


def test_the_town_is_the_same(plan, order):
    with start_town_worker() as worker:
        worker.order(plan.map_file, order)
        town = worker.town(plan.map_file, order)
    assert pickle.dumps(town) == pickle.dumps(pickle.loads(pickle.dumps(grow_town(plan.road_map, order))))
    assert len(town.world.mesh.triangles) > 10_000
    assert len(town.world.lamps) > 0
    assert not left(worker)


def test_the_clip_is_the_same(plan, order, options, tmp_path, monkeypatch):
    with start_town_worker() as worker:
        worker.order(plan.map_file, order)
        with monkeypatch.context() as elsewhere:
            elsewhere.delattr("roadmark.simulate.embedded.grow_town")
            (beside,) = run_simulation(plan, town_worker=worker)
    (alone,) = run_simulation(make_plan(tmp_path / "alone", **options))
    assert contents(beside.path) == contents(alone.path)


def test_a_worker_that_dies_is_done_without(plan, order, options, tmp_path, caplog):
    caplog.set_level("INFO")
    with start_town_worker() as worker:
        worker.order(plan.map_file, order)
        worker._process.kill()
        (beside,) = run_simulation(plan, town_worker=worker)
    (alone,) = run_simulation(make_plan(tmp_path / "alone", **options))
    assert contents(beside.path) == contents(alone.path)
    assert "ended with status" in caplog.text


def test_a_town_that_was_not_ordered_is_not_taken(plan, order):
    other = order_town(plan.settings.seed + 1, plan.cameras, plan.scenario, None)
    with start_town_worker() as worker:
        worker.order(plan.map_file, other)
        assert worker.town(plan.map_file, order) is None
        assert not left(worker)
    with start_town_worker() as worker:
        assert worker.town(plan.map_file, order) is None


def test_a_map_that_fails_there_is_left_to_be_read_here(order, tmp_path):
    (tmp_path / "broken.xodr").write_text("<OpenDRIVE>")
    with start_town_worker() as worker:
        worker.order(tmp_path / "broken.xodr", order)
        assert worker.town(tmp_path / "broken.xodr", order) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_map_that_can_be_read_only_once_is_left_alone(order, tmp_path):
    os.mkfifo(tmp_path / "map.xodr")
    with start_town_worker() as worker:
        worker.order(tmp_path / "map.xodr", order)
        assert worker.town(tmp_path / "map.xodr", order) is None


def test_a_town_whose_files_are_gone_is_grown_here(plan, order, caplog):
    caplog.set_level("INFO")
    with start_town_worker() as worker:
        worker.order(plan.map_file, order)
        assert worker._process.wait() == 0
        worker._folder.cleanup()
        assert worker.town(plan.map_file, order) is None
    assert "cannot be read" in caplog.text


def test_nothing_is_left_behind_by_an_error():
    workers = []

    def interrupted():
        with start_town_worker() as worker:
            workers.append(worker)
            assert left(worker)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not left(*workers)


def test_an_order_to_a_dead_process_is_no_error(plan, order):
    with start_town_worker() as worker:
        worker._process.kill()
        worker._process.wait()
        worker.order(plan.map_file, order)
        assert worker.town(plan.map_file, order) is None


def test_no_worker_where_it_would_not_pay_or_cannot_be(monkeypatch):
    with start_town_worker(wanted=False) as worker:
        assert worker is None
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with start_town_worker() as worker:
        assert worker is None
    monkeypatch.setattr("roadmark.simulate.town_worker.default_threads", lambda: 1)
    with start_town_worker() as worker:
        assert worker is None


def test_growing_needs_no_compiler():
    printed = subprocess.run([sys.executable, "-c", LIGHT], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


class _EndedError(Exception):
    pass


def _grow(folder, word, monkeypatch):
    def end(status):
        raise _EndedError(status)

    monkeypatch.setattr(sys, "argv", ["town_growing", str(folder)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(word)))
    monkeypatch.setattr(os, "_exit", end)
    town_growing.main()


def test_the_process_leaves_the_town_in_its_folder(plan, order, tmp_path, monkeypatch):
    write_request(request_of(plan.map_file, order), tmp_path)
    with pytest.raises(_EndedError, match="0"):
        _grow(tmp_path, b"\n", monkeypatch)
    grown = grow_town(load_opendrive(plan.map_file), order).world.mesh
    np.testing.assert_array_equal(load_town(tmp_path).world.mesh.vertices, grown.vertices)


def test_the_process_ends_without_a_word(tmp_path, monkeypatch):
    _grow(tmp_path, b"", monkeypatch)
    assert not list(tmp_path.glob("town*"))


def test_sources_order_what_the_plan_does(options, order, plan, tmp_path):
    settings = {"quality": "draft", "threads": 2, **options, "output_dir": tmp_path / "clip"}
    resolved, _ = resolve_settings(wf_config=None, config=None, command_line=settings)
    assert request_of(plan.map_file, read_sources(resolved).town_order()) == request_of(plan.map_file, order)
