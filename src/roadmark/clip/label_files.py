"""Everything a clip says in JSON and Parquet, written frame by frame: memory does not grow with the clip's length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from roadmark.catalog import CLASS_NAMES, PALETTE, color_name
from roadmark.clip.ids import IdMap
from roadmark.clip.labels import ClipEvent, FrameLabels, ObjectLabel
from roadmark.clip.layout import (
    COLLISIONS,
    EVENTS,
    FOLDERS,
    INSTANCES,
    LABEL_TABLE,
    OBJECTS,
    SEMANTIC_LABELS,
    event_id,
    frame_id,
)
from roadmark.clip.ledger import Ledger
from roadmark.clip.odvg import event_record, frame_record, object_record, objects_entry
from roadmark.clip.table import LabelTable
from roadmark.files import output_errors


class LabelFiles:
    """Streams a clip's labels to disk.

    Args:
        ledger: Writes the files.
        size: (width, height) of the images.
        folders: Frame folders the clip has.
        events: Every event of the clip, in order; their ids follow it.
        id_map: Ids in instance images.
    """

    def __init__(
        self,
        ledger: Ledger,
        size: tuple[int, int],
        folders: frozenset[str],
        events: Sequence[ClipEvent],
        id_map: IdMap,
    ) -> None:
        self._ledger = ledger
        self._size = size
        self._folders = folders
        self._events = [(event_id(number), event) for number, event in enumerate(events, start=1)]
        self._id_map = id_map
        self._instances: dict[int, dict[str, Any]] = {}
        self._objects_path = ledger.root / OBJECTS
        with output_errors(self._objects_path):
            self._objects: IO[str] = self._objects_path.open("w", encoding="utf-8", newline="\n")
        self._first = True
        self._table = LabelTable(ledger.root / LABEL_TABLE)

    def add(self, index: int, labels: FrameLabels) -> None:
        """Write a frame's labels; frames come in order.

        Raises:
            OutputError: A file cannot be written.
        """
        camera_from_world = labels.pose.inverse()
        records = [object_record(label, camera_from_world) for label in labels.objects]
        for label in labels.objects:
            if label.actor_id not in self._instances:
                self._instances[label.actor_id] = _instance_record(label)
        active = [
            event_record(name, event) for name, event in self._events if event.first_frame <= index <= event.last_frame
        ]
        frame = frame_record(index, labels.time, self._size, records, active, self._folders)
        self._ledger.write(FOLDERS["odvg"].file(index), json.dumps(frame).encode())
        entry = json.dumps(objects_entry(index, records))
        with output_errors(self._objects_path):
            self._objects.write('{"frames": {\n' if self._first else ",\n")
            self._objects.write(f"{json.dumps(frame_id(index))}: {entry}")
        self._first = False
        stored = [self._id_map.stored(label.actor_id) for label in labels.objects]
        self._table.add(index, labels, records, stored)

    def finish(self, *, collisions_known: bool) -> None:
        """Write what needs the whole clip.

        Args:
            collisions_known: Whether collisions were looked for; then their file is there even without any.

        Raises:
            OutputError: A file cannot be written.
        """
        with output_errors(self._objects_path):
            self._objects.write('{"frames": {}}\n' if self._first else "\n}}\n")
            self._objects.close()
        self._table.close()
        self._ledger.add_file(OBJECTS)
        self._ledger.add_file(LABEL_TABLE)
        instances = {f"object_{key}": value for key, value in sorted(self._instances.items())}
        self._write_json(INSTANCES, {"instances": instances})
        if collisions_known:
            collisions = [_collision(name, event) for name, event in self._events if event.category == "collision"]
            self._write_json(COLLISIONS, collisions)
        self._write_json(EVENTS, [_event(name, event) for name, event in self._events])
        if "semantic_segmentation" in self._folders:
            self._write_json(SEMANTIC_LABELS, semantic_labels())

    def abort(self) -> None:
        """Let go of the open files."""
        with suppress(OSError):
            self._objects.close()
        self._table.abort()

    def _write_json(self, name: str, value: Any) -> None:
        self._ledger.write(name, (json.dumps(value, indent=1) + "\n").encode())


def semantic_labels() -> dict[str, dict[str, Any]]:
    """The legend of semantic images: id to name and colour."""
    return {
        str(index): {"name": name, "color": [int(value) for value in PALETTE[index]]}
        for index, name in enumerate(CLASS_NAMES)
    }


def _instance_record(label: ObjectLabel) -> dict[str, Any]:
    caption = label.caption
    if caption is None:
        caption = label.category if label.color is None else f"{color_name(label.color)} {label.category}"
    return {
        "object_type": label.category,
        "instance_id": int(label.actor_id),
        "color": None if label.color is None else [int(value) for value in label.color],
        "caption": caption,
    }


def _collision(name: str, event: ClipEvent) -> dict[str, Any]:
    return {
        "event_id": name,
        "start_time": round(float(event.start_time), 9),
        "end_time": round(float(event.end_time), 9),
        "category": event.category,
        "event_sub_category": event.sub_category,
        "objects": [str(actor) for actor in event.actor_ids],
        "event_caption": event.caption,
    }


def _event(name: str, event: ClipEvent) -> dict[str, Any]:
    frames = {"first_frame": event.first_frame, "last_frame": event.last_frame}
    return _collision(name, event) | frames | {"attributes": dict(event.attributes)}
