"""From clips and their augmentations to a dataset of questions: marks, questions, balance, splits, bias report."""

from roadmark.vqa.bias import Bias, BiasReport, measure_bias
from roadmark.vqa.recompute import AnswersFromLabels
from roadmark.vqa.run import STAGES, DatasetRun, build_dataset, plan_dataset
from roadmark.vqa.settings import DatasetSettings
from roadmark.vqa.videos import FoundVideos, ShownVideo, find_videos, left_over

__all__ = [
    "STAGES",
    "AnswersFromLabels",
    "Bias",
    "BiasReport",
    "DatasetRun",
    "DatasetSettings",
    "FoundVideos",
    "ShownVideo",
    "build_dataset",
    "find_videos",
    "left_over",
    "measure_bias",
    "plan_dataset",
]
