"""`roadmark config`: what a run would use, and where each value came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from roadmark.cli import console

app = typer.Typer(help="Show the settings that a run would use.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Show the settings that a run would use."""


@app.command()
def show(
    config: Annotated[Path | None, typer.Option("--config", help="Scenario (log config) JSON.")] = None,
    wf_config: Annotated[Path | None, typer.Option("--wf-config", help="Global (workflow) JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Print every setting of `roadmark simulate`, its value and its origin."""
    from roadmark.simulate import resolve_settings

    resolved, metadata = resolve_settings(wf_config=wf_config, config=config, command_line={})
    if as_json:
        document = {
            "settings": {
                name: {"value": value, "origin": resolved.origin(name)}
                for name, value in resolved.settings.model_dump(mode="json").items()
            },
            "metadata": metadata,
        }
        console.out.print_json(json.dumps(document))
        return
    table = Table("setting", Column("value", overflow="fold"), Column("origin", overflow="fold"))
    for name, value, origin in resolved.rows():
        table.add_row(name, "" if value is None else str(value), origin)
    for name, value in metadata.items():
        table.add_row(name, json.dumps(value), f"{config} (metadata)")
    console.out.print(table)
