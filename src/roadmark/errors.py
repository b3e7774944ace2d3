"""The exceptions Roadmark raises, in one tree.

Every error a user can cause or meet derives from `RoadmarkError`; its message names the file, the field, the value and
the next step, so the command line prints it as it is, without a traceback.

    RoadmarkError
    ├── ConfigError            a setting, an option or a configuration file
    ├── InputError             a data file from outside that is missing, unreadable or does not fit
    │   └── FormatError        its bytes or fields break the format (path, byte offset, field)
    │       └── TruncatedError it ends in the middle of a record
    ├── GeometryError          numbers that describe no pose, box or camera
    ├── RenderError            the renderer cannot do what was asked
    ├── OutputError            an output that cannot be written, or must not be overwritten
    └── MissingExtraError      an optional dependency is not installed
"""

from __future__ import annotations

from pathlib import Path


class RoadmarkError(Exception):
    """Root of every error Roadmark raises on purpose."""


class ConfigError(RoadmarkError):
    """A setting, command-line option or configuration file is wrong."""


class InputError(RoadmarkError):
    """A data file from outside is missing, unreadable or does not fit the others."""


class FormatError(InputError):
    """The bytes or fields of a file break its format.

    Attributes:
        path: The file, where it is known.
        offset: Byte offset of the offending record, where the format has offsets.
        field: Name of the offending field, where there is one.
    """

    def __init__(
        self, message: str, *, path: Path | str | None = None, offset: int | None = None, field: str | None = None
    ) -> None:
        """Prefix the message with where the fault is."""
        self.path = Path(path) if path is not None else None
        self.offset = offset
        self.field = field
        where = [str(path)] if path is not None else []
        if offset is not None:
            where.append(f"byte {offset}")
        if field is not None:
            where.append(field)
        super().__init__(f"{', '.join(where)}: {message}" if where else message)


class TruncatedError(FormatError):
    """A file ends in the middle of a record."""


class GeometryError(RoadmarkError, ValueError):
    """Numbers that describe no pose, box or camera."""


class RenderError(RoadmarkError):
    """The renderer cannot do what was asked."""


class OutputError(RoadmarkError):
    """An output cannot be written, or must not be overwritten."""


class MissingExtraError(RoadmarkError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, package: str, extra: str) -> None:
        """Say what is missing and how to get it."""
        self.package = package
        self.extra = extra
        super().__init__(
            f"{package} is not installed; install it with: pip install 'roadmark[{extra}]' "
            f"(in a checkout: pip install '.[{extra}]')"
        )
