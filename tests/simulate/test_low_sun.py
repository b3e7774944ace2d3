"""Where a low sun stands: along the street, so that it shines into the view."""

import math

import numpy as np
import pytest
from simulate_samples import Mover, at, make_plan, sensor, write_cameras, write_log, write_map

from roadmark.clip import Clip
from roadmark.render import Material, MeshBuilder, Renderer, preset_sun
from roadmark.simulate import run_simulation
from roadmark.simulate.low_sun import AZIMUTHS, low_sun

pytestmark = pytest.mark.usefixtures("bare_town")


@pytest.fixture
def frame(tmp_path):
    """A look down on the crossing's eastern arm."""
    plan = make_plan(
        tmp_path / "clip",
        recorder_filename=write_log(tmp_path / "a.log", [Mover(5, at(30.0, -1.75))], [0.0, 0.1]),
        xodr_path=write_map(tmp_path),
        camera_config=write_cameras(tmp_path / "c.yaml", sensor((20.0, 0.0, 8.0), pitch=40, size=(96, 64))),
        generate_videos=False, target_fps=10.0, duration=0.1,
    )  # fmt: skip
    return Clip.open(run_simulation(plan)[0].path)[0]


def walls(bearing):
    """A renderer of a street between high walls that runs along a compass bearing, around the view's middle."""
    along = np.array([math.sin(math.radians(bearing)), math.cos(math.radians(bearing)), 0.0])
    across = np.array([along[1], -along[0], 0.0])
    builder = MeshBuilder()
    for side in (-1.0, 1.0):
        foot = np.array([32.0, 0.0, 0.0]) + side * 14.0 * across
        ends = [foot - 400 * along, foot + 400 * along]
        corners = [*ends, ends[1] + [0, 0, 90], ends[0] + [0, 0, 90]]
        builder.add(corners, [[0, 1, 2], [0, 2, 3]], material=Material.PLASTER, semantic=3, color=(200, 200, 200))
    return Renderer(builder.build(), threads=1)


@pytest.mark.parametrize(("lighting", "street"), [("sunset", 240), ("golden_hour", 300), ("sunrise", 60)])
def test_the_sun_stands_along_the_street(frame, lighting, street):
    azimuth, elevation = low_sun(lighting, frame, walls(street))
    assert math.degrees(azimuth) == pytest.approx(street, abs=8)
    assert AZIMUTHS[lighting][0] <= math.degrees(azimuth) <= AZIMUTHS[lighting][1]
    assert elevation == preset_sun(lighting).elevation


def test_where_it_shines_everywhere_it_stands_as_usual(frame):
    open_country = walls(math.degrees(preset_sun("sunset").azimuth))
    azimuth, _ = low_sun("sunset", frame, open_country)
    assert math.degrees(azimuth) == pytest.approx(math.degrees(preset_sun("sunset").azimuth), abs=4)


@pytest.mark.parametrize("lighting", ["zenith", "afternoon", "night", "blue_hour"])
def test_other_suns_stay_where_they_are(frame, lighting):
    assert low_sun(lighting, frame, walls(0)) is None
