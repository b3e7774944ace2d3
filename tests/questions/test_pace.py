"""How road users move while they are seen."""

from dataclasses import replace

import numpy as np
import pytest
from scene_samples import course, scene

from roadmark.questions.facts.pace import DRIVES, PAUSES, SETS_OFF, STANDS, STOPS, pace_of


def pace(*way, **options):
    return pace_of(scene(course(1, way=way, **options)), 1)


def test_kinds():
    assert pace((0.0, 0.0, 0.0)).kind == STANDS
    assert pace((0.0, 0.0, 0.0), (10.1, 50.0, 0.0)).kind == DRIVES
    stops = pace((0.0, 0.0, 0.0), (4.0, 40.0, 0.0))
    assert (stops.kind, stops.stopped, stops.left) == (STOPS, 4.0, None)
    starts = pace((6.0, 0.0, 0.0), (10.1, 40.0, 0.0))
    assert (starts.kind, starts.stopped) == (SETS_OFF, None)
    assert starts.left == pytest.approx(5.9)  # the last row at rest
    pauses = pace((0.0, 0.0, 0.0), (3.0, 30.0, 0.0), (6.0, 30.0, 0.0), (10.1, 70.0, 0.0))
    assert (pauses.kind, pauses.stopped, pauses.left) == (PAUSES, 3.0, pytest.approx(5.9))


@pytest.mark.parametrize(
    "way",
    [
        ((0.0, 0.0, 0.0), (10.1, 10.0, 0.0)),  # 1 m/s: neither stands nor clearly drives
        ((0.0, 0.0, 0.0), (3.0, 3.0, 0.0)),  # it stops from a crawl
        ((0.0, 0.0, 0.0), (4.0, 40.0, 0.0), (4.5, 40.0, 0.0), (10.1, 90.0, 0.0)),  # half a second is no stop
        ((0.0, 0.0, 0.0), (3.0, 30.0, 0.0), (5.0, 30.0, 0.0), (7.0, 50.0, 0.0)),  # it stops twice
    ],
)
def test_doubtful(way):
    assert pace(*way) is None


def test_seen_too_shortly_hidden_in_between_or_without_a_mark():
    assert pace((0.0, 0.0, 0.0), seen=(0.0, 1.5)) is None
    assert pace((0.0, 0.0, 0.0), visible=0.1) is None
    assert pace_of(scene(course(1), marked=[]), 1) is None


def test_who_has_fallen_over_neither_stands_nor_drives():
    cyclist = course(1, "bicycle")
    fallen = replace(cyclist, tilts=np.where(cyclist.times > 6.0, 1.5, 0.0))
    assert pace_of(scene(cyclist), 1).kind == STANDS
    assert pace_of(scene(fallen), 1) is None
    assert pace_of(scene(replace(fallen, visible=np.where(fallen.times > 5.5, 0.1, 1.0))), 1) is None  # nor unseen
