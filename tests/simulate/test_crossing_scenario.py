"""The sample scenario as a recording."""

import numpy as np
import pytest

from roadmark.catalog import VehicleLight
from roadmark.errors import OutputError
from roadmark.scenario import ActorKind, read_log
from sample_crossing import write_crossing
from sample_crossing.scenario import crossing_scenario
from sample_crossing.script import CONTACT, RUNNER, STRUCK, parts


def test_the_recording_is_the_scenario(tmp_path):
    scenario = crossing_scenario()
    found = read_log(write_crossing(tmp_path).recording)
    assert found.warnings == ()
    np.testing.assert_array_equal(found.times, scenario.times)
    for key, track in scenario.tracks.items():
        np.testing.assert_allclose(found.tracks[key].positions, track.positions, rtol=2e-7, atol=1e-7)
    assert {c.actor_ids for c in found.collisions} == {(RUNNER, STRUCK), (STRUCK, RUNNER)}
    assert {(c.start, c.start_frame, c.end_frame) for c in found.collisions} == {(CONTACT, 53, 55)}


def test_everyone_is_at_the_scripted_place_with_the_scripted_lamps():
    state = crossing_scenario().state_at(1.0)
    for part in parts():
        actor = state.find(part.actor_id)
        x, y, _ = part.course(1.0)
        np.testing.assert_allclose(actor.pose.translation, [x, y, part.origin_height], atol=1e-9)
        assert actor.light_flags == (part.lights(1.0) if actor.actor.kind is ActorKind.VEHICLE else 0)
    assert state.find(22).brake == 1.0
    assert state.find(22).light_flags & VehicleLight.BRAKE


def test_the_struck_car_spins_after_the_contact_only():
    scenario = crossing_scenario()
    assert scenario.state_at(CONTACT - 0.5).find(STRUCK).yaw_rate == 0.0
    assert scenario.state_at(CONTACT + 0.2).find(STRUCK).yaw_rate > 0.3  # 0.55 rad/s, fading
    assert scenario.state_at(CONTACT + 0.2).find(RUNNER).yaw_rate < -0.3


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        write_crossing(tmp_path / "file" / "demo")
