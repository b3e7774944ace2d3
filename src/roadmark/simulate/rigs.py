"""Ego rigs: cameras fixed to a vehicle, as presets that fit themselves to its body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.errors import ConfigError, InputError
from roadmark.geometry import Pose, camera_pose_from_body, rotation_from_rpy
from roadmark.scenario import Actor, ActorKind
from roadmark.simulate.cameras import ALL_SENSORS, CameraSetup
from roadmark.simulate.lenses import LensEntry, make_camera
from roadmark.world import actor_blueprint


@dataclass(frozen=True)
class Mount:
    """One camera of a rig.

    Attributes:
        name: Its name in output paths.
        place: Where on the body: along its length from the middle (-1 rear, 1 front), across (-1 right, 1 left), and
            up from the ground (0 to 1).
        yaw: Degrees, positive to the left.
        pitch: Degrees, positive looking down.
        fov: Horizontal field of view, degrees.
        ftheta: Whether it has an f-theta lens (equidistant), else it is a pinhole.
    """

    name: str
    place: tuple[float, float, float]
    yaw: float = 0.0
    pitch: float = 0.0
    fov: float = 120.0
    ftheta: bool = True


_FRONT_WIDE = Mount("camera_front_wide_120fov", (0.24, 0.0, 0.92), pitch=2.0)

RIGS: dict[str, tuple[Mount, ...]] = {
    "dashcam": (Mount("dashcam", (0.24, 0.0, 0.9), pitch=4.0, fov=90.0, ftheta=False),),
    "front_wide": (_FRONT_WIDE,),
    "surround": (
        _FRONT_WIDE,
        Mount("camera_cross_left_120fov", (0.3, 1.0, 0.62), yaw=68.0, pitch=2.0),
        Mount("camera_cross_right_120fov", (0.3, -1.0, 0.62), yaw=-68.0, pitch=2.0),
        Mount("camera_rear_left_70fov", (0.42, 1.0, 0.6), yaw=152.0, pitch=2.0, fov=70.0),
        Mount("camera_rear_right_70fov", (0.42, -1.0, 0.6), yaw=-152.0, pitch=2.0, fov=70.0),
    ),
}
"""Presets by name. The cameras of `surround` are named, and look, as the first five of RDS-HQ's rigs."""


def rig_cameras(rig: str, actor: Actor, *, width: int = 1920, height: int = 1080) -> list[CameraSetup]:
    """The cameras of a rig on a vehicle.

    Args:
        rig: One of `RIGS`.
        actor: The vehicle, whose body says where the cameras sit: inside, so that it is hidden from them.
        width: Of the pictures, pixels.
        height: Alike.

    Returns:
        Setups that follow the actor; their poses are actor_from_camera.

    Raises:
        ConfigError: No such rig.
        InputError: The actor is no vehicle.
    """
    if rig not in RIGS:
        raise ConfigError(f"no rig is called {rig!r}; use one of {', '.join(RIGS)}")
    body = actor_blueprint(actor)
    if actor.kind is not ActorKind.VEHICLE or body is None:
        raise InputError(f"actor {actor.id} ({actor.blueprint_id}) is no vehicle; a rig needs one")
    half, center = np.asarray(body.half_extents), np.asarray(body.center_offset)
    setups = []
    for mount in RIGS[rig]:
        place = np.round(center + half * [mount.place[0], mount.place[1], 2.0 * mount.place[2] - 1.0], 2)
        turn = rotation_from_rpy(np.radians([0.0, mount.pitch, mount.yaw]))
        pose = camera_pose_from_body(Pose(turn, place, "actor", "camera_body"))
        lens = LensEntry(model="ftheta" if mount.ftheta else "pinhole")
        camera = make_camera(width, height, mount.fov, lens)
        setups.append(CameraSetup(mount.name, camera, pose, ALL_SENSORS, actor.id))
    return setups
