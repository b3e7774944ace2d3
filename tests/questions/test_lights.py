"""Traffic lights of a clip: states by the video's time, and whose lit face is seen."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from crossing_samples import EAST_LIGHT, NORTH_LIGHT, crossing

from roadmark.catalog import SemanticClass
from roadmark.errors import InputError
from roadmark.geometry import PinholeCamera, Pose
from roadmark.questions import Timeline
from roadmark.questions.shown.lights import Lights
from roadmark.scenario import Actor, ActorKind, Scenario, SignalState, SignalTrack, write_log
from roadmark.scene import Place

FRAMES, RATE = 41, 10
SIZE = (960, 540)
CAMERA = PinholeCamera(*SIZE, fx=800.0, fy=800.0, cx=480.0, cy=270.0)
FACING_WEST = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""Camera axes right, down, ahead (columns) in the world: it looks west, so north is to its right."""


def recorded(path):
    """The eastern light is red, from 2 s on green; the northern one is green."""
    times = np.arange(0.0, 5.0, 0.1)
    actors, signals = {}, {}
    for key, (name, states) in enumerate(
        {
            EAST_LIGHT: np.where(times < 2.0 - 1e-6, SignalState.RED, SignalState.GREEN),
            NORTH_LIGHT: np.full(len(times), SignalState.GREEN),
        }.items(),
        1,
    ):
        place = crossing().signal(name).pose.translation
        actors[key] = Actor(key, ActorKind.TRAFFIC_LIGHT, "traffic.traffic_light", spawn_position=place)
        nothing = np.zeros(len(times))
        signals[key] = SignalTrack(key, times, states.astype(np.int8), nothing.astype(bool), nothing)
    write_log(Scenario("crossing", times, np.arange(1, len(times) + 1), actors, {}, signals), path)
    return path


class SampleClip:
    """A clip whose camera stands on the eastern arm, somewhere before the lights, and looks at them."""

    size, camera = SIZE, CAMERA

    def __init__(self, log, *, x=40.0, hidden=False, start=0.0):
        frames = [SimpleNamespace(time=start + index / RATE) for index in range(FRAMES)]
        self.manifest = SimpleNamespace(frames=frames, folders={"semantic_segmentation_raw"})
        self.log, self.pose, self.hidden = log, Pose(FACING_WEST, np.array([x, 3.75, 4.0]), "world", "camera"), hidden

    def __getitem__(self, index):
        shown = SemanticClass.ROADS if self.hidden else SemanticClass.TRAFFIC_LIGHT
        picture = np.full((SIZE[1], SIZE[0]), shown, np.uint8)
        return SimpleNamespace(pose=self.pose, semantic=lambda: picture)

    def source(self, name):
        if self.log is None:
            raise InputError(f"no {name}")
        return self.log


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("lights") / "recording.log")


def lights(clip, timeline=None):
    return Lights(clip, Place(crossing()), timeline or Timeline.of_clip(FRAMES, Fraction(RATE)))


def test_states_follow_the_recording(log):
    shown = lights(SampleClip(log))
    assert set(shown.states) == {EAST_LIGHT, NORTH_LIGHT}
    assert shown.shown(EAST_LIGHT, 0.5, 1.5) == SignalState.RED
    assert shown.shown(EAST_LIGHT, 2.5, 3.5) == SignalState.GREEN
    assert shown.shown(EAST_LIGHT, 1.5, 2.5) is None  # it changes in between
    assert shown.changes(EAST_LIGHT) == [(2.0, SignalState.RED, SignalState.GREEN)]
    assert shown.changes(NORTH_LIGHT) == []


def test_states_are_those_of_the_recordings_clock(log):
    # the clip begins one second into the recording
    assert lights(SampleClip(log, start=1.0)).changes(EAST_LIGHT) == [(1.0, SignalState.RED, SignalState.GREEN)]


def test_states_are_told_in_the_videos_time(log):
    # a video of 20 frames a second that shows every frame once: everything happens in half the time
    half = Timeline.of_frames(FRAMES, Fraction(RATE), range(FRAMES), Fraction(2 * RATE))
    assert lights(SampleClip(log), half).changes(EAST_LIGHT) == [(1.0, SignalState.RED, SignalState.GREEN)]


def test_lanes_have_their_light(log):
    shown = lights(SampleClip(log))
    assert (shown.by_lane["1", 1], shown.by_lane["1", 2]) == (EAST_LIGHT, EAST_LIGHT)
    assert ("1", -1) not in shown.by_lane  # traffic leaves the junction there


def test_a_face_is_seen_from_before_it(log):
    # its head hangs at (17.6, 3.75, 5.8): straight ahead of the camera, above the middle of the picture
    seen = lights(SampleClip(log)).seen(1.0)
    assert set(seen) == {EAST_LIGHT}
    x, y = seen[EAST_LIGHT]
    assert x == pytest.approx(0.5, abs=0.002)
    assert y < 0.5
    assert lights(SampleClip(log)).facing(1.0) == [(EAST_LIGHT, pytest.approx(0.5, abs=0.002))]


@pytest.mark.parametrize(
    "options",
    [
        {"x": 110.0},  # 92 m away its 0.95 m are 8 pixels
        {"x": 0.0},  # behind it
        {"hidden": True},
    ],
)
def test_small_averted_and_hidden_faces_are_not_seen(log, options):
    assert lights(SampleClip(log, **options)).seen(1.0) == {}


def test_faces_in_small_pictures_are_not_seen(log):
    class Small(SampleClip):
        size = (480, 270)
        camera = PinholeCamera(480, 270, fx=400.0, fy=400.0, cx=240.0, cy=135.0)

    assert set(lights(Small(log, x=40.0)).seen(1.0)) == {EAST_LIGHT}  # 22 m away: 17 pixels
    assert lights(Small(log, x=60.0)).seen(1.0) == {}  # 42 m away: 9 pixels, though they are a thirtieth of the picture


def test_without_a_recording_or_a_map_nothing_is_known():
    nothing = lights(SampleClip(None))
    assert (dict(nothing.states), nothing.seen(1.0), nothing.changes(EAST_LIGHT)) == ({}, {}, [])
    nowhere = Lights(SampleClip(None), Place(None), Timeline.of_clip(FRAMES, Fraction(RATE)))
    assert (dict(nowhere.states), dict(nowhere.by_lane), nowhere.seen(1.0), nowhere.facing(1.0)) == ({}, {}, {}, [])
