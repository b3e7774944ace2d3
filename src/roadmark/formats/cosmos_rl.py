"""What cosmos-rl's supervised training reads: LLaVA's JSON, and the part of the configuration that names it.

Source: nvidia-cosmos/cosmos-reason2, examples/cosmos_rl/scripts/llava_sft.py: it takes the first question and the
first answer, takes tags out of the question, joins `media_path` with every path, and the system prompt from the
configuration.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from roadmark.dataset import Sample
from roadmark.errors import InputError
from roadmark.files import write_atomically
from roadmark.formats.json_stream import write_json_array
from roadmark.formats.llava import media_field

ANNOTATIONS, CONFIGURATION = "annotations.json", "dataset.toml"


def cosmos_rl_record(sample: Sample) -> dict[str, Any]:
    """A sample as the trainer reads it: one question, one answer, tags before the question.

    Raises:
        InputError: It has more turns, or videos and images at once.
    """
    if len(sample.turns) != 2:
        raise InputError(f"sample {sample.id!r}: cosmos-rl reads one question and one answer; use hf or webdataset")
    tags = "".join(f"<{media.kind}>\n" for media in sample.media)
    conversations = [
        {"from": "human", "value": tags + sample.question},
        {"from": "gpt", "value": sample.answer},
    ]
    return {"id": sample.id, **media_field(sample), "conversations": conversations}


def write_cosmos_rl(folder: Path | str, samples: Iterable[Sample], *, media_path: str = "") -> int:
    """Write `annotations.json`, then `dataset.toml` with `[custom.dataset]` to put into the trainer's configuration.

    Args:
        folder: Where they appear.
        samples: All with the same system message, or none: the trainer has one for all.
        media_path: Where the trainer finds the dataset's folder.

    Returns:
        How many samples there are.

    Raises:
        InputError: The format cannot hold a sample.
        OutputError: A file cannot be written.
    """
    root = Path(folder)
    system = OneSystemMessage()
    count = write_json_array(root / ANNOTATIONS, _records(samples, system))
    settings = {"annotation_path": ANNOTATIONS, "media_path": media_path, "system_prompt": system.text or ""}
    lines = [f"{name} = {_toml_text(value)}" for name, value in settings.items()]
    write_atomically(root / CONFIGURATION, "\n".join(["[custom.dataset]", *lines]) + "\n")
    return count


class OneSystemMessage:
    """The system message of all samples; the trainer's configuration has room for one.

    Attributes:
        text: The message, "" for none; None before the first sample.
    """

    def __init__(self) -> None:
        self.text: str | None = None

    def take(self, sample: Sample) -> None:
        """Take the next sample's.

        Raises:
            InputError: It is another one.
        """
        own = sample.system or ""
        if own != (own if self.text is None else self.text):
            raise InputError(f"sample {sample.id!r}: its system message differs; cosmos-rl has one for all samples")
        self.text = own


def _records(samples: Iterable[Sample], system: OneSystemMessage) -> Iterator[dict[str, Any]]:
    for sample in samples:
        system.take(sample)
        yield cosmos_rl_record(sample)


def _toml_text(text: str) -> str:
    """A TOML basic string: JSON's escapes, and DEL, which TOML wants escaped, too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
