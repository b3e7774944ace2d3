"""People who are hit: thrown forward, lying at last; cyclists who topple with their bicycles.

The throw follows the usual reconstruction of forward projection: a person leaves with most of the car's speed, falls
for about half a second, and slides with the friction of clothes on asphalt (Searle and Searle 1983; Toor and Araszewski
2003). Together that is about v^2 / (2 * 0.7 g).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray, rotation_from_rpy, rpy_from_rotation
from roadmark.incidents.physics.boxes import half_height
from roadmark.incidents.physics.courses import Frames
from roadmark.incidents.physics.kernels import GRAVITY
from roadmark.incidents.physics.rails import eased

CARRIED = 0.9
"""Share of the car's speed that a person takes on."""
_TAKES_ON = 0.08  # seconds
_LIES = float(np.radians(87.0))  # a little less than flat, so that roll, pitch and yaw stay defined
_FRICTION: Final = (5.5, 9.5)  # m/s2 of clothes on asphalt, with the loss at landing
_TOPPLES = 0.75  # seconds in which a bicycle falls over


def thrown(
    body: Blueprint, pose: FloatArray, velocity: FloatArray, push: FloatArray, farther: float, times: FloatArray
) -> Frames:
    """The course of a person from the moment a car's front hits.

    Args:
        body: The person.
        pose: (6,) x, y, z, roll, pitch, yaw at the contact; feet on the ground.
        velocity: (2,) m/s before.
        push: (2,) m/s of the car.
        farther: Metres from where it was hit to where it must come to rest at least.
        times: (N,) seconds after the contact.
    """
    speed = float(np.hypot(*push))
    ahead = push / max(speed, 1e-6)
    leaves = CARRIED * speed
    up = min(0.12 * speed, 1.6)
    drop = body.half_extents[2] - body.half_extents[0]
    flight = (up + np.sqrt(up * up + 2.0 * GRAVITY * drop)) / GRAVITY
    flown = leaves * (flight - 0.5 * _TAKES_ON)
    slide = max(leaves**2 / (2.0 * _FRICTION[1]), farther - flown)
    friction = float(np.clip(leaves**2 / (2.0 * max(slide, 0.05)), *_FRICTION))
    speeds = np.where(
        times < flight,
        leaves * np.clip(times / _TAKES_ON, 0.0, 1.0),
        np.maximum(leaves - friction * (times - flight), 0.0),
    )
    rests = leaves / friction
    past, after = np.minimum(times, flight), np.clip(times - flight, 0.0, rests)
    taken = np.minimum(past, _TAKES_ON)
    along = leaves * (0.5 * taken**2 / _TAKES_ON + (past - taken)) + leaves * after - 0.5 * friction * after**2
    fades = np.exp(-times / 0.15)
    out = np.zeros((len(times), 6))
    out[:, :2] = pose[:2] + ahead * along[:, None] + velocity * (0.15 * (1.0 - fades))[:, None]
    out[:, 3:] = _tumbled(pose, ahead, times, flight)
    ground = pose[2] - body.half_extents[2]
    fall = ground + body.half_extents[2] + up * past - 0.5 * GRAVITY * past**2
    out[:, 2] = np.maximum(ground + half_height(body, out[:, 3:]), np.where(times < flight, fall, ground))
    move = np.zeros((len(times), 3))
    move[:, :2] = ahead * speeds[:, None] + velocity * fades[:, None] * (times < 1.0)[:, None]
    move[:, 2] = np.where(times < flight, up - GRAVITY * times, 0.0)
    rate = np.gradient(np.unwrap(out[:, 5]), times) if len(times) > 1 else np.zeros(len(times))
    return Frames(out, move, rate)


def _tumbled(pose: FloatArray, ahead: FloatArray, times: FloatArray, flight: float) -> FloatArray:
    """(N, 3) roll, pitch, yaw of a body whose head tips towards the car that pushes its legs away."""
    tilt = _LIES * eased(times, 0.0, 1.1 * flight)
    turn = 0.5 * eased(times, 0.3 * flight, flight + 0.6)
    axis = np.array([ahead[1], -ahead[0], 0.0])  # carries up to behind
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    s, c = np.sin(tilt)[:, None, None], np.cos(tilt)[:, None, None]
    tipped = np.eye(3) + s * cross + (1.0 - c) * (cross @ cross)
    spin = rotation_from_rpy(np.stack([np.zeros_like(turn), np.zeros_like(turn), turn], axis=1))
    rpy = rpy_from_rotation(spin @ tipped @ rotation_from_rpy(pose[3:]))
    rpy[:, [0, 2]] = np.unwrap(rpy[:, [0, 2]], axis=0)
    return np.asarray(rpy)


def toppled(body: Blueprint, frames: Frames, push: FloatArray, times: FloatArray) -> Frames:
    """A bicycle that slides as `frames` say falls over meanwhile, away from what pushed it.

    Args:
        body: The bicycle.
        frames: Its course upright.
        push: (2,) direction of the push.
        times: (N,) seconds after the contact.
    """
    yaw = frames.poses[0, 5]
    to_left = push[1] * np.cos(yaw) - push[0] * np.sin(yaw)
    side = -1.0 if to_left > 0.0 else 1.0  # a positive roll tips it to its right
    poses = frames.poses.copy()
    poses[:, 3] = side * _LIES * np.clip(times / _TOPPLES, 0.0, 1.0) ** 2
    middle = half_height(body, poses[:, 3:])
    lifted = rotation_from_rpy(poses[:, 3:]) @ np.array(body.center_offset)
    poses[:, 2] += middle - lifted[:, 2]
    return replace(frames, poses=poses)
