"""What is fastened to a car's body: mirrors, handles, plates, round lamps, the third brake lamp, roof signs."""

from __future__ import annotations

import numpy as np

from roadmark.world.lofts import Collector, Hull, Look, ball, box, limb, mirrored, revolve
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


def surface_strip(
    collector: Collector, hull: Hull, cells: list[tuple[float, float]], radius: float, look: Look, *, rear: bool = False
) -> None:
    """A thin strip laid on the front or rear through lattice places (row, column), which may be fractions."""
    grid = hull.points[0 if rear else -1]
    rows, columns = np.array(cells).T
    low = np.minimum(rows.astype(int), grid.shape[0] - 2), np.minimum(columns.astype(int), grid.shape[1] - 2)
    up, across = (rows - low[0])[:, None], (columns - low[1])[:, None]
    below = grid[low] * (1.0 - across) + grid[low[0], low[1] + 1] * across
    above = grid[low[0] + 1, low[1]] * (1.0 - across) + grid[low[0] + 1, low[1] + 1] * across
    collector.add(*limb(below * (1.0 - up) + above * up, radius, sides=5), look)


def add_head_lamps(collector: Collector, hull: Hull, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
    """Lenses and a position light strip inside the dark housings of the head lamps."""
    low, high, last = min(rows), max(rows) + 1, max(columns) + 1.0
    middle = low + 0.56 * (high - low)
    for left in (False, True):
        for column in np.linspace(0.8, last - 0.4, 2 if last > 2 else 1):
            place = hull.columns - float(column) if left else float(column)
            level = [(middle, place - 0.28), (middle, place), (middle, place + 0.28)]
            size = 0.40 * (high - low) * float(hull.points[-1, 5, 1, 2] - hull.points[-1, 4, 1, 2])
            surface_strip(collector, hull, level, min(size, 0.075), looks.HEAD_LAMP)
        ends = np.linspace(0.15, last - 0.1, 5)
        strip = [(low + 0.1, hull.columns - float(c) if left else float(c)) for c in ends]
        surface_strip(collector, hull, strip, 0.014, looks.POSITION_LAMP)


def add_grille_bars(collector: Collector, hull: Hull, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
    """Bright bars across the grille."""
    first, last = min(columns) + 0.12, hull.columns - min(columns) - 0.12
    for row in np.linspace(min(rows), max(rows) + 1, 5)[1:-1]:
        surface_strip(
            collector, hull, [(float(row), float(c)) for c in np.linspace(first, last, 5)], 0.010, looks.STEEL
        )


def add_lid_gaps(collector: Collector, hull: Hull) -> None:
    """The gaps of the hood's front edge and of the tail gate."""
    middle, last = np.linspace(1.0, hull.columns - 1.0, 9), float(hull.points.shape[1] - 1)
    surface_strip(collector, hull, [(last - 0.05, float(c)) for c in middle], 0.006, looks.GAP)
    low = [(2.0, float(c)) for c in middle]
    surface_strip(
        collector, hull, [(last - 0.1, 1.0), *low, (last - 0.1, hull.columns - 1.0)], 0.006, looks.GAP, rear=True
    )


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
