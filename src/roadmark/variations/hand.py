"""Prompts written by hand: taken as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from roadmark.config import load_document, read_text
from roadmark.errors import ConfigError
from roadmark.pipeline import JsonValue
from roadmark.variations.prompt import CaptionText, Prompt
from roadmark.variations.rules import Selections

MAX_CHARACTERS = 20_000
"""Longest prompt written by hand."""


class HandWriter:
    """Gives the same prompt for every variation, whatever its conditions.

    Args:
        text: The prompt; braces and everything else in it are text.

    Raises:
        ConfigError: It is empty, too long, or no text.
    """

    name = "hand"

    def __init__(self, text: str) -> None:
        self.text = checked_prompt(text, "prompt")

    def config(self) -> Mapping[str, JsonValue]:
        """What of the writer's set-up changes its prompts."""
        return {"prompt": self.text}

    def write(
        self,
        caption: CaptionText,
        selections: Selections,
        generator: np.random.Generator,
        source: Selections | None = None,
    ) -> Prompt:
        """See `PromptWriter`."""
        return Prompt(self.text, self.name)


def read_prompt(path: Path | str) -> str:
    """A prompt from a file: text (`.txt`), or YAML or JSON that is one text, or has it under `prompt`.

    Raises:
        ConfigError: The file cannot be read, is not UTF-8 (the message names the byte), empty or too long.
    """
    path = Path(path)
    if path.suffix.lower() not in {".yaml", ".yml", ".json"}:
        return checked_prompt(read_text(path), str(path))
    document = load_document(path)
    if isinstance(document, dict):
        unknown = [str(key) for key in document if key != "prompt"]
        if unknown:
            raise ConfigError(f"{path}: unknown key {unknown[0]!r}; a prompt file has the key 'prompt' alone")
        document = document.get("prompt")
    if not isinstance(document, str):
        raise ConfigError(f"{path}: holds no prompt; write a text, or one under the key 'prompt'")
    return checked_prompt(document, str(path))


def checked_prompt(text: str, origin: str) -> str:
    """A prompt without space around it.

    Raises:
        ConfigError: It is empty, too long, or has characters that are no text.
    """
    text = text.strip()
    if not text:
        raise ConfigError(f"{origin}: the prompt is empty; say what the video shall show")
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"{origin}: the prompt has {len(text)} characters; {MAX_CHARACTERS} are the most")
    for place, character in enumerate(text):
        if "\ud800" <= character <= "\udfff" or (character < " " and character not in "\t\r\n"):
            raise ConfigError(f"{origin}: character {place} of the prompt, {character!r}, is no text; remove it")
    return text
