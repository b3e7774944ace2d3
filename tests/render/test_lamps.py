"""Lamps shine on blocks of hits as they do on single points."""

from __future__ import annotations

import numpy as np
import pytest

from roadmark.render.environment import Environment
from roadmark.render.hits import (
    ALBEDO_B,
    ALBEDO_G,
    ALBEDO_R,
    BLOCK,
    BLUE,
    DX,
    DY,
    DZ,
    F0,
    GREEN,
    LENGTH,
    NOTHING_HIT,
    NX,
    NY,
    NZ,
    PX,
    PY,
    PZ,
    RED,
    ROUGHNESS,
    SURFACE,
    new_scratch,
)
from roadmark.render.instances import SpotLight
from roadmark.render.lamps import add_lamps
from roadmark.render.lighting import spot_lights
from roadmark.render.look import Look
from roadmark.render.materials_ground import is_pool, pool_height
from roadmark.render.mirrors import NO_MIRRORS
from roadmark.render.noise import noise_table

f32 = np.float32
DRY, WET = (Environment.from_conditions("clear_sky", "night", road) for road in ("dry", "puddles"))


def look(lamps, environment):
    cells = np.zeros((1, 1), np.uint8)
    nothing = np.zeros((2, 2), f32)
    return Look(environment.pack(), nothing, nothing[0], lamps, np.zeros(3, f32), NO_MIRRORS, cells, np.zeros(2, f32))


def street_block(rng, lamps):
    """A block of ground within 40 m, seen from 5 m above the origin; its last column sees the sky."""
    scratch = new_scratch(lamps)
    lanes, marks = scratch.lanes, scratch.marks
    points = rng.uniform((-20, -20, 0), (20, 20, 0.2), (BLOCK, 3))
    ways = points - (0, 0, 5)
    rows = {
        PX: points[:, 0], PY: points[:, 1], PZ: points[:, 2], DX: ways[:, 0], DY: ways[:, 1], DZ: ways[:, 2],
        LENGTH: np.linalg.norm(ways, axis=1), NX: 0, NY: 0, NZ: 1, F0: 0.02, ROUGHNESS: 0.4,
        ALBEDO_R: 0.1, ALBEDO_G: 0.2, ALBEDO_B: 0.3, RED: 1, GREEN: 2, BLUE: 3,
    }  # fmt: skip
    for row, values in rows.items():
        lanes[row : row + BLOCK] = values
    marks[SURFACE : SURFACE + BLOCK] = 0
    marks[SURFACE + BLOCK - 1] = NOTHING_HIT
    lanes[[row + BLOCK - 1 for row in (PX, NX, ALBEDO_R)]] = np.nan  # what nothing was written to may hold anything
    return scratch


def street_lamps(rng, count):
    """Lamps 3 m above the ground, each aimed somewhere below it."""
    aims = rng.uniform((-1, -1, -1), (1, 1, -0.2), (count, 3))
    places = rng.uniform((-20, -20, 3), (20, 20, 3), (count, 3))
    return np.array([SpotLight(p, a, (45, 43, 38), 0.9, 0.7, 15.0).pack() for p, a in zip(places, aims, strict=True)])


def colors(scratch):
    return np.stack([scratch.lanes[row : row + BLOCK] for row in (RED, GREEN, BLUE)], axis=1).astype(np.float64)


def test_a_block_is_lit_as_its_points_are():
    rng = np.random.default_rng(1)
    lamps = street_lamps(rng, 30)
    scratch = street_block(rng, len(lamps))
    lanes = scratch.lanes
    expected = np.array([
        spot_lights(lanes[PX + k], lanes[PY + k], lanes[PZ + k], f32(0), f32(0), f32(1), lamps, 0, len(lamps))
        for k in range(BLOCK - 1)
    ])  # fmt: skip
    add_lamps(look(lamps, DRY), scratch, lanes, scratch.marks, True)
    added = colors(scratch) - (1, 2, 3)
    assert (expected > 0.01).any(axis=0).all()
    assert added[:-1] == pytest.approx(expected * (0.1, 0.2, 0.3), rel=1e-3, abs=1e-5)
    assert (added[-1] == 0.0).all()  # the sky


def test_lamps_show_on_wet_ground_beyond_their_cones():
    # From 5 m above the origin, a lamp 3 m above (8, 0) is seen in water at (5, 0): 5 / 5 = 3 / (8 - 5) m per metre.
    # Its cone is aimed straight down and 36.9 degrees wide; that place lies 45 degrees off, where only glare goes.
    lamps = np.array([SpotLight((8, 0, 3), (0, 0, -1), (45, 43, 38), 0.9, 0.8, 15.0).pack()])
    for environment, shown in ((DRY, False), (WET, True)):
        for mirrored in (False, True):
            scratch = street_block(np.random.default_rng(2), 1)
            scratch.lanes[[PX, PY, PZ]] = 5, 0, 0
            scratch.lanes[[DX, DY, DZ, LENGTH]] = 5, 0, -5, np.sqrt(50.0)
            add_lamps(look(lamps, environment), scratch, scratch.lanes, scratch.marks, mirrored)
            assert (colors(scratch)[0] > (1, 2, 3)).all() == (shown and mirrored)


def test_pools_are_found_with_less_work():
    noise = noise_table(3)
    places = np.random.default_rng(4).uniform(-50, 50, (400, 2)).astype(f32)
    for edge in (f32(0.08), f32(0.76)):
        heights = [pool_height(x, y, noise) for x, y in places]
        assert [is_pool(x, y, edge, noise) for x, y in places] == [bool(height >= edge) for height in heights]
        assert 0 < sum(height >= edge for height in heights) < len(places)
