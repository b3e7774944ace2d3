"""`roadmark view`: a clip in a viewer."""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.cli.outputs import check_ending
from roadmark.errors import OutputError


class Pictures(StrEnum):
    """How a recording holds pictures."""

    FRAMES = "frames"
    VIDEO = "video"


def view(
    clip: Annotated[Path, typer.Argument(help="The clip's folder.")],
    rerun: Annotated[Path, typer.Option(help="The Rerun recording to write, an .rrd file.")],
    every: Annotated[int, typer.Option(min=1, help="Pictures, depth and classes of every how many frames.")] = 1,
    pictures: Annotated[
        Pictures, typer.Option(help="JPEG frames, or the clip's H.264 video, which is smaller.")
    ] = Pictures.FRAMES,
    spawn: Annotated[bool, typer.Option("--spawn", help="Open the recording in the Rerun viewer.")] = False,
) -> None:
    """Write a clip as a Rerun recording: camera, pictures, depth, boxes, lanes and events in 3D over time."""
    from roadmark.clip import Clip
    from roadmark.report import RecordingOptions, write_recording

    check_ending("--rerun", rerun, ".rrd")
    shown = Clip.open(clip)
    with console.frame_progress("view", len(shown)) as advance:
        done = write_recording(shown, rerun, RecordingOptions(every, pictures.value), progress=advance)
    for note in done.notes:
        console.note(note)
    console.out.print(
        f"recording {rerun}: {done.frames} frames, {done.actors} actors, {done.events} events", markup=False
    )
    if spawn:
        _open_viewer(rerun)


def _open_viewer(recording: Path) -> None:
    """Start the viewer beside this process.

    Raises:
        OutputError: It cannot be started.
    """
    try:
        subprocess.Popen([sys.executable, "-m", "rerun", str(recording.resolve())], start_new_session=True)  # noqa: S603 - our own interpreter, and a file just written
    except OSError as error:
        raise OutputError(f"the Rerun viewer cannot be started: {error.strerror}") from error
