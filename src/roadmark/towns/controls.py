"""What rules the traffic at a junction: lights in phases, stop and yield signs, crosswalks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import Literal

from roadmark.towns.arms import Arm, LaneEnd
from roadmark.towns.document import Controller, Crosswalk, Junction, LaneKind, Signal, Town
from roadmark.towns.turns import turn

_CROSSWALK_AT, _CROSSWALK_LENGTH = 2.2, 3.0
"""A crosswalk's middle lies so far from the road's end; so long is it along the road."""
_POST_AT, _POST_AT_BARE = 5.0, 0.6
"""Lights and signs stand so far from the road's end, beside the stop line: before a crosswalk, and without one."""
_POST_BESIDE = 0.7
"""And so far beyond the kerb."""
_LOW_HEAD, _HIGH_HEAD, _SIGN_BOTTOM = 2.6, 5.3, 2.2
"""Metres of the lower edge above the road: of a head on a post, of one over several lanes, of a sign."""
_HEAD_SIZE, _SIGN_SIZE = (0.35, 0.95), (0.75, 0.75)


class Control(Enum):
    """How a junction is ruled.

    Two phases let opposite arms drive together (left turns give way); split phases give each arm its own green, so
    that left turns are protected.
    """

    TWO_PHASES = "two phases"
    SPLIT_PHASES = "split phases"
    STOP = "stop signs on the lesser road"
    YIELD = "yield signs on the lesser road"
    ALL_STOP = "stop signs on every road"
    OPEN = "no signs"


def phases(arms: Sequence[Arm], control: Control) -> list[tuple[int, ...]]:
    """Indices of the arms that are green together, in the order of the cycle."""
    if control is Control.SPLIT_PHASES:
        return [(k,) for k in range(len(arms)) if arms[k].entries]
    groups: list[tuple[int, ...]] = []
    left = [k for k, arm in enumerate(arms) if arm.entries]
    while left:
        first = left.pop(0)
        facing = [k for k in left if abs(turn(arms[first], arms[k])) < math.radians(40.0)]
        groups.append((first, *facing[:1]))
        left = [k for k in left if k not in facing[:1]]
    return groups


def add_controls(
    town: Town,
    junction: Junction,
    arms: Sequence[Arm],
    control: Control,
    lesser: Sequence[int] = (),
    *,
    crosswalks: bool = True,
) -> None:
    """Put up a junction's lights or signs.

    Args:
        town: For new ids.
        junction: Gets the controllers.
        arms: Its arms; their roads get the signals.
        control: How it is ruled.
        lesser: Indices of the arms that give way, for `STOP` and `YIELD`.
        crosswalks: Whether traffic waits before crosswalks there.
    """
    at = _POST_AT if crosswalks else _POST_AT_BARE
    if control in (Control.TWO_PHASES, Control.SPLIT_PHASES):
        for number, group in enumerate(phases(arms, control)):
            signals = [_light(town, arms[k], at) for k in group]
            junction.controllers.append(
                Controller(town.new_id(), f"phase {number}", number, tuple(signal.id for signal in signals))
            )
    elif control is not Control.OPEN:
        for k in range(len(arms)) if control is Control.ALL_STOP else lesser:
            if arms[k].entries:
                add_sign(town, arms[k], at, yields=control is Control.YIELD)


def add_crosswalk(town: Town, arm: Arm, at: float = _CROSSWALK_AT) -> None:
    """Paint a crosswalk over an arm, from kerb to kerb, its middle `at` metres from the road's end."""
    s = arm.road.path.length - at if arm.contact == "end" else at
    sides = {arm.contact == "start": _kerb(arm.inward), arm.contact == "end": _kerb(arm.outward)}
    arm.road.crosswalks.append(Crosswalk(town.new_id(), s, _CROSSWALK_LENGTH, sides[True], sides[False]))


def _kerb(lanes: Sequence[LaneEnd]) -> float:
    return max((lane.outer for lane in lanes if lane.kind in (LaneKind.DRIVING, LaneKind.SHOULDER)), default=0.0)


def _light(town: Town, arm: Arm, at: float) -> Signal:
    several = len(arm.entries) > 1
    bottom = _HIGH_HEAD if several else _LOW_HEAD
    return _post(town, arm, at, "Signal_3Light_Post01", "1000001", bottom, _HEAD_SIZE, dynamic=True)


def add_sign(town: Town, arm: Arm, at: float = _POST_AT, *, yields: bool) -> Signal:
    """Put up a stop or a yield sign for an arm, `at` metres from the road's end."""
    name, kind = ("Sign_Yield", "205") if yields else ("Sign_Stop", "206")
    return _post(town, arm, at, name, kind, _SIGN_BOTTOM, _SIGN_SIZE, dynamic=False)


def _post(
    town: Town, arm: Arm, at: float, name: str, kind: str, bottom: float, size: tuple[float, float], *, dynamic: bool
) -> Signal:
    """Something beside the stop line, on the right, that faces the traffic."""
    along: Literal["+", "-"] = "+" if arm.contact == "end" else "-"
    ids = [lane.id for lane in arm.entries]
    beside = _kerb(arm.inward) + _POST_BESIDE
    s = arm.road.path.length - at if arm.contact == "end" else at
    signal = Signal(
        town.new_id(), name, kind, dynamic, s, -beside if along == "+" else beside, bottom, along,
        (min(ids), max(ids)), *size,
    )  # fmt: skip
    arm.road.signals.append(signal)
    return signal
