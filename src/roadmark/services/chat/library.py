"""Clips by the content of their videos: a video that comes without labels is known again."""

from __future__ import annotations

from pathlib import Path

from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.files import hash_file

_MOST_CLIPS = 10_000
_SHOWS_THE_SCENE = ("rgb", "rgb_with_bboxes", "rgb_with_masks", "rgb_with_3d_bboxes", "rgb_with_collisions")


class ClipLibrary:
    """The clips below a folder; looked through again when an unknown video comes, as clips are added while it serves.

    Args:
        root: The folder; None has no clips.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._clips: dict[str, Path] = {}
        self._look()

    def __len__(self) -> int:
        return len(set(self._clips.values()))

    def find(self, video: Path) -> Clip | None:
        """The clip that has a video of the same content.

        Raises:
            InputError: The video cannot be read.
        """
        digest = hash_file(video)[1].hex()
        if digest not in self._clips:
            self._look()
        folder = self._clips.get(digest)
        return None if folder is None else Clip.open(folder)

    def _look(self) -> None:
        manifests = [] if self._root is None else sorted(self._root.rglob("clip.json"))[:_MOST_CLIPS]
        known = set(self._clips.values())
        for path in manifests:
            if path.parent not in known:
                try:
                    files = Clip.open(path.parent).manifest.files
                except InputError:
                    continue  # a clip that is broken, or just being replaced, is none
                for name in _SHOWS_THE_SCENE:
                    record = files.get(f"videos/{name}.mp4")
                    if record is not None:
                        self._clips.setdefault(record.sha256, path.parent)
