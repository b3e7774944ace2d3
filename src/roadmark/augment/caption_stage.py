"""Captions as a pipeline stage: every source is put into words once, however many variations it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.augment.chat_services import caption_endpoint
from roadmark.augment.settings import AugmentSettings
from roadmark.augment.work import Source
from roadmark.captions import SYSTEM_PROMPT, USER_PROMPT, Caption, CaptionRequest, ChatCaptioner, GroundTruthCaptioner
from roadmark.clip import Clip
from roadmark.errors import ConfigError, FormatError
from roadmark.files import output_errors, read_json, write_atomically
from roadmark.pipeline import Item, JsonValue

CAPTIONS = "captions"
"""Folder of the captions, in that of the run."""
_MAX_BYTES = 4 * 1024 * 1024


class CaptionStage:
    """Writes one caption file per source.

    Args:
        settings: All settings.
    """

    def __init__(self, settings: AugmentSettings) -> None:
        self._settings = settings
        self._captioner = make_captioner(settings)

    @property
    def name(self) -> str:
        """Name in manifests."""
        return "caption"

    @property
    def version(self) -> str:
        """Roadmark's version: another one may choose other words."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """Who captions, and how."""
        return dict(self._captioner.config())

    def requests(self, item: Item) -> Mapping[str, int]:
        """One for each caption that a model writes."""
        return self._settings.caption_requests

    def close(self) -> None:
        """Give back connections."""
        self._captioner.close()

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Caption one source."""
        caption = self._caption(item)
        write_caption(item.output, caption)
        return {"words": len(caption.text.split())}

    def _caption(self, item: Item) -> Caption:
        clip = item.inputs.get("clip")
        if isinstance(clip, Path):
            return self._captioner.caption(Clip.open(clip.parent))
        if isinstance(self._captioner, ChatCaptioner):
            return self._captioner.caption_video(Path(item.inputs["rgb"]))
        raise ConfigError(
            f"{item.inputs['rgb']}: no labels lie beside the video, so nothing can be said of it; name its clip in "
            "inputs.clip, an endpoint in endpoints.vlm, or write the prompt by hand (prompt, in the sample)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return CaptionStage, (self._settings,)  # connections stay here


def make_captioner(settings: AugmentSettings) -> GroundTruthCaptioner | ChatCaptioner:
    """The captioner that settings ask for.

    Raises:
        ConfigError: Its endpoint is not named.
    """
    if settings.captioner == "groundtruth":
        return GroundTruthCaptioner()
    asked = settings.video_captioning
    parameters = asked.parameters.model_dump(exclude={"retry", "stream"})
    request = CaptionRequest(
        system_prompt=SYSTEM_PROMPT if asked.system_prompt is None else asked.system_prompt,
        user_prompt=USER_PROMPT if asked.user_prompt is None else asked.user_prompt,
        parameters=parameters,
        stream=asked.parameters.stream,
    )
    return ChatCaptioner(caption_endpoint(settings), request)


def caption_items(sources: list[Source], folder: Path) -> list[Item]:
    """Pipeline items that write `folder/captions/<source>.json`."""
    return [Item(source.id, caption_path(folder, source.id), source_inputs(source)) for source in sources]


def caption_path(folder: Path, source: str) -> Path:
    """Where a source's caption lies in a run's folder."""
    return folder / CAPTIONS / f"{source}.json"


def source_inputs(source: Source) -> dict[str, Path | str]:
    """A source as inputs of an item: a clip counts by its manifest, which holds the digests of all its files."""
    if source.clip is not None:
        return {"clip": source.clip / "clip.json"}
    return {"rgb": source.sample.inputs.rgb}


def write_caption(path: Path, caption: Caption) -> None:
    """Write a caption.

    Raises:
        OutputError: It cannot be written.
    """
    record = {
        "text": caption.text,
        "core": caption.core,
        "conditions": caption.conditions,
        "terms": list(caption.terms),
        "facts": dict(caption.facts),
    }
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def read_caption(path: Path) -> Caption:
    """Read a caption.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is none.
    """
    record = read_json(path, _MAX_BYTES)
    try:
        return Caption(
            core=str(record["core"]),
            conditions=str(record["conditions"]),
            terms=tuple(str(term) for term in record["terms"]),
            facts=dict(record["facts"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(
            f"no caption: {type(error).__name__} {error}; delete it to write it anew", path=path
        ) from None
