"""One clip as the page reads it: streams, versions, events, questions, verification, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from roadmark.clip import Clip, ClipEvent
from roadmark.errors import RoadmarkError
from roadmark.report.folder import ShownClip
from roadmark.report.happenings import actor_names, event_rows
from roadmark.report.streams import ORIGINAL, Stream
from roadmark.report.verdicts import details, table_row
from roadmark.verify import Verification

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
