"""An augmented clip made for the tests: a gray video of any size, its record, and what verification says of it."""

from __future__ import annotations

import os

import numpy as np

from roadmark.clip import AugmentationRecord, Clip
from roadmark.media import VideoWriter
from roadmark.verify import Verification, write_verification

LEVELS = (40, 90, 140, 190)
"""Gray of the frames."""


def write_augmented(folder, clip, *, frame_map=None, size=None, invisible=None, verdict="accept", frames=None):
    """Frames of `LEVELS`; `invisible` is by actor: source frames, first and last."""
    source = Clip.open(clip)
    folder.mkdir(parents=True)
    width, height = size or source.size
    count = frames or (len(source) if frame_map is None else len(frame_map))
    with VideoWriter(folder / "output.mp4", width, height, 10) as video:
        for number in range(count):
            video.write(np.full((height, width, 3), LEVELS[number % len(LEVELS)], np.uint8))
    (folder / "output.txt").write_text("a rainy night")
    record = AugmentationRecord(
        prompt="a rainy night",
        caption_path="output.txt",
        output_video_path="output.mp4",
        original_video_path="output.mp4",
        source_clip=os.path.relpath(clip, folder),
        source_digest=source.digest,
        backend="relight",
        seed=1,
        frame_map=frame_map,
    )
    (folder / "output.json").write_text(record.model_dump_json())
    if invisible is not None:
        objects = {
            str(actor): {
                "category": "car", "state": "not visible", "evidence": 0.0, "displacement": [0, 0], "pixels": 1.0,
                "contrast": 0.0, "expected": 0.0, "frames": 1, "invisible": [ranges],
            }
            for actor, ranges in invisible.items()
        }  # fmt: skip
        found = {
            "video": "output.mp4", "source_digest": source.digest, "conditions": None, "every": 1, "judged": count,
            "shuffled_with": "itself", "published_source": "none", "faults": [], "metrics": {}, "looks": [],
            "objects": objects, "verdict": verdict, "reasons": [] if verdict == "accept" else ["too dark"],
        }  # fmt: skip
        write_verification(Verification.model_validate(found), folder / "output.mp4")
    return folder
