"""One small simulated clip, shared by the tests of labels and images."""

from types import SimpleNamespace

import pytest
from simulate_samples import make_plan, sensor, spying, write_cameras

from roadmark.clip import Clip
from roadmark.simulate import run_simulation
from sample_crossing import write_crossing

START, FRAMES, FPS = 2.0, 10, 10
CAMERAS = {
    "corner": sensor((-21.0, -13.5, 9.0), pitch=19, yaw=30, size=(480, 270), fov=94, name="corner"),
    "near": sensor((-2.4, -9.0, 1.6), pitch=3, yaw=62, size=(320, 180), fov=80, name="near"),
}
"""The usual view over the crossing, and one among the cars: large, occluded and cut objects."""


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory):
    """The sample scenario as files."""
    return write_crossing(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def scene(demo_files, tmp_path_factory):
    """Ten frames of the sample scenario around its collision, by two cameras, with everything that can be written."""
    folder = tmp_path_factory.mktemp("scene")
    plan = make_plan(
        folder / "clip",
        recorder_filename=demo_files.recording,
        xodr_path=demo_files.xodr,
        camera_config=write_cameras(folder / "cameras.yaml", *CAMERAS.values()),
        start_time=START,
        duration=FRAMES / FPS,
        target_fps=FPS,
        aov=True,
        overlays=True,
        masks=True,
        videos="all",
        label_codec="rgb",
        area_threshold=1.0,
    )
    with spying() as spy:
        results = run_simulation(plan)
    clips = {name: Clip.open(result.path) for name, result in zip(CAMERAS, results, strict=True)}
    shots = {name: spy.shots[index :: len(CAMERAS)] for index, name in enumerate(CAMERAS)}
    return SimpleNamespace(plan=plan, clips=clips, shots=shots, mesh=spy.mesh, renderer=spy.renderer, results=results)


@pytest.fixture(scope="session")
def views(scene):
    """(clip frame, shot) of every frame of every camera."""
    return [
        (frame, shot) for name, clip in scene.clips.items() for frame, shot in zip(clip, scene.shots[name], strict=True)
    ]
