"""What `roadmark scenario generate` can be told: a recipe, from a YAML file, options or both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from roadmark.catalog import blueprint
from roadmark.config import Layer, Resolved, UserSettings, load_mapping, resolve
from roadmark.errors import ConfigError, InputError
from roadmark.files import has_file
from roadmark.incidents import INCIDENTS, incident
from roadmark.scenario.carla_log import read_uids
from roadmark.simulate import RIGS, Lighting
from roadmark.towns import TOWN_KINDS
from roadmark.traffic import ENGINES

PATHS = ("map", "uids", "sumo_net", "sumo_routes")
"""Fields that are files; those in a recipe file are relative to it."""
MAX_COUNT = 100_000
"""Most scenarios of one recipe."""
MAX_ACTORS = 1_000
"""Most actors of one kind in a scenario."""
MAX_DURATION = 600.0
"""Longest scenario, seconds."""
MAX_ROWS = 10_000_000
"""Most frames of all actors of a scenario together; more is memory spent on a typing error."""

Share = Annotated[int, Field(ge=0, le=MAX_ACTORS)]
ViewKind = Literal["none", "auto", "ego"]


class Recipe(UserSettings):
    """What to generate. Seconds, metres."""

    map: Path | None = None
    """OpenDRIVE file to play on; alternatively `town`."""
    town: str | None = None
    """Kind of procedural town to play on; alternatively `map`."""
    town_seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Which town of its kind."""

    incidents: tuple[str, ...] = ("none",)
    """Names of incidents, taken in turn; `collision` draws one of the five kinds."""
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = None
    """Scenarios in all; by default one for every name."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """The same seed gives the same files."""
    duration: Annotated[float, Field(ge=4.0, le=MAX_DURATION)] = 20.0
    """Seconds of a scenario."""
    fps: Annotated[int, Field(ge=5, le=120)] = 30
    """Recorded frames per second."""

    vehicles: Share = 34
    """Vehicles that drive, those of the incident not counted."""
    cyclists: Share = 4
    """Cyclists."""
    walkers: Share = 16
    """Pedestrians."""
    parked: Share = 6
    """Parked vehicles."""
    radius: Annotated[float, Field(gt=0.0, le=5_000.0)] = 120.0
    """Traffic gathers within this distance of the incident."""

    severity: Literal["light", "medium", "severe"] | None = None
    """How fast or how close; drawn where not given."""
    time: Annotated[float, Field(gt=0.0)] | None = None
    """Second of the contact, or of the heart of the incident; drawn where not given."""
    clip_duration: Annotated[float, Field(ge=1.0, le=MAX_DURATION)] | None = None
    """Seconds that the log config shows, with the incident at a drawn place in them; everything where not given."""
    junction: str | None = None
    """Junction at which it happens; drawn where not given."""
    road: str | None = None
    """Road on which it happens; drawn where not given."""
    blueprints: tuple[str, ...] = ()
    """Blueprints of the incident's actors in the order of their roles; the rest is drawn."""

    lighting: Lighting = "mid_morning"
    """Time of day: decides the lamps, and is written into the log config."""
    camera: ViewKind = "none"
    """`auto` places surveillance cameras that see the incident; `ego` fixes a rig to a vehicle of it."""
    cameras: Annotated[int, Field(ge=1, le=8)] = 1
    """Viewpoints with `auto`."""
    width: Annotated[int, Field(ge=64, le=7680)] = 1920
    """Width of the cameras' pictures, pixels."""
    height: Annotated[int, Field(ge=64, le=4320)] = 1080
    """Height of the cameras' pictures, pixels."""
    rig: str = "dashcam"
    """Which rig with `ego`."""
    tries: Annotated[int, Field(ge=1, le=1_000)] = 60
    """Draws per scenario before it is given up."""
    engine: str = "embedded"
    """Who drives the vehicles: our own engine, or `sumo`."""
    sumo_net: Path | None = None
    """SUMO network of the map (`.net.xml`); one is made of the map where it is not given."""
    sumo_routes: Path | None = None
    """SUMO routes on it (`.rou.xml`): who drives where; drawn where not given."""
    uids: Path | None = None
    """Calibration file: the registration numbers of a server's blueprints, for logs that it shall replay."""

    @field_validator("incidents", mode="before")
    @classmethod
    def _comma_separated(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("junction", "road", mode="before")
    @classmethod
    def _number_or_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("incidents")
    @classmethod
    def _known_incidents(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError(f"give at least one of {', '.join(INCIDENTS)}")
        if len(value) > MAX_COUNT:
            raise ValueError(f"{len(value)} names; at most {MAX_COUNT} scenarios are made at once")
        try:
            for name in value:
                incident(name)
        except InputError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("blueprints")
    @classmethod
    def _known_blueprints(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for name in value:
                if blueprint(name).kind == "prop":
                    raise ValueError(f"{name} is neither a vehicle nor a walker")
        except InputError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("town")
    @classmethod
    def _known_town(cls, value: str | None) -> str | None:
        if value is not None and value not in TOWN_KINDS:
            raise ValueError(f"no such town; use one of {', '.join(TOWN_KINDS)}")
        return value

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value not in ENGINES:
            raise ValueError(f"no such engine; use one of {', '.join(ENGINES)}")
        return value

    @field_validator("rig")
    @classmethod
    def _known_rig(cls, value: str) -> str:
        if value not in RIGS:
            raise ValueError(f"no such rig; use one of {', '.join(RIGS)}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.map is None) == (self.town is None):
            raise ValueError("give either a map (--map FILE.xodr) or a town (--town KIND)")
        if self.clip_duration is not None and self.clip_duration > self.duration:
            raise ValueError(f"clip_duration {self.clip_duration} is longer than the {self.duration} seconds")
        if self.time is not None and self.time >= self.duration:
            raise ValueError(f"time {self.time} is not within the {self.duration} seconds")
        if self.sumo_routes is not None and self.sumo_net is None:
            raise ValueError("sumo_routes need the network that they are on: give sumo_net, too")
        frames = round(self.duration * self.fps) + 1
        actors = self.vehicles + self.cyclists + self.walkers + self.parked
        if frames * max(actors, 1) > MAX_ROWS:
            raise ValueError(f"{frames} frames of {actors} actors are too many for one scenario; shorten or thin it")
        return self

    @property
    def total(self) -> int:
        """Scenarios in all."""
        return len(self.incidents) if self.count is None else self.count

    @property
    def is_night(self) -> bool:
        """Whether vehicles drive with headlights."""
        return self.lighting in {"night", "twilight", "blue_hour", "sunrise", "sunset"}


def resolve_recipe(path: Path | None, options: dict[str, Any]) -> Resolved[Recipe]:
    """Merge a recipe file and options; options win, and a town on the command line replaces the file's map.

    Args:
        path: The YAML or JSON file; paths in it are relative to it.
        options: Options the user gave, by field name.

    Raises:
        ConfigError: The file, a value or the calibration file is wrong.
    """
    layers = []
    if path is not None:
        values = load_mapping(path)
        for field in PATHS:
            if isinstance(values.get(field), str):
                values[field] = path.parent / values[field]
        if "map" in options or "town" in options:
            values = {key: value for key, value in values.items() if key not in {"map", "town"}}
        layers.append(Layer(str(path), values))
    layers.append(Layer("command line", options))
    resolved = resolve(Recipe, layers)
    _check_paths(resolved)
    if resolved.settings.uids is not None:
        read_uids(resolved.settings.uids)
    return resolved


def _check_paths(resolved: Resolved[Recipe]) -> None:
    for field in PATHS:
        path = getattr(resolved.settings, field)
        if path is None:
            continue
        try:
            there = has_file(path)
        except InputError as error:
            raise ConfigError(f"{resolved.origin(field)}: {field}: {error}") from None
        if not there:
            raise ConfigError(f"{resolved.origin(field)}: {field} {path}: no such file; check the path")
