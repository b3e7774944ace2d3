"""A pipeline's file is read with paths, seeds and profiles filled in, and every mistake named with its field."""

from pathlib import Path

import pytest

from roadmark.errors import ConfigError
from roadmark.pipeline import RateLimit
from roadmark.recipe import STEPS, load_pipeline

TINY = Path(__file__).parent / "tiny.yaml"


def write(folder, text):
    path = folder / "pipeline.yaml"
    path.write_text(text)
    return path


def test_a_file_with_every_section():
    settings, warnings = load_pipeline(TINY)
    assert settings.steps == STEPS
    assert warnings == ()
    assert settings.output == TINY.parent / "out"
    assert settings.run_id == "run1"
    assert settings.generate.incidents == ("side_collision", "near_miss")
    assert settings.simulate.model_fields_set == {
        "start_time", "duration", "target_fps", "quality", "limit_distance",
    }  # fmt: skip
    assert settings.augment.variations.count == 1
    assert settings.augment.verify
    assert settings.export.to == ("llava",)
    assert settings.report is not None  # an empty section is one


def test_sections_without_a_seed_have_the_runs(tmp_path):
    text = "seed: 7\ngenerate: {town: grid, camera: auto}\nsimulate:\naugment: {variations: 2}\ndataset: {seed: 1}\n"
    settings, _ = load_pipeline(write(tmp_path, text))
    assert (settings.generate.seed, settings.augment.prompt_generation.seed, settings.dataset.seed) == (7, 7, 1)
    assert "seed" not in settings.simulate.model_fields_set  # scenarios say which town they were placed in
    settings, _ = load_pipeline(write(tmp_path, text), seed=9)
    assert (settings.generate.seed, settings.dataset.seed) == (9, 1)


def test_relative_paths_lie_beside_the_file(tmp_path):
    (tmp_path / "town.xodr").write_text("map")
    (tmp_path / "filter.yaml").write_text("")
    text = "output: made\ngenerate: {map: town.xodr, camera: ego}\nsimulate: {class_filter_config: filter.yaml}\n"
    settings, _ = load_pipeline(write(tmp_path, text))
    assert settings.generate.map == tmp_path / "town.xodr"
    assert settings.simulate.class_filter_config == tmp_path / "filter.yaml"
    assert settings.output == tmp_path / "made"
    assert load_pipeline(tmp_path / "pipeline.yaml", output=Path("/elsewhere"))[0].output == Path("/elsewhere")


def test_a_profile_of_the_file_changes_what_it_names(tmp_path):
    text = (
        "generate: {town: grid, camera: auto, vehicles: 9}\nsimulate: {target_fps: 30}\n"
        "profiles: {quick: {generate: {vehicles: 2}, simulate: {quality: draft}, report: {}}}\n"
    )
    path = write(tmp_path, text)
    assert load_pipeline(path)[0].steps == ("generate", "simulate")
    settings, _ = load_pipeline(path, profile="quick")
    assert (settings.generate.vehicles, settings.generate.town) == (2, "grid")
    assert (settings.simulate.quality, settings.simulate.target_fps) == ("draft", 30)
    assert settings.steps == ("generate", "simulate", "report")


def test_services_say_how_much_they_may_be_asked(tmp_path):
    text = (
        "clips: .\naugment: {endpoints: {vlm: {url: 'http://localhost:1', model: m, at_once: 4, per_minute: 60}, "
        "cosmos: {url: 'http://localhost:2'}}}\n"
    )
    settings, _ = load_pipeline(write(tmp_path, text))
    assert settings.augment.endpoints.limits == {"vlm": RateLimit(at_once=4, per_minute=60), "cosmos": RateLimit()}
    with pytest.raises(ConfigError, match="augment.endpoints.vlm.at_once = 0"):
        load_pipeline(write(tmp_path, text.replace("at_once: 4", "at_once: 0")))


def test_the_standard_recipe_and_its_demonstration():
    settings, _ = load_pipeline()
    assert settings.steps == STEPS
    assert (settings.generate.width, settings.augment.variations.count) == (1920, 5)
    demo, _ = load_pipeline(profile="demo")
    assert demo.generate.total == 3
    assert (demo.generate.width, demo.generate.height) == (960, 540)
    assert (demo.generate.clip_duration, demo.simulate.target_fps, demo.simulate.quality) == (3, 15, "draft")
    assert demo.augment.variations.count == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\n", "nothing to do: give at least one section of generate, simulate"),
        ("generates: {}\n", "unknown key 'generates'"),
        ("generate: {town: grid, camera: auto, vehicels: 3}\n", "unknown key 'generate.vehicels'"),
        ("generate: {town: gird}\n", "generate.town = 'gird': no such town"),
        ("generate: {map: missing.xodr}\n", "generate.map .*missing.xodr: no such file; check the path"),
        (
            "generate: {town: grid}\nsimulate:\n",
            "generate.camera is none, and simulate needs cameras; write auto or ego",
        ),
        ("simulate: {}\n", "simulate has no scenarios; add the section generate, or name a folder in scenarios"),
        ("scenarios: .\nsimulate: {camera_config: a.yaml}\n", "simulate.camera_config: every scenario has its own"),
        ("scenarios: none_such\nsimulate: {}\n", "scenarios .*none_such: no such folder"),
        ("scenarios: .\nsimulate: {quality: best}\n", "simulate.quality = 'best'"),
        ("dataset:\n", "dataset has no clips; add the section simulate, or name a folder in clips"),
        ("clips: .\naugment: {variations: 0}\n", "augment.variations.count = 0"),
        ("clips: .\naugment: {backend: cosmos-nim}\n", "augment: backend cosmos-nim needs endpoints.cosmos"),
        ("clips: .\naugment: {data: [{inputs: {rgb: a.mp4}, output: {video: b.mp4}}]}\n", "augment.data: the clips"),
        ("clips: .\ndataset: {families: [crash]}\n", "question family 'crash' is not known"),
        ("clips: .\nexport: {to: llava}\n", "export has no dataset"),
        ("clips: .\ndataset:\nexport: {to: lava}\n", "export.to = .*'lava' is not known"),
        ("clips: .\nsimulate:\nscenarios: .\n", "clips and simulate are both given"),
        ("clips: .\ndataset:\nrun_id: ../x\n", "run_id = '../x': use letters"),
        ("clips: .\ndataset:\nseed: true\n", "seed = True: expected another kind of value"),
        ("clips: .\ndataset:\nprofiles: [quick]\n", "profiles must be a mapping"),
        ("- generate\n", "expected a mapping"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as error:
        load_pipeline(write(tmp_path, text))
    assert "pipeline.yaml" in str(error.value)


def test_unknown_profiles_are_named_with_those_there_are(tmp_path):
    path = write(tmp_path, "clips: .\ndataset:\nprofiles: {quick: {}}\n")
    for name in ("dmeo", "standard", "../demo"):
        with pytest.raises(ConfigError, match="there is no profile .*; use one of demo, quick"):
            load_pipeline(path, profile=name)
