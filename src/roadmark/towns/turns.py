"""Which lanes of a junction's arms connect to which, by the rules of right-hand traffic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from roadmark.towns.arms import Arm, LaneEnd

_STRAIGHT = math.radians(30.0)
"""A way that turns less than this goes straight on."""


@dataclass(frozen=True)
class Way:
    """A lane into the junction and the lane out of it that it leads to.

    Attributes:
        origin, target: Index of the arm it comes from and of the one it leads to.
        entry, exit: The lanes.
        corner: Whether what lies beyond the lanes, pavement and all, goes round with them.
    """

    origin: int
    target: int
    entry: LaneEnd
    exit: LaneEnd
    corner: bool


def ways(arms: Sequence[Arm]) -> list[Way]:
    """All ways through a junction whose arms are given counter-clockwise.

    From the right lane one turns right, from the left lane left, from all of them straight on; no U-turns. Every lane
    that leads in is connected.
    """
    found = []
    for origin, arm in enumerate(arms):
        if not arm.entries:
            continue
        targets = [(origin + k) % len(arms) for k in range(1, len(arms))]
        targets = [target for target in targets if arms[target].exits]
        corner = (origin + 1) % len(arms)
        for target, entry, leave in _of_arm(arms, origin, targets):
            rightmost = entry is arm.entries[0] and leave is arms[target].exits[0]
            found.append(Way(origin, target, entry, leave, rightmost and target == corner))
    return found


def turn(arm: Arm, target: Arm) -> float:
    """Radians by which the way from one arm to another turns, left positive."""
    return math.remainder(target.pose.heading - arm.pose.heading - math.pi, math.tau)


def _of_arm(arms: Sequence[Arm], origin: int, targets: Sequence[int]) -> list[tuple[int, LaneEnd, LaneEnd]]:
    """(target, lane in, lane out) of one arm, from the right turn to the left turn."""
    arm = arms[origin]
    lanes = arm.entries
    turns = [turn(arm, arms[target]) for target in targets]
    straight = [k for k, angle in enumerate(turns) if abs(angle) <= _STRAIGHT]
    has_right, has_left = turns[0] < -_STRAIGHT, turns[-1] > _STRAIGHT
    found = []
    for k, target in enumerate(targets):
        exits = arms[target].exits
        if k in straight or 0 < k < len(targets) - 1:
            found += [(target, lane, out) for lane, out in _ahead(lanes, exits, has_right=has_right, has_left=has_left)]
        elif turns[k] < 0.0:
            found.append((target, lanes[0], exits[0]))
        else:
            found.append((target, lanes[-1], exits[-1]))
    if not straight and len(targets) == 1 and len(lanes) > 1:
        target = targets[0]
        pairs = zip(lanes, arms[target].exits, strict=False)
        found = [(target, lane, out) for lane, out in pairs]
    return found


def _ahead(
    lanes: Sequence[LaneEnd], exits: Sequence[LaneEnd], *, has_right: bool, has_left: bool
) -> list[tuple[LaneEnd, LaneEnd]]:
    """Lanes straight on, from the right; what does not fit beyond turns right or left only."""
    spare = len(lanes) - len(exits)
    if spare <= 0:
        return list(zip(lanes, exits, strict=False))
    right_only = 0 if has_left or not has_right else spare
    return list(zip(lanes[right_only:], exits, strict=False))
