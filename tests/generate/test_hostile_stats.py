"""Statistics of recordings with numbers that no street knows, and of odd folders."""

import numpy as np
import pytest
from generate_samples import crossing, found_for, recipe

from roadmark.errors import InputError
from roadmark.generate import ScenarioPaths, scenario_facts, stats_picture, write_scenario
from roadmark.scenario import Actor, ActorKind, Scenario, Track, write_log


def test_gaps_of_years_and_speeds_beyond_all_streets_need_no_memory(tmp_path):
    times, x = np.array([0.0, 0.5, 1.0, 2.0, 9e8]), np.array([0.0, 5.0, 10.0, 5e6, 5e6])
    track = Track(9, times, np.arange(5), np.stack([x, 0.0 * x, 0.0 * x], axis=1), np.zeros((5, 3)))
    car = Actor(9, ActorKind.VEHICLE, "vehicle.tesla.model3")
    write_log(Scenario("Nowhere", times, np.arange(1, 6), {car.key: car}, {car.key: track}), tmp_path / "one.log")
    facts = scenario_facts(tmp_path)
    assert 2 <= len(facts[0].vehicle_speeds) <= 4
    assert facts[0].vehicle_speeds[0] == pytest.approx(10.0, rel=1e-3)
    assert facts[0].vehicle_speeds[-1] > 1e5
    assert stats_picture(facts, "fast").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["one.events.json", "one.yaml"])
def test_folders_beside_a_recording_are_named(tmp_path, name):
    paths = ScenarioPaths(tmp_path / "one.log")
    write_scenario(found_for("none"), recipe(), crossing()[0], paths, replace=False)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=f"{name}: is not a regular file"):
        scenario_facts(tmp_path)
