"""The root command and its error handling."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from roadmark import __version__
from roadmark.cli import clip, config, console, demo, scenario, simulate
from roadmark.errors import RoadmarkError

app = typer.Typer(
    name="roadmark",
    help="Traffic scenarios into labelled video data. Start with: roadmark demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("simulate")(simulate.simulate)
app.add_typer(scenario.app, name="scenario")
app.add_typer(clip.app, name="clip")
app.add_typer(config.app, name="config")

INTERRUPTED = 130
"""Exit code of a command stopped with Ctrl-C, as shells have it."""


def _print_version(value: bool) -> None:
    if value:
        console.out.print(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Traffic scenarios into labelled video data."""


def main() -> None:
    """Run the command; a `RoadmarkError` becomes a message and exit code 1, never a traceback."""
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:  # Typer's own handling of Ctrl-C is silent
            console.fail("interrupted")
        raise
    except RoadmarkError as error:
        if os.environ.get("ROADMARK_DEBUG"):
            raise
        console.fail(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        console.fail("interrupted")
        sys.exit(INTERRUPTED)
