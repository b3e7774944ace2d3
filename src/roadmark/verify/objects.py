"""Every labelled object over the whole video: is it there, is it where its label is, can it be seen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from roadmark.verify.contrast import SceneGain, brightness_ratio, color_contrast, outline_strength
from roadmark.verify.evidence import DISPLACEMENTS, DISTANCES, evidence
from roadmark.verify.frames import ComparedFrame
from roadmark.verify.limits import Limits
from roadmark.verify.outcomes import ObjectState
from roadmark.verify.outline import Outline, object_outline

JUDGED_PIXELS = 600
"""Mean visible pixels from which an object's presence and place are judged: less agrees, or fails, by chance."""
JUDGED_VISIBLE = 0.3
"""Mean share of an object that must be visible: of what is mostly covered, what covers it is seen."""
SAME_PLACE = 1.5
"""Pixels around its label within which an object is looked for: the more places, the more chance finds."""
FARTHEST_LABELS = 64
"""Objects judged per frame, the largest first: a crowd beyond them adds time and no certainty."""


@dataclass(frozen=True)
class ObjectFinding:
    """What became of an object.

    Attributes:
        actor_id: The actor.
        category: Its class.
        state: `seen`; `moved` from its label; `gone` although it would be visible; `not visible` in this light or air;
            `not judged`: too small or covered.
        evidence: Correlation of what the label foretells with what is there, at the label's place.
        displacement: x, y in pixels from the label to where the evidence is strongest.
        pixels: Mean visible pixels.
        contrast: Mean CIE76 difference across its outline.
        expected: Gray levels per pixel its outline should have kept in this light and air.
        frames: Judged frames that have its label.
        invisible: Source frames among them in which it does not stand out from its surroundings.
    """

    actor_id: int
    category: str
    state: ObjectState
    evidence: float
    displacement: tuple[int, int]
    pixels: float
    contrast: float
    expected: float
    frames: int
    invisible: tuple[int, ...]


@dataclass
class _Sightings:
    """What was measured of one object so far."""

    category: str
    lookalikes: NDArray[np.float64]
    """Evidence in the source itself, at every displacement: what stands beside the object and resembles it."""
    evidence: list[NDArray[np.float64]] = field(default_factory=list)
    pixels: list[int] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)
    contrasts: list[tuple[int, float]] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)


class ObjectTracker:
    """Gathers evidence for every labelled object.

    Args:
        limits: What is asked of the video.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sightings: dict[int, _Sightings] = {}

    def add(self, frame: ComparedFrame) -> None:
        """Take a frame into account; of a clip whose instance images hold no actors' ids, nothing."""
        if not frame.truth.shows_actors:
            return
        gain = SceneGain(frame)
        labels = sorted(frame.truth.objects, key=lambda label: -(label.pixels or 0))[:FARTHEST_LABELS]
        for label in labels:
            outline = object_outline(frame.truth, label)
            if outline is None:
                continue
            if label.actor_id not in self._sightings:
                itself = evidence(outline, frame.source, frame.source)
                self._sightings[label.actor_id] = _Sightings(label.category, itself)
            known = self._sightings[label.actor_id]
            known.evidence.append(evidence(outline, frame.source, frame.result))
            known.pixels.append(int(np.count_nonzero(outline.mask)))
            known.visible.append(1.0 if label.visible_fraction is None else label.visible_fraction)
            known.contrasts.append((frame.truth.index, color_contrast(outline, frame.result)))
            known.expected.append(_expected_strength(outline, frame, gain))

    def findings(self) -> list[ObjectFinding]:
        """What became of every object, in the order of their ids."""
        return [self._finding(actor, known) for actor, known in sorted(self._sightings.items())]

    def _finding(self, actor: int, known: _Sightings) -> ObjectFinding:
        surface = np.mean(known.evidence, axis=0)
        near = int(np.argmax(np.where(DISTANCES <= SAME_PLACE, surface, -np.inf)))
        here, best = float(surface[near]), int(np.argmax(surface))
        expected = float(np.mean(known.expected))
        moved = DISTANCES[best] > self._limits.displacement and self._is_elsewhere(known, surface, best, here)
        state = self._state(known, here, expected, moved=bool(moved))
        place = best if state == "moved" else near
        faint = tuple(index for index, contrast in known.contrasts if contrast < self._limits.contrast)
        everywhere = tuple(index for index, _ in known.contrasts)
        return ObjectFinding(
            actor_id=actor,
            category=known.category,
            state=state,
            evidence=here,
            displacement=(int(DISPLACEMENTS[place, 0]), int(DISPLACEMENTS[place, 1])),
            pixels=float(np.mean(known.pixels)),
            contrast=float(np.mean([contrast for _, contrast in known.contrasts])),
            expected=expected,
            frames=len(known.pixels),
            invisible=everywhere if state in ("not visible", "gone") else faint,
        )

    def _state(self, known: _Sightings, here: float, expected: float, *, moved: bool) -> ObjectState:
        if np.mean(known.pixels) < JUDGED_PIXELS or np.mean(known.visible) < JUDGED_VISIBLE:
            return "not judged"
        if moved:
            return "moved"
        if here >= self._limits.evidence:
            return "seen"
        return "gone" if expected >= self._limits.strength else "not visible"

    def _is_elsewhere(self, known: _Sightings, surface: NDArray[np.float64], best: int, here: float) -> bool:
        """Whether a displaced place shows the object: more than its own place does, and more than the source there."""
        margin = self._limits.displacement_margin
        enough = surface[best] >= self._limits.moved_evidence and surface[best] - here > margin
        return bool(enough and surface[best] - known.lookalikes[best] > margin)


def _expected_strength(outline: Outline, frame: ComparedFrame, gain: SceneGain) -> float:
    """What the object's outline should keep of its strength in the source: as much as boundaries as far away do.

    Where the surroundings are darker than in the source it keeps no more than their share of the light.
    """
    kept = min(1.0, gain.at(outline.depth), brightness_ratio(outline, frame.source, frame.result))
    return kept * max(0.0, outline_strength(outline, frame.source))
