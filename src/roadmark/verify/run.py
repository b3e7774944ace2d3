"""Judging one augmented video: everything is measured in one pass over its frames."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.errors import ConfigError, FormatError
from roadmark.media import read_ahead
from roadmark.verify.appearance import Appearance, appearance, mean_appearance
from roadmark.verify.container import Liveliness, check_video
from roadmark.verify.edge_agreement import BoundaryRecall, EdgeAgreement
from roadmark.verify.flicker import Flicker
from roadmark.verify.frames import ComparedFrame, Metric
from roadmark.verify.limits import Limits, Look, limits_for, looks_for
from roadmark.verify.objects import ObjectFinding, ObjectTracker
from roadmark.verify.outcomes import Bounded, Measured, NotMeasured, Outcome
from roadmark.verify.published import SOURCE as PUBLISHED_SOURCE
from roadmark.verify.published import published
from roadmark.verify.reading import compared_frames, mirrored, strangers
from roadmark.verify.scene_shift import SceneShift
from roadmark.verify.similarity import BlurSsim
from roadmark.verify.verdict import look_reasons, metric_limits, metric_reasons, object_reasons
from roadmark.verify.verification import LookRecord, MetricRecord, Number, ObjectRecord, Verification

EVERY = 5
"""Judged is every how many frames, by default."""
BOUND_FRAMES = 2
"""Frames that the bounds of identity and chance are measured on: they hardly vary."""
LOOK_FRAMES = 4
"""Frames that the conditions' looks are measured on."""
MIRROR_ROADS = ("puddles", "flooding")
GAINED = "_gained"
"""Ending of a look's number that is a difference from the source."""
DAYLIGHT = ("mid_morning", "afternoon", "zenith")


@dataclass(frozen=True)
class VerifyOptions:
    """How a video is judged.

    Attributes:
        every: Every how many frames are judged.
        limits: What is asked of it; None takes what is asked under its conditions.
    """

    every: int = EVERY
    limits: Limits | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ConfigError(f"every = {self.every}: judge every frame (1) or fewer of them (5)")


def verify_video(
    clip: Clip,
    video: Path,
    conditions: Conditions | None,
    *,
    frame_map: Sequence[int] | None = None,
    controls: Collection[str] = (),
    shuffled: Path | None = None,
    options: VerifyOptions = VerifyOptions(),
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Judge an augmented video by its source clip's labels, on the CPU and without a model.

    Args:
        clip: The source.
        video: The augmented video.
        conditions: What it was asked to show; None checks no looks and takes the strictest limits.
        frame_map: Source frame of every frame; None is one to one.
        controls: Names of the controls that bound it to its source, for the published numbers.
        shuffled: A video of another scene, for the bound of chance; None takes this one turned left to right.
        options: How it is judged.
        progress: Told of every judged frame by its number.

    Returns:
        The verification; `verdict` and `reasons` sum it up.

    Raises:
        InputError: The video is not there, or the clip lacks what it is judged by.
        FormatError: A label file is malformed.
    """
    gathered = _Gathered(clip, conditions, options.limits or limits_for(conditions), shuffled)
    try:
        _info, faults = check_video(clip, video, frame_map)
        if not faults:
            frames = read_ahead(lambda: compared_frames(clip, video, frame_map, options.every))
            with closing(frames):  # type: ignore[type-var]  # a generator
                for number, frame in frames:
                    gathered.add(number, frame)
                    if progress is not None:
                        progress(number)
            faults = gathered.lively.faults()
    except FormatError as error:
        if error.path != video:
            raise
        faults = [f"cannot be read to its end: {error}"]
    return gathered.verification(video, tuple(controls), options.every, faults)


class _Gathered:
    """Everything that is measured, frame by frame."""

    def __init__(self, clip: Clip, conditions: Conditions | None, limits: Limits, shuffled: Path | None) -> None:
        self._clip, self._conditions, self._limits = clip, conditions, limits
        self._metrics: list[Metric] = [BlurSsim(), EdgeAgreement(), BoundaryRecall(), Flicker(), SceneShift()]
        self._identity: list[Metric] = [BlurSsim(), EdgeAgreement(), Flicker(), SceneShift()]
        self._identity_recall = BoundaryRecall()
        self._chance: list[Metric] = [BlurSsim(), EdgeAgreement(), BoundaryRecall()]
        self._strangers = None if shuffled is None else strangers(shuffled, clip.size, BOUND_FRAMES)
        self._shuffled_with = (
            "the video itself, turned left to right" if shuffled is None else "a video of another clip"
        )
        self._objects = ObjectTracker(limits)
        self.lively = Liveliness()
        self._looks = () if conditions is None else looks_for(conditions)
        self._source_looks: list[Appearance] = []
        self._result_looks: list[Appearance] = []
        self._frames = 0

    def add(self, number: int, frame: ComparedFrame) -> None:
        """Measure a frame."""
        self.lively.add(frame, number)
        for metric in self._metrics:
            metric.add(frame)
        self._objects.add(frame)
        itself = frame.as_identity()
        self._identity_recall.add(itself)
        if self._frames < BOUND_FRAMES:
            for metric in self._identity:
                metric.add(itself)
            stranger = mirrored(frame.result)
            if self._strangers:
                stranger = self._strangers[self._frames % len(self._strangers)]
            for metric in self._chance:
                metric.add(frame.against(stranger))
        if self._conditions is not None and self._frames < LOOK_FRAMES:
            wet = self._conditions.road in MIRROR_ROADS
            self._result_looks.append(appearance(frame.result, frame.truth, mirror=wet))
            self._source_looks.append(appearance(frame.source, frame.truth, mirror=wet))
        self._frames += 1

    def verification(self, video: Path, controls: tuple[str, ...], every: int, faults: Sequence[str]) -> Verification:
        """Everything summed up."""
        metrics = self._bounded(controls)
        limits = metric_limits(metrics, self._limits)
        findings = self._objects.findings()
        looks = [self._look(look) for look in self._looks] if self._result_looks else []
        reasons = [f"the video {fault}" for fault in faults]
        reasons += metric_reasons(metrics, limits)
        reasons += object_reasons(findings, self._clip.events())
        reasons += look_reasons(looks)
        conditions = self._conditions
        return Verification(
            video=video.name,
            source_digest=self._clip.digest,
            conditions=None if conditions is None else conditions.selections(),
            controls=tuple(sorted(controls)),
            every=every,
            judged=self._frames,
            shuffled_with=self._shuffled_with,
            published_source=PUBLISHED_SOURCE,
            faults=tuple(faults),
            metrics={name: MetricRecord.of(bounded, limits.get(name)) for name, bounded in metrics.items()},
            looks=tuple(looks),
            objects={str(it.actor_id): ObjectRecord.of(it, self._ranges(it, every)) for it in findings},
            verdict="reject" if reasons else "accept",
            reasons=tuple(reasons),
            notes=tuple(_notes(self._clip, findings)),
        )

    def _bounded(self, controls: tuple[str, ...]) -> dict[str, Bounded]:
        identity = _outcomes([*self._identity, self._identity_recall])
        chance = _outcomes(self._chance)
        none = NotMeasured("chance says nothing about it")
        return {
            name: Bounded(value, identity[name], chance.get(name, none), published(name, controls))
            for name, value in _outcomes(self._metrics).items()
        }

    def _look(self, look: Look) -> LookRecord:
        value = self._look_number(look.number, self._result_looks)
        return LookRecord(
            number=look.number,
            because=look.because,
            value=Number.of(value),
            source=Number.of(self._look_number(look.number, self._source_looks)),
            at_least=look.at_least,
            at_most=look.at_most,
            holds=look.fits(value.value) if look.decides and isinstance(value, Measured) else None,
        )

    def _look_number(self, name: str, samples: list[Appearance]) -> Outcome:
        wanted = name.removesuffix(GAINED)
        number = getattr(mean_appearance(samples), wanted)
        if wanted != name:
            if not _is_plain(self._clip):
                return NotMeasured("the source's own road is not dry by day")
            number -= getattr(mean_appearance(self._source_looks), wanted)
        return Measured(number) if np.isfinite(number) else NotMeasured("the picture shows too little of it")

    def _ranges(self, finding: ObjectFinding, every: int) -> tuple[tuple[int, int], ...]:
        """Source frames nearest to those in which an object was found invisible, as first and last of every run."""
        ranges: list[tuple[int, int]] = []
        for index in finding.invisible:
            first, last = max(0, index - every // 2), min(len(self._clip) - 1, index + (every - 1) // 2)
            if ranges and ranges[-1][1] + 1 >= first:
                first = ranges.pop()[0]
            ranges.append((first, last))
        return tuple(ranges)


def _is_plain(clip: Clip) -> bool:
    """Whether a clip shows a dry road by day."""
    shown = clip.manifest.conditions
    return shown.get("road") == "dry" and shown.get("lighting") in DAYLIGHT


def _outcomes(metrics: Sequence[Metric]) -> Mapping[str, Outcome]:
    return {name: outcome for metric in metrics for name, outcome in metric.outcomes().items()}


def _notes(clip: Clip, findings: Sequence[ObjectFinding]) -> list[str]:
    if clip.manifest.instance_encoding != "actor-id":
        return ["objects are not judged: the clip's instance images do not hold actors' ids"]
    hidden = [f"{finding.category} {finding.actor_id}" for finding in findings if finding.state == "not visible"]
    return [f"not visible, and not to be asked about: {', '.join(hidden)}"] if hidden else []
