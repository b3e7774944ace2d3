"""The dataset: training samples for any trainer; their splits, checks and counts; hard negatives."""

from roadmark.dataset.card import card_text, write_card
from roadmark.dataset.checks import check_samples
from roadmark.dataset.folder import BIAS, CARD, SAMPLES, SOURCES, SPLIT, STATISTICS, DatasetFolder
from roadmark.dataset.folder_check import DatasetCheck
from roadmark.dataset.gaps import UprightBoxes, box_gaps
from roadmark.dataset.media_files import locate_media
from roadmark.dataset.negatives import HardNegative, NegativeOptions, find_hard_negatives
from roadmark.dataset.negatives_file import negative_path, read_negatives, write_negatives
from roadmark.dataset.problems import ADVICE, Fault, Problem
from roadmark.dataset.sample import ANSWER_KINDS, MEDIA_TAGS, AnswerKind, Mark, Media, Message, Sample
from roadmark.dataset.sample_file import read_samples, sample_from_record, sample_record, write_samples
from roadmark.dataset.sources import Sources, read_sources, write_sources
from roadmark.dataset.splits import (
    DEFAULT_SHARES,
    GroupBy,
    SplitPlan,
    check_shares,
    group_of,
    hashed_side,
    plan_split,
    read_split,
    write_split,
)
from roadmark.dataset.statistics import Statistics, count_samples
from roadmark.dataset.video_checks import MarksOfVideo

__all__ = [
    "ADVICE",
    "ANSWER_KINDS",
    "BIAS",
    "CARD",
    "DEFAULT_SHARES",
    "MEDIA_TAGS",
    "SAMPLES",
    "SOURCES",
    "SPLIT",
    "STATISTICS",
    "AnswerKind",
    "DatasetCheck",
    "DatasetFolder",
    "Fault",
    "GroupBy",
    "HardNegative",
    "Mark",
    "MarksOfVideo",
    "Media",
    "Message",
    "NegativeOptions",
    "Problem",
    "Sample",
    "Sources",
    "SplitPlan",
    "Statistics",
    "UprightBoxes",
    "box_gaps",
    "card_text",
    "check_samples",
    "check_shares",
    "count_samples",
    "find_hard_negatives",
    "group_of",
    "hashed_side",
    "locate_media",
    "negative_path",
    "plan_split",
    "read_negatives",
    "read_samples",
    "read_sources",
    "read_split",
    "sample_from_record",
    "sample_record",
    "write_card",
    "write_negatives",
    "write_samples",
    "write_sources",
    "write_split",
]
