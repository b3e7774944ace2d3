"""Reads an augmentation's YAML: the published recipe's, in its short and its full shape, and our additions to it.

Nothing in a file is ignored in silence: unknown keys are errors, and known ones that have no effect are named in a
warning, as is everything that the environment decides instead of the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from roadmark.augment.recipe_warnings import without_effect
from roadmark.augment.settings import SERVICES, AugmentSettings
from roadmark.config import load_mapping, validate, validation_message
from roadmark.errors import ConfigError
from roadmark.variations import ContradictionError, check_selections

ENVIRONMENT = {
    "VLM_ENDPOINT_URL": ("vlm", "url"),
    "VLM_ENDPOINT_MODEL": ("vlm", "model"),
    "LLM_ENDPOINT_URL": ("llm", "url"),
    "LLM_ENDPOINT_MODEL": ("llm", "model"),
    "COSMOS_ENDPOINT_URL": ("cosmos", "url"),
}
"""Environment variables that win over the file, as in the published recipe, each with the endpoint's field it sets."""
OVERWRITE_CAPTION = "OVERWRITE_CAPTION"
"""Environment variable that wins over `overwrite_caption`, as in the published recipe."""


def load_augmentation(
    path: Path | str, environment: Mapping[str, str] | None = None, *, with_data: bool = True
) -> tuple[AugmentSettings, tuple[str, ...]]:
    """Read an augmentation's YAML or JSON file; relative paths lie in its folder.

    Args:
        path: The file.
        environment: Environment variables; by default the process's own.
        with_data: Whether the samples of `data` are wanted; they are left out where clips stand instead of them.

    Returns:
        The settings, every gap filled, and warnings: each names a field or variable and what becomes of it.

    Raises:
        ConfigError: The file cannot be read or a value is wrong; the message names the field.
    """
    path = Path(path)
    try:
        values = load_mapping(path)
        if not with_data:
            values.pop("data", None)
        settings = AugmentSettings.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        raise ConfigError(validation_message(error, {}, str(path))) from None
    if with_data and not settings.data:
        raise ConfigError(f"{path}: data lists no sample; give at least one with inputs.rgb and output.video")
    return complete_augmentation(settings, path, environment)


def complete_augmentation(
    settings: AugmentSettings, path: Path | str, environment: Mapping[str, str] | None = None
) -> tuple[AugmentSettings, tuple[str, ...]]:
    """Fill gaps from the environment, and check what fields say of each other.

    Args:
        settings: As they were read.
        path: The file they were read from, for messages.
        environment: Environment variables; by default the process's own.

    Returns:
        The settings, and warnings.

    Raises:
        ConfigError: Values that do not go together; the message names the field.
    """
    settings, unquoted = _without_quotes(settings)
    settings, overrides = _with_environment(settings, os.environ if environment is None else environment)
    _check_services(settings, path)
    _check_controls(settings, path)
    _check_outputs(settings, path)
    contradictory = _check_conditions(settings, path)
    return settings, (
        *(f"{path}: {text}" for text in (*unquoted, *contradictory, *without_effect(settings))),
        *overrides,
    )


def _without_quotes(settings: AugmentSettings) -> tuple[AugmentSettings, tuple[str, ...]]:
    """The published file quotes a prompt within a block, where quotation marks and backslashes are text."""
    captioning = settings.video_captioning
    changed = {
        field: text[1:-1].replace("\\n", "\n")
        for field in ("system_prompt", "user_prompt")
        if (text := getattr(captioning, field) or "")[:1] == '"' and text[-1:] == '"' and len(text) > 2
    }
    settings = settings.model_copy(update={"video_captioning": captioning.model_copy(update=changed)})
    return settings, tuple(
        f"video_captioning.{field}: the quotation marks around the text are not sent, and its \\n are new lines"
        for field in changed
    )


def _check_conditions(settings: AugmentSettings, path: Path | str) -> list[str]:
    """Refuse contradictory conditions that the file asks for, or warn of them."""
    given = [("variations.selections", settings.variations.selections)]
    given += [(f"data.{index}.selections", sample.selections) for index, sample in enumerate(settings.data)]
    warnings = []
    for field, entries in given:
        for index, selections in enumerate(entries):
            try:
                found = check_selections(selections, strict=settings.variations.strict)
            except ContradictionError as error:
                raise ContradictionError(f"{path}: {field}.{index}: {error}") from None
            warnings += [f"{field}.{index}: {text}" for text in found]
    return warnings


def _with_environment(
    settings: AugmentSettings, environment: Mapping[str, str]
) -> tuple[AugmentSettings, tuple[str, ...]]:
    """The settings with what the environment sets, and a warning for each value of the file that it replaces."""
    warnings = []
    for variable, (name, field) in ENVIRONMENT.items():
        value = environment.get(variable, "").strip()
        service = getattr(settings.endpoints, name)
        if not value or service is None or getattr(service, field) == value:
            continue
        warnings.append(f"environment variable {variable} replaces endpoints.{name}.{field} {getattr(service, field)}")
        values = {**service.model_dump(), field: value}
        changed = validate(type(service), values, f"environment variable {variable}")
        settings = settings.model_copy(update={"endpoints": settings.endpoints.model_copy(update={name: changed})})
    value = environment.get(OVERWRITE_CAPTION, "").strip()
    if value:
        changed = validate(
            AugmentSettings, {"overwrite_caption": value}, f"environment variable {OVERWRITE_CAPTION}"
        ).overwrite_caption
        if "overwrite_caption" in settings.model_fields_set and settings.overwrite_caption != changed:
            warnings.append(f"environment variable {OVERWRITE_CAPTION} replaces overwrite_caption")
        settings = settings.model_copy(update={"overwrite_caption": changed})
    return settings, tuple(warnings)


def _check_services(settings: AugmentSettings, path: Path | str) -> None:
    """Refuse a step that needs a service which is not named."""
    endpoints = settings.endpoints
    needed = [
        ("vlm", endpoints.vlm, settings.captioner == "openai", "video_captioning.captioner openai"),
        ("llm", endpoints.llm, settings.writer == "openai", "template_generation.writer openai"),
        (
            "cosmos",
            endpoints.cosmos,
            settings.chosen_backend in SERVICES,
            f"backend {settings.backend}",
        ),
    ]
    for name, service, is_needed, by in needed:
        if is_needed and service is None:
            raise ConfigError(f"{path}: {by} needs endpoints.{name}; give its url")


def _check_controls(settings: AugmentSettings, path: Path | str) -> None:
    """Refuse samples without a control that `cosmos.parameters.modalities` wants."""
    for index, sample in enumerate(settings.data):
        for modality in settings.cosmos.parameters.modalities or ():
            if modality not in sample.inputs.controls:
                raise ConfigError(
                    f"{path}: data.{index}.inputs.controls has no {modality}, which cosmos.parameters.modalities "
                    f"lists; give its video, or {modality}: {{derive: true}} where the service shall make it"
                )


def _check_outputs(settings: AugmentSettings, path: Path | str) -> None:
    """Refuse outputs that would replace one another or an input."""
    inputs = {_place(file): where for where, file in _inputs(settings)}
    taken: dict[str, str] = {}
    for index, sample in enumerate(settings.data):
        for variation in range(settings.variations_of(sample)):
            for key, file in sample.outputs_of(variation, settings.variations_of(sample)).files().items():
                where, place = f"data.{index}.output.{key}", _place(file)
                other = inputs.get(place) or taken.get(place)
                if other is not None:
                    raise ConfigError(f"{path}: {where} {file} is {other}, too; give it a name of its own")
                taken[place] = where


def _place(file: Path) -> str:
    return os.path.normcase(os.path.abspath(file))


def _inputs(settings: AugmentSettings) -> Iterator[tuple[str, Path]]:
    for index, sample in enumerate(settings.data):
        yield f"data.{index}.inputs.rgb", sample.inputs.rgb
        if sample.prompt_file is not None:
            yield f"data.{index}.prompt_file", sample.prompt_file
        for name, control in sample.inputs.controls.items():
            for key, file in (("video", control.video), ("mask", control.mask)):
                if file is not None:
                    yield f"data.{index}.inputs.controls.{name}.{key}", file
