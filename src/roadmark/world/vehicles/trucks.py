"""Trucks: cab shapes, and what they carry behind the cab (cargo box, ambulance box, fire engine's body and ladder)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.render import Material
from roadmark.world.lofts import Collector, Look, ball, box
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.lower import Frame
from roadmark.world.vehicles.shapes import Cabin, CarShape, Glass, Lamps

_CAB_OVER: Final = CarShape(
    top=((0.0, 0.47), (0.01, 0.48), (0.205, 0.48), (0.222, 0.37), (1.0, 0.37)),
    cabin=Cabin(
        base=(0.004, 0.212),
        top=(0.032, 0.205),
        windows=(Glass((0.035, 0.15), (0.058, 0.15)),),
        width=(0.985, 0.90),
        camber=(0.10, 0.02),
        bow=(0.16, 0.02),
        rail=0.14,
        taper=0.0,
        rear_glass=False,
        rows=(0.06, 0.66),
        screen_top=0.70,
        pillar=0.11,
    ),
    nose=((0.08, 0.08), (0.13, 0.0), (0.24, 0.0), (0.30, 0.04), (0.5, 0.07)),
    tail=((0.1, 0.03), (0.2, 0.0), (1.0, 0.0)),
    width=0.88,
    sill=0.48,
    corner=(0.34, 0.10),
    corner_share=(0.26, 0.05),
    drop=0.06,
    front_rows=(0.0, 0.14, 0.34, 0.50, 0.62, 0.92, 1.0),
    doors=(0.03, 0.155),
    lamps=Lamps(head=((2,), (0, 1, 2)), tail=((3, 4), (0, 1)), grille=((4,), (2, 3, 4))),
    bumpers="plastic",
    flare=0.0,
    arch_gap=0.09,
    spokes=0,
    tyre_width=0.32,
    twin_rear=True,
)

SHAPES: Final[dict[BodyStyle, CarShape]] = {
    BodyStyle.HEAVY_TRUCK: _CAB_OVER,
    BodyStyle.BOX_TRUCK: replace(
        _CAB_OVER,
        top=((0.0, 0.46), (0.01, 0.48), (0.27, 0.48), (0.285, 0.41), (1.0, 0.41)),
        cabin=replace(
            _CAB_OVER.cabin,
            base=(0.006, 0.275),
            top=(0.075, 0.265),
            windows=(Glass((0.055, 0.20), (0.115, 0.20)),),
            rows=(0.07, 0.74),
            screen_top=0.80,
        ),
        doors=(0.04, 0.21),
        sill=0.36,
        tyre_width=0.24,
    ),
    BodyStyle.FIRE_TRUCK: replace(
        _CAB_OVER,
        top=((0.0, 0.46), (0.01, 0.47), (0.355, 0.47), (0.37, 0.345), (1.0, 0.345)),
        cabin=replace(
            _CAB_OVER.cabin,
            base=(0.004, 0.36),
            top=(0.028, 0.355),
            windows=(Glass((0.03, 0.135), (0.05, 0.135)), Glass((0.205, 0.325), (0.205, 0.325))),
            rows=(0.05, 0.78),
            screen_top=0.82,
        ),
        lamps=Lamps(head=((2,), (0, 1, 2)), tail=((3, 4), (0, 1)), grille=((4,), (1, 2, 3, 4))),
        bumpers="chrome",
        doors=(0.03, 0.16, 0.34),
    ),
    BodyStyle.AMBULANCE: replace(
        _CAB_OVER,
        top=((0.0, 0.42), (0.02, 0.455), (0.13, 0.49), (0.21, 0.52), (0.40, 0.53), (0.415, 0.40), (1.0, 0.40)),
        cabin=Cabin(
            base=(0.175, 0.415),
            top=(0.265, 0.41),
            windows=(Glass((0.215, 0.35), (0.28, 0.35)),),
            width=(0.95, 0.80),
            camber=(0.06, 0.02),
            bow=(0.16, 0.02),
            rail=0.08,
            taper=0.0,
            rear_glass=False,
            rows=(0.10, 0.82),
            pillar=0.08,
        ),
        nose=((0.1, 0.05), (0.15, 0.0), (0.28, 0.0), (0.34, 0.02), (0.42, 0.08)),
        lamps=Lamps(head=((4,), (0, 1)), tail=((3, 4), (0, 1)), grille=((3, 4), (2, 3, 4))),
        front_rows=(0.0, 0.14, 0.34, 0.48, 0.62, 0.88, 1.0),
        bumpers="chrome",
        sill=0.34,
        doors=(0.215, 0.36),
        tyre_width=0.25,
        arch_gap=0.07,
    ),
}

#: Height of the cab over the vehicle's.
CAB_HEIGHT: Final = {
    BodyStyle.HEAVY_TRUCK: 0.93,
    BodyStyle.BOX_TRUCK: 0.95,
    BodyStyle.FIRE_TRUCK: 0.86,
    BodyStyle.AMBULANCE: 0.86,
}

_BOX_WHITE: Final = Look(Material.GENERIC, (226, 228, 230))
_STRIPE_WHITE: Final = Look(Material.GENERIC, (240, 240, 238))
_STRIPE_RED: Final = Look(Material.GENERIC, (196, 26, 30))
_STRIPE_YELLOW: Final = Look(Material.SIGN, (236, 214, 40))
_SHUTTER: Final = Look(Material.METAL, (158, 162, 166))
_SHUTTER_DARK: Final = Look(Material.METAL, (112, 116, 120))


def add_load(collector: Collector, frame: Frame, blueprint: Blueprint) -> None:
    """Add everything behind and above the cab of a truck."""
    height = blueprint.size[2]
    if blueprint.style is BodyStyle.HEAVY_TRUCK:
        _cargo_box(collector, frame, (0.235, 0.998), (0.335 * height, height), _BOX_WHITE)
        _side_bands(collector, frame, (0.26, 0.98), 0.62 * height, 0.30, Look(Material.METAL, (40, 84, 140)))
        _rear_doors(collector, frame, (0.38 * height, 0.96 * height))
    elif blueprint.style is BodyStyle.BOX_TRUCK:
        _cargo_box(collector, frame, (0.30, 0.998), (0.385 * height, height), looks.PAINT)
        _side_bands(collector, frame, (0.33, 0.97), 0.66 * height, 0.34, _STRIPE_WHITE)
        _rear_doors(collector, frame, (0.43 * height, 0.95 * height))
    elif blueprint.style is BodyStyle.AMBULANCE:
        _cargo_box(collector, frame, (0.385, 0.998), (0.365 * height, 0.985 * height), _BOX_WHITE)
        _side_bands(collector, frame, (0.395, 0.99), 0.50 * height, 0.20, _STRIPE_RED)
        _rear_doors(collector, frame, (0.40 * height, 0.9 * height))
        _side_window(collector, frame, 0.62, 0.74 * height)
        _beacons(collector, frame, height)
    else:
        _fire_body(collector, frame, height)


def _cargo_box(
    collector: Collector, frame: Frame, span: tuple[float, float], heights: tuple[float, float], look: Look
) -> None:
    start, end = (float(frame.x_at(share)) for share in span)
    center = ((start + end) / 2.0, 0.0, sum(heights) / 2.0)
    collector.add(*box(center, (start - end, 2.0 * frame.half_width, heights[1] - heights[0]), 0.04), look)


def _on_sides(
    collector: Collector,
    frame: Frame,
    span: tuple[float, float],
    z: float,
    high: float,
    look: Look,
    proud: float = 0.008,
) -> None:
    start, end = (float(frame.x_at(share)) for share in span)
    for side in (1.0, -1.0):
        center = ((start + end) / 2.0, side * (frame.half_width + proud - 0.02), z)
        collector.add(*box(center, (start - end, 0.04, high)), look, crease=0.0)


def _side_bands(
    collector: Collector, frame: Frame, span: tuple[float, float], z: float, high: float, look: Look
) -> None:
    _on_sides(collector, frame, span, z, high, look)
    _on_sides(collector, frame, span, z - 0.72 * high, high * 0.2, look)


def _rear_doors(collector: Collector, frame: Frame, heights: tuple[float, float]) -> None:
    x = -frame.length / 2.0 + 0.02
    middle, high = sum(heights) / 2.0, heights[1] - heights[0]
    for y in (-0.92, -0.02, 0.02, 0.92):
        collector.add(*box((x, y * frame.half_width, middle), (0.04, 0.022, high)), looks.DARK_METAL, crease=0.0)
    for z in heights:
        collector.add(*box((x, 0.0, z), (0.04, 1.86 * frame.half_width, 0.022)), looks.DARK_METAL, crease=0.0)
    for y in (-0.12, 0.12):
        collector.add(
            *box((x - 0.012, y * frame.half_width, middle), (0.03, 0.03, 0.9 * high)), looks.STEEL, crease=0.0
        )


def _side_window(collector: Collector, frame: Frame, share: float, z: float) -> None:
    _on_sides(collector, frame, (share, share + 0.10), z, 0.36, looks.GLASS)


def _beacons(collector: Collector, frame: Frame, height: float) -> None:
    front = float(frame.x_at(0.385))
    for x, sign in ((front, 1.0), (-frame.length / 2.0, -1.0)):
        for y, look in ((0.78, looks.BEACON_RED), (-0.78, looks.BEACON_BLUE)):
            center = (x - sign * 0.10, y * frame.half_width, 0.955 * height)
            collector.add(*box(center, (0.24, 0.30, 0.085 * height), 0.03), look)
    collector.add(*box((front + 0.02, 0.0, 0.93 * height), (0.10, 0.5, 0.09), 0.02), looks.BEACON_BLUE)


def _fire_body(collector: Collector, frame: Frame, height: float) -> None:
    _cargo_box(collector, frame, (0.375, 0.998), (0.315 * height, 0.82 * height), looks.PAINT)
    edges = np.linspace(0.39, 0.985, 5)
    for a, b in pairwise(edges.tolist()):
        low = 0.335 if abs((a + b) / 2.0 - 0.70) > 0.1 else 0.44
        middle, high = (low + 0.74) / 2.0 * height, (0.74 - low) * height
        _on_sides(collector, frame, (a + 0.008, b - 0.008), middle, high, _SHUTTER)
        for level in np.linspace(middle - 0.42 * high, middle + 0.42 * high, 6):
            _on_sides(collector, frame, (a + 0.012, b - 0.012), float(level), 0.03, _SHUTTER_DARK, 0.016)
    _on_sides(collector, frame, (0.03, 0.35), 0.415 * height, 0.16, _STRIPE_WHITE)
    _on_sides(collector, frame, (0.38, 0.99), 0.775 * height, 0.10, _STRIPE_YELLOW)
    _rear_doors(collector, frame, (0.33 * height, 0.76 * height))
    _ladder(collector, frame, height)
    for y, look in ((0.55, looks.BEACON_BLUE), (-0.55, looks.BEACON_BLUE)):
        x = float(frame.x_at(0.09))
        collector.add(*box((x, y * frame.half_width, 0.875 * height), (0.30, 0.62, 0.055 * height), 0.04), look)
        collector.add(
            *ball((-frame.length / 2.0 + 0.25, 1.45 * y * frame.half_width, 0.83 * height), (0.11, 0.11, 0.16)), look
        )


def _ladder(collector: Collector, frame: Frame, height: float) -> None:
    start, end = float(frame.x_at(0.20)), float(frame.x_at(0.985))
    z = 0.955 * height
    for y in (-0.42, 0.42):
        for level in (z - 0.13, z + 0.14):
            collector.add(*box(((start + end) / 2.0, y, level), (start - end, 0.07, 0.06)), looks.STEEL, crease=0.0)
        for x in np.linspace(end + 0.1, start - 0.1, 15):
            collector.add(*box((float(x), y, z), (0.035, 0.035, 0.28)), looks.STEEL, crease=0.0)
    for x in np.linspace(end + 0.1, start - 0.1, 18):
        collector.add(*box((float(x), 0.0, z - 0.13), (0.04, 0.84, 0.04)), looks.STEEL, crease=0.0)
    for share in (0.45, 0.9):
        foot = (float(frame.x_at(share)), 0.0, 0.86 * height)
        collector.add(*box(foot, (0.5, 0.9, 0.10 * height), 0.03), looks.DARK_METAL)
    top = (float(frame.x_at(0.44)), 0.0, 0.975 * height)
    collector.add(*box(top, (0.40, 0.5, 0.05 * height), 0.03), looks.STEEL)
