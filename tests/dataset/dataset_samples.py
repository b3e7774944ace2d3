"""Samples and tracks made for the tests."""

from __future__ import annotations

import numpy as np

from roadmark.dataset import Mark, Media, Message, Sample
from roadmark.dataset.tracks import LabelTracks

QUESTION = (
    "Is there a car collision between vehicles with numeric IDs 968 and 970? "
    "Your final answer should be either Yes or No."
)


def make_sample(number=1, clip="clip_a", answer="Yes", question=QUESTION, video=None, **fields) -> Sample:
    """A yes/no question about a clip's video."""
    return Sample(
        **{
            "id": f"{clip}-{number}",
            "media": (Media("video", video or f"videos/{clip}.mp4"),),
            "messages": (Message("user", question), Message("assistant", answer)),
            "clip": clip,
            "family": "collision",
            "answer_kind": "yes_no",
        }
        | fields
    )


FULL = make_sample(
    messages=(Message("system", "Answer briefly."), Message("user", "Wer stößt an?"), Message("assistant", "Yes")),
    augmentation="Augmentation_0",
    event="event_000001",
    map_name="Town10HD",
    scenario_seed=7,
    marks=(Mark(1, 968), Mark(2, 970)),
    facts={"gap": 0.5, "actors": [968, 970], "exact": True},
)
"""A sample with everything a sample can have."""


def make_tracks(centers, *, boxes=None, yaw=0.0, size=(4.0, 2.0, 1.5), lanes=None, visible=None) -> LabelTracks:
    """Objects 100, 101, ... over frames 0.1 s apart; `centers` is (F, N, 3), 100 pixels square each unless said."""
    center = np.asarray(centers, np.float64)
    shape = center.shape[:2]
    square = np.array([0.0, 0.0, 100.0, 100.0]) + 200.0 * np.arange(shape[1])[:, None]  # side by side, none overlap
    return LabelTracks(
        times=0.1 * np.arange(shape[0]),
        actor_ids=100 + np.arange(shape[1]),
        present=np.isfinite(center[..., 0]),
        center=center,
        yaw=np.broadcast_to(np.asarray(yaw, np.float64), shape),
        size=np.broadcast_to(np.asarray(size, np.float64), (*shape, 3)),
        box_2d=np.broadcast_to(np.asarray(square if boxes is None else boxes, np.float64), (*shape, 4)),
        visible=np.broadcast_to(np.asarray(np.nan if visible is None else visible, np.float64), shape),
        lane=np.broadcast_to(np.asarray(-1 if lanes is None else lanes, np.int32), shape),
    )
