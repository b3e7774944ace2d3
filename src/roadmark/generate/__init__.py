"""Scenarios from nothing: recipes, the search for an incident in view, files and statistics."""

from roadmark.generate.demo import Demo, write_demo_scenario
from roadmark.generate.draw import Draw, draw_scenario
from roadmark.generate.files import ScenarioPaths, write_scenario
from roadmark.generate.place import Place, load_place, map_path, write_map
from roadmark.generate.recipe import Recipe, resolve_recipe
from roadmark.generate.search import Found, judge, search_scenario
from roadmark.generate.stage import GenerateStage, generate_items, scenario_names
from roadmark.generate.stats import ScenarioFacts, Totals, scenario_facts, totals
from roadmark.generate.stats_picture import stats_picture

__all__ = [
    "Demo",
    "Draw",
    "Found",
    "GenerateStage",
    "Place",
    "Recipe",
    "ScenarioFacts",
    "ScenarioPaths",
    "Totals",
    "draw_scenario",
    "generate_items",
    "judge",
    "load_place",
    "map_path",
    "resolve_recipe",
    "scenario_facts",
    "scenario_names",
    "search_scenario",
    "stats_picture",
    "totals",
    "write_demo_scenario",
    "write_map",
    "write_scenario",
]
