"""The published recipe's own files are accepted as printed, with one precedence."""

import json
from pathlib import Path

import pytest

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.errors import ConfigError
from roadmark.simulate.settings import SimulateSettings, is_placeholder, required_paths, resolve_settings

RECIPE_GLOBAL = {
    "host": "localhost",
    "port": 2000,
    "timeout": 360.0,
    "time_factor": 1.0,
    "generate_videos": True,
    "limit_distance": 100.0,
    "area_threshold": 100,
    "class_filter_config": "config/filter_semantic_classes.yaml",
    "ignore_hero": False,
    "move_spectator": False,
    "detect_collisions": True,
    "output_dir": "/path/to/output_dir",
}
RECIPE_SCENARIO = {
    "source_scenario": "NV_Sample_1",
    "start_time": 9.8,
    "duration": 5,
    "collision_actor_ids": [1353, 1355],
}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_the_recipes_files_load_as_printed(tmp_path: Path) -> None:
    resolved, metadata = resolve_settings(
        wf_config=write(tmp_path / "global.json", RECIPE_GLOBAL),
        config=write(tmp_path / "1.json", RECIPE_SCENARIO),
        command_line={"output_dir": tmp_path / "out"},
    )
    settings = resolved.settings
    assert (settings.start_time, settings.duration, settings.collision_actor_ids) == (9.8, 5.0, (1353, 1355))
    assert settings.output_dir == tmp_path / "out"
    assert settings.class_filter_config == Path("config/filter_semantic_classes.yaml")
    assert metadata == {"source_scenario": "NV_Sample_1"}
    assert resolved.origin("start_time") == str(tmp_path / "1.json")
    assert resolved.origin("area_threshold") == str(tmp_path / "global.json")
    assert resolved.origin("quality") == "default"


def test_precedence_is_default_global_scenario_command_line(tmp_path: Path) -> None:
    resolved, _ = resolve_settings(
        wf_config=write(tmp_path / "g.json", {"limit_distance": 10, "time_factor": 2, "area_threshold": 5}),
        config=write(tmp_path / "s.json", {"limit_distance": 20, "time_factor": 3}),
        command_line={"limit_distance": 30.0},
    )
    settings = resolved.settings
    assert (settings.limit_distance, settings.time_factor, settings.area_threshold) == (30.0, 3.0, 5.0)


def test_placeholder_output_directories_yield_to_the_command_line(tmp_path: Path) -> None:
    for value in ("", "  ", "/path/to/output_dir", "path/to/out", "<output>"):
        assert is_placeholder(value)
        resolved, _ = resolve_settings(
            wf_config=write(tmp_path / "g.json", {"output_dir": value}), config=None, command_line={}
        )
        assert resolved.settings.output_dir is None
    assert not is_placeholder("/data/out")


def test_unknown_keys_are_metadata_only_in_the_scenario_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"g\.json: unknown key 'source_scenario'"):
        resolve_settings(wf_config=write(tmp_path / "g.json", {"source_scenario": "x"}), config=None, command_line={})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target_fps", 0),
        ("time_factor", -1),
        ("duration", -2),
        ("limit_distance", "far"),
        ("quality", "best"),
        ("port", 70000),
        ("collision_actor_ids", ["a"]),
        ("seed", -1),
    ],
)
def test_values_out_of_range_are_named(tmp_path: Path, field: str, value: object) -> None:
    path = write(tmp_path / "s.json", {field: value})
    with pytest.raises(ConfigError, match=rf"s\.json: {field}"):
        resolve_settings(wf_config=None, config=path, command_line={})


def test_missing_inputs_are_listed_with_their_options() -> None:
    resolved, _ = resolve_settings(wf_config=None, config=None, command_line={})
    with pytest.raises(ConfigError) as caught:
        required_paths(resolved, {"recorder_filename": "--recorder-filename", "camera_config": "--camera-config"})
    assert str(caught.value).splitlines() == [
        "recorder_filename is missing; give --recorder-filename",
        "camera_config is missing; give --camera-config",
    ]


def test_every_field_says_what_it_is() -> None:
    source = Path(__file__).parents[2] / "src/roadmark/simulate/settings.py"
    text = source.read_text(encoding="utf-8")
    for name in SimulateSettings.model_fields:
        after = text.split(f"\n    {name}: ", 1)[1].splitlines()[1]
        assert after.strip().startswith('"""'), f"{name} has no docstring"


def test_a_sun_of_a_date_needs_a_zone(tmp_path: Path) -> None:
    good = write(tmp_path / "s.json", {"sun_time": "2026-06-21T18:30:00+02:00", "latitude": 52.5, "longitude": 13.4})
    resolved, _ = resolve_settings(wf_config=None, config=good, command_line={})
    assert resolved.settings.sun_time is not None
    with pytest.raises(ConfigError, match=r"sun_time = '2026-06-21T18:30:00'"):
        resolve_settings(wf_config=None, config=None, command_line={"sun_time": "2026-06-21T18:30:00"})


def test_conditions_are_the_renderers_whatever_their_spelling() -> None:
    for field, names in (("weather", WEATHER_NAMES), ("lighting", LIGHTING_NAMES), ("road", ROAD_NAMES)):
        for name in names:
            loose = name.replace("_", " ").title()
            resolved, _ = resolve_settings(wf_config=None, config=None, command_line={field: loose})
            assert getattr(resolved.settings, field) == name
    with pytest.raises(ConfigError, match=r"command line: weather = 'rain': .*raining"):
        resolve_settings(wf_config=None, config=None, command_line={"weather": "rain"})


@pytest.mark.parametrize("value", [2026, "2026", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "noon"])
def test_moments_that_are_none(value: object) -> None:
    with pytest.raises(ConfigError, match="command line: sun_time"):
        resolve_settings(wf_config=None, config=None, command_line={"sun_time": value})
