"""What scripts declare is what the independent detector finds, no more and no less."""

from dataclasses import replace

import pytest
from incident_samples import FPS, TOWNS, plan_of, scene_of

from roadmark.events import Tolerance, agreement, detect_events
from roadmark.incidents import INCIDENTS
from roadmark.traffic import actor_ids, to_scenario


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("name", [name for name in INCIDENTS if name not in {"none", "collision"}])
def test_the_detector_finds_exactly_what_was_planned(data_dir, town, name):
    for seed in range(3):
        plan, scene = plan_of(data_dir, town, name, seed), scene_of(data_dir, town, seed % 3)
        actors = [scripted.actor for scripted in plan.actors]
        ids = actor_ids(scene.signals, len(actors))
        scenario = to_scenario(scene.network, scene.signals, actors, scene.clock, contacts=plan.contacts)
        planned = [
            replace(event, participants=tuple(replace(one, actor_id=ids[one.actor_id]) for one in event.participants))
            for event in plan.events
        ]
        found = agreement(planned, detect_events(scenario, scene.network.road_map), Tolerance(contact=1.0 / FPS))
        assert found.exact, found.describe()
