"""What every engine promises, measured on its output; SUMO's only where the extra `sumo` is installed."""

import numpy as np
import pytest

from roadmark.errors import ConfigError, InputError, MissingExtraError
from roadmark.events import audit
from roadmark.maps import load_opendrive
from roadmark.towns import build_town
from roadmark.traffic import (
    ENGINES,
    ActorSpec,
    Clock,
    MovingActor,
    ScriptedActor,
    TrafficDemand,
    build_network,
    draw_driver,
    draw_drivers,
    plan_signals,
    to_scenario,
    vehicle_engine,
    vehicle_spec,
)
from roadmark.traffic.limits import MAX_ACCELERATION, MAX_BRAKING, MAX_LATERAL
from roadmark.traffic.sumo import programs
from roadmark.traffic.sumo.lights import light_programs
from roadmark.traffic.sumo.net import net_of, read_net

CLOCK = Clock(10, 121)


def _needs_sumo():
    try:
        programs.program("sumo")
    except MissingExtraError as error:
        return str(error)
    return ""


needs_sumo = pytest.mark.skipif(bool(_needs_sumo()), reason=_needs_sumo() or "installed")
EVERY = [pytest.param(name, marks=needs_sumo if name == "sumo" else ()) for name in ENGINES]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "grid.xodr"
    path.write_bytes(build_town("grid", 1))
    return path, build_network(load_opendrive(path))


@pytest.fixture(scope="module")
def parked_car(town):
    """Someone who stands in the middle of a lane from start to end."""
    _, network = town
    lane = max((lane for lane in network.lanes if lane.junction is None), key=lambda lane: lane.length)
    at = 0.5 * lane.length
    place, yaw = lane.path.position(at), float(lane.path.heading(at))
    still = np.tile(place, (CLOCK.count, 1))
    spec = vehicle_spec("vehicle.carlamotors.carlacola", np.random.default_rng(0))
    angles = np.tile([0.0, 0.0, yaw], (CLOCK.count, 1))
    return MovingActor(spec, still, angles, np.zeros_like(still), np.zeros(CLOCK.count))


def drive(name, town, seed=3, **values):
    path, network = town
    rng = np.random.default_rng(seed)
    signals = plan_signals(network, rng)
    drivers = [draw_driver(spec, rng) for spec in draw_drivers(rng, 30)]
    return signals, vehicle_engine(name, path).drive(TrafficDemand(network, signals, drivers, CLOCK, **values), rng)


@pytest.fixture(scope="module", params=EVERY)
def driven(request, town, parked_car):
    signals, traffic = drive(request.param, town, scripted=[ScriptedActor(parked_car)], focus=parked_car.positions[0])
    return town[1], signals, traffic


def test_most_drive_and_all_are_accounted_for(driven):
    traffic = driven[2]
    assert len(traffic.vehicles) + traffic.dropped == 30
    assert len(traffic.vehicles) == len(traffic.drivers) >= 12
    assert np.mean([actor.speed.max() > 2.0 for actor in traffic.vehicles]) > 0.3


def test_nothing_happens_that_should_not(driven):
    network, signals, traffic = driven
    scenario = to_scenario(network, signals, [*traffic.scripted, *traffic.vehicles], CLOCK)
    assert audit(scenario, network.road_map) == []


def test_courses_keep_to_the_limits_without_jumps(driven):
    for actor in driven[2].vehicles:
        place, step = actor.positions[:, :2], CLOCK.step
        push = (place[2:] - 2.0 * place[1:-1] + place[:-2]) / step**2
        yaw = actor.rpy[1:-1, 2]
        ahead = push[:, 0] * np.cos(yaw) + push[:, 1] * np.sin(yaw)
        aside = push[:, 1] * np.cos(yaw) - push[:, 0] * np.sin(yaw)
        assert ahead.min(initial=0.0) > -MAX_BRAKING
        assert ahead.max(initial=0.0) < MAX_ACCELERATION
        assert np.abs(aside).max(initial=0.0) < MAX_LATERAL
        moved = np.hypot(*np.diff(place, axis=0).T)
        assert (moved <= np.maximum(actor.speed[:-1], actor.speed[1:]) * step + 0.03).all()


def test_scripted_courses_stay(driven, parked_car):
    assert driven[2].scripted[0] is parked_car


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_courses(name, town):
    one, two = (drive(name, town)[1].vehicles for _ in range(2))
    assert len(one) == len(two) > 0
    assert all(a.positions.tobytes() == b.positions.tobytes() for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("name", EVERY)
def test_at_most_as_many_as_wanted(name, town):
    assert len(drive(name, town, count=5)[1].vehicles) == 5


def test_engines_that_nobody_knows():
    with pytest.raises(ConfigError, match="no engine 'matsim'; there are embedded, sumo"):
        vehicle_engine("matsim", None)


def test_a_missing_extra_is_named(monkeypatch, town):
    monkeypatch.setattr(programs, "_home", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingExtraError, match=r"eclipse-sumo is not installed.*roadmark\[sumo\]"):
        programs.program("sumo")


@needs_sumo
def test_every_light_of_ours_is_sumos(town):
    path, network = town
    net = net_of(path, None)
    signals = plan_signals(network, np.random.default_rng(1))
    text = "\n".join(light_programs(net, network, signals, 12.0, 30.0))
    assert {link.light for link in net.links} == {part.split('"')[0] for part in text.split('<tlLogic id="')[1:]}
    assert not any(set(state.split('"')[0]) == {"g"} for state in text.split('state="')[1:])


@needs_sumo
def test_networks_and_routes_of_the_user(town, tmp_path):
    path, network = town
    made = net_of(path, None)
    given = tmp_path / "own.net.xml"
    given.write_bytes(made.path.read_bytes())
    straight = [lane for lane in made.lanes if np.hypot(*(lane.shape[-1] - lane.shape[0])) > lane.length - 0.05]
    lane = max(straight, key=lambda lane: lane.length)
    routes = tmp_path / "own.rou.xml"
    routes.write_text(
        f'<routes><vType id="slow" maxSpeed="5"/><route id="r" edges="{lane.edge}"/>'
        f'<vehicle id="one" type="slow" route="r" depart="9" departPos="10"/>'
        f'<vehicle id="two" type="slow" route="r" depart="12"/></routes>'
    )
    rng = np.random.default_rng(0)
    drivers = [draw_driver(ActorSpec(vehicle_spec("vehicle.audi.tt", rng).blueprint, (1, 2, 3)), rng)] * 2
    engine = vehicle_engine("sumo", path, given, routes)
    traffic = engine.drive(TrafficDemand(network, plan_signals(network, rng), drivers, CLOCK), rng)
    assert traffic.drivers == (0, 1)
    assert traffic.vehicles[0].start == 0
    assert all(actor.spec.blueprint.id == "vehicle.audi.tt" for actor in traffic.vehicles)


@needs_sumo
def test_files_that_sumo_cannot_use(town, tmp_path):
    path, network = town
    wrong = tmp_path / "wrong.net.xml"
    wrong.write_text("<net><edge id='a'><lane id='a_0' index='0' length='3' shape='0,0 1'/></edge></net>")
    with pytest.raises(InputError, match="is no network of SUMO's"):
        read_net(wrong)
    wrong.write_text("<net/>")
    with pytest.raises(InputError, match="has no lane for cars"):
        read_net(wrong)
    routes = tmp_path / "wrong.rou.xml"
    routes.write_text("<routes><vehicle id='a' route='nowhere' depart='0'/></routes>")
    rng = np.random.default_rng(0)
    drivers = [draw_driver(vehicle_spec("vehicle.audi.tt", rng), rng)]
    engine = vehicle_engine("sumo", path, net_of(path, None).path, routes)
    with pytest.raises(InputError, match="SUMO stopped: .*nowhere"):
        engine.drive(TrafficDemand(network, plan_signals(network, rng), drivers, CLOCK), rng)
