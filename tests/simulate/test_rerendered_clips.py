"""Clips drawn again under other conditions: the same labels, another look."""

import json
import shutil

import cv2
import numpy as np
import pytest
from simulate_samples import Mover, at, going, make_plan, sensor, write_cameras, write_log, write_map

from roadmark.catalog import WEATHER_NAMES, Conditions
from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.simulate import (
    LabelsDifferError,
    NoSourceError,
    Rerender,
    check_rerender,
    run_simulation,
)

SIDE = sensor((22.0, -13.0, 5.0), pitch=15, yaw=70, size=(160, 96), name="side")
RIDING = {**sensor((0.5, 0.0, 1.6), size=(96, 64), name="riding"), "follow": 6}
MOVERS = [
    Mover(5, going(26.0, -1.75, 0.0, 5.0), color="30,60,200", lights=8),
    Mover(6, going(44.0, 1.75, np.pi, 8.0), lights=0),
    Mover(7, at(32.0, -8.0), "walker.pedestrian.0001", color=None, kind=2, height=0.93),
]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two cameras of one run, one of them riding on a car; a town with street lamps around them."""
    folder = tmp_path_factory.mktemp("first")
    plan = make_plan(
        folder / "clip",
        recorder_filename=write_log(folder / "a.log", MOVERS, [0.0, 0.1, 0.2, 0.3]),
        xodr_path=write_map(folder),
        camera_config=write_cameras(folder / "c.yaml", SIDE, RIDING),
        generate_videos=False, target_fps=10.0, duration=0.3, area_threshold=1.0, seed=3, quality="standard",
    )  # fmt: skip
    return {result.path.name: Clip.open(result.path) for result in run_simulation(plan)}


@pytest.fixture
def clip(clips):
    return clips["clip_side"]


@pytest.fixture
def copy(clip, tmp_path):
    """A copy of the clip that a test may damage."""
    shutil.copytree(clip.path, tmp_path / "copy")
    return tmp_path / "copy"


def first_picture(clip, *conditions, frame=0, **options):
    with Rerender(clip, Conditions(*conditions), **options) as rerender:
        return rerender.picture(clip[frame])


def changed_source(folder, name, change):
    """Change a source and its digest, as someone who makes clips by hand would."""
    import hashlib

    path = folder / "source" / name
    path.write_bytes(change(path.read_bytes()))
    manifest = json.loads((folder / "clip.json").read_text())
    manifest["source"][name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest["source"][name]["bytes"] = path.stat().st_size
    (folder / "clip.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("weather", WEATHER_NAMES)
@pytest.mark.parametrize("name", ["clip_side", "clip_riding"])
def test_every_weather_keeps_the_labels(clips, weather, name):
    road = {"raining": "puddles", "snow_falling": "snow"}.get(weather, "dry")
    lighting = "night" if weather == "fog" else "afternoon"
    with Rerender(clips[name], Conditions(weather, lighting, road)) as rerender:
        pictures = list(rerender.pictures())  # raises where a label image is not the clip's
    assert rerender.labels.frames == len(clips[name]) == len(pictures) == 3
    assert rerender.labels.images == ("instance", "semantic", "depth")
    assert all(picture.shape == clips[name][0].rgb().shape for picture in pictures)


def test_the_clip_s_own_conditions_give_its_own_pictures(clip):
    # Only the lamps may differ: drivers have theirs as the light asks.
    again = first_picture(clip, "clear_sky", "mid_morning", "dry").astype(int)
    assert np.abs(again - clip[0].rgb()).mean() < 3.0  # the clip's own picture is a JPEG


def test_threads_and_earlier_frames_change_nothing(clip):
    conditions = Conditions("raining", "night", "puddles")
    with Rerender(clip, conditions, threads=1) as one, Rerender(clip, conditions, threads=2) as two:
        for single, several in zip(one.pictures(), two.pictures(), strict=True):
            assert (single == several).all()
    assert (first_picture(clip, "raining", "night", "puddles", frame=2) == single).all()


def test_night_is_dark_with_lit_lamps(clip):
    day, night = (first_picture(clip, "clear_sky", lighting, "dry") for lighting in ("afternoon", "night"))
    assert night.mean() < 0.6 * day.mean()
    assert night.max() > 240
    cars = np.isin(clip[0].instance(), [5, 6])
    assert night[cars].max() > 200


def test_snow_lies_on_the_road_and_sand_is_no_snow(clip):
    road = np.isin(clip[0].semantic(), [1, 2])
    dry, snow, sand = (
        first_picture(clip, "clear_sky", "afternoon", state)[road].mean(axis=0) for state in ("dry", "snow", "sand")
    )
    assert snow.min() > dry.max() + 20
    assert sand[0] - sand[2] > snow[0] - snow[2] + 15


def test_rain_falls_from_frame_to_frame(clip):
    with Rerender(clip, Conditions("raining", "afternoon", "dry")) as rerender:
        first, second = (rerender.picture(clip[index]).astype(int) for index in (0, 1))
    still = (clip[0].instance() == clip[1].instance()) & (clip[0].instance() == 0)
    assert (np.abs(first - second).max(axis=2) > 4)[still].mean() > 0.02


def test_clips_without_their_sources_are_refused(copy):
    manifest = json.loads((copy / "clip.json").read_text())
    record = manifest["source"].pop("recording.log")
    (copy / "clip.json").write_text(json.dumps(manifest))
    with pytest.raises(NoSourceError, match=r"lacks recording\.log; use the relight backend"):
        check_rerender(Clip.open(copy))
    manifest["source"]["recording.log"] = {key: record[key] for key in ("sha256", "bytes")}
    (copy / "clip.json").write_text(json.dumps(manifest))
    with pytest.raises(NoSourceError, match=r"recording\.log is known by its hash only"):
        check_rerender(Clip.open(copy))
    manifest["origin"] = "reference"
    (copy / "clip.json").write_text(json.dumps(manifest))
    with pytest.raises(NoSourceError, match="not made by Roadmark"):
        check_rerender(Clip.open(copy))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("frames", 9, "9 frames, but the clip has 3"), ("seed", -1, "seed"), ("quality", "best", "quality"),
     ("camera", {"name": "x", "width": 8, "height": 8, "pose": [[1, 0, 0, 0]] * 4}, "camera")],
)  # fmt: skip
def test_render_settings_that_do_not_fit_are_refused(copy, field, value, message):
    changed_source(copy, "render.json", lambda data: json.dumps({**json.loads(data), field: value}).encode())
    with pytest.raises(FormatError, match=message):
        check_rerender(Clip.open(copy))


def test_a_changed_source_is_found_by_its_digest(copy):
    path = copy / "source" / "map.xodr"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match=r"map\.xodr: is not the file the clip was made from"):
        Rerender(Clip.open(copy), Conditions())


@pytest.mark.parametrize(("folder", "name"), [("instance_segmentation_raw", "instance"), ("depth", "depth")])
def test_labels_that_come_out_different_are_an_error(copy, folder, name):
    clip = Clip.open(copy)
    path = clip[1].file(folder)
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    image[40, 50] += 1
    cv2.imwrite(str(path), image)
    with Rerender(clip, Conditions("overcast")) as rerender:
        pictures = rerender.pictures()
        next(pictures)
        with pytest.raises(LabelsDifferError, match=f"frame 1: 1 pixels of the {name} image"):
            next(pictures)


def test_another_seed_is_another_town_and_found(copy):
    changed_source(copy, "render.json", lambda data: json.dumps({**json.loads(data), "seed": 4}).encode())
    with Rerender(Clip.open(copy), Conditions()) as rerender, pytest.raises(LabelsDifferError, match="use the relight"):
        rerender.picture(Clip.open(copy)[0])
