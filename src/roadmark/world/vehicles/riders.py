"""Riders of two-wheelers: seated figures whose hands reach the grips and whose feet reach the pegs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.world.figure import (
    FOREARM,
    PELVIS_TO_SHOULDER,
    SHIN,
    SIDES,
    THIGH,
    UPPER_ARM,
    Outfit,
    Posture,
    add_figure,
    add_legs,
    add_upper_body,
    bend,
    hips,
    shoulders,
)
from roadmark.world.lofts import Collector


@dataclass(frozen=True, slots=True)
class Seat:
    """How a rider sits; metres in the two-wheeler's frame.

    Attributes:
        pelvis: Middle of the hips.
        lean: Forward lean of the trunk, radians.
        grip: Left grip (the right one mirrors it).
        feet: Left and right ankle.
        foot_pitch: Pitch of the feet, radians, positive with the toes down.
    """

    pelvis: tuple[float, float, float]
    lean: float
    grip: tuple[float, float, float]
    feet: tuple[tuple[float, float, float], tuple[float, float, float]]
    foot_pitch: float = 0.1


def _seated(seat: Seat, height: float) -> Posture:
    pelvis = np.array(seat.pelvis)
    chest = pelvis + PELVIS_TO_SHOULDER * height * np.array([np.sin(seat.lean), 0.0, np.cos(seat.lean)])
    legs, arms = [], []
    for sign, hip, shoulder, foot in zip(SIDES, hips(pelvis, height), shoulders(chest, height), seat.feet, strict=True):
        legs.append(bend(hip, np.array(foot), THIGH * height, SHIN * height, (1.0, 0.22 * sign, 0.5)))
        grip = np.array(seat.grip) * np.array([1.0, sign, 1.0])
        palm = FOREARM + 0.055
        elbow, end = bend(shoulder, grip, UPPER_ARM * height, palm * height, (-0.2, 0.55 * sign, -0.7))
        arms.append((elbow, elbow + (end - elbow) * FOREARM / palm))
    return Posture(
        pelvis,
        chest,
        (legs[0][0], legs[1][0]),
        (legs[0][1], legs[1][1]),
        (seat.foot_pitch, seat.foot_pitch),
        (arms[0][0], arms[1][0]),
        (arms[0][1], arms[1][1]),
        0.0,
    )


def rider_height(seat: Seat, outfit: Outfit, top: float) -> float:
    """Standing height of the rider whose head, seated, ends at the height `top`, metres."""
    height = 1.7
    for _ in range(3):
        trial = Collector(SemanticClass.RIDER)
        add_upper_body(trial, _seated(seat, height), outfit, height, SemanticClass.RIDER)
        height *= (top - seat.pelvis[2]) / (trial.top - seat.pelvis[2])
    return height


def add_rider(collector: Collector, seat: Seat, outfit: Outfit, top: float) -> None:
    """Add a rider whose head ends at the height `top`, metres."""
    height = rider_height(seat, outfit, top)
    add_figure(collector, _seated(seat, height), outfit, height, SemanticClass.RIDER)


def add_rider_without_legs(collector: Collector, seat: Seat, outfit: Outfit, height: float) -> None:
    """Add a rider of a standing height, metres, whose legs move and are added elsewhere."""
    add_upper_body(collector, _seated(seat, height), outfit, height, SemanticClass.RIDER)


def add_rider_legs(collector: Collector, seat: Seat, outfit: Outfit, height: float) -> None:
    """Add only the legs of a rider of a standing height, metres."""
    add_legs(collector, _seated(seat, height), outfit, height, SemanticClass.RIDER)
