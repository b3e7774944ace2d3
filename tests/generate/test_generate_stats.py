"""Statistics of a folder: exact counts, and a picture."""

import shutil
from collections import Counter

import numpy as np
import pytest
from generate_samples import crossing, found_for, recipe

from roadmark.errors import InputError
from roadmark.generate import ScenarioPaths, scenario_facts, stats_picture, totals, write_scenario
from roadmark.media import decode_image
from roadmark.scenario import ActorKind, read_log

INCIDENTS = ("red_light", "none", "pedestrian_collision")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three scenarios."""
    made = tmp_path_factory.mktemp("stats")
    for incident in INCIDENTS:
        paths = ScenarioPaths(made / f"{incident}.log")
        write_scenario(found_for(incident), recipe(), crossing()[0], paths, replace=False)
    return made


def test_counts_are_exact(folder):
    facts = scenario_facts(folder)
    sums = totals(facts)
    expected = Counter(event.kind for incident in INCIDENTS for event in found_for(incident).events)
    assert sums.incidents == expected + Counter(["none"])
    assert (sums.scenarios, sums.seconds) == (3, 30.0)
    people = [found_for(incident).draw.scenario.of_kind(ActorKind.WALKER) for incident in INCIDENTS]
    assert sums.actors["pedestrian"] == sum(map(len, people))
    assert sums.actors.total() == sum(len(found_for(incident).draw.moving) for incident in INCIDENTS)
    assert [fact.name for fact in facts] == sorted(INCIDENTS)


def test_speeds_density_and_times_are_those_of_the_recording(folder):
    fact = next(one for one in scenario_facts(folder) if one.name == "red_light")
    scenario = read_log(folder / "red_light.log")
    event = found_for("red_light").events[0]
    assert fact.event_times == pytest.approx((event.start,), abs=1e-6)
    speeds = []
    for actor in scenario.of_kind(ActorKind.WALKER):
        for second in range(11):
            state = scenario.state_at(float(second)).find(actor.id)
            if state is not None and np.linalg.norm(scenario.tracks[actor.key].velocities[30 * second]) > 0.3:
                speeds.append(np.linalg.norm(scenario.tracks[actor.key].velocities[30 * second]))
    np.testing.assert_allclose(fact.walker_speeds, sorted(speeds), atol=1e-6)
    place = np.array(event.place.position)
    near = [
        actor.actor.id
        for actor in scenario.state_at(event.start).actors
        if actor.actor.kind in (ActorKind.VEHICLE, ActorKind.WALKER)
        and np.linalg.norm(actor.pose.translation - place) < 50.0
    ]
    assert fact.density == len(near) > 0
    assert fact.camera_distances == ()


def test_recordings_without_events_or_cameras_count_too(folder, tmp_path):
    shutil.copy(folder / "red_light.log", tmp_path / "alone.log")
    (fact,) = scenario_facts(tmp_path)
    assert fact.incidents == ("none",)
    assert (fact.density, fact.camera_distances, fact.event_times) == (None, (), ())
    assert decode_image(stats_picture([fact], "alone")).ndim == 3


def test_the_picture_has_its_size_and_the_same_bytes_again(folder):
    facts = scenario_facts(folder)
    data = stats_picture(facts, "three")
    assert data.startswith(b"\x89PNG")
    assert decode_image(data).shape == (880, 1430, 3)
    assert stats_picture(facts, "three") == data
    assert stats_picture(facts[:1], "three") != data


def test_folders_without_recordings_are_errors(tmp_path):
    with pytest.raises(InputError, match="holds no recording .*roadmark scenario generate"):
        scenario_facts(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        scenario_facts(tmp_path / "nowhere")
