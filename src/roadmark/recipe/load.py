"""Reads a whole run's YAML: fills in paths, seeds and a profile, and checks every section as its command does."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from roadmark.augment import complete_augmentation
from roadmark.config import load_mapping, validation_message
from roadmark.errors import ConfigError, InputError
from roadmark.files import has_file, is_plain_name
from roadmark.generate import Recipe
from roadmark.recipe.settings import STEPS, PipelineSettings
from roadmark.simulate import SimulateSettings

PROFILES = "profiles"
"""Key of a file with changes by name, each as the file itself."""
STANDARD = "standard"
DEFAULT_OUTPUT = "out/run"
_FOLDER = resources.files("roadmark.recipe") / "recipes"


def load_pipeline(
    path: Path | None = None, *, profile: str | None = None, output: Path | None = None, seed: int | None = None
) -> tuple[PipelineSettings, tuple[str, ...]]:
    """Read a run's settings.

    Args:
        path: YAML or JSON; relative paths in it lie in its folder. None takes the standard recipe that comes with us,
            whose output lies in the working folder.
        profile: Changes to apply, by name: of the file, else of ours (`demo`).
        output: The folder of everything, whatever the file says.
        seed: The run's seed, whatever the file says.

    Returns:
        The settings, and warnings.

    Raises:
        ConfigError: The file cannot be read, or a value is wrong; the message names the field.
    """
    shown = path if path is not None else _ours(STANDARD)
    values = load_mapping(shown)
    values = _with_profile(values, profile, shown)
    folder = Path() if path is None else path.parent
    values["output"] = Path(output) if output is not None else values.get("output", DEFAULT_OUTPUT)
    if seed is not None:
        values["seed"] = seed
    values = {name: {} if name in STEPS and part is None else part for name, part in values.items()}
    values = _with_seeds(_with_folders(values, folder))
    try:
        settings = PipelineSettings.model_validate(values, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(validation_message(error, {}, str(shown))) from None
    _check_files(settings, shown)
    if settings.augment is None:
        return settings, ()
    augment, warnings = complete_augmentation(settings.augment, f"{shown}: augment")
    return settings.model_copy(update={"augment": augment}), warnings


def _ours(name: str) -> Path:
    """A recipe or profile that comes with the package."""
    with resources.as_file(_FOLDER / f"{name}.yaml") as path:
        return path


def _with_profile(values: dict[str, Any], profile: str | None, shown: Path) -> dict[str, Any]:
    own = values.pop(PROFILES, {})
    if not isinstance(own, dict):
        raise ConfigError(f"{shown}: {PROFILES} must be a mapping of names to changes")
    if profile is None:
        return values
    if profile in own:
        changes = own[profile]
    elif is_plain_name(profile) and profile != STANDARD and (_FOLDER / f"{profile}.yaml").is_file():
        changes = load_mapping(_ours(profile))
    else:
        ours = {entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir()} - {STANDARD}
        known = ", ".join(sorted({*map(str, own), *ours}))
        raise ConfigError(f"{shown}: there is no profile {profile!r}; use one of {known}")
    if not isinstance(changes, dict):
        raise ConfigError(f"{shown}: {PROFILES}.{profile} must be a mapping as the file itself")
    return _merged(values, changes)


def _merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Values with changes; mappings are merged, everything else is replaced."""
    merged = dict(values)
    for name, change in changes.items():
        old = merged.get(name)
        merged[name] = _merged(old or {}, change) if isinstance(change, dict) and _is_mapping(old) else change
    return merged


def _is_mapping(value: object) -> bool:
    return value is None or isinstance(value, dict)


def _with_folders(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Relative paths made relative to the file's folder; those of `augment` are by its own settings."""
    values = {**values, **_below(values, PipelineSettings, folder)}
    for name, model in (("generate", Recipe), ("simulate", SimulateSettings)):
        if isinstance(values.get(name), dict):
            values[name] = {**values[name], **_below(values[name], model, folder)}
    return values


def _below(values: Mapping[str, Any], model: type[BaseModel], folder: Path) -> dict[str, Any]:
    """The values of a model's paths, below a folder."""
    fields = [
        name for name, field in model.model_fields.items() if Path in (field.annotation, *get_args(field.annotation))
    ]
    return {
        name: folder / values[name]
        for name in fields
        if isinstance(values.get(name), str) and values[name].strip() and values[name].strip().lower() != "none"
    }


def _with_seeds(values: dict[str, Any]) -> dict[str, Any]:
    """The run's seed where a section names none. Simulations are left out: a scenario says which town was grown."""
    if "seed" not in values:
        return values
    seeded = dict(values)
    for name in ("generate", "dataset", "export"):
        if isinstance(values.get(name), dict):
            seeded[name] = {"seed": values["seed"], **values[name]}
    augment = values.get("augment")
    if isinstance(augment, dict) and isinstance(augment.get("prompt_generation", {}), dict):
        prompts = {"seed": values["seed"], **augment.get("prompt_generation", {})}
        seeded["augment"] = {**augment, "prompt_generation": prompts}
    return seeded


def _check_files(settings: PipelineSettings, shown: Path) -> None:
    """Refuse files that are not there before anything is made."""
    for name, section in (("generate", settings.generate), ("simulate", settings.simulate)):
        for field in () if section is None else type(section).model_fields:
            path = getattr(section, field)
            if not isinstance(path, Path) or str(path).lower() == "none":
                continue
            try:
                there = has_file(path) or path.is_dir()
            except InputError as error:
                raise ConfigError(f"{shown}: {name}.{field}: {error}") from None
            if not there:
                raise ConfigError(f"{shown}: {name}.{field} {path}: no such file; check the path")
    for field in ("scenarios", "clips"):
        folder = getattr(settings, field)
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"{shown}: {field} {folder}: no such folder; check the path")
