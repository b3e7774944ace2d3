"""The files of a request under names that no other request uses, as services want them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmark.augment.transfer.protocol import Control, TransferRequest
from roadmark.augment.transfer.sidecar import clip_sidecar
from roadmark.files import hash_file, input_errors, write_file

SERVER_LIMIT = 500 * 1024 * 1024
"""Most bytes of a file that Cosmos-Transfer2.5's Gradio server takes."""


@dataclass(frozen=True)
class RequestFiles:
    """Where each file of a request is; local paths or names on a server.

    Attributes:
        video: The source.
        controls: By control, where it has a video.
        masks: By control, where it has one.
    """

    video: str
    controls: Mapping[Control, str]
    masks: Mapping[Control, str]

    def renamed(self, names: Mapping[str, str]) -> RequestFiles:
        """The same files elsewhere."""
        return RequestFiles(
            names[self.video],
            {control: names[path] for control, path in self.controls.items()},
            {control: names[path] for control, path in self.masks.items()},
        )

    def distinct(self) -> list[str]:
        """Every file once."""
        return list(dict.fromkeys([self.video, *self.controls.values(), *self.masks.values()]))


def copy_inputs(request: TransferRequest, folder: Path, *, sidecar: bool = False) -> RequestFiles:
    """Copy a request's files under names made of the request's and of the contents' hash.

    Servers keep uploads under the name they come with, in folders named by the second: two requests whose files are all
    called rgb.mp4 would overwrite each other's. The same request has the same names whenever it is made.

    Args:
        request: The request.
        folder: Where the copies go.
        sidecar: Also write what the clip knows of the videos, named like the source's copy.

    Raises:
        InputError: A file cannot be read.
    """
    copied: dict[Path, str] = {}

    def copy(path: Path, role: str) -> str:
        if path not in copied:
            digest = hash_file(path)[1].hex()[:12]
            target = folder / f"{request.name}-{role}-{digest}.mp4"  # its own name may be one that servers change
            with input_errors(path):
                shutil.copyfile(path, target)
            copied[path] = str(target)
        return copied[path]

    files = RequestFiles(
        copy(request.video, "source"),
        {name: copy(control.video, name) for name, control in request.controls.items() if control.video is not None},
        {
            name: copy(control.mask, f"{name}-mask")
            for name, control in request.controls.items()
            if control.mask is not None
        },
    )
    known = clip_sidecar(request.clip) if sidecar and request.clip is not None else None
    if known is not None:
        write_file(Path(files.video).with_suffix(".json"), known.model_dump_json().encode())
    return files
