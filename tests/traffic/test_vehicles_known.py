"""Traffic around what is known in advance, on a straight two-lane road that ends, and in a real town."""

import numpy as np
import pytest

from roadmark.catalog import blueprint
from roadmark.errors import InputError
from roadmark.maps import load_opendrive, parse_opendrive
from roadmark.traffic import (
    ActorSpec,
    Clock,
    Driver,
    MovingActor,
    ScriptedActor,
    SignalPlan,
    TrafficDemand,
    build_network,
    draw_driver,
    draw_drivers,
    plan_signals,
    simulate_vehicles,
)
from roadmark.traffic.limits import MAX_BRAKING
from roadmark.traffic.vehicles.overlap import touching

CLOCK = Clock(30, 451)
CAR = ActorSpec(blueprint("vehicle.audi.tt"))
NO_LIGHTS = SignalPlan({})


def straight(mark="broken", length=700.0):
    lane = f"""<lane id="{{}}" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/>
        <roadMark sOffset="0" type="{mark}" color="white" width="0.12"/></lane>"""
    return build_network(
        parse_opendrive(
            f"""<OpenDRIVE><header revMajor="1" revMinor="4"/><road name="" length="{length}" id="1" junction="-1">
            <type s="0" type="town"><speed max="50" unit="km/h"/></type>
            <planView><geometry s="0" x="0" y="0" hdg="0" length="{length}"><line/></geometry></planView>
            <lanes><laneSection s="0"><center><lane id="0" type="none"/></center>
            <right>{lane.format(-1)}{lane.format(-2)}</right></laneSection></lanes></road></OpenDRIVE>""".encode(),
            "straight",
        )
    )


def along(x, y=-1.75, spec=CAR, yaw=0.0, start=0):
    """A course along x (N,) metres."""
    x = np.asarray(x, float)
    zero = np.zeros(len(x))
    speed = np.gradient(x, CLOCK.step) if len(x) > 1 else zero
    place, rpy = np.stack([x, zero + y, zero], 1), np.stack([zero, zero, zero + yaw], 1)
    return MovingActor(spec, place, rpy, np.stack([speed, zero, zero], 1), zero, start)


def crew(count, seed=0):
    rng = np.random.default_rng(seed)
    return [draw_driver(CAR, rng) for _ in range(count)], rng


def test_a_road_without_links_is_a_network_that_ends():
    network = straight()
    assert [lane.successors for lane in network.lanes] == [(), ()]
    assert network.lanes[0].may_change_right
    assert network.lanes[1].may_change_left
    assert not straight("solid").lanes[0].may_change_right


def test_traffic_queues_behind_one_who_stands():
    network = straight("solid")
    drivers, rng = crew(20)
    stands = ScriptedActor(along(np.full(CLOCK.count, 350.0)))
    drivers = drivers[:8]
    traffic = simulate_vehicles(
        TrafficDemand(network, NO_LIGHTS, drivers, CLOCK, scripted=[stands], focus=np.array([250.0, 0.0])), rng
    )
    same_lane = [one for one in traffic.vehicles if abs(one.positions[0, 1] + 1.75) < 1.0]
    behind = [one for one in same_lane if one.positions[0, 0] < 350.0]
    assert behind
    assert all(one.positions[-1, 0] < 350.0 for one in behind)
    assert not touching([*traffic.vehicles, stands.actor], CLOCK, len(traffic.vehicles))


def test_broken_marks_let_traffic_pass_one_who_is_slow():
    network = straight()
    times = CLOCK.times
    slow = ScriptedActor(along(200.0 + 3.0 * times))
    drivers, rng = crew(6)
    traffic = simulate_vehicles(
        TrafficDemand(network, NO_LIGHTS, drivers, CLOCK, scripted=[slow], focus=np.array([120.0, 0.0])), rng
    )
    assert not touching([*traffic.vehicles, slow.actor], CLOCK, len(traffic.vehicles))
    changed = [one for one in traffic.vehicles if np.ptp(one.positions[:, 1]) > 3.0]
    for one in changed:
        assert np.abs(one.blinkers).max() == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_sudden_stop_ahead_is_met_within_the_limits(seed):
    network = straight("solid")
    times = CLOCK.times
    brakes = 6.0
    x = np.where(times < brakes, 12.0 * times, 12.0 * brakes)
    after = np.clip(times - brakes, 0.0, 12.0 / 8.0)
    x = 150.0 + x + 12.0 * after - 4.0 * after**2
    drivers, rng = crew(12, seed)
    stop = ScriptedActor(along(x))
    traffic = simulate_vehicles(
        TrafficDemand(network, NO_LIGHTS, drivers, CLOCK, scripted=[stop], focus=np.array([150.0, 0.0])), rng
    )
    assert not touching([*traffic.vehicles, stop.actor], CLOCK, len(traffic.vehicles))
    for one in traffic.vehicles:
        if len(one.speed) > 2:
            assert np.gradient(one.speed, CLOCK.step).min() > -MAX_BRAKING


def test_a_scripted_actor_drives_on_with_traffic():
    network = straight()
    actor = along(100.0 + 8.0 * CLOCK.times[:60], y=-2.6)
    drivers, rng = crew(5)
    traffic = simulate_vehicles(
        TrafficDemand(network, NO_LIGHTS, drivers, CLOCK, scripted=[ScriptedActor(actor, True)]), rng
    )
    course = traffic.scripted[0]
    assert course.end == CLOCK.count
    np.testing.assert_array_equal(course.positions[:60], actor.positions)
    steps = np.diff(course.positions[:, 0])
    assert np.abs(np.diff(steps)).max() < 0.01  # m per frame: no jump where traffic takes over
    assert abs(course.positions[-1, 1] + 1.75) < 0.2
    assert course.speed[-1] > 10.0


def test_who_cannot_join_traffic_is_told():
    network = straight()
    actor = along(100.0 - 8.0 * CLOCK.times[:60], y=40.0, yaw=np.pi)
    with pytest.raises(InputError, match="cannot join traffic"):
        simulate_vehicles(
            TrafficDemand(network, NO_LIGHTS, [], CLOCK, scripted=[ScriptedActor(actor, True)]),
            np.random.default_rng(0),
        )


def test_vehicles_leave_where_the_network_ends():
    network = straight(length=300.0)
    drivers, rng = crew(8)
    traffic = simulate_vehicles(TrafficDemand(network, NO_LIGHTS, drivers, Clock(30, 901)), rng)
    assert traffic.vehicles
    assert any(one.end < 901 for one in traffic.vehicles)
    assert all(one.positions[-1, 0] > 290.0 for one in traffic.vehicles if one.end < 901)


def test_cyclists_keep_right_and_cars_follow_them():
    network = straight("solid")
    rng = np.random.default_rng(3)
    bike = ActorSpec(blueprint("vehicle.gazelle.omafiets"))
    drivers = [draw_driver(bike, rng) for _ in range(3)] + [Driver(CAR) for _ in range(6)]
    traffic = simulate_vehicles(
        TrafficDemand(network, NO_LIGHTS, drivers, CLOCK, focus=np.array([150.0, 0.0]), radius=60.0), rng
    )
    bikes = [one for one in traffic.vehicles if one.spec is bike]
    assert bikes
    for one in bikes:
        offset = one.positions[:, 1] + np.where(one.positions[0, 1] > -3.5, 1.75, 5.25)
        assert np.allclose(offset, -1.0, atol=0.05)
        assert one.speed.max() < 7.0
    assert not touching(list(traffic.vehicles), CLOCK, len(traffic.vehicles))


def test_people_on_crosswalks_are_waited_for(data_dir):
    network = build_network(load_opendrive(data_dir / "carla" / "xodr" / "Town10HD.xodr"))
    rng = np.random.default_rng(5)
    walker = ActorSpec(blueprint("walker.pedestrian.0001"))
    outline = network.crosswalks[0]
    corners = outline[[0, 1, 2, 3], :2]
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    k = int(np.argmin(sides))  # a short side: people come over it
    begin = 0.5 * (corners[k] + corners[(k + 1) % 4])
    end = 0.5 * (corners[(k + 2) % 4] + corners[(k + 3) % 4])
    share = np.clip((CLOCK.times - 3.0) * 1.4 / np.linalg.norm(end - begin), 0.0, 1.0)[:, None]
    place = np.column_stack([begin + share * (end - begin), np.full(CLOCK.count, 0.93)])
    zero = np.zeros((CLOCK.count, 3))
    person = MovingActor(walker, place, zero, np.gradient(place, CLOCK.step, axis=0), zero[:, 0])
    drivers = [draw_driver(spec, rng) for spec in draw_drivers(rng, 50)]
    traffic = simulate_vehicles(
        TrafficDemand(
            network, plan_signals(network, rng), drivers, CLOCK, others=[person], focus=outline[0], radius=80.0
        ),
        rng,
    )
    assert traffic.dropped <= 1
    assert not touching([*traffic.vehicles, person], CLOCK, len(traffic.vehicles))


def test_no_drivers_and_no_lanes():
    network = straight()
    assert simulate_vehicles(TrafficDemand(network, NO_LIGHTS, [], CLOCK), np.random.default_rng(0)).vehicles == ()
    few = simulate_vehicles(TrafficDemand(network, NO_LIGHTS, crew(30)[0], CLOCK, count=4), np.random.default_rng(0))
    assert len(few.vehicles) == 4
    assert few.dropped == 26
