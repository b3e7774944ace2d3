"""Typed answers about recordings."""

import log_samples as samples
import pytest

from roadmark.errors import ConfigError, FormatError
from roadmark.scenario import Blocked
from roadmark.scenario.carla_log import blocked_actors, collisions, summarize


@pytest.fixture
def full_log(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    return path


def hits(*pairs):
    return samples.packet(5, samples.rows("III??", *((i, a, b, False, False) for i, (a, b) in enumerate(pairs))))


@pytest.fixture
def crash_log(tmp_path):
    """10 and 11 touch from 0.1 to 0.3 s and again at 0.7 s; 10 hits a wall at 0.3 s; 12 is removed at 0.7 s."""
    path = tmp_path / "crash.log"
    other = 0xFFFFFFFF
    frames = [
        samples.frame(1, 0.1, 0.0, samples.added(samples.CAR, samples.BIKE, samples.WALKER)),
        samples.frame(2, 0.2, 0.1, hits((10, 11))),
        samples.frame(3, 0.2, 0.3, hits((10, 11), (10, other), (12, 99))),
        samples.frame(4, 0.2, 0.5),
        samples.frame(5, 0.3, 0.7, samples.packet(3, samples.rows("I", (12,))), hits((10, 11))),
        samples.frame(6, -1.0, 1.0),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    return path


def test_collisions_have_the_exact_times_of_start_and_end(crash_log):
    first, wall, stranger, again = collisions(crash_log)
    assert (first.actor_ids, first.start, first.end, first.start_frame, first.end_frame) == ((10, 11), 0.1, 0.3, 2, 3)
    assert first.kinds == ("vehicle", "vehicle")
    assert first.blueprints == ("vehicle.tesla.model3", "vehicle.bh.crossbike")
    assert (wall.actor_ids, wall.kinds, wall.start, wall.end) == ((10, None), ("vehicle", "non_actor"), 0.3, 0.3)
    assert (stranger.actor_ids, stranger.kinds) == ((12, 99), ("walker", "other"))
    assert (again.actor_ids, again.start, again.end, again.start_frame) == ((10, 11), 0.7, 0.7, 5)


def test_collisions_by_category(crash_log, full_log):
    assert len(collisions(crash_log, "vehicle", "non_actor")) == 1
    assert len(collisions(crash_log, "walker")) == 1
    assert [c.actor_ids for c in collisions(full_log, "hero")] == [(10, 12), (10, None)]
    assert [c.heroes for c in collisions(full_log, "any", "hero")] == [(False, True)]
    with pytest.raises(ConfigError, match="'car'"):
        collisions(crash_log, "car")


def test_a_contact_until_the_last_frame_ends_there(tmp_path):
    path = tmp_path / "a.log"
    frames = [
        samples.frame(1, 1.5, 0.0, samples.added(samples.CAR, samples.BIKE)),
        samples.frame(2, -1.0, 1.5, hits((10, 11), (10, 11))),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    (collision,) = collisions(path)
    assert (collision.start, collision.end) == (1.5, 1.5)


def test_blocked_from_arrival_to_departure(tmp_path):
    path = tmp_path / "a.log"
    places = [(0, 0), (500, 0), (510, 0), (900, 0), (1500, 0)]
    times = [0.0, 10.0, 20.0, 25.0, 30.0]
    frames = [
        samples.frame(i + 1, times[i + 1] - times[i] if i < 4 else -1.0, times[i],
                      *([samples.added(samples.CAR, samples.BIKE, samples.WALKER)] if i == 0 else []),
                      *([samples.packet(3, samples.rows("I", (12,)))] if i == 3 else []),
                      samples.positions((10, places[i][0], 0, 0, 0, 0, 0), (11, 0, 0, 0, 0, 0, 0),
                                        *([(12, 7, 7, 7, 0, 0, 0)] if i < 3 else [])))
        for i in range(5)
    ]  # fmt: skip
    path.write_bytes(samples.header() + b"".join(frames))
    assert blocked_actors(path, 12.0, 1.0) == [
        Blocked(11, "vehicle.bh.crossbike", 0.0, 30.0),
        Blocked(12, "walker.pedestrian.0001", 0.0, 25.0),
        Blocked(10, "vehicle.tesla.model3", 10.0, 15.0),
    ]
    for limits in ((0.0, 1.0), (1.0, 0.0), (float("nan"), 1.0)):
        with pytest.raises(ConfigError, match="above 0"):
            blocked_actors(path, *limits)


def test_blocked_refuses_places_that_are_none(tmp_path):
    path = tmp_path / "a.log"
    body = samples.frame(1, -1.0, 0.0, samples.positions((10, float("nan"), 0, 0, 0, 0, 0)))
    path.write_bytes(samples.header() + body)
    with pytest.raises(FormatError, match="actor 10"):
        blocked_actors(path)


def test_summary(full_log):
    summary = summarize(full_log)
    assert (summary.map_name, summary.recorded_at[:4]) == ("Town01", "2021")
    assert (summary.frames, summary.last_frame, summary.duration) == (3, 3, 0.75)
    assert (summary.shortest_step, summary.longest_step) == (0.25, 0.5)
    assert summary.actor_counts == {"other": 1, "traffic_light": 1, "vehicle": 2, "walker": 1}
    by_id = {actor.id: actor for actor in summary.actors}
    car, walker = by_id[10], by_id[12]
    assert (car.color, car.role_name, car.spawned, car.destroyed) == ("10,20,30", "hero", 0.0, None)
    assert car.distance == pytest.approx(3.0)  # 100 -> 200 -> 400 cm
    assert (walker.parent, walker.destroyed, walker.distance) == (10, 0.75, 0.0)
    assert summary.packets[21].name == "VEHICLE_WHEELS"
    assert (summary.packets[6].packets, summary.packets[6].records) == (3, 8)
    assert summary.packets[99].name == "unknown"
    assert summary.packets[200].packets == 1  # the one after the last frame belongs to none
    assert [c.actor_ids for c in summary.collisions] == [(10, 12), (12, 10), (10, None)]


def test_summary_counts_an_id_that_is_used_again_twice(tmp_path):
    path = tmp_path / "a.log"
    again = (10, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 24, "vehicle.audi.tt", ())
    frames = [
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR), samples.positions((10, 0, 0, 0, 0, 0, 0))),
        samples.frame(2, 1.0, 1.0, samples.positions((10, 300, 400, 0, 0, 0, 0))),
        samples.frame(3, 1.0, 2.0, samples.packet(3, samples.rows("I", (10,)))),
        samples.frame(4, 1.0, 3.0, samples.added(again), samples.positions((10, 9000, 0, 0, 0, 0, 0))),
        samples.frame(5, -1.0, 4.0, samples.added(again), samples.positions((10, 9100, 0, 0, 0, 0, 0))),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    first, second = summarize(path).actors
    assert (first.distance, first.destroyed) == (5.0, 2.0)
    assert (second.blueprint, second.distance, second.spawned) == ("vehicle.audi.tt", 1.0, 3.0)
