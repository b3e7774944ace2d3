"""`roadmark serve`: local servers that speak the protocols of the real services."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from roadmark.cli import console

app = typer.Typer(name="serve", help="Local servers that speak the real services' protocols.", no_args_is_help=True)


class Api(StrEnum):
    """Whose API a transfer server speaks."""

    gradio = "gradio"
    nim = "nim"
    videos = "videos"


class StatusFormat(StrEnum):
    """Version of the Gradio API."""

    v13 = "v1.3"
    v14 = "v1.4"


@app.command("transfer")
def transfer(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    api: Annotated[
        Api, typer.Option(help="gradio: Cosmos-Transfer2.5's; nim: /v1/infer; videos: /v1/videos.")
    ] = Api.gradio,
    status_format: Annotated[
        StatusFormat, typer.Option(help="Version of the Gradio API: the recipe's 1.3, or 1.4.")
    ] = StatusFormat.v14,
    model: Annotated[
        str, typer.Option(help="What the Gradio server serves: multicontrol, or one of edge, vis, depth, seg.")
    ] = "multicontrol",
    work_dir: Annotated[
        Path | None, typer.Option(help="Keep uploads and results here; a temporary folder where none is given.")
    ] = None,
    fault: Annotated[
        str,
        typer.Option(
            help="Misbehave on purpose, to try a client: busy, http500, timeout, cut-download, guardrail, malformed "
            "or wrong-frames; with :N for the first N requests."
        ),
    ] = "",
) -> None:
    """Serve transfers: the API of a Cosmos server, answered by Roadmark's own relight."""
    from roadmark.services import TransferServing, serve_transfer

    with TemporaryDirectory(prefix="roadmark-serve-") as temporary:
        serving = TransferServing(
            api=api.value,
            folder=work_dir or Path(temporary),
            status_format=status_format.value,
            model=model,
            fault=fault,
        )
        serve_transfer(serving, host, port, lambda url: console.note(f"{api.value} API at {url}, stop it with Ctrl-C"))
