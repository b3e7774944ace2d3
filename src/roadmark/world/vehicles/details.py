"""What is fastened to a car's body: mirrors, handles, plates, round lamps, the third brake lamp, roof signs."""

from __future__ import annotations

import numpy as np

from roadmark.world.lofts import Collector, Doubles, Hull, Look, ball, box, mirrored, revolve
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.lower import Frame


def end_x(hull: Hull, z: float, column: float, *, rear: bool = False) -> float:
    """The x of a lower body's front or rear surface at a height, between columns counted from the right."""
    grid = hull.points[0 if rear else -1]
    columns = np.arange(grid.shape[1])
    levels = [np.interp(column, columns, grid[j, :, 2]) for j in range(grid.shape[0])]
    depths = [np.interp(column, columns, grid[j, :, 0]) for j in range(grid.shape[0])]
    return float(np.interp(z, levels, depths))


def add_mirrors(
    collector: Collector, frame: Frame, reach: float, x: float, z: float, size: tuple[float, float] = (0.11, 0.14)
) -> None:
    """Door mirrors whose outer edge lies at the half width `reach`, metres."""
    inner = frame.side_at(x, min(z, float(frame.top_at(x)))) - 0.06
    housing = max(0.6 * (reach - inner), min(0.17, reach - inner))
    for turn in (False, True):
        parts = [
            (box((x, reach - housing / 2.0, z), (size[0], housing, size[1]), 0.035), looks.PAINT),
            (
                box((x - size[0] / 2.0 - 0.001, reach - housing / 2.0, z), (0.012, housing - 0.04, size[1] - 0.035)),
                looks.GLASS,
            ),
            (
                box(
                    (x + 0.01, (inner + reach - housing / 2.0) / 2.0, z - 0.35 * size[1]),
                    (0.05, reach - housing / 2.0 - inner, 0.03),
                ),
                looks.TRIM,
            ),
        ]
        for (vertices, triangles), look in parts:
            collector.add(*(mirrored(vertices, triangles) if turn else (vertices, triangles)), look)


def add_handles(collector: Collector, frame: Frame, gaps: list[float]) -> None:
    """Door handles ahead of the rear edge of each door."""
    for gap in gaps:
        z = float(frame.top_at(gap)) - frame.shape.drop - 0.11
        x = gap + 0.14
        y = frame.side_at(x, z) - frame.shape.flare
        for side in (1.0, -1.0):
            collector.add(*box((x, side * y, z), (0.16, 0.05, 0.032), 0.01), looks.TRIM)


def add_plate(collector: Collector, hull: Hull, z: float, *, rear: bool) -> None:
    """A number plate with a dark inscription, laid on the front or rear."""
    middle = hull.columns / 2.0
    sign = -1.0 if rear else 1.0
    x = end_x(hull, z, middle, rear=rear)
    collector.add(*box((x - sign * 0.006, 0.0, z), (0.03, 0.50, 0.115)), looks.PLATE, crease=0.0)
    collector.add(*box((x - sign * 0.004, 0.0, z), (0.03, 0.40, 0.055)), looks.PLATE_TEXT, crease=0.0)


def add_round_lamps(collector: Collector, hull: Hull, radius: float, column: float, z: float) -> None:
    """Round head lamps in bright rings on the front, with blinkers below them."""
    for left in (False, True):
        place = hull.columns - column if left else column
        y = float(np.interp(place, np.arange(hull.columns + 1), hull.points[-1, -2, :, 1]))
        x = end_x(hull, z, place)
        blinker = looks.LEFT_BLINKER if left else looks.RIGHT_BLINKER
        collector.add(*ball((x - 0.01, y, z), (0.05, radius * 1.14, radius * 1.14), rings=5, sides=16), looks.CHROME)
        collector.add(
            *ball((x + 0.002, y, z), (0.055, radius * 0.92, radius * 0.92), rings=6, sides=16), looks.HEAD_LAMP
        )
        below = z - radius * 1.75
        collector.add(*box((end_x(hull, below, place), y, below), (0.05, radius * 1.5, radius * 0.5), 0.015), blinker)


def add_high_brake_lamp(collector: Collector, cabin: Hull) -> None:
    """The third brake lamp at the top of the rear window."""
    middle = cabin.columns // 2
    x, _, z = cabin.points[0, 4, middle]
    collector.add(*box((x + 0.02, 0.0, z - 0.012), (0.05, 0.26, 0.026)), looks.BRAKE_LAMP, crease=0.0)


def add_small_lamps(collector: Collector, hull: Hull, front_z: float, rear_z: float) -> None:
    """Fog lamps low in front, reversing lamps low at the rear."""
    for column in (1.7, hull.columns - 1.7):
        for z, rear, look in ((front_z, False, looks.FOG_LAMP), (rear_z, True, looks.REVERSE_LAMP)):
            x = end_x(hull, z, column, rear=rear)
            y = float(np.interp(column, np.arange(hull.columns + 1), hull.points[0 if rear else -1, 2, :, 1]))
            collector.add(*box((x + (0.014 if rear else -0.014), y, z), (0.05, 0.13, 0.05), 0.012), look)


def add_spare_wheel(collector: Collector, x: float, z: float, radius: float) -> None:
    """A spare wheel on the rear door."""
    profile = [(0.0, 0.5), (0.62, 0.5), (0.66, 0.8), (0.85, 1.0), (1.0, 0.7), (1.0, -0.7), (0.85, -1.0), (0.0, -1.0)]
    vertices, triangles = revolve(np.array(profile) * [radius, 0.10], 20)
    turned = np.stack([-vertices[:, 1] + x, vertices[:, 0], vertices[:, 2] + z], axis=1)
    which = np.where(np.repeat(np.arange(len(profile) - 1), 40) < 2, 1, 0)
    collector.add(turned, triangles, [looks.RUBBER, looks.STEEL], which=which)


def add_wipers(collector: Collector, cabin: Hull) -> None:
    """Two wipers resting at the foot of the windscreen."""
    middle = cabin.columns // 2
    for column in (middle - 1, middle + 2):
        start = cabin.points[-1, 1, column] + np.array([0.012, 0.0, 0.0])
        end = cabin.points[-1, 2, min(column + 1, cabin.columns - 1)] + np.array([0.014, 0.0, -0.02])
        _rod(collector, start, end, 0.012, looks.GAP)


def _rod(collector: Collector, start: Doubles, end: Doubles, thick: float, look: Look) -> None:
    vertices, triangles = box((0.0, 0.0, 0.0), (thick, 1.0, thick))
    vertices = vertices * np.array([1.0, 0.0, 1.0]) + start + (vertices[:, 1:2] + 0.5) * (end - start)
    if (end - start)[1] < 0.0:
        triangles = triangles[:, ::-1]
    collector.add(vertices, triangles, look, crease=0.0)


def add_light_bar(collector: Collector, x: float, z: float, width: float) -> None:
    """A police light bar: blue on the right, red on the left, a dark foot between."""
    collector.add(*box((x, 0.0, z + 0.02), (0.22, width, 0.04), 0.01), looks.TRIM)
    for side, look in ((1.0, looks.BEACON_RED), (-1.0, looks.BEACON_BLUE)):
        collector.add(*box((x, side * width * 0.29, z + 0.07), (0.26, width * 0.38, 0.10), 0.03), look)
    collector.add(*box((x, 0.0, z + 0.065), (0.24, width * 0.2, 0.09), 0.02), looks.STEEL)


def add_roof_sign(collector: Collector, x: float, z: float) -> None:
    """A taxi's roof sign."""
    collector.add(*box((x, 0.0, z + 0.015), (0.24, 0.62, 0.03), 0.01), looks.TRIM)
    collector.add(*box((x, 0.0, z + 0.085), (0.19, 0.56, 0.13), 0.035), looks.ROOF_SIGN)
