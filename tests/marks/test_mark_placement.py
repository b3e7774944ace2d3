"""Number plates hide little, never cover each other, and do not jump."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.marks.placement import PlatePlacer

SIZE, PLATE = (640, 360), (40, 20)


def place(placer, boxes, others=()):
    return placer.place(boxes, dict.fromkeys(boxes, PLATE), [*boxes.values(), *others])


def test_alone_it_stands_on_its_box():
    placed = place(PlatePlacer(SIZE, 2.0), {7: (100.0, 100.0, 200.0, 150.0)})
    # Gap: 2 pixels of line and 2 of air; left edges meet.
    assert (placed[7].x, placed[7].y, placed[7].apart) == (100.0, 100.0 - 4.0 - 20.0, False)


def test_what_stands_above_is_not_covered():
    placed = place(PlatePlacer(SIZE, 2.0), {7: (100.0, 100.0, 200.0, 150.0)}, [(90.0, 60.0, 210.0, 99.0)])
    assert (placed[7].x, placed[7].y) == (100.0, 154.0)  # below


def test_at_the_upper_border_it_goes_below():
    placed = place(PlatePlacer(SIZE, 2.0), {7: (100.0, 0.0, 200.0, 50.0)})
    assert (placed[7].x, placed[7].y) == (100.0, 54.0)


def test_where_all_around_is_taken_it_goes_away_with_a_line():
    around = [(220.0, 100.0, 299.0, 240.0), (325.0, 100.0, 400.0, 240.0)]
    above_and_below = [(299.0, 100.0, 325.0, 159.0), (299.0, 177.0, 325.0, 240.0)]
    placed = place(PlatePlacer(SIZE, 2.0), {7: (300.0, 160.0, 324.0, 176.0)}, [*around, *above_and_below])
    assert placed[7].apart
    assert placed[7].y + PLATE[1] <= 100.0  # over all of it


def test_it_follows_its_box_exactly():
    placer = PlatePlacer(SIZE, 2.0)
    for step in range(20):
        placed = place(placer, {7: (100.0 + 6 * step, 100.0, 200.0 + 6 * step, 150.0)})
        assert (placed[7].x, placed[7].y) == (100.0 + 6 * step, 76.0)


def test_it_does_not_tremble_with_its_box():
    placer = PlatePlacer(SIZE, 2.0)
    seen = {place(placer, {7: (100.0 + step % 2, 100.0, 200.0 - step % 2, 150.0)})[7] for step in range(10)}
    assert len(seen) == 1


def test_it_slides_to_a_new_place():
    """Another object comes to stand above: the plate goes below, by 0.3 of its height a frame at most."""
    placer = PlatePlacer(SIZE, 2.0)
    box = {7: (100.0, 100.0, 140.0, 110.0)}
    ys = [place(placer, box)[7].y]
    for _ in range(12):
        ys.append(place(placer, box, [(90.0, 60.0, 210.0, 99.0)])[7].y)
    assert ys[0] == 76.0
    assert ys[-1] == 114.0
    assert max(abs(b - a) for a, b in itertools.pairwise(ys)) <= 6.0


def test_what_covers_an_object_from_one_side_does_not_make_its_plate_jump():
    """The visible box loses 60 pixels at the left at once; the right edge stays."""
    placer = PlatePlacer(SIZE, 2.0)
    place(placer, {7: (100.0, 100.0, 200.0, 150.0)})
    assert place(placer, {7: (160.0, 100.0, 200.0, 150.0)})[7].x == 106.0


def test_a_small_advantage_does_not_move_it():
    placer = PlatePlacer(SIZE, 2.0)
    box = {7: (100.0, 100.0, 200.0, 150.0)}
    first = place(placer, box)[7]
    # A fifth of the plate's area is now above another object: less than the margin of 0.35.
    assert place(placer, box, [(100.0, 70.0, 140.0, 80.0)])[7] == first


def test_no_room_is_said_by_leaving_it_out():
    assert PlatePlacer((30, 10), 2.0).place(
        {1: (0.0, 0.0, 5.0, 5.0), 2: (6.0, 0.0, 9.0, 5.0)}, {1: (28, 10), 2: (28, 10)}, []
    ).keys() == {1}


boxes = st.tuples(st.floats(-50, 600), st.floats(-50, 340), st.floats(2, 200), st.floats(2, 120)).map(
    lambda it: (it[0], it[1], it[0] + it[2], it[1] + it[3])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(boxes, min_size=1, max_size=12), min_size=1, max_size=3))
def test_plates_are_in_the_picture_and_apart_from_each_other(frames):
    placer = PlatePlacer(SIZE, 2.0)
    for crowd in frames:
        placed = place(placer, dict(enumerate(crowd)))
        spots = [(int(it.x) // 2 * 2, int(it.y) // 2 * 2) for it in placed.values()]  # as they are drawn
        for x, y in spots:
            assert 0 <= x <= SIZE[0] - PLATE[0]
            assert 0 <= y <= SIZE[1] - PLATE[1]
        for (ax, ay), (bx, by) in itertools.combinations(spots, 2):
            assert abs(ax - bx) >= PLATE[0] or abs(ay - by) >= PLATE[1]


@pytest.mark.parametrize("seed", range(3))
def test_in_moving_traffic_plates_rarely_move_more_than_their_boxes(seed):
    """Fifteen cars cross each other for a hundred frames: all but one in fifty steps are as long as their box's + 8."""
    rng = np.random.default_rng(seed)
    start = rng.uniform((0, 60), (560, 300), (15, 2))
    speed = rng.uniform(-4, 4, (15, 2)) * (1, 0.2)
    placer, last, jumps, steps = PlatePlacer(SIZE, 2.0), {}, 0, 0
    for frame in range(100):
        corner = start + speed * frame
        crowd = {
            k: (x, y, x + 60.0, y + 35.0) for k, (x, y) in enumerate(corner.tolist()) if 0 < x < 580 and 0 < y < 320
        }
        placed = place(placer, crowd)
        for actor in placed.keys() & last.keys():
            steps += 1
            moved = np.hypot(placed[actor].x - last[actor].x, placed[actor].y - last[actor].y)
            jumps += moved > np.hypot(*speed[actor]) + 0.3 * PLATE[1] * np.sqrt(2) + 2.0
        last = placed
    assert steps > 500
    assert jumps <= steps / 50
