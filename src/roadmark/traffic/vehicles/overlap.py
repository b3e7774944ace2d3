"""Which vehicles touch anyone: the last check on what the engine drove."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.vehicles.jit import Array, Scalar, kernel, kernel_with_memory

_MARGIN = 0.06  # metres that boxes must be apart


def touching(actors: Sequence[MovingActor], clock: Clock, checked: int) -> list[tuple[int, int]]:
    """Pairs of actors whose boxes touch in any frame, the first of each among the first `checked` ones."""
    table = np.full((len(actors), clock.count, 3), np.nan)
    half = np.array([actor.spec.blueprint.half_extents for actor in actors]).reshape(-1, 3)
    height = np.full((len(actors), clock.count), np.nan)
    for row, actor in enumerate(actors):
        x, y, _ = actor.spec.blueprint.center_offset
        yaw = actor.rpy[:, 2]
        cosine, sine = np.cos(yaw), np.sin(yaw)
        span = slice(actor.start, actor.end)
        table[row, span, 0] = actor.positions[:, 0] + cosine * x - sine * y
        table[row, span, 1] = actor.positions[:, 1] + sine * x + cosine * y
        table[row, span, 2] = yaw
        height[row, span] = actor.positions[:, 2]
    pairs = _touching(table, half, height, checked, _MARGIN)
    return [(int(a), int(b)) for a, b in pairs]


@kernel_with_memory
def _touching(table: Array, half: Array, height: Array, checked: int, margin: float) -> Array:
    """(M, 2) pairs that touch."""
    found = np.empty((len(table) * len(table), 2), np.int64)
    count = 0
    for a in range(checked):
        for b in range(a + 1, len(table)):
            reach = math.hypot(half[a, 0], half[a, 1]) + math.hypot(half[b, 0], half[b, 1]) + margin
            frame = 0
            while frame < table.shape[1]:
                dx, dy = table[b, frame, 0] - table[a, frame, 0], table[b, frame, 1] - table[a, frame, 1]
                away = math.sqrt(dx * dx + dy * dy) - reach
                if away > 0.0:  # also skip frames in which they cannot come together, at 80 m/s towards each other
                    frame += max(int(away / 2.7), 1)
                    continue
                level = not math.isnan(dx) and abs(height[a, frame] - height[b, frame]) < 3.0
                if level and boxes_touch(dx, dy, table[a, frame, 2], table[b, frame, 2], half[a], half[b], margin):
                    found[count, 0], found[count, 1] = a, b
                    count += 1
                    break
                frame += 1
    return found[:count]


@kernel
def boxes_touch(
    dx: float, dy: float, yaw_a: float, yaw_b: float, half_a: Array, half_b: Array, margin: float
) -> Scalar:
    """Whether two rectangles come nearer than a margin (separating axes), the second's middle at (dx, dy)."""
    for yaw, turn, one, other in ((yaw_a, yaw_b - yaw_a, half_a, half_b), (yaw_b, yaw_a - yaw_b, half_b, half_a)):
        cosine, sine = math.cos(yaw), math.sin(yaw)
        c, s = abs(math.cos(turn)), abs(math.sin(turn))
        along, across = abs(dx * cosine + dy * sine), abs(dy * cosine - dx * sine)
        if along > one[0] + other[0] * c + other[1] * s + margin:
            return False
        if across > one[1] + other[0] * s + other[1] * c + margin:
            return False
    return True
