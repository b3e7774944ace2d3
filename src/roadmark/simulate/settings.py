"""What a simulation can be told, and how the seed recipe's own files say it.

Three files of the published recipe are accepted as they are: the scenario's log config (JSON), the workflow's global
config (JSON) and the class filter (YAML). Field names are the recipe's where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, field_validator

from roadmark.config import Layer, Resolved, UserSettings, load_mapping, resolve
from roadmark.errors import ConfigError

PLACEHOLDER_PATHS = ("/path/to", "path/to", "<", "your_")
"""Beginnings that mark a path as copied from a template, never meant to be used."""

Weather = Literal["clear_sky", "overcast", "snow_falling", "raining", "fog"]
Lighting = Literal[
    "sunrise",
    "sunset",
    "twilight",
    "mid_morning",
    "afternoon",
    "zenith",
    "golden_hour",
    "blue_hour",
    "night",
]
RoadState = Literal["dry", "snow", "sand", "puddles", "flooding"]


def _canonical(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    """A moment within the years that the sun's formulas hold for."""
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("write date, time and zone as 2026-06-21T18:30:00+02:00")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the sun's place is known from {FIRST_YEAR} to {LAST_YEAR}")
    return moment


_CONDITION = BeforeValidator(_canonical)

FIRST_YEAR, LAST_YEAR = 1901, 2099
MAX_DURATION = 1e6
"""Longest piece of a recording, seconds."""
Positive = Annotated[float, Field(gt=0)]


class SimulateSettings(UserSettings):
    """Everything `roadmark simulate` can be told. Metres, seconds and pixels."""

    recorder_filename: Path | None = None
    """CARLA recording (`.log`) to replay."""
    xodr_path: Path | None = None
    """OpenDRIVE file of the recording's map, or a folder of maps named after their towns."""
    surroundings: Path | None = None
    """Buildings, trees and ground of a real place (`.surroundings.json`); by default the file of that ending beside the
    map, where there is one. `none` grows them from the seed."""
    scene_model: Path | None = None
    """A 3D model of the place (`.glb`, `.gltf`, `.obj`) that stands instead of all scenery."""
    scene_classes: Path | None = None
    """Scene-class YAML: what the model's materials and nodes are, how it lies in the map, what it brings."""
    camera_config: Path | None = None
    """Camera YAML: a list of sensors, or one under `sensors:`; locations in centimetres."""
    output_dir: Path | None = None
    """Where the clip goes; a placeholder such as `/path/to/output_dir` counts as not given."""

    start_time: Annotated[float, Field(ge=-MAX_DURATION, le=MAX_DURATION)] = 0.0
    """Seconds into the recording; negative counts from its end, as CARLA's replayer does."""
    duration: Annotated[float, Field(ge=0, le=MAX_DURATION)] = 0.0
    """Seconds to simulate; 0 means to the end."""
    target_fps: Annotated[float, Field(ge=0.01, le=1000)] = 30.0
    """Frames per second of the clip; recorded poses are resampled by time, never by skipping frames."""
    time_factor: Annotated[float, Field(ge=0.001, le=1000)] = 1.0
    """Playback speed: 2 covers two recorded seconds in one second of the clip."""
    replay: Literal["exact", "carla"] = "exact"
    """`exact` interpolates around each time; `carla` reproduces the server's lag of one recorded frame."""
    ignore_hero: bool = False
    """Leave out vehicles whose role name is `hero`."""
    camera_follow_actor: Annotated[int, Field(ge=0)] | None = None
    """Id of the actor the cameras ride on; their transforms are then relative to it."""
    allow_truncated: bool = False
    """Accept a recording that ends in the middle of a frame, up to its last whole frame."""

    limit_distance: Positive = 100.0
    """Objects farther from the camera than this are rendered but not labelled, metres."""
    area_threshold: Annotated[float, Field(ge=0)] = 100.0
    """Objects whose visible 2D box is smaller than this are rendered but not labelled, square pixels."""
    detect_collisions: bool = True
    """Write the recording's collisions as events."""
    detect_events: bool = True
    """Write everything else that happens as events, too: what `NAME.events.json` beside the recording says, else what
    is detected."""
    collision_actor_ids: tuple[int, ...] | None = None
    """Keep only collisions in which one of these takes part; none given keeps all."""
    class_filter_config: Path | None = None
    """Class filter YAML (`canny_classes`) for masks and masked edges."""

    generate_videos: bool = True
    """Encode videos beside the frames."""
    videos: Literal["default", "all"] = "default"
    """`all` adds the instance, normal, mask and overlay videos."""
    edges: Literal["full", "masked"] = "full"
    """`full`: Canny on the whole picture. `masked`: the recipe's, only where the class filter keeps the picture."""
    masks: bool = False
    """Write the picture where the class filter keeps it, black elsewhere."""
    overlays: bool = False
    """Write pictures with 2D boxes, masks, 3D boxes and collisions drawn on them."""
    aov: bool = False
    """Write sun visibility and albedo too, for relighting."""
    depth_unit: Literal["1/256m", "mm"] = "1/256m"
    """Unit of the 16-bit depth images."""
    label_codec: Literal["h264", "rgb"] = "h264"
    """`rgb` keeps label colours exact in videos, at the price of players that know libx264rgb."""

    quality: Literal["draft", "standard", "high"] = "standard"
    """Shadows; and ambient occlusion and smooth edges; and reflections and more samples."""
    weather: Annotated[Weather, _CONDITION] = "clear_sky"
    """Weather; names may differ in case and use spaces or hyphens for underscores."""
    lighting: Annotated[Lighting, _CONDITION] = "mid_morning"
    """Time of day; sets the sun unless `sun_time` does."""
    sun_time: Annotated[AwareDatetime, BeforeValidator(_moment)] | None = None
    """Date and time with a zone (2026-06-21T18:30:00+02:00): puts the sun there, not where `lighting` has it."""
    latitude: Annotated[float, Field(ge=-90, le=90)] = 49.0
    """Degrees north, for `sun_time`; the default is where CARLA's towns lie."""
    longitude: Annotated[float, Field(ge=-180, le=180)] = 8.0
    """Degrees east, for `sun_time`."""
    road: Annotated[RoadState, _CONDITION] = "dry"
    """State of the road."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Grows the scenery and the looks of actors; the same seed gives the same bytes."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Render threads; all cores by default. The pictures do not depend on it."""
    tracer: Literal["auto", "embree", "portable"] = "auto"
    """Ray tracer: Embree where its wheel exists, else our own."""

    host: str = "localhost"
    """CARLA server; means something only to a live server."""
    port: Annotated[int, Field(gt=0, lt=65536)] = 2000
    """CARLA server's port; means something only to a live server."""
    timeout: Positive = 360.0
    """Seconds to wait for a live server; means nothing to the embedded simulator."""
    move_spectator: bool = False
    """Move a live server's spectator; means nothing to the embedded simulator."""

    @field_validator(
        "recorder_filename",
        "xodr_path",
        "surroundings",
        "scene_model",
        "scene_classes",
        "camera_config",
        "output_dir",
        "class_filter_config",
        mode="before",
    )
    @classmethod
    def _empty_path_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value


SERVER_ONLY = ("timeout", "move_spectator", "host", "port")
"""Fields that only a live CARLA server gives a meaning; set by a user, they are accepted and said to do nothing."""


def is_placeholder(path: object) -> bool:
    """Whether a path is empty or copied from a template (`/path/to/output_dir`)."""
    text = str(path or "").strip()
    return not text or text.startswith(PLACEHOLDER_PATHS)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in SimulateSettings.model_fields}


def global_layer(path: Path) -> Layer:
    """The workflow's global JSON; unknown keys are errors, a placeholder `output_dir` is dropped."""
    values = load_mapping(path)
    if is_placeholder(values.get("output_dir", "x")):
        values.pop("output_dir")
    return Layer(str(path), values)


def scenario_layer(path: Path) -> tuple[Layer, dict[str, Any]]:
    """The scenario's log config JSON; unknown keys are its metadata and come back beside the layer."""
    values = load_mapping(path)
    metadata = {key: value for key, value in values.items() if key not in SimulateSettings.model_fields}
    known = _known(values)
    if is_placeholder(known.get("output_dir", "x")):
        known.pop("output_dir")
    return Layer(str(path), known), metadata


def resolve_settings(
    *, wf_config: Path | None, config: Path | None, command_line: Mapping[str, Any]
) -> tuple[Resolved[SimulateSettings], dict[str, Any]]:
    """Merge defaults, global file, scenario file and command line.

    Args:
        wf_config: Global (workflow) JSON.
        config: Scenario (log config) JSON.
        command_line: Options the user gave, by field name; absent means not given.

    Returns:
        The settings with their origins, and the scenario file's metadata.

    Raises:
        ConfigError: A file or value is wrong.
    """
    layers: list[Layer] = []
    metadata: dict[str, Any] = {}
    if wf_config is not None:
        layers.append(global_layer(wf_config))
    if config is not None:
        layer, metadata = scenario_layer(config)
        layers.append(layer)
    layers.append(Layer("command line", command_line))
    return resolve(SimulateSettings, layers), metadata


def required_paths(resolved: Resolved[SimulateSettings], options: Mapping[str, str]) -> tuple[Path, ...]:
    """Paths that have no default.

    Args:
        resolved: The settings.
        options: Fields, each with the option that sets it.

    Returns:
        Their values, in the order of `options`.

    Raises:
        ConfigError: Lists every missing one with its option.
    """
    values = {field: getattr(resolved.settings, field) for field in options}
    missing = [f"{field} is missing; give {options[field]}" for field, value in values.items() if value is None]
    if missing:
        raise ConfigError("\n".join(missing))
    return tuple(values.values())
