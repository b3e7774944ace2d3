"""`roadmark scenario generate`, `stats` and `calibrate` as a user runs them."""

import json

import pytest

from roadmark.clip import Clip
from roadmark.events import read_events
from roadmark.incidents import INCIDENTS
from roadmark.media import decode_image
from roadmark.scenario import read_log
from roadmark.towns import TOWN_KINDS, build_town

FEW = ["--duration", 10, "--vehicles", 6, "--cyclists", 1, "--walkers", 3, "--parked", 0, "--radius", 60]


@pytest.fixture
def made(roadmark, tmp_path):
    """Two generated scenarios, and what was said."""
    folder = tmp_path / "scenarios"
    done = roadmark(
        "scenario", "generate", "--town", "crossing", "--incident", "side_collision, jaywalk", *FEW, "-o", folder
    )  # fmt: skip
    assert done.code == 0, done.err
    return folder, done


def test_scenarios_are_written_and_told(made):
    folder, done = made
    for name in ("side_collision", "jaywalk"):
        events = read_events(folder / f"{name}_0000.events.json").events
        assert events[-1].kind == name
        assert f"{name}_0000: done" in done.err
        assert events[0].caption in done.err
        assert f"│ {name}_0000" in done.out
        assert read_log(folder / f"{name}_0000.log").duration == 10.0
    assert f"scenarios {folder}" in done.out
    assert (folder / "RoadmarkCrossing_0.xodr").read_bytes() == build_town("crossing", 0)


def test_the_help_names_every_incident_and_town(roadmark):
    words = roadmark("scenario", "generate", "--help").out.replace(",", " ").replace(".", " ").replace("(", " ")
    assert {*INCIDENTS, "collision", *TOWN_KINDS} <= set(words.replace(")", " ").split())


def test_the_same_command_again_has_nothing_to_do(roadmark, made):
    folder, _ = made
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.log")}
    command = ["scenario", "generate", "--town", "crossing", "--incident", "side_collision,jaywalk", *FEW, "-o", folder]
    again = roadmark(*command)
    assert again.code == 0
    assert "side_collision_0000: skipped" in again.err
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.log")} == stamps
    assert roadmark(*command, "--overwrite").code == 0
    assert all(path.stat().st_mtime_ns > stamp for path, stamp in stamps.items())


def test_recipes_and_options_meet(roadmark, tmp_path):
    (tmp_path / "recipe.yaml").write_text("town: grid\nincidents: [red_light, none]\nduration: 10\nvehicles: 4\n")
    done = roadmark(
        "scenario", "generate", "--from", tmp_path / "recipe.yaml", "--town", "crossing", "--incident", "none",
        "--walkers", 0, "--blueprints", "vehicle.audi.tt", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.log")) == ["none_0000.log"]
    assert read_log(tmp_path / "out/none_0000.log").map_name == "RoadmarkCrossing_0"


def test_generated_scenarios_are_simulated_as_they_are(roadmark, tmp_path):
    done = roadmark(
        "scenario", "generate", "--town", "crossing", "--incident", "red_light", "--camera", "ego", *FEW,
        "--width", 96, "--height", 64, "-o", tmp_path / "scenarios",
    )  # fmt: skip
    assert done.code == 0, done.err
    done = roadmark(
        "simulate", "--batch", tmp_path / "scenarios", "--run-id", "first", "--output-dir", tmp_path / "out",
        "--quality", "draft", "--target-fps", 0.4,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "1 done, 0 done before, 0 failed of 1 scenarios" in done.out
    clip = Clip.open(tmp_path / "out/first/scenario_red_light_0000")
    assert len(clip) == 4
    assert clip.manifest.metadata["generated"]["incident"] == "red_light"
    (planned,) = read_events(tmp_path / "scenarios/red_light_0000.events.json").events
    told = json.loads((clip.path / "events.json").read_text())
    assert planned.kind in {event["category"] for event in told}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--incident", "none"], "give either a map (--map FILE.xodr) or a town (--town KIND)"),
        (["--town", "grid", "--incident", "red_ligth"], "did you mean red_light"),
        (["--town", "grid", "--incident", "earthquake"], "Known: collision, rear_end, side_collision"),
        (["--town", "gird"], "no such town; use one of crossing, grid"),
        (["--town", "grid", "--map", "a.xodr"], "give either a map"),
        (["--map", "nowhere.xodr"], "no such file"),
        (["--town", "grid", "--count", "0"], "count"),
        (["--from", "nowhere.yaml"], "nowhere.yaml"),
        (["--town", "grid", "--blueprints", "vehicle.audi.tx"], "did you mean vehicle.audi.tt"),
        (["--town", "grid", "--uids", __file__], "test_cli_generate.py"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_written(roadmark, tmp_path, options, words):
    done = roadmark("scenario", "generate", *options, "-o", tmp_path / "out")
    assert done.code == 1
    assert words in " ".join(done.err.split()).replace("; k", "; K").replace(" known:", " Known:")
    assert not (tmp_path / "out").exists()


def test_what_is_no_map_is_not_copied(roadmark, tmp_path):
    (tmp_path / "town.xodr").write_text("<OpenDRIVE/>")
    done = roadmark("scenario", "generate", "--map", tmp_path / "town.xodr", "-o", tmp_path / "out")
    assert done.code == 1
    assert "town.xodr" in done.err
    assert not list((tmp_path / "out").glob("*"))


def test_maps_without_what_an_incident_needs(roadmark, tmp_path):
    command = ["scenario", "generate", "--town", "highway", "--incident", "jaywalk,none", *FEW, "-o", tmp_path / "out"]
    done = roadmark(*command)
    assert done.code == 1
    assert "jaywalk needs a road with sidewalks on both sides" in " ".join(done.err.split())
    assert not list((tmp_path / "out").glob("*jaywalk*"))
    going_on = roadmark(*command, "--keep-going")
    assert going_on.code == 1
    assert (tmp_path / "out/none_0000.log").exists()


def test_impossible_recipes_end_with_the_reason(roadmark, tmp_path):
    done = roadmark(
        "scenario", "generate", "--town", "crossing", "--incident", "stalled_vehicle", *FEW[2:], "--duration", 6,
        "--tries", 2, "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.code == 1
    assert "none of 2 draws worked out: it cannot stand for" in " ".join(done.err.split())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["RoadmarkCrossing_0.xodr", "run.json"]


def test_stats_count_and_draw(roadmark, made, tmp_path):
    folder, _ = made
    done = roadmark("scenario", "stats", folder)
    assert done.code == 0
    assert "side_collision" in done.out
    assert "pedestrian" in done.out
    assert f"2 scenarios, 20.0 s: {folder}/stats.png" in " ".join(done.out.split())
    assert decode_image((folder / "stats.png").read_bytes()).shape == (880, 1430, 3)
    assert roadmark("scenario", "stats", folder, "--picture", tmp_path / "here.png").code == 0
    assert (tmp_path / "here.png").read_bytes() == (folder / "stats.png").read_bytes()


def test_a_picture_never_replaces_a_recording(roadmark, made):
    folder, _ = made
    recording = next(folder.glob("*.log"))
    before = recording.read_bytes()
    done = roadmark("scenario", "stats", folder, "--picture", recording)
    assert done.code == 1
    assert "must end in .png" in " ".join(done.err.split())
    assert recording.read_bytes() == before


def test_stats_of_nothing(roadmark, tmp_path):
    done = roadmark("scenario", "stats", tmp_path)
    assert done.code == 1
    assert "holds no recording" in done.err
    assert not list(tmp_path.iterdir())


def test_calibration_without_a_server(roadmark, tmp_path):
    done = roadmark("scenario", "calibrate", "--port", 1, "--timeout", 1, "-o", tmp_path / "uids.json")
    assert done.code == 1
    assert "no CARLA server answers at localhost:1" in done.err
    assert not (tmp_path / "uids.json").exists()
