"""`Problem`: something wrong with a dataset, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Fault = Literal[
    "bad_line", "duplicate_id", "duplicate", "contradiction", "leak", "no_side", "missing_media", "damaged_media",
    "wrong_length", "wrong_mark", "wrong_answer", "unfit", "missing_clip", "stale_statistics",
]  # fmt: skip

ADVICE: Mapping[Fault, str] = {
    "bad_line": "correct the line, or build the dataset anew",
    "duplicate_id": "give each sample an id of its own",
    "duplicate": "remove all but one of the same samples",
    "contradiction": "find out which answer is right, and remove the others",
    "leak": "put both on one side of split.json, or remove one",
    "no_side": "make split.json anew",
    "missing_media": "put the file back, or remove its samples",
    "damaged_media": "make the file anew, or remove its samples",
    "wrong_length": "make the video anew from its clip",
    "wrong_mark": "draw the marks anew with roadmark som, or remove the samples",
    "wrong_answer": "build the clip's questions anew",
    "unfit": "remove the sample, or export to a format that holds it (hf, webdataset)",
    "missing_clip": "correct sources.json, or put the clip back",
    "stale_statistics": "build the dataset anew, or delete statistics.json",
}
"""What to do about each fault."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with a dataset.

    Attributes:
        fault: `bad_line`: a line that is no sample. `duplicate_id`: two samples have the same id. `duplicate`: the same
            media, question and answer once more. `contradiction`: the same media and question with another answer.
            `leak`: a source clip, a file or a file's content on two sides of the split. `no_side`: a clip that is not
            in the split. `missing_media`: a file that is not there, or leads out of the dataset. `damaged_media`: one
            that cannot be decoded to its end. `wrong_length`: a video of another number of frames than its labels or
            marks. `wrong_mark`: a mark that stands for another actor in the video. `wrong_answer`: an answer that the
            labels do not give. `unfit`: a sample or clip that a trainer's format cannot hold. `missing_clip`: a clip
            whose labels are not where the dataset says. `stale_statistics`: counts of other samples.
        sample: Id of the sample where it shows; "" where it shows in none.
        detail: One sentence.
    """

    fault: Fault
    sample: str
    detail: str
