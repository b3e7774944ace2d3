"""The page as bytes: one HTML file whose style, scripts and data lie in it; data of many clips in files beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from roadmark.report.figures import Figure

GENERATOR = "Roadmark report"
"""In the head of every page of ours: what may be replaced by another one."""

_SCRIPTS = (
    "dom", "data", "clock", "surfaces", "stage", "transport", "timeline", "questions", "clips", "verdicts", "main",
)  # fmt: skip
"""Files of the page's script, in the order in which they are joined."""


@dataclass(frozen=True)
class PageText:
    """What stands on the page besides clips.

    Attributes:
        title: Name of the folder.
        kind: What it is, in words.
        numbers: The headline's names and values.
        figures: Plots.
        files: Names of the dataset's files with sizes and hashes.
        stages: Stage, done, failed and unfinished items of the run.
        failures: What failed and why.
        tools: Versions of what made the clips.
        split: How the split was drawn, in words; empty where there is none.
        problems: What could not be shown of the whole folder.
    """

    title: str
    kind: str
    numbers: Sequence[tuple[str, str]]
    figures: Sequence[Figure]
    files: Sequence[tuple[str, str]]
    stages: Sequence[tuple[str, int, int, int]]
    failures: Sequence[tuple[str, str]]
    tools: Sequence[tuple[str, str]]
    split: str
    problems: Sequence[str]


def page_bytes(text: PageText, index: Mapping[str, Any], inlined: Sequence[str]) -> bytes:
    """The HTML file.

    Args:
        text: Its words and plots.
        index: What the page's scripts read first.
        inlined: `data_text` of the clips that lie in the page, in the list's order; empty where they lie beside it.
    """
    style = _asset("style.css")
    script = "(() => {\n'use strict';\n" + "\n".join(_asset(f"{name}.js") for name in _SCRIPTS) + "\n})();\n"
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(_asset("page.html")).render(
        text=text,
        generator=GENERATOR,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        plots=[Markup(figure.svg) for figure in text.figures],  # noqa: S704 - made by an XML writer
        index=Markup(data_text(index)),  # noqa: S704 - nothing in it can end the element
        inlined=[Markup(record) for record in inlined],  # noqa: S704 - as above
    )
    return page.encode(errors="replace")  # names of files may hold bytes that are no text


def data_text(value: Any) -> str:
    """ASCII JSON without `<`, `>` and `&`: safe within HTML and scripts whatever the texts are; no number is null."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _finite(value: Any) -> Any:
    """The same without numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def clip_script(place: int, data: str) -> bytes:
    """A script that hands one clip's data to the page; pages opened from a disk may load scripts, and nothing else."""
    return f"roadmarkClip({place},{data});\n".encode("ascii")


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only this page's own script runs, and nothing is loaded from elsewhere than where the page lies.

    Source: Content Security Policy Level 3. On `file:` pages `'self'` matches nothing, `file:` does.
    """
    here = "'self' file: data: blob:"
    return (
        f"default-src 'none'; img-src {here}; media-src {here}; style-src {_hash(style)}; "
        f"script-src {_hash(script)} 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
