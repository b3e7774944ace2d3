"""An OpenSCENARIO document: elements with their lines, parameters filled in, and nothing read by accident."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn
from xml.etree.ElementTree import Element
from xml.parsers import expat

from roadmark.errors import FormatError
from roadmark.files import read_bounded
from roadmark.maps import parse_xml

MAX_BYTES: Final = 64 << 20
"""Largest document."""
MAX_ELEMENTS: Final = 1_000_000
"""Most elements: trajectories have three per vertex."""
VERSIONS: Final = ("1.0", "1.1", "1.2")
"""Versions of the standard that are read."""
_LARGEST: Final = 1e9
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_PARAMETER: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


class Document:
    """A document that may be hostile.

    Attributes:
        path: The file.
        root: Its root element.
        parameters: Values of the declared parameters by name.
        notes: What is said but does not change what happens, such as the weather.
    """

    def __init__(self, path: Path) -> None:
        """Read and check a document.

        Raises:
            InputError: It cannot be read.
            FormatError: It is no OpenSCENARIO XML of a known version, or too large.
        """
        self.path = path
        data = read_bounded(path, MAX_BYTES)
        self.root = parse_xml(data, str(path), "OpenSCENARIO")
        self._lines = _lines(data, self.root, path)
        for one in self.root.iter():
            one.tag = one.tag.rpartition("}")[2]
        self.parameters: dict[str, str] = {}
        self.notes: list[str] = []
        header = self.child(self.root, "FileHeader")
        version = f"{header.get('revMajor', '?')}.{header.get('revMinor', '?')}"
        if version not in VERSIONS:
            self.fail(header, f"OpenSCENARIO {version[:20]} is not supported; use one of {', '.join(VERSIONS)}")
        self._declare(self.root.find("ParameterDeclarations"))

    def _declare(self, declarations: Element | None) -> None:
        for one in () if declarations is None else declarations:
            if one.tag != "ParameterDeclaration" or len(one):
                self.fail(one, "is not supported here; only plain ParameterDeclaration is")
            self.parameters[self.text(one, "name")] = one.get("value", "")

    def line(self, element: Element) -> int:
        """The line on which an element begins."""
        return self._lines.get(element, 0)

    def fail(self, element: Element, message: str) -> NoReturn:
        """Say what is wrong with an element.

        Raises:
            FormatError: Always; it names file, line and element.
        """
        raise FormatError(message, path=self.path, field=f"line {self.line(element)}, <{element.tag[:60]}>")

    def unsupported(self, element: Element, instead: str = "") -> NoReturn:
        """Refuse an element that would change what happens.

        Raises:
            FormatError: Always.
        """
        self.fail(element, f"is not supported{instead and f'; {instead}'}")

    def note(self, element: Element, message: str) -> None:
        """Remember something that is left out and changes nothing of what happens."""
        said = f"line {self.line(element)}, <{element.tag[:60]}>: {message}"
        if said not in self.notes:
            self.notes.append(said)

    def children(self, element: Element, *allowed: str) -> Iterator[Element]:
        """An element's children.

        Raises:
            FormatError: One is not among those allowed (reached by iterating).
        """
        for one in element:
            if one.tag not in allowed:
                self.unsupported(one, f"in <{element.tag}>, {' and '.join(allowed) or 'nothing'} is")
            yield one

    def choice(self, element: Element) -> Element:
        """The only child of an element.

        Raises:
            FormatError: There is none, or there are several.
        """
        if len(element) != 1:
            self.fail(element, f"needs exactly one child, not {len(element)}")
        return element[0]

    def child(self, element: Element, tag: str) -> Element:
        """The child of a name.

        Raises:
            FormatError: There is none, or there are several.
        """
        found = element.findall(tag)
        if len(found) != 1:
            self.fail(element, f"needs one <{tag}>, not {len(found)}")
        return found[0]

    def optional(self, element: Element, name: str) -> str | None:
        """An attribute with its parameter filled in, None where it is missing or empty.

        Raises:
            FormatError: It is an expression, or names a parameter that nobody declared.
        """
        raw = element.get(name)
        if raw is None or not raw.strip():
            return None
        text = raw.strip()
        if text.startswith("$"):
            found = _PARAMETER.fullmatch(text)
            if found is None:
                self.fail(element, f"{name}={text[:60]!r}: expressions are not supported; write the value")
            if found[1] not in self.parameters:
                self.fail(element, f"{name}={text[:60]!r}: no such parameter is declared")
            return self.parameters[found[1]].strip()
        return text

    def text(self, element: Element, name: str) -> str:
        """An attribute that must be there.

        Raises:
            FormatError: It is not.
        """
        found = self.optional(element, name)
        if found is None:
            self.fail(element, f"{name} is missing")
        return found

    def number(self, element: Element, name: str, default: float | None = None) -> float:
        """A finite number.

        Raises:
            FormatError: It is missing without a default, or none.
        """
        text = self.optional(element, name)
        if text is None:
            if default is None:
                self.fail(element, f"{name} is missing")
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not abs(value) <= _LARGEST or "_" in text:
            self.fail(element, f"{name}={text[:60]!r} is not a finite number of sensible size")
        return value

    def length(self, element: Element, name: str, default: float | None = None) -> float:
        """A number that is not negative.

        Raises:
            FormatError: It is.
        """
        value = self.number(element, name, default)
        if value < 0.0:
            self.fail(element, f"{name}={value:g} is negative")
        return value

    def integer(self, element: Element, name: str, default: int | None = None) -> int:
        """A whole number.

        Raises:
            FormatError: It is none.
        """
        value = self.number(element, name, default)
        if value != int(value):
            self.fail(element, f"{name}={value:g} is not a whole number")
        return int(value)

    def boolean(self, element: Element, name: str, *, default: bool = False) -> bool:
        """A truth value.

        Raises:
            FormatError: It is none.
        """
        text = self.optional(element, name)
        if text is None:
            return default
        if text.lower() not in _BOOLEANS:
            self.fail(element, f"{name}={text[:60]!r} is neither true nor false")
        return _BOOLEANS[text.lower()]

    def word(self, element: Element, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        """A word out of some.

        Raises:
            FormatError: It is another.
        """
        text = self.optional(element, name) or default
        if text is None or text not in known:
            self.fail(element, f"{name}={(text or '')[:60]!r} is not supported; known are {', '.join(known)}")
        return text


def _lines(data: bytes, root: Element, path: Path) -> dict[Element, int]:
    """The line of every element: the document, which `parse_xml` found harmless, is read once more for them."""
    elements = list(root.iter())
    if len(elements) > MAX_ELEMENTS:
        raise FormatError(f"{len(elements)} elements; at most {MAX_ELEMENTS} are read", path=path)
    found: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda *_: found.append(parser.CurrentLineNumber)
    skipped = len(data) - len(data.lstrip()) if data[:1].isspace() else 0
    parser.Parse(data[skipped:], True)
    above = data[:skipped].count(b"\n")
    return {element: line + above for element, line in zip(elements, found, strict=True)}
