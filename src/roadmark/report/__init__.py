"""Reports: a dataset or a run as a static page for a browser, a clip as a Rerun recording."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.report.problems import Problem
from roadmark.report.write import Report, write_report

if TYPE_CHECKING:
    from roadmark.report.rerun import Recorded, RecordingOptions, write_recording
else:
    __getattr__ = loaded_when_asked(__name__, {"rerun": ("Recorded", "RecordingOptions", "write_recording")})

__all__ = ["Problem", "Recorded", "RecordingOptions", "Report", "write_recording", "write_report"]
