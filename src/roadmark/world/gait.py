"""How people stand, walk and run: joint positions over one gait cycle, the standing foot never sliding.

A cycle is two steps. While a foot stands it moves backwards in the walker's frame by exactly the distance the walker
advances, so a caller who advances the phase by `distance / stride` sees no sliding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.world.figure import (
    ANKLE,
    BALL,
    FOREARM,
    HEEL,
    HIP_HALF_WIDTH,
    PELVIS_TO_SHOULDER,
    SHIN,
    SIDES,
    THIGH,
    UPPER_ARM,
    Posture,
    bend,
    hips,
    shoulders,
)
from roadmark.world.lofts import Doubles


@dataclass(frozen=True, slots=True)
class Gait:
    """One way of moving.

    Attributes:
        name: For messages and tests.
        from_speed: Speed from which it is used, m/s, for a person 1.75 m tall.
        stride: Distance per cycle over the standing height.
        duty: Share of the cycle each foot stands.
        lift: Height the foot is lifted to in mid-swing over the standing height.
        arm_swing: Amplitude of the upper arms, radians.
        elbow: Flexion of the elbows, radians.
        lean: Forward lean of the trunk, radians.
        push: Pitch of the foot when it leaves the ground, radians.
    """

    name: str
    from_speed: float
    stride: float
    duty: float
    lift: float
    arm_swing: float
    elbow: float
    lean: float
    push: float


STAND: Final = Gait("stand", 0.0, 1.0, 1.0, 0.0, 0.0, 0.18, 0.0, 0.0)
GAITS: Final = (
    STAND,
    Gait("stroll", 0.15, 0.55, 0.66, 0.03, 0.25, 0.25, 0.02, 0.45),
    Gait("walk", 0.60, 0.80, 0.61, 0.045, 0.42, 0.35, 0.04, 0.70),
    Gait("jog", 2.30, 1.10, 0.42, 0.12, 0.60, 1.45, 0.12, 0.85),
    Gait("run", 3.60, 1.55, 0.32, 0.20, 0.75, 1.60, 0.17, 0.95),
)

_FOOT_FLAT: Final = 0.16  # of the stance: heel strike before, flat after
_HEEL_OFF: Final = 0.58
_STRIKE: Final = -0.30  # radians, toes up


def gait_at(speed: float, height: float) -> Gait:
    """The gait of a person of some height at a speed (speeds scale with its root)."""
    scaled = speed / np.sqrt(height / 1.75)
    return next(gait for gait in reversed(GAITS) if scaled >= gait.from_speed or gait is STAND)


def posture_at(gait: Gait, phase: float, height: float) -> Posture:
    """Joint positions above the ground point under the pelvis; the left heel strikes at phase 0."""
    leg = (THIGH + SHIN) * height
    feet = [_foot(gait, (phase + 0.5 * side) % 1.0, height) for side in (0, 1)]
    ankles = [
        ankle + np.array([0.0, sign * 0.92 * HIP_HALF_WIDTH * height, 0.0])
        for (ankle, _, _), sign in zip(feet, SIDES, strict=True)
    ]
    level = (0.985 if gait is STAND else 0.975) * leg + ANKLE * height
    if gait.duty < 0.5:
        level += 0.02 * height * np.cos(4.0 * np.pi * (phase - gait.duty / 2.0 - 0.25))
        level -= 0.02 * height
    for ankle, standing in ((ankles[0], feet[0][2]), (ankles[1], feet[1][2])):
        if standing:
            level = min(level, float(ankle[2]) + np.sqrt((0.995 * leg) ** 2 - float(ankle[0]) ** 2))
    pelvis = np.array([0.0, 0.0, level])
    chest = pelvis + PELVIS_TO_SHOULDER * height * np.array([np.sin(gait.lean), 0.0, np.cos(gait.lean)])
    legs = [
        bend(hip, ankle, THIGH * height, SHIN * height, (1.0, 0.06 * sign, 0.15))
        for hip, ankle, sign in zip(hips(pelvis, height), ankles, SIDES, strict=True)
    ]
    arms = [_arm(gait, phase + 0.5 * side, chest, height, side) for side in (0, 1)]
    return Posture(
        pelvis,
        chest,
        (legs[0][0], legs[1][0]),
        (legs[0][1], legs[1][1]),
        (feet[0][1], feet[1][1]),
        (arms[0][0], arms[1][0]),
        (arms[0][1], arms[1][1]),
        0.4 * gait.lean,
    )


def _foot(gait: Gait, phase: float, height: float) -> tuple[Doubles, float, bool]:
    """Ankle (x, 0, z), pitch of the foot, and whether it stands, at a phase since its heel strike."""
    if gait is STAND:
        return np.array([-0.02 * height, 0.0, ANKLE * height]), 0.0, True
    stride = gait.stride * height
    strike = _STRIKE if gait.duty > 0.5 else 0.5 * _STRIKE
    if phase < gait.duty:
        return *_standing(gait, phase / gait.duty, strike, stride, height), True
    swing = (phase - gait.duty) / (1.0 - gait.duty)
    start, _ = _standing(gait, 1.0, strike, stride, height)
    end, _ = _standing(gait, 0.0, strike, stride, height)
    pace = -stride * (1.0 - gait.duty)  # d(ankle)/d(swing) of a standing foot
    s2, s3 = swing**2, swing**3
    x = (2 * s3 - 3 * s2 + 1) * start[0] + (s3 - 2 * s2 + swing) * pace
    x += (-2 * s3 + 3 * s2) * end[0] + (s3 - s2) * pace
    ease = s2 * (3.0 - 2.0 * swing)
    z = start[2] + (end[2] - start[2]) * ease + gait.lift * height * np.sin(np.pi * swing**0.8) ** 1.5
    pitch = float(np.interp(swing, [0.0, 0.25, 0.6, 0.9, 1.0], [gait.push, gait.push * 1.2, 0.3, strike, strike]))
    return np.array([x, 0.0, z]), pitch, False


def _standing(gait: Gait, share: float, strike: float, stride: float, height: float) -> tuple[Doubles, float]:
    """Ankle and pitch of a standing foot: it rolls over the heel, stands flat, then rolls over the ball."""
    pitch = float(
        np.interp(share, [0.0, _FOOT_FLAT, _HEEL_OFF, 0.85, 1.0], [strike, 0.0, 0.0, 0.45 * gait.push, gait.push])
    )
    flat = stride * gait.duty * (0.46 - share)
    pivot = BALL * height if pitch > 0.0 else -HEEL * height
    back, up = -pivot, ANKLE * height
    cosine, sine = np.cos(pitch), np.sin(pitch)
    return np.array([flat + pivot + back * cosine + up * sine, 0.0, -back * sine + up * cosine]), pitch


def _arm(gait: Gait, phase: float, chest: Doubles, height: float, side: int) -> tuple[Doubles, Doubles]:
    """Elbow and wrist; the arm swings against the leg of its side."""
    sign = SIDES[side]
    swing = -gait.arm_swing * np.cos(2.0 * np.pi * (phase - 0.04)) - 0.02
    shoulder = shoulders(chest, height)[side]
    out = 0.10 * sign
    upper = np.array([np.sin(swing), out, -np.cos(swing)])
    flexed = swing + gait.elbow + 0.25 * gait.arm_swing * max(0.0, float(np.sin(swing)))
    lower = np.array([np.sin(flexed), out * 0.2 - 0.15 * sign * (gait.elbow > 1.0), -np.cos(flexed)])
    elbow = shoulder + UPPER_ARM * height * upper / np.linalg.norm(upper)
    return elbow, elbow + FOREARM * height * lower / np.linalg.norm(lower)
