"""Set-of-Mark overlays: numbered marks on a video, from its labels."""

from roadmark.marks.drawing import MarkStyle, OverlayType
from roadmark.marks.mark_video import MarkOptions, mark_video
from roadmark.marks.matching import MatchBy, Matching, match_frames
from roadmark.marks.record import MarkRecord, MarksRecord, marks_file, read_marks
from roadmark.marks.selection import ActorChoice, MarkText

__all__ = [
    "ActorChoice",
    "MarkOptions",
    "MarkRecord",
    "MarkStyle",
    "MarkText",
    "MarksRecord",
    "MatchBy",
    "Matching",
    "OverlayType",
    "mark_video",
    "marks_file",
    "match_frames",
    "read_marks",
]
