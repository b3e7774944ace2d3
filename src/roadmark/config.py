"""Configuration: strict models, bounded loading of YAML and JSON, and one precedence with the origin of every value.

A component owns a small `Settings` model. Values arrive in layers, later ones win:

    defaults < global (workflow) file < scenario file < command line

`resolve` merges the layers into one validated model and remembers where each value came from, so that errors and
`roadmark config show` can name it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from roadmark.errors import ConfigError, InputError
from roadmark.files import read_bounded, read_json

MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
"""Largest YAML or JSON file that is read: configurations are kilobytes; more is a mistake or an attack."""

MAX_VALUES = 1_000_000
"""Most values a YAML document may stand for once its aliases are written out."""

DEFAULT_ORIGIN = "default"

_FAULTS_SHOWN, _VALUE_SHOWN = 10, 80
_PASSWORD = re.compile(r"//[^\s/@'\"]*@")


class Settings(BaseModel):
    """Base of every configuration model: immutable, unknown keys are errors, numbers must be finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)


class UserSettings(Settings):
    """Base of models of files that people write: `true` and `false` are no numbers there."""

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) and not _mentions_bool(cls.model_fields[info.field_name or ""].annotation):
            raise ValueError("expected another kind of value, not true or false")
        return value


def _mentions_bool(annotation: Any) -> bool:
    return annotation in (bool, Any, object) or any(_mentions_bool(part) for part in get_args(annotation))


SettingsT = TypeVar("SettingsT", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """YAML's safe loader that bounds what aliases expand to and refuses duplicate keys."""

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            _expanded_size(node, {}, set())
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", key_node.start_mark)
            seen.add(key if isinstance(key, Hashable) else str(key))
        return super().construct_mapping(node, deep)


def _expanded_size(node: yaml.Node, known: dict[int, int], open_nodes: set[int]) -> int:
    """Number of values a node stands for once its aliases are written out."""
    if id(node) in open_nodes:
        raise yaml.constructor.ConstructorError(None, None, "an alias (*name) contains itself", node.start_mark)
    if id(node) not in known:
        open_nodes.add(id(node))
        children = node.value if isinstance(node, yaml.CollectionNode) else []
        flat = [part for child in children for part in (child if isinstance(child, tuple) else (child,))]
        known[id(node)] = 1 + sum(_expanded_size(child, known, open_nodes) for child in flat)
        open_nodes.discard(id(node))
        if known[id(node)] > MAX_VALUES:
            raise yaml.constructor.ConstructorError(
                None, None, f"aliases (*name) expand to more than {MAX_VALUES} values", node.start_mark
            )
    return known[id(node)]


def read_text(path: Path | str) -> str:
    """Read a small UTF-8 text file.

    Raises:
        ConfigError: It is missing, unreadable, too large or not UTF-8.
    """
    path = Path(path)
    try:
        return read_bounded(path, MAX_DOCUMENT_BYTES).decode("utf-8-sig")
    except InputError as error:
        raise ConfigError(str(error)) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from None


def load_document(path: Path | str) -> Any:
    """Load a YAML (`.yaml`, `.yml`) or JSON document as plain Python values.

    Args:
        path: The file; anything not named YAML is read as JSON.

    Raises:
        ConfigError: The file is missing, unreadable, too large, malformed or gives a key twice.
    """
    path = Path(path)
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _load_yaml(path)
    try:
        return read_json(path, MAX_DOCUMENT_BYTES, unique_keys=True)
    except InputError as error:
        raise ConfigError(str(error)) from None


def _load_yaml(path: Path) -> Any:
    text = read_text(path)
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{path}{where}: not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply") from None
    except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError) as error:
        # PyYAML's constructors of tagged scalars (!!bool, !!timestamp) raise whatever their parsing meets
        raise ConfigError(f"{path}: not valid YAML: a value does not fit its tag: {error}") from None


def load_mapping(path: Path | str) -> dict[str, Any]:
    """Load a document whose top level is a mapping with string keys.

    Raises:
        ConfigError: As `load_document`, or the top level is something else.
    """
    document = load_document(path)
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        found = "nothing" if document is None else type(document).__name__
        raise ConfigError(f"{path}: expected a mapping of names to values, found {found}")
    return document


def validation_message(error: ValidationError, origins: Mapping[str, str] | None = None, fallback: str = "") -> str:
    """Say which field is wrong, its value and why, one line per fault; long values and long lists of faults are cut.

    Args:
        error: What pydantic found.
        origins: File or option each top field came from, named before it.
        fallback: Origin of all other fields; empty names none.
    """
    faults = error.errors(include_url=False, include_context=False)
    lines = []
    for fault in faults[:_FAULTS_SHOWN]:
        location = [str(part) for part in fault["loc"]]
        name = ".".join(location) or "document"
        origin = (origins or {}).get(location[0], fallback) if location else fallback
        if fault["type"] == "extra_forbidden":
            text = f"unknown key {name!r}; remove it or check its spelling"
        elif fault["type"] == "missing":
            text = f"{name} is missing"
        elif not location and fault["type"] == "value_error":  # of several fields together
            text = str(fault["msg"]).removeprefix("Value error, ")
        else:
            text = f"{name} = {_short(fault['input'])}: {fault['msg'].removeprefix('Value error, ')}"
        lines.append(f"{origin}: {text}" if origin else text)
    if len(faults) > _FAULTS_SHOWN:
        lines.append(f"and {len(faults) - _FAULTS_SHOWN} faults more")
    return "\n".join(lines)


def _short(value: object) -> str:
    text = _PASSWORD.sub("//...@", repr(value))
    return text if len(text) <= _VALUE_SHOWN else f"{text[:_VALUE_SHOWN]} ..."


def validate(model: type[SettingsT], data: Any, origin: str) -> SettingsT:
    """Validate plain values as a model.

    Args:
        model: The settings class.
        data: What was loaded.
        origin: File or option the values came from, for the message.

    Raises:
        ConfigError: Names the origin, the field, its value and what is wrong with it.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(validation_message(error, {}, origin)) from None


@dataclass(frozen=True)
class Layer:
    """Values from one origin (a file or the command line), not yet validated."""

    origin: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Resolved(Generic[SettingsT]):
    """Settings merged from layers, with the origin of every field."""

    settings: SettingsT
    origins: Mapping[str, str]

    def origin(self, field: str) -> str:
        """Where a field's value came from."""
        return self.origins.get(field, DEFAULT_ORIGIN)

    def rows(self) -> list[tuple[str, Any, str]]:
        """Every field as (name, value, origin), in the model's order."""
        return [(name, getattr(self.settings, name), self.origin(name)) for name in type(self.settings).model_fields]


def resolve(model: type[SettingsT], layers: Sequence[Layer]) -> Resolved[SettingsT]:
    """Merge layers, lowest precedence first, and validate the result.

    Raises:
        ConfigError: A value is wrong; the message names the layer it came from.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            values[key] = value
            origins[key] = layer.origin
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(validation_message(error, origins, "settings")) from None
    return Resolved(settings, origins)
