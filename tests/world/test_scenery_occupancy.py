"""Things near the ground keep apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadmark.maps import parse_opendrive
from roadmark.world.ground import height_field
from roadmark.world.scenery.obstacles import KeepOut
from roadmark.world.scenery.occupancy import Occupancy
from roadmark.world.scenery.planting import Planting
from roadmark.world.scenery.plots import plan_buildings
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from sample_crossing.town import crossing_xodr


def test_a_bench_takes_up_its_length_and_not_more():
    taken = Occupancy()
    assert taken.free([[0.0, 0.0]], 5.0).all()
    taken.take_row([[10.0, 5.0]], [np.pi / 2.0], 1.0, 0.4)  # from (10, 4) to (10, 6)
    places = [[10.0, 6.1], [10.0, 6.6], [10.5, 5.0], [11.0, 5.0]]
    assert taken.free(places, 0.5).tolist() == [False, True, False, True]


@given(seed=st.integers(0, 1000), count=st.integers(1, 700))
def test_free_places_are_those_away_from_every_disc(seed, count):
    rng = np.random.default_rng(seed)
    taken, places = rng.uniform(0.0, 60.0, (80, 2)), rng.uniform(0.0, 60.0, (count, 2))
    around, reach = rng.uniform(0.1, 2.0, 80), rng.uniform(0.1, 2.0, count)
    occupancy = Occupancy()
    occupancy.take(taken[:30], around[:30])
    occupancy.take(taken[30:], around[30:])
    gap = np.linalg.norm(places[:, None] - taken[None], axis=2) - around[None] - reach[:, None]
    np.testing.assert_array_equal(occupancy.free(places, reach), (gap > 0.0).all(axis=1))


def test_trees_stand_clear_of_the_furniture_of_their_street():
    road_map = parse_opendrive(crossing_xodr(), "crossing")
    field = height_field(road_map, 0)
    site, shown = Site(road_map, field), Selection(KeepOut())
    planned = plan_buildings(site, np.random.default_rng(0))
    street = Street(site, shown, np.random.default_rng(1))
    street.lamps()
    street.pavement_things()
    street.boundaries(planned, np.ones(len(planned), dtype=bool))
    before = Occupancy()
    before._points, before._radius = list(street.low._points), list(street.low._radius)
    planting = Planting(site, shown, street, np.random.default_rng(2))
    planting.street_trees()
    planting.yard_trees()
    feet = np.concatenate(planting._feet)
    assert len(feet) > 60
    assert before.free(feet, 0.6).all()
