"""The ground that scenery may use: how far each spot is from lanes, what stands there already, lines along roads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.maps import RoadMap
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Mask, Raster, distance_to
from roadmark.world.ground.terrain import HeightField
from roadmark.world.shape import Doubles

_CELL = 0.5
_MOST_PIXELS = 9e6
MARGIN = 110.0


@dataclass(frozen=True, eq=False)
class RoadLine:
    """A closed line at a given distance from the lanes, sampled about every metre.

    Attributes:
        points: (N, 2) world metres; the road lies to the right of the direction of travel along the line.
        outward: (N, 2) unit directions away from the road.
    """

    points: Doubles
    outward: Doubles


class Site:
    """A plan of the town at half-metre pixels, and the register of what has been built on it."""

    def __init__(self, road_map: RoadMap, field: HeightField) -> None:
        """Draw the lanes of a map; heights off the road come from the terrain."""
        self.road_map = road_map
        self.field = field
        low, high = road_map.bounds
        area = float(np.prod((high - low)[:2] + 2.0 * MARGIN))
        cell = max(_CELL, float(np.sqrt(area / _MOST_PIXELS)))
        self.raster = Raster.around(low, high, cell, MARGIN)
        carriageway, pavement, islands = split_lanes(road_map)
        nothing = [strip for strip in road_map.strips() if strip.type == "none"]
        self.carriageway: Mask = self.raster.covered([*carriageway, *islands, *nothing])
        self.pavement: Mask = self.raster.covered(pavement) & ~self.carriageway
        self.lanes: Mask = self.carriageway | self.pavement
        self.built: npt.NDArray[np.uint8] = np.zeros(self.raster.shape, dtype=np.uint8)

    @cached_property
    def from_lanes(self) -> npt.NDArray[np.float32]:
        """Metres from each pixel to the nearest lane of any kind."""
        return distance_to(self.lanes, self.raster.cell)

    @cached_property
    def from_carriageway(self) -> npt.NDArray[np.float32]:
        """Metres from each pixel to the nearest lane that vehicles may use."""
        return distance_to(self.carriageway, self.raster.cell)

    @cached_property
    def from_pavement(self) -> npt.NDArray[np.float32]:
        """Metres from each pixel to the nearest pavement."""
        return distance_to(self.pavement, self.raster.cell)

    @cached_property
    def half_width(self) -> npt.NDArray[np.float32]:
        """Half the width of the widest carriageway within some 30 m of each pixel, metres."""
        inside = cv2.distanceTransform(self.carriageway.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        size = int(60.0 / self.raster.cell) | 1
        return np.asarray(cv2.dilate(inside, np.ones((size, size), dtype=np.uint8)), dtype=np.float32) * np.float32(
            self.raster.cell
        )

    @cached_property
    def from_built(self) -> npt.NDArray[np.float32]:
        """Metres from each pixel to the nearest building; to be asked for once all buildings stand."""
        return distance_to(self.built > 0, self.raster.cell)

    def sample(self, image: npt.NDArray[np.generic], points: npt.ArrayLike, outside: float = 0.0) -> Doubles:
        """Value of an image of this site under points (..., 2 or 3)."""
        return np.asarray(self.raster.sample(image, points, outside), dtype=np.float64)

    def ground(self, points: npt.ArrayLike) -> Doubles:
        """Terrain height under points (..., 2)."""
        return np.asarray(self.field.at(points), dtype=np.float64)

    def grounded(self, points: npt.ArrayLike, lift: float = 0.0) -> Doubles:
        """Points (N, 2) with the terrain's height as (N, 3)."""
        xy = np.asarray(points, dtype=np.float64)[:, :2]
        return np.asarray(np.c_[xy, self.ground(xy) + lift], dtype=np.float64)

    def beside_road(self, points: npt.ArrayLike, lift: float) -> Doubles:
        """Points (N, 2) with the height of the nearest lane as (N, 3)."""
        xy = np.asarray(points, dtype=np.float64)[:, :2]
        return np.asarray(np.c_[xy, self.road_map.elevation(xy) + lift], dtype=np.float64)

    def occupy(self, footprints: npt.ArrayLike) -> None:
        """Register convex footprints (K, n, 2 or 3)."""
        self.raster.fill(self.built, np.asarray(footprints, dtype=np.float64))

    def lines(self, distance: float, image: npt.NDArray[np.float32] | None = None) -> list[RoadLine]:
        """Closed lines at a distance from the lanes (or from what another distance image measures), long ones first."""
        field = self.from_lanes if image is None else image
        inside = (field < distance).astype(np.uint8)
        inside[[0, -1]] = 0
        inside[:, [0, -1]] = 0
        contours, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        found = []
        for contour in contours:
            pixels = contour.reshape(-1, 2).astype(np.float64)
            if len(pixels) * self.raster.cell < 16.0:
                continue
            line = self._smooth(self.raster.origin + (pixels + 0.5) * self.raster.cell, field)
            if line is not None:
                found.append(line)
        found.sort(key=lambda line: (-len(line.points), *line.points[0]))
        return found

    def _smooth(self, points: Doubles, field: npt.NDArray[np.float32]) -> RoadLine | None:
        """A pixel contour without its steps, sampled evenly, running with the road on its right."""
        window = int(3.0 / self.raster.cell) | 1
        kernel = np.ones(window) / window
        padded = np.concatenate([points[-window:], points, points[:window]])
        smooth = np.stack([np.convolve(padded[:, k], kernel, mode="same") for k in (0, 1)], axis=1)[window:-window]
        closed = np.concatenate([smooth, smooth[:1]])
        length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))]
        count = int(length[-1])
        if count < 12:
            return None
        s = np.arange(count) * (length[-1] / count)
        even = np.stack([np.interp(s, length, closed[:, k]) for k in (0, 1)], axis=1)
        along = np.roll(even, -2, axis=0) - np.roll(even, 2, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        left = np.stack([-along[:, 1], along[:, 0]], axis=1)
        rise = self.sample(field, even + 1.5 * left) - self.sample(field, even - 1.5 * left)
        if rise.sum() < 0.0:
            return RoadLine(even[::-1].copy(), -left[::-1])
        return RoadLine(even, left)
