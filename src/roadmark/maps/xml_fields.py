"""Reading numbers and names from untrusted XML, with errors that say which field of which road is wrong."""

from __future__ import annotations

import math
import re
from typing import NoReturn
from xml.etree import ElementTree as ET

from roadmark.errors import FormatError

Element = ET.Element

MAX_BYTES = 512 * 1024 * 1024
MAX_MAGNITUDE = 1e9  # metres, or any coefficient: beyond it a file describes no place on Earth
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Expat would hand any other 8-bit encoding to Python's codecs, where `<!DOCTYPE` may be spelt with other bytes.
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})


def parse_xml(data: bytes, name: str, root: str) -> Element:
    """Parse an XML document that may be hostile.

    Args:
        data: The whole file.
        name: What to call it in errors (a path or a map's name).
        root: Expected tag of the root element.

    Returns:
        The root element, namespaces stripped from its own tag only.

    Raises:
        FormatError: Not well-formed, too large, another root, an unsupported encoding, or a document type or entity
            declaration (never needed by the formats read here, and the way XML bombs and file disclosure work).
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"{len(data)} bytes; at most {MAX_BYTES} are read", path=name)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FormatError(f"broken UTF-16: {error}", path=name) from error
        data = re.sub(r"^<\?xml.*?\?>", "", text, flags=re.DOTALL).encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.match(data)
    if declared and declared.group(1).decode("ascii").lower() not in _ENCODINGS:
        raise FormatError(f"encoding {declared.group(1).decode('ascii')!r} is not supported; use UTF-8", path=name)
    if b"\0" in data:
        raise FormatError("not a text file (it contains NUL bytes)", path=name, offset=data.index(b"\0"))
    for token in (b"<!DOCTYPE", b"<!ENTITY"):
        if token in data:
            raise FormatError(f"{token.decode()} is refused", path=name, offset=data.index(token))
    try:
        element = ET.fromstring(data)  # noqa: S314 - no document type declaration can reach it
    except (ET.ParseError, ValueError, LookupError, RecursionError) as error:
        raise FormatError(f"not well-formed XML: {error}", path=name) from error
    if local_name(element.tag) != root:
        raise FormatError(f"the root element is <{element.tag}>, expected <{root}>", path=name)
    return element


def local_name(tag: str) -> str:
    """Return the tag without its namespace."""
    return tag.rpartition("}")[2]


def strip_namespaces(root: Element) -> None:
    """Remove namespaces from every tag in place (some tools write OpenDRIVE with a default namespace)."""
    if "}" not in root.tag:
        return
    for element in root.iter():
        element.tag = local_name(element.tag)


class FieldReader:
    """Typed attributes of the elements of one named part of a file (one road, one junction).

    Attributes:
        name: The file, for errors.
        where: The part of it, for errors, such as `road 12`.
    """

    def __init__(self, name: str, where: str) -> None:
        """Remember what to say in errors."""
        self.name = name
        self.where = where

    def fail(self, field: str, message: str) -> NoReturn:
        """Raise a FormatError that names file, part and field."""
        raise FormatError(message, path=self.name, field=f"{self.where} {field}")

    def number(self, element: Element, attribute: str, default: float | None = None) -> float:
        """Read a finite number.

        Raises:
            FormatError: Missing without a default, not a number, not finite, or absurdly large.
        """
        text = element.get(attribute)
        if text is None or not text.strip():
            if default is None:
                self.fail(f"{element.tag} {attribute}", "is missing")
            return default
        try:
            value = float(text)
        except ValueError:
            self.fail(f"{element.tag} {attribute}", f"{text[:40]!r} is not a number")
        if not math.isfinite(value) or abs(value) > MAX_MAGNITUDE or "_" in text:
            self.fail(f"{element.tag} {attribute}", f"{text[:40]!r} is not a finite number of sensible size")
        return value

    def length(self, element: Element, attribute: str, default: float | None = None) -> float:
        """Read a number that must not be negative."""
        value = self.number(element, attribute, default)
        if value < 0.0:
            self.fail(f"{element.tag} {attribute}", f"{value:g} is negative")
        return value

    def size(self, element: Element, attribute: str) -> float:
        """Read a size of a thing: absent, or the placeholder -1 that several tools write, is 0."""
        value = self.number(element, attribute, 0.0)
        return 0.0 if value == -1.0 else self.length(element, attribute, 0.0)

    def integer(self, element: Element, attribute: str, default: int | None = None) -> int:
        """Read a whole number."""
        value = self.number(element, attribute, default)
        if value != int(value):
            self.fail(f"{element.tag} {attribute}", f"{value:g} is not a whole number")
        return int(value)

    def text(self, element: Element, attribute: str) -> str:
        """Read a name that must be there."""
        value = element.get(attribute)
        if value is None or not value.strip():
            self.fail(f"{element.tag} {attribute}", "is missing")
        return value.strip()

    def cubic(self, element: Element, start: float) -> tuple[float, float, float, float, float]:
        """Read the polynomial a + b ds + c ds^2 + d ds^3 that starts at `start`."""
        return (
            start,
            self.number(element, "a", 0.0),
            self.number(element, "b", 0.0),
            self.number(element, "c", 0.0),
            self.number(element, "d", 0.0),
        )
