"""`highway`: a closed loop of two carriageways, and a street that crosses it on bridges at two diamond interchanges."""

from __future__ import annotations

import math

import numpy as np

from roadmark.towns.controls import Control, add_controls
from roadmark.towns.document import Contact, Road, Town
from roadmark.towns.grades import Cubic, constant, hill
from roadmark.towns.interchange import GORE, NOSE, RAMP_HEIGHT, TERMINAL_CUT, Carriageway, diverge, merge
from roadmark.towns.junctions import build_junction
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import Path, Piece, PlanPose, straight
from roadmark.towns.profiles import StreetProfile

_CURVE = (340.0, 400.0)
_HALF_STRAIGHT = NOSE + GORE + 40.0
_LEFT_SHOULDER, _MEDIAN = 1.0, 2.0
_SPEEDS, _RAMP_SPEEDS = (27.78, 30.56, 33.33), (13.9, 16.7)
_STREET_SPEED = 13.9
_STREET = StreetProfile(sidewalk=0.0, shoulder=1.5)
_DIP = 4.8
"""Metres that the street sinks between its bridges; the highway rises at most so much on its curves."""


def build_highway(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Two or three lanes each way; the lane in which an on-ramp ends goes on to the next off-ramp."""
    lanes = int(rng.integers(2, 4))
    curve = float(rng.uniform(*_CURVE))
    speed, ramp_speed = float(rng.choice(_SPEEDS)), float(rng.choice(_RAMP_SPEEDS))
    relief = min(options.relief, 1.0)
    crest = [float(rng.uniform(-_DIP, _DIP)) * relief for _ in range(2)]
    gap = _LEFT_SHOULDER + 0.5 * _MEDIAN
    ways = {}
    for side in (1, -1):  # the outer, counter-clockwise carriageway and the inner one
        for half in (0, 1):
            frame = PlanPose(0.0, -(curve + side * gap), 0.0 if side > 0 else math.pi)
            ways[side, half] = Carriageway(_turned(frame, half), lanes, _MEDIAN if side > 0 else 0.0, speed, ramp_speed)
    terminals = {key: _carriageway(town, ways, key, curve + key[0] * gap, crest) for key in ways}
    for side in (1, -1):
        _join_halves(town, terminals, side)
    _street(town, rng, ways, terminals, relief)


class _Stretch:
    """The roads of one carriageway at one interchange: past it, on to the next one, and its ramps."""

    def __init__(self, past: Road, onward: Road, off: Road, on: Road) -> None:
        self.past, self.onward, self.off, self.on = past, onward, off, on


def _turned(pose: PlanPose, half: int) -> PlanPose:
    """The pose, or for the second half the same turned about the middle of the map."""
    return PlanPose(-pose.x, -pose.y, pose.heading + math.pi) if half else pose


def _carriageway(
    town: Town,
    ways: dict[tuple[int, int], Carriageway],
    key: tuple[int, int],
    radius: float,
    crest: list[float],
) -> _Stretch:
    side, half = key
    way = ways[key]
    name = f"{'outer' if side > 0 else 'inner'} {half}"
    past = way.road(town, name, straight(way.frame.ahead(-NOSE), 2.0 * NOSE), constant(0.0), auxiliary=False)
    run = _HALF_STRAIGHT - NOSE - GORE
    bend = Piece(math.pi * radius, side / radius, side / radius)
    path = Path(way.frame.ahead(NOSE + GORE), (Piece(run), bend, Piece(run)))
    # The two carriageways of one curve have one height: the outer one's curve after half 0 is the inner one's after 1.
    top = crest[half if side > 0 else 1 - half]
    onward = way.road(town, name, path, _curve_heights(run, bend.length, top), auxiliary=True)
    off, on = way.ramps(town, name)
    merge(town, f"{name} merge", past, on, onward)
    return _Stretch(past, onward, off, on)


def _curve_heights(run: float, length: float, top: float) -> tuple[Cubic, ...]:
    """Level on the straights; over the curve up or down to a height and back."""
    wave = [Cubic(piece.s + run, piece.a, piece.b, piece.c, piece.d) for piece in hill(0.0, top, 0.0, length)]
    return (Cubic(0.0, 0.0), *wave, Cubic(run + length, 0.0))


def _join_halves(town: Town, terminals: dict[tuple[int, int], _Stretch], side: int) -> None:
    for half in (0, 1):
        before, here = terminals[side, 1 - half], terminals[side, half]
        diverge(town, f"{'outer' if side > 0 else 'inner'} {half} diverge", before.onward, here.past, here.off)


def _street(
    town: Town,
    rng: np.random.Generator,
    ways: dict[tuple[int, int], Carriageway],
    terminals: dict[tuple[int, int], _Stretch],
    relief: float,
) -> None:
    """The street over both sides of the highway, and its junctions with the ramps."""
    order = [(1, 0), (-1, 0), (-1, 1), (1, 1)]  # from the south to the north
    places = [ways[key].terminal.y for key in order]
    ends: dict[tuple[int, int], list[tuple[Road, Contact]]] = {
        key: [(terminals[key].off, "end"), (terminals[key].on, "start")] for key in order
    }
    for number in range(3):
        start = PlanPose(0.0, places[number] + TERMINAL_CUT, math.pi / 2.0)
        path = straight(start, places[number + 1] - places[number] - 2.0 * TERMINAL_CUT)
        middle = RAMP_HEIGHT - (_DIP * relief if number == 1 else 0.0)
        elevation = hill(RAMP_HEIGHT, middle, RAMP_HEIGHT, path.length)
        road = Road(town.new_id(), "street", path, elevation, _STREET.sections(path.length), "town", _STREET_SPEED)
        town.roads.append(road)
        ends[order[number]].append((road, "start"))
        ends[order[number + 1]].append((road, "end"))
    for number, key in enumerate(order):
        junction, arms = build_junction(town, f"ramps {number}", ends[key])
        control = Control.TWO_PHASES if rng.random() < 0.5 else Control.STOP
        ramp = [k for k, arm in enumerate(arms) if arm.road is terminals[key].off]
        add_controls(town, junction, arms, control, ramp, crosswalks=False)
