"""Variations as items of the pipeline, and back: all that decides a result, each file by its content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from roadmark.augment.backends import backend_config, backend_of, uses_service
from roadmark.augment.caption_stage import caption_path, source_inputs
from roadmark.augment.samples import ControlFile, Output
from roadmark.augment.settings import AugmentSettings, Backend
from roadmark.augment.transfer.protocol import Control
from roadmark.augment.work import Variation
from roadmark.catalog import CONDITION_KEYS, Conditions
from roadmark.clip import AugmentedClip, Clip
from roadmark.errors import ConfigError, FormatError
from roadmark.files import has_file
from roadmark.pipeline import Item
from roadmark.variations import read_prompt

GIVEN, KEPT = "given", "kept"
"""Where a prompt came from that was not written by us: the settings, or a file left at the output's place."""


@dataclass(frozen=True)
class GivenPrompt:
    """A prompt that is taken as it is.

    Attributes:
        text: The prompt.
        origin: `GIVEN` or `KEPT`.
    """

    text: str
    origin: str


@dataclass(frozen=True, eq=False)
class Job:
    """One item, read back.

    Attributes:
        id: The item's.
        clip: The source with its labels; None where only videos were given.
        video: The source's picture.
        caption: The source's caption file; None where the prompt is given.
        prompt: A given prompt.
        selections: The chosen value of every varied name.
        backend: What makes the video.
        controls: Controls that the sample names, each with its weight.
        output: The files.
        replace: Whether files that are there may be replaced.
    """

    id: str
    clip: Clip | None
    video: Path
    caption: Path | None
    prompt: GivenPrompt | None
    selections: Mapping[str, str]
    backend: Backend
    controls: Mapping[Control, tuple[ControlFile, float]]
    output: Output
    replace: bool

    @property
    def conditions(self) -> Conditions | None:
        """The selected conditions; None where none of the known names was varied, or a value is none of ours."""
        if not {*CONDITION_KEYS, *CONDITION_KEYS.values()} & self.selections.keys():
            return None
        try:
            return Conditions.from_selections(self.selections)
        except ConfigError:  # a service was asked for something that cannot be measured
            return None


def variation_item(
    settings: AugmentSettings, variation: Variation, prompt: GivenPrompt | None, folder: Path, overwrite: bool
) -> Item:
    """A variation as an item.

    Args:
        settings: All settings.
        variation: It.
        prompt: Its prompt, where it is taken as it is.
        folder: The run's folder.
        overwrite: Files that no run made may be replaced.
    """
    source = variation.source
    clip = None if source.clip is None else Clip.open(source.clip)
    backend = backend_of(settings, clip)
    controls = settings.controls_of(source.sample) if uses_service(backend) else {}
    inputs: dict[str, Path | str] = {**source_inputs(source), "video": source.sample.inputs.rgb}
    if prompt is None:
        inputs["caption"] = caption_path(folder, source.id)
    for name, (control, _) in controls.items():
        inputs |= {} if control.video is None else {f"control.{name}": control.video}
        inputs |= {} if control.mask is None else {f"mask.{name}": control.mask}
    inputs["work"] = json.dumps(
        {
            "selections": dict(variation.selections),
            "prompt": None if prompt is None else [prompt.text, prompt.origin],
            "backend": backend,
            "backend_config": backend_config(settings, backend),
            "controls": {name: weight for name, (_, weight) in controls.items()},
        }
    )
    output = variation.output
    companions = (output.video, output.caption_path)
    return Item(variation.id, output.metadata_path, inputs, replace=overwrite, companions=companions)


def job_of(item: Item) -> Job:
    """An item, read back.

    Raises:
        InputError: The source's clip is damaged.
    """
    work = json.loads(str(item.inputs["work"]))
    paths = {name: value for name, value in item.inputs.items() if isinstance(value, Path)}
    controls = {}
    for name, weight in work["controls"].items():
        video = paths.get(f"control.{name}")
        controls[cast(Control, name)] = (
            ControlFile(video=video, derive=video is None, mask=paths.get(f"mask.{name}")),
            float(weight),
        )
    return Job(
        id=item.id,
        clip=Clip.open(paths["clip"].parent) if "clip" in paths else None,
        video=paths["video"],
        caption=paths.get("caption"),
        prompt=None if work["prompt"] is None else GivenPrompt(*work["prompt"]),
        selections=work["selections"],
        backend=work["backend"],
        controls=controls,
        output=Output(video=item.companions[0], caption=item.companions[1], metadata=item.output),
        replace=item.replace,
    )


def given_prompt(settings: AugmentSettings, variation: Variation) -> GivenPrompt | None:
    """The prompt of a variation where nobody has to write one; None where it is to be written.

    Raises:
        ConfigError: Its file is missing or no UTF-8 text.
    """
    sample = variation.source.sample
    if sample.prompt is not None:
        return GivenPrompt(sample.prompt, GIVEN)
    if sample.prompt_file is not None:
        return GivenPrompt(read_prompt(sample.prompt_file), GIVEN)
    if settings.overwrite_caption or not has_file(variation.output.caption_path):
        return None
    if has_file(variation.output.metadata_path) and not _was_kept(variation.output.metadata_path):
        return None  # it is the prompt that an earlier run wrote
    return GivenPrompt(read_prompt(variation.output.caption_path), KEPT)


def _was_kept(record: Path) -> bool:
    try:
        return AugmentedClip.open(record).record.prompt_facts.get("origin") == KEPT
    except FormatError:  # another tool's record
        return True
