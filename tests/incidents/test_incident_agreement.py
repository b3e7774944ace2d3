"""What scripts declare is what the independent detector finds, no more and no less."""

import pytest
from incident_samples import TOWNS, disagreement, plan_of, scene_of

from roadmark.incidents import INCIDENTS


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("name", [name for name in INCIDENTS if name not in {"none", "collision"}])
def test_the_detector_finds_exactly_what_was_planned(data_dir, town, name):
    for seed in range(3):
        plan, scene = plan_of(data_dir, town, name, seed), scene_of(data_dir, town, seed % 3)
        assert disagreement(scene, plan) == ""
