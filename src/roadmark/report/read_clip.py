"""Reading a clip with everything that belongs to it; what is missing or damaged becomes a problem of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from roadmark.clip import AugmentedClip, Clip, ClipEvent
from roadmark.dataset import negative_path, read_negatives
from roadmark.files import has_file
from roadmark.report.clip_page import CONDITIONS, ClipPage, Version
from roadmark.report.folder import ShownClip
from roadmark.report.problems import Problems
from roadmark.report.provenance import augmentation_facts, clip_facts
from roadmark.report.streams import (
    ORIGINAL,
    Stream,
    augmented_stream,
    checked,
    clip_streams,
    dataset_stream,
    dataset_streams,
    merged,
)
from roadmark.report.thumbnails import thumbnail
from roadmark.verify import read_verification, verification_file


def read_clip_page(
    shown: ShownClip, root: Path, questions: Sequence[Mapping[str, Any]], problems: Problems
) -> ClipPage:
    """Read everything about a clip; what is missing or damaged becomes a problem of it.

    Args:
        shown: Where it lies.
        root: The folder that is shown.
        questions: What the page shows of its samples.
        problems: Takes what is wrong.
    """
    name = shown.name
    clip = _open_clip(shown, problems)
    events, negatives = _read_events(shown, clip, problems)
    streams: list[Stream] = []
    if shown.media is not None:
        with problems.contained(name):
            streams += dataset_streams(shown.media, root)
    streams += (dataset_stream(path, root) for path in _asked_media(questions) if path.endswith(".mp4"))
    if clip is not None:
        with problems.contained(name):
            streams += clip_streams(clip)
    versions, augmented_streams = _augmentations(shown, problems)
    streams += augmented_streams
    frame_maps = {stream.version: stream.frame_map for stream in augmented_streams}
    streams = [replace(stream, frame_map=frame_maps.get(stream.version)) for stream in streams]
    streams = merged(checked(stream, name, problems, clip) for stream in streams)
    known = {version.name for version in versions}
    spoken_of = {question["version"] for question in questions if "version" in question}
    for version in sorted(({stream.version for stream in streams} | spoken_of) - known - {ORIGINAL}):
        versions.append(Version(version, {}))
    return ClipPage(
        shown,
        clip,
        streams,
        [_original(clip, problems, name), *sorted(versions, key=lambda version: version.name.rjust(40))],
        events,
        negatives,
        questions,
        problems.of(name),
        thumbnail(clip, events, streams),
    )


def _open_clip(shown: ShownClip, problems: Problems) -> Clip | None:
    if shown.folder is None:
        if shown.media is not None:
            problems.tell("sources.json does not say where this clip lies: no labels, events or modalities", shown.name)
        return None
    clip = None
    with problems.contained(shown.name):
        clip = Clip.open(shown.folder)
        clip.captions  # noqa: B018 - read here to be told here
    return clip


def _read_events(shown: ShownClip, clip: Clip | None, problems: Problems) -> tuple[list[ClipEvent], list[ClipEvent]]:
    events: list[ClipEvent] = []
    negatives: list[ClipEvent] = []
    if clip is None:
        return events, negatives
    with problems.contained(shown.name):
        events = clip.events()
    with problems.contained(shown.name):
        here = shown.events is not None and has_file(negative_path(shown.events, 1))
        negatives = read_negatives(shown.events if here and shown.events is not None else clip.path, clip)
    return events, negatives


def _asked_media(questions: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(path for question in questions for path in question["media"]))


def _original(clip: Clip | None, problems: Problems, name: str) -> Version:
    if clip is None:
        return Version(ORIGINAL, {})
    given = clip.manifest.conditions
    facts: list[tuple[str, str]] = []
    with problems.contained(name):
        facts = [fact for fact in clip_facts(clip) if fact[1]]
    return Version(ORIGINAL, {key: str(given[key]) for key in CONDITIONS if given.get(key)}, facts)


def _augmentations(shown: ShownClip, problems: Problems) -> tuple[list[Version], list[Stream]]:
    versions, streams = [], []
    for name, place in shown.augmented.items():
        with problems.contained(shown.name):
            augmented = AugmentedClip.open(place)
            streams.append(augmented_stream(name, augmented))
            verification = None
            with problems.contained(shown.name):
                if has_file(verification_file(augmented.video)):
                    verification = read_verification(augmented.video)
            selections = augmented.record.selections
            conditions = {key: selections[f"{key}_condition"] for key in CONDITIONS if f"{key}_condition" in selections}
            facts = augmentation_facts(augmented.record)
            versions.append(Version(name, conditions, facts, verification))
    return versions, streams
