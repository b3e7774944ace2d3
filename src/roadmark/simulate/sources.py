"""The recording and the cameras of a simulation, read: all that its town depends on besides the map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from roadmark.config import Resolved
from roadmark.errors import ConfigError, TruncatedError
from roadmark.scenario import ActorKind, Scenario, read_log
from roadmark.simulate.cameras import HERO, CameraSetup
from roadmark.simulate.inputs import InputFiles, locate_inputs
from roadmark.simulate.settings import SimulateSettings
from roadmark.simulate.town import TownOrder
from roadmark.simulate.town_order import order_town
from roadmark.twins import Surroundings, read_surroundings


@dataclass(frozen=True, eq=False)
class Sources:
    """What a simulation reads first.

    Attributes:
        settings: All settings.
        files: The files it reads and the folders it writes.
        scenario: The recording, read.
        cameras: The cameras; `follow` is the id of the actor a camera rides on.
        surroundings: What stands around the map's roads, where a file says so.
    """

    settings: SimulateSettings
    files: InputFiles
    scenario: Scenario
    cameras: tuple[CameraSetup, ...]
    surroundings: Surroundings | None

    def town_order(self) -> TownOrder:
        """The town around them."""
        return order_town(self.settings.seed, self.cameras, self.scenario, self.surroundings)


def read_sources(resolved: Resolved[SimulateSettings], *, nest: bool = False) -> Sources:
    """Find every file, and read the recording and the cameras.

    Args:
        resolved: The settings with their origins.
        nest: Clips of several cameras go inside the output folder instead of beside it.

    Raises:
        ConfigError: A setting is missing or wrong.
        InputError: A file is missing, unreadable or malformed.
    """
    settings = resolved.settings
    files = locate_inputs(resolved, nest=nest)
    scenario = _read_recording(files.recording, settings.allow_truncated)
    if settings.ignore_hero:
        scenario = scenario.without_hero()
    cameras = tuple(_mounted(camera, settings, scenario, files) for camera in files.cameras)
    surroundings = None if files.surroundings is None else read_surroundings(files.surroundings)
    return Sources(settings, files, scenario, cameras, surroundings)


def _read_recording(recording: Path, allow_truncated: bool) -> Scenario:
    try:
        return read_log(recording, allow_truncated=allow_truncated)
    except TruncatedError as error:
        if allow_truncated:
            raise
        hinted = TruncatedError(f"{error}; give --allow-truncated to use the whole frames before it")
        hinted.path, hinted.offset, hinted.field = error.path, error.offset, error.field
        raise hinted from None


def _mounted(camera: CameraSetup, settings: SimulateSettings, scenario: Scenario, files: InputFiles) -> CameraSetup:
    """A camera with the id of the actor it rides on, if any: its own, else the setting's for all cameras."""
    follow, source = camera.follow, f"{files.camera_file}: camera {camera.name}: follow"
    if follow is None:
        follow, source = settings.camera_follow_actor, "camera_follow_actor"
    if follow == HERO:
        hero = scenario.hero
        if hero is None:
            left = " left, as ignore_hero takes it away" if settings.ignore_hero else ""
            raise ConfigError(f"{source} = hero: {files.recording} has no such actor{left}; give an actor's id")
        follow = hero.id
    if follow is None:
        return camera
    if not any(actor.id == follow and actor.key in scenario.tracks for actor in scenario.actors.values()):
        moving = sorted({actor.id for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)})
        known = ", ".join(map(str, moving)) or "none"
        raise ConfigError(f"{source} = {follow}: {files.recording} has no such moving actor; it has {known}")
    return replace(camera, follow=follow)
