"""A video with the marks of its labels drawn on it: decoded, drawn and encoded side by side in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from roadmark.clip import AugmentedClip
from roadmark.errors import InputError, OutputError
from roadmark.files import atomic_file, has_file, read_json
from roadmark.marks.canvas import Canvas
from roadmark.marks.drawing import Mark, MarkStyle, Plates, draw_marks
from roadmark.marks.label_folder import LabelFolder
from roadmark.marks.label_source import LabelSource, scaled, scaled_box
from roadmark.marks.matching import MatchBy, Matching, match_frames
from roadmark.marks.placement import PlatePlacer
from roadmark.marks.record import MarkRecord, MarksRecord, frame_ranges, write_marks
from roadmark.marks.selection import ActorChoice, MarkNames, MarkText, Selection, event_actors
from roadmark.media import MARKED, EncoderPool, VideoInfo, VideoWriter, decode_video, read_ahead, video_info
from roadmark.verify import read_verification, verification_file

_RECORD, _MAX_RECORD_BYTES = "output.json", 64 * 1024 * 1024
_AHEAD = 4
_LARGEST_TERM = 10_000
_ASPECT_TOLERANCE = 0.01


@dataclass(frozen=True)
class MarkOptions:
    """What is marked, and how.

    Attributes:
        actors: Everyone labelled, vehicles, or the actors of the clip's events; `ids` goes before.
        ids: The only actors to mark.
        area_threshold: Least area of the box in the labels' image, pixels.
        text: Plates say the actors' ids, or numbers from 1.
        seed: Deals numbers and colours otherwise.
        match: How frames are matched with labels; see `match_frames`.
        keep_invisible: Mark also what verification says cannot be seen.
        style: How marks look.
    """

    actors: ActorChoice = "all"
    ids: frozenset[int] | None = None
    area_threshold: float = 0.0
    text: MarkText = "ids"
    seed: int = 0
    match: MatchBy = "auto"
    keep_invisible: bool = False
    style: MarkStyle = field(default_factory=MarkStyle)


def mark_video(
    input_video: Path,
    odvg_dir: Path,
    output_video: Path,
    options: MarkOptions | None = None,
    *,
    progress: Callable[[], object] = lambda: None,
    info: VideoInfo | None = None,
) -> MarksRecord:
    """Draw Set-of-Mark overlays on a video; writes the video, and its record beside it.

    An augmented clip's record and verification are used where they lie beside the video. The same files and options
    give the same bytes.

    Args:
        input_video: A clip's video, or one made from it.
        odvg_dir: The clip's labels.
        output_video: The H.264 file to write; replaced where it exists.
        options: What is marked, and how.
        progress: Called after every frame.
        info: What `video_info` says of the video, where it was asked already.

    Raises:
        InputError: A file is missing or unreadable, the labels are another clip's, or no chosen actor is in them.
        FormatError: The video breaks off, or a label file is malformed.
        OutputError: The output cannot be written, or is the input.
    """
    options = options or MarkOptions()
    if output_video.resolve() == input_video.resolve():
        raise OutputError(f"{output_video}: is the video to be marked; name another file")
    info = info or video_info(input_video)
    labels = LabelFolder.open(odvg_dir)
    augmented = _augmentation(input_video)
    _check_source(labels, augmented)
    job = _Job(input_video, info, labels, augmented, options)
    with atomic_file(output_video) as partial:
        rate = info.fps.limit_denominator(_LARGEST_TERM)
        with (
            VideoWriter(partial, info.width, info.height, rate, style=MARKED) as writer,
            EncoderPool(1, _AHEAD) as pool,
        ):
            for number, decoded in enumerate(read_ahead(lambda: decode_video(input_video), _AHEAD)):
                canvas = Canvas(decoded)
                job.draw(number, canvas)
                pool.submit(writer.write_planes, canvas.planes, lane="video")
                progress()
        record = job.record(output_video.name)
        write_marks(record, output_video)  # before the video appears: whoever sees that finds this
    return record


class _Job:
    """One video's marks, frame by frame, and what becomes of them."""

    def __init__(
        self, video: Path, info: VideoInfo, labels: LabelFolder, augmented: AugmentedClip | None, options: MarkOptions
    ) -> None:
        self._video, self._info, self._labels, self._options = video, info, labels, options
        self._size = info.width, info.height
        self._style = options.style
        frame_map = None if augmented is None else augmented.record.frame_map
        self._matching: Matching = match_frames(
            info.frames, info.fps, len(labels), labels.rate, frame_map=frame_map, by=options.match
        )
        self._nearest = self._matching.nearest()
        ids = options.ids
        if ids is None and options.actors == "events":
            ids = event_actors(labels)
        self._selection = Selection(ids, options.actors == "vehicles", options.area_threshold)
        self._digest = labels.digest
        self._names = MarkNames(options.text, self._digest, options.seed)
        self._plates = Plates(self._names.text, self._names.color, self._style.cap_height(self._size))
        self._placer = PlatePlacer(self._size, float(self._style.line(self._size)))
        shapes = bool(self._style.layers & {"tints", "contours"})
        self._source = LabelSource(labels, self._size, shapes=shapes)
        self._invisible = {} if options.keep_invisible else _invisible(video)
        self._seen: dict[int, str] = {}
        self._marked: dict[int, list[int]] = {}
        self._missing = self._hidden = self._unplaced = 0
        self._notes: dict[str, None] = {}

    def draw(self, number: int, canvas: Canvas) -> None:
        """Draw a frame's marks."""
        position = float(self._matching.positions[number]) if number < len(self._nearest) else np.nan
        if np.isnan(position):
            return
        frame = self._source.at(position)
        if frame is None:
            self._missing += 1
            return
        scale = self._source.scale(frame)
        self._note_scale(frame.size, scale)
        wireframes = self._source.wireframes(position, frame) if "wireframes" in self._style.layers else {}
        nearest = int(np.floor(position + 0.5))
        self._seen.update({actor: found.category for actor, found in frame.objects.items()})
        obstacles, chosen = [], []
        met: list[int] = []  # those that cannot be seen here, too: every variation of a clip has the same numbers
        for actor, found in frame.objects.items():
            box = scaled_box(found, scale, self._size)
            if box is None:
                continue
            obstacles.append(box)
            if not self._selection.takes(found):
                continue
            met.append(actor)
            if nearest in self._invisible.get(actor, ()):
                self._hidden += 1
                continue
            chosen.append((found, box))
        self._names.meet(met)
        marks = [
            Mark(
                found.actor_id,
                self._names.color[found.actor_id],
                box,
                [scaled(points, scale) for points in found.polygons],
                [scaled(points, scale) for points in wireframes.get(found.actor_id, ())],
            )
            for found, box in chosen
        ]
        sizes = {mark.actor_id: self._plates.size(mark.actor_id) for mark in marks}
        placed = self._placer.place({mark.actor_id: mark.box for mark in marks}, sizes, obstacles)
        self._unplaced += len(marks) - len(placed)
        draw_marks(canvas, marks, placed, self._plates, self._style)
        for actor in placed:
            self._marked.setdefault(actor, []).append(number)

    def record(self, name: str) -> MarksRecord:
        """What was drawn.

        Raises:
            InputError: None of the chosen actors is in the labels.
        """
        marks = tuple(
            MarkRecord(
                mark=text,
                actor_id=actor,
                category=self._seen[actor],
                color=self._names.color[actor],
                frames=frame_ranges(self._marked[actor]),
            )
            for actor, text in self._names.text.items()
            if actor in self._marked
        )
        return MarksRecord(
            video=name,
            input_video=self._video.name,
            labels_digest=self._digest,
            width=self._info.width,
            height=self._info.height,
            fps=str(self._info.fps),
            text=self._options.text,
            overlay=self._style.overlay,
            matched_by=self._matching.by,
            label_frames=tuple(self._nearest),
            frames_without_labels=self._missing,
            invisible=self._hidden,
            unplaced=self._unplaced,
            notes=(*self._notes, *self._end_notes(bool(marks))),
            marks=marks,
        )

    def _end_notes(self, any_marks: bool) -> list[str]:
        notes = []
        wanted = self._selection.ids or frozenset()
        absent = sorted(wanted - self._seen.keys())
        if wanted and len(absent) == len(wanted):
            there = ", ".join(map(str, sorted(self._seen)[:40])) or "none"
            raise InputError(
                f"{self._labels.path}: none of the actors {', '.join(map(str, absent[:40]))} is labelled in a frame "
                f"of the video; there are {there}"
            )
        if absent:
            notes.append(f"actors {', '.join(map(str, absent[:40]))} are labelled in no frame of the video")
        if not any_marks:
            notes.append("no mark in any frame: nothing labelled was chosen, large enough and visible")
        beyond = self._nearest.count(None)
        if beyond:
            notes.append(f"{beyond} of {len(self._nearest)} frames lie after the labels' end and have no marks")
        if self._missing:
            notes.append(f"{self._missing} frames have no marks: their label files are missing")
        if self._unplaced:
            notes.append(f"{self._unplaced} times there was no room for a plate")
        if self._matching.by == "time":
            notes.append("matched by time; where frames were taken one to one, say so with --match index")
        return notes

    def _note_scale(self, size: tuple[int, int] | None, scale: tuple[float, float]) -> None:
        if size is None:
            self._notes["the labels do not say the size of their image: taken to be the video's"] = None
        elif abs(scale[0] / scale[1] - 1.0) > _ASPECT_TOLERANCE:
            across, down = f"{scale[0]:.3f}", f"{scale[1]:.3f}"
            self._notes[f"the video's shape is not the labels': scaled by {across} across and {down} down"] = None


def _augmentation(video: Path) -> AugmentedClip | None:
    """The augmented clip that a video is; None for other videos, and for the published tool's own records."""
    path = video.parent / _RECORD
    if not has_file(path):
        return None
    record = read_json(path, _MAX_RECORD_BYTES)
    if not isinstance(record, dict) or "backend" not in record:
        return None
    augmented = AugmentedClip.open(path)
    return augmented if augmented.video.name == video.name else None


def _check_source(labels: LabelFolder, augmented: AugmentedClip | None) -> None:
    if augmented is None or augmented.record.source_digest is None or labels.clip is None:
        return
    if labels.clip.digest != augmented.record.source_digest:
        raise InputError(
            f"{labels.path}: labels of another clip than the one that was augmented ({augmented.record_file} names "
            f"{augmented.record.source_clip})"
        )


def _invisible(video: Path) -> Mapping[int, Collection[int]]:
    """Label frames in which actors cannot be seen, as the verification beside a video says."""
    path = verification_file(video)
    if not has_file(path):
        return {}
    verification = read_verification(path)
    if verification.video != video.name:
        return {}
    return {actor: frozenset(frames) for actor, frames in verification.invisible.items()}
