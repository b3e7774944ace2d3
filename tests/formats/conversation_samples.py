"""Samples made for the tests of trainers' formats."""

from __future__ import annotations

from roadmark.dataset import Mark, Media, Message, Sample

COLLISION = (
    "Is there a car collision between vehicles with numeric IDs {} and {}? "
    "Your final answer should be either Yes or No."
)


def yes_no(number=1, answer="Yes", clip="clip_a", ids=(968, 970), **fields) -> Sample:
    """The published recipe's question."""
    return Sample(
        **{
            "id": f"{clip}-{number}",
            "media": (Media("video", f"videos/{clip}.mp4"),),
            "messages": (Message("user", COLLISION.format(*ids)), Message("assistant", answer)),
            "clip": clip,
            "family": "collision",
            "answer_kind": "yes_no",
        }
        | fields
    )


TALK = yes_no(
    messages=(
        Message("system", 'Say "so" \\ in short.'),
        Message("user", "Was geschieht?\nZwei Sätze."),
        Message("assistant", "Ein Auto biegt ab."),
        Message("user", "Und dann?"),
        Message("assistant", "Es hält 🚗."),
    ),
    media=(Media("video", "videos/a.mp4"), Media("image", "frames/a.jpg")),
    answer_kind="caption",
    augmentation="Augmentation_0",
    event="event_000001",
    map_name="Town10HD",
    scenario_seed=7,
    marks=(Mark(1, 968),),
    facts={"b": 1.5, "a": ["ä"]},
)
"""Two rounds, a system message, a video and an image."""
