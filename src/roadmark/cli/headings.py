"""`HeadedCommand`: a command whose help shows many options under headings, as plain text in terminals and pipes."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

REST = "Options"
"""Heading of options that name none."""


class HeadedCommand(TyperCommand):
    """Shows each option under the heading it names (`rich_help_panel`), in the order in which headings first occur."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options into the help text."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                rest = "Arguments" if parameter.param_type_name == "argument" else REST
                sections.setdefault(getattr(parameter, "rich_help_panel", None) or rest, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)
