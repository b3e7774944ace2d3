"""The root command and its error handling."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, TextIO, cast

import typer

from roadmark import __version__
from roadmark.cli import (
    augment,
    clip,
    config,
    console,
    dataset,
    demo,
    drive,
    export,
    generate,
    map,
    report,
    run,
    scenario,
    scenario_import,
    serve,
    simulate,
    som,
    verify,
    view,
    vqa,
)
from roadmark.cli.headings import HeadedCommand
from roadmark.cli.start import collect_seldom
from roadmark.errors import OutputError, RoadmarkError

app = typer.Typer(
    name="roadmark",
    help="Traffic scenarios into labelled video data. Start with: roadmark demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("simulate", cls=HeadedCommand)(simulate.simulate)
app.command("augment", cls=HeadedCommand)(augment.augment)
app.command("verify")(verify.verify)
app.command("som")(som.som)
app.command("report")(report.report)
app.command("vqa", cls=HeadedCommand)(vqa.vqa)
app.command("export")(export.export)
app.command("view")(view.view)
scenario.app.command("generate", cls=HeadedCommand)(generate.generate)
scenario.app.command("stats")(generate.stats)
scenario.app.command("calibrate")(generate.calibrate)
scenario.app.command("import", cls=HeadedCommand)(scenario_import.import_scenario)
scenario.app.command("export")(scenario_import.export_scenario)
app.add_typer(scenario.app, name="scenario")
app.add_typer(map.app, name="map")
app.add_typer(clip.app, name="clip")
app.add_typer(dataset.app, name="dataset")
app.add_typer(drive.app, name="drive")
app.add_typer(config.app, name="config")
app.add_typer(serve.app, name="serve")

INTERRUPTED = 130
"""Exit code of a command stopped with Ctrl-C, as shells have it."""

_RESUMED = (["demo"], ["run"], ["augment"], ["vqa"], ["scenario", "generate"])


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
    """Run the command; a `RoadmarkError` becomes a message and exit code 1, never a traceback.

    So does a standard output that cannot be written; one that nobody reads any more (`| head`) ends it without a word.
    """
    collect_seldom()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open to the end
    stdout = sys.stdout
    sys.stdout = cast(TextIO, _CheckedOutput(stdout))
    try:
        code = _run()
    finally:
        sys.stdout = stdout
    fault = _flush(stdout)
    if fault is not None:
        code = code or 1
        if not isinstance(fault, BrokenPipeError):
            console.fail(f"standard output cannot be written: {fault.strerror}")
    if _flush(sys.stderr) is not None:
        code = code or 1
    sys.exit(code)


class _CheckedOutput:
    """Standard output whose faults are errors of ours; that nobody reads it is Typer's and Rich's to end quietly."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with _output_faults():
            return self._stream.write(text)

    def flush(self) -> None:
        with _output_faults():
            self._stream.flush()


@contextmanager
def _output_faults() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def _run() -> int | str | None:
    """The command's exit code."""
    try:
        os.getcwd()
    except OSError:
        console.fail("the working folder was removed; change to one that exists")  # libraries stumble over it, too
        return 1
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:  # Typer's own handling of Ctrl-C is silent
            console.fail(_interrupted())
        return end.code
    except RoadmarkError as error:
        if os.environ.get("ROADMARK_DEBUG"):
            raise
        console.fail(str(error))
        return 1
    except KeyboardInterrupt:
        console.fail(_interrupted())
        return INTERRUPTED
    return 0


def _interrupted() -> str:
    """What is said after Ctrl-C: commands that keep a manifest go on where they were."""
    asked = sys.argv[1:]
    goes_on = "--batch" in asked or any(asked[: len(command)] == command for command in _RESUMED)
    return "interrupted; what is whole is kept: the same command goes on from here" if goes_on else "interrupted"


def _flush(stream: TextIO) -> OSError | None:
    """Write what a stream still holds; where it cannot be, drop it, so that Python does not try again at its end."""
    try:
        stream.flush()
    except OSError as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
