"""Settings from the command line: those of a file, changed by options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from roadmark.augment.recipe_file import load_augmentation
from roadmark.augment.settings import EMBEDDED, SERVICES, AugmentSettings, Endpoints
from roadmark.catalog import CONDITION_KEYS, Conditions
from roadmark.config import validate
from roadmark.errors import ConfigError

ORIGIN = "command line"


def augment_settings(
    config: Path | None = None,
    *,
    with_data: bool = True,
    variations: int | None = None,
    mode: str | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    any_combination: bool = False,
    seed: int | None = None,
    backend: str | None = None,
    url: str | None = None,
    offline: bool = False,
) -> tuple[AugmentSettings, tuple[str, ...]]:
    """The settings of a run; what is None is not given.

    Args:
        config: Augmentation YAML; None takes the defaults.
        with_data: Whether its samples are wanted.
        variations: How many each sample gets.
        mode: How conditions are drawn.
        lists: Values to choose from, by the recipe's names of lists; they replace the file's list of that name.
        any_combination: Allow contradictory conditions.
        seed: Of the plan and the prompts.
        backend: What makes the videos, whatever the file says.
        url: Its service's address.
        offline: Use no service of the file.

    Returns:
        The settings, and warnings.

    Raises:
        ConfigError: A value is wrong, or options exclude each other.
    """
    settings = AugmentSettings()
    warnings: tuple[str, ...] = ()
    if config is not None:
        settings, warnings = load_augmentation(config, with_data=with_data)
    if offline:
        if url is not None or (backend is not None and backend in SERVICES):
            raise ConfigError(f"--offline uses no service; leave out --{'backend ' + backend if backend else 'url'}")
        settings = _changed(
            settings, endpoints=Endpoints(), video_captioning={"captioner": None}, template_generation={"writer": None}
        )
    plan = {"count": variations, "mode": mode, "strict": False if any_combination else None}
    settings = _changed(settings, variations=_given(plan), prompt_generation=_given({"seed": seed}), backend=backend)
    if lists:
        settings = _with_lists(settings, lists)
    if url is not None:
        settings = _with_url(settings, url)
    if settings.chosen_backend in SERVICES and settings.endpoints.cosmos is None:
        raise ConfigError(f"--backend {settings.chosen_backend} needs its service's address; give --url")
    _check_drawn(settings)
    return settings, warnings


def _check_drawn(settings: AugmentSettings) -> None:
    """Refuse conditions that no embedded backend can draw, before anything is made; services are asked for any."""
    if settings.chosen_backend not in (None, *EMBEDDED):
        return
    for key, field in CONDITION_KEYS.items():
        for value in settings.lists.get(key, ()):
            try:
                Conditions(**{field: value})
            except ConfigError as error:
                backend = settings.chosen_backend or "an embedded backend"
                raise ConfigError(f"{key}: {error}; {backend} draws no other") from None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _changed(settings: AugmentSettings, **changes: Any) -> AugmentSettings:
    """Settings with other values, validated again; of sections, only the named fields change."""
    values: dict[str, Any] = dict(settings)
    for name, change in changes.items():
        if change is None:
            continue
        if isinstance(change, dict):
            section: BaseModel = values[name]
            values[name] = validate(type(section), {**dict(section), **change}, ORIGIN)
        else:
            values[name] = change
    return validate(AugmentSettings, values, ORIGIN)


def _with_lists(settings: AugmentSettings, lists: Mapping[str, Sequence[str]]) -> AugmentSettings:
    for name, values in lists.items():
        if not values:
            raise ConfigError(f"{ORIGIN}: {name} is an empty list; name at least one value, with commas between")
    replaced = {**settings.lists, **{name: tuple(values) for name, values in lists.items()}}
    return _changed(settings, template_generation={"variables": replaced}, video_captioning={"variables": None})


def _with_url(settings: AugmentSettings, url: str) -> AugmentSettings:
    if settings.chosen_backend not in SERVICES and settings.backend is not None:
        raise ConfigError(f"--url {url}: backend {settings.backend} asks no service; remove one")
    known = settings.endpoints.cosmos
    service = {**({} if known is None else dict(known)), "url": url}
    return _changed(settings, endpoints={"cosmos": service})
