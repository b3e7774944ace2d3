"""LLaVA (ShareGPT) JSON: `id`, `video` or `image`, and `conversations` of `human` and `gpt`.

Source: LLaVA, docs/Finetune_Custom_Data.md. Trainers of this family put a medium where its tag stands in the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roadmark.dataset import Sample
from roadmark.errors import InputError
from roadmark.formats.json_stream import write_json_array

_SPEAKERS = {"user": "human", "assistant": "gpt"}


def llava_record(sample: Sample, *, tags: bool = True) -> dict[str, Any]:
    """A sample as LLaVA has it.

    Args:
        sample: With media of one kind, and no system message: the format has no place for one.
        tags: Write `<video>` or `<image>` before the first words, once for every medium, as trainers expect.

    Raises:
        InputError: The format cannot hold the sample.
    """
    conversations = [{"from": _SPEAKERS[message.role], "value": message.text} for message in turns_alone(sample)]
    if tags:
        marks = "".join(f"<{media.kind}>\n" for media in sample.media)
        conversations[0]["value"] = marks + conversations[0]["value"]
    return {"id": sample.id, **media_field(sample), "conversations": conversations}


def write_llava(path: Path | str, samples: Iterable[Sample], *, tags: bool = True) -> int:
    """Write samples as one JSON file; see `llava_record`.

    Returns:
        How many they are.

    Raises:
        InputError: The format cannot hold a sample.
        OutputError: The file cannot be written.
    """
    return write_json_array(path, (llava_record(sample, tags=tags) for sample in samples))


def media_field(sample: Sample) -> dict[str, Any]:
    """`video` or `image` with the path, or a list of several; nothing for text alone.

    Raises:
        InputError: Videos and images at once.
    """
    kinds = {media.kind for media in sample.media}
    if len(kinds) > 1:
        raise InputError(f"sample {sample.id!r}: this format holds videos or images, not both; use hf or webdataset")
    paths = [media.path for media in sample.media]
    return {kind: paths[0] if len(paths) == 1 else paths for kind in kinds}


def turns_alone(sample: Sample) -> tuple[Any, ...]:
    """The messages of a sample for a format without system messages.

    Raises:
        InputError: It has one.
    """
    if sample.system is not None:
        raise InputError(f"sample {sample.id!r}: this format has no place for its system message; use hf or webdataset")
    return sample.turns
