"""Whether trainers' formats can hold a sample, asked without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from roadmark.clip import Clip
from roadmark.dataset import DatasetFolder, Sample, sample_record
from roadmark.errors import InputError
from roadmark.formats.cosmos_rl import OneSystemMessage, cosmos_rl_record
from roadmark.formats.export import check_targets
from roadmark.formats.huggingface import huggingface_record
from roadmark.formats.llava import llava_record
from roadmark.formats.published import is_published, published_record
from roadmark.formats.qwen import qwen_record
from roadmark.geometry import PinholeCamera

Fits = Callable[[Sample], object]
"""Raises an `InputError` where a format cannot hold a sample."""

_PINHOLES = ("kitti", "nuscenes")


def checks_of(targets: Sequence[str], dataset: DatasetFolder) -> Mapping[str, Fits]:
    """What each format asks of a dataset's samples; label formats ask it of their clips.

    Raises:
        ConfigError: A target is not known.
    """
    alone: dict[str, Fits] = {
        "llava": llava_record,
        "published": lambda sample: published_record(sample) if is_published(sample) else None,
        "qwen": qwen_record,
        "cosmos-rl": _CosmosRl(),
        "hf": huggingface_record,
        "webdataset": sample_record,
    }
    return {name: alone.get(name) or _OfClip(name, dataset) for name in check_targets(list(targets))}


class _CosmosRl:
    """It has one system message for all samples."""

    def __init__(self) -> None:
        self._system = OneSystemMessage()

    def __call__(self, sample: Sample) -> None:
        cosmos_rl_record(sample)
        self._system.take(sample)


class _OfClip:
    """Looks at every clip once."""

    def __init__(self, name: str, dataset: DatasetFolder) -> None:
        self._name, self._dataset = name, dataset
        self._seen: set[str] = set()

    def __call__(self, sample: Sample) -> None:
        if sample.clip in self._seen:
            return
        self._seen.add(sample.clip)
        clip = Clip.open(self._dataset.clip_folder(sample.clip))
        if self._name in _PINHOLES and not isinstance(clip.camera, PinholeCamera):
            raise InputError(f"{clip.path}: holds pinhole cameras, not {type(clip.camera).__name__}")
        clip[0].file("rgb")
