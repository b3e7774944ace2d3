"""Whole runs: from a YAML file to scenarios, clips, augmented clips, a dataset and a report, resumed at any moment."""

from roadmark.recipe.estimate import Estimate, estimate
from roadmark.recipe.how import How, Listener
from roadmark.recipe.layout import Layout
from roadmark.recipe.load import load_pipeline
from roadmark.recipe.planned import PlannedStage
from roadmark.recipe.settings import STEPS, PipelineSettings
from roadmark.recipe.whole_run import WholeRun

__all__ = [
    "STEPS",
    "Estimate",
    "How",
    "Layout",
    "Listener",
    "PipelineSettings",
    "PlannedStage",
    "WholeRun",
    "estimate",
    "load_pipeline",
]
