"""One clip as the page reads it: streams, versions, events, questions, verification, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadmark.clip import AugmentedClip, Clip, ClipEvent
from roadmark.dataset import negative_path, read_negatives
from roadmark.errors import RoadmarkError
from roadmark.files import has_file
from roadmark.report.folder import ShownClip
from roadmark.report.happenings import actor_names, event_rows
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
from roadmark.report.verdicts import details, table_row
from roadmark.verify import Verification, read_verification, verification_file

CONDITIONS = ("weather", "lighting", "road")


@dataclass(frozen=True)
class Version:
    """The clip itself or one of its augmentations.

    Attributes:
        name: `original`, or the augmentation's.
        conditions: Value of weather, lighting and road, as far as they are known.
        facts: Its provenance.
        verification: None where there is none.
    """

    name: str
    conditions: Mapping[str, str]
    facts: Sequence[tuple[str, str]] = ()
    verification: Verification | None = None

    @property
    def title(self) -> str:
        """What the page calls it."""
        values = [value.replace("_", " ") for value in self.conditions.values()]
        return " · ".join(values) or self.name.replace("_", " ")

    def record(self) -> dict[str, Any]:
        """What the page reads."""
        record: dict[str, Any] = {"name": self.name, "title": self.title, "facts": self.facts}
        if self.verification is not None:
            record["verification"] = table_row(self.verification) | details(self.verification)
        return record


@dataclass(frozen=True)
class ClipPage:
    """A clip, read.

    Attributes:
        shown: Where it lies.
        clip: Its labels; None where they are not there.
        streams: What can be looked at.
        versions: The clip itself first.
        events: Of its labels.
        negatives: Pairs that do not collide.
        questions: What the page shows of its samples.
        problems: What could not be shown.
        thumbnail: A `data:` address; empty where there is no picture.
    """

    shown: ShownClip
    clip: Clip | None
    streams: Sequence[Stream]
    versions: Sequence[Version]
    events: Sequence[ClipEvent]
    negatives: Sequence[ClipEvent]
    questions: Sequence[Mapping[str, Any]]
    problems: Sequence[str]
    thumbnail: str

    @property
    def row(self) -> dict[str, Any]:
        """What the list of clips shows."""
        frames, fps = self._length()
        return {
            "name": self.shown.name,
            "thumbnail": self.thumbnail,
            "seconds": round(frames / fps, 2) if frames and fps else None,
            "map": self.clip.manifest.map_name if self.clip else "",
            "events": sorted({event.category for event in self.events}),
            "versions": [version.name for version in self.versions],
            "verdicts": [version.verification.verdict for version in self.versions if version.verification],
            "families": dict(sorted(Counter(question["family"] for question in self.questions).items())),
            "sides": sorted({question.get("side", "") for question in self.questions} - {""}),
            "questions": len(self.questions),
            "problems": len(self.problems),
        }

    def record(self, stream_record: Callable[[Stream], dict[str, Any]]) -> dict[str, Any]:
        """Everything the page shows of the clip.

        Args:
            stream_record: Makes what the page reads of a stream.
        """
        frames, fps = self._length()
        actors = {actor for event in (*self.events, *self.negatives) for actor in event.actor_ids}
        actors |= {actor for question in self.questions for _, actor in question.get("marks", ())}
        return {
            "name": self.shown.name,
            "frames": frames,
            "fps": fps,
            "size": list(self.clip.size) if self.clip else None,
            "streams": [stream_record(stream) for stream in self.streams],
            "versions": [version.record() for version in self.versions],
            "events": event_rows(self.events) + event_rows(self.negatives, negative=True),
            "actors": self._names(actors),
            "questions": self.questions,
            "problems": self.problems,
        }

    def _length(self) -> tuple[int | None, float | None]:
        """Frames and frames per second: the labels', else those of a video of the clip itself, else of any."""
        if self.clip is not None:
            return len(self.clip), float(self.clip.fps)
        for stream in sorted(self.streams, key=lambda stream: stream.version != ORIGINAL):
            if stream.frames and stream.fps:
                return stream.frames, float(stream.fps)
        return None, None

    def _names(self, actors: Iterable[int]) -> dict[str, list[str]]:
        if self.clip is None:
            return {}
        captions: Mapping[int, str] = {}
        with suppress(RoadmarkError):  # told when the clip was opened
            captions = self.clip.captions
        return actor_names(self.clip, captions, actors)


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
    streams = [
        checked(Stream(**(vars(stream) | {"frame_map": frame_maps.get(stream.version)})), name, problems, clip)
        for stream in streams
    ]
    streams = merged(streams)
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
