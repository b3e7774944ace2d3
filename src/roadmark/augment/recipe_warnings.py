"""What a file of an augmentation says in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from roadmark.augment.settings import SERVICES, AugmentSettings
from roadmark.catalog import CONDITION_KEYS
from roadmark.files import is_plain_name

WITHOUT_EFFECT = {
    "video_creation.simulator": "roadmark simulate makes the source videos",
    "prompt_generation.save_prompts": "prompts are always saved",
    "cosmos.configuration": "all that a service is told stands in this file",
    "logging.enabled": "messages do not depend on it",
    "logging.level": "messages do not depend on it",
}
"""Fields of the published file that decide nothing here, each with the reason."""


def without_effect(settings: AugmentSettings) -> Iterator[str]:
    """What a file says that has no effect, or another one than it seems, each with the reason.

    Args:
        settings: As the file gives them: which fields it gives counts, even where they say the default.
    """
    given = dict(_given(settings))
    for field, reason in WITHOUT_EFFECT.items():
        if field in given:
            yield f"{field} has no effect: {reason}"
    yield from _unused_texts(settings, given)
    yield from _unused_services(settings, given)
    yield from _unused_transfer(settings, given)
    yield from _unused_plan(settings, given)
    yield from _unused_controls(settings)
    name = settings.cosmos.parameters.inference_name
    if not is_plain_name(name):
        yield (
            f"cosmos.parameters.inference_name {name}: services take letters, digits and _.- only; "
            f"{settings.cosmos.parameters.request_prefix} is used"
        )


def _unused_texts(settings: AugmentSettings, given: Mapping[str, Any]) -> Iterator[str]:
    if settings.captioner == "groundtruth":
        for field in ("system_prompt", "user_prompt", "parameters"):
            if f"video_captioning.{field}" in given:
                yield f"video_captioning.{field} has no effect: clips are captioned from their labels"
    if settings.writer == "slots":
        for field in ("system_prompt", "system_prompt_file", "thinking_switch", "parameters"):
            if f"template_generation.{field}" in given:
                yield f"template_generation.{field} has no effect: prompts are written from sentences, without a model"


def _unused_services(settings: AugmentSettings, given: Mapping[str, Any]) -> Iterator[str]:
    is_used = {
        "vlm": settings.captioner == "openai",
        "llm": settings.writer == "openai",
        "cosmos": settings.chosen_backend in SERVICES,
    }
    for name, used in is_used.items():
        if not used and f"endpoints.{name}" in given:
            yield f"endpoints.{name} is not used: something else is chosen in its place"
    if is_used["cosmos"] and "endpoints.cosmos.model" in given and not settings.transfer_model:
        yield "endpoints.cosmos.model has no effect: the service has the one model that it was started with"


def _unused_transfer(settings: AugmentSettings, given: Mapping[str, Any]) -> Iterator[str]:
    backend = settings.chosen_backend or "an embedded backend"
    if not backend.startswith("cosmos-"):
        if "cosmos.parameters" in given:
            yield f"cosmos.parameters has no effect on {backend}"
        if any(sample.inputs.controls for sample in settings.data):
            yield f"inputs.controls has no effect on {backend}"
        for name in sorted(set(settings.lists) - {*CONDITION_KEYS, *CONDITION_KEYS.values()}):
            yield f"variables.{name} changes prompts only: {backend} draws {', '.join(CONDITION_KEYS)}"
    executor = settings.cosmos.executor_type
    if "cosmos.executor_type" in given and backend != f"cosmos-{executor}":
        why = "endpoints.cosmos names no service" if settings.backend is None else f"backend is {settings.backend}"
        yield f"cosmos.executor_type {executor} has no effect: {why}"


def _unused_plan(settings: AugmentSettings, given: Mapping[str, Any]) -> Iterator[str]:
    if settings.variations.mode == "list":
        for section in ("template_generation", "video_captioning"):
            if f"{section}.variables" in given:
                yield f"{section}.variables has no effect: variations.mode list takes variations.selections"
    for index, sample in enumerate(settings.data):
        if sample.selections and "variations.count" in given:
            yield f"variations.count does not apply to data.{index}: it has one variation for each of its selections"


def _unused_controls(settings: AugmentSettings) -> Iterator[str]:
    modalities = settings.cosmos.parameters.modalities
    if modalities is None:
        return
    unused = {name for sample in settings.data for name in sample.inputs.controls} - set(modalities)
    for name in sorted(unused):
        yield f"inputs.controls.{name} is not sent: cosmos.parameters.modalities does not list it"
    for name in sorted(set(settings.cosmos.parameters.weights or ()) - set(modalities)):
        yield f"cosmos.parameters.weights.{name} has no effect: cosmos.parameters.modalities does not list it"


def _given(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every field that the file gives, by its path; samples count as one."""
    for field in sorted(model.model_fields_set):
        value = getattr(model, field)
        yield f"{prefix}{field}", value
        if isinstance(value, BaseModel):
            yield from _given(value, f"{prefix}{field}.")
