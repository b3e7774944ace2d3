"""Two hundred scenarios over all incidents and three maps: each holds exactly what was asked for, and nothing else."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "make_report.py"
COUNT = 200


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_report", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_report"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["make_report"]


@pytest.mark.slow
@pytest.mark.no_cover  # its seven minutes are three without the tracer
def test_two_hundred_scenarios_hold_exactly_what_was_asked_for(script, tmp_path):
    recipes = script.recipes(COUNT, seed=0, cameras=False)
    assert len(recipes) == 3
    assert sum(recipe.total for recipe in recipes) == COUNT
    measured = [one for recipe in recipes for one in script.measure(recipe, tmp_path)]
    wrong = [f"{one.map_name} {one.name}: {fault}" for one in measured for fault in one.faults]
    assert not wrong, "\n".join(wrong)
    assert len(measured) == COUNT
    assert {one.incident for one in measured} == set(script.KINDS)
    assert len({one.map_name for one in measured}) == 3
    page = script.report(measured, 0)
    assert f"{COUNT} of {COUNT} contain exactly" in page
    assert not any(path.suffix == ".log" for path in tmp_path.rglob("*"))
