"""`roadmark serve`: local servers that speak the protocols of the real services."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.errors import ConfigError

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
    from roadmark.services import Faults, TransferServing, serve_transfer

    with TemporaryDirectory(prefix="roadmark-serve-") as temporary:
        serving = TransferServing(
            api=api.value,
            folder=work_dir or Path(temporary),
            status_format=status_format.value,
            model=model,
            faults=Faults(fault),
        )
        serve_transfer(serving, host, port, lambda url: console.note(f"{api.value} API at {url}, stop it with Ctrl-C"))


@app.command("chat")
def chat(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes a free one.")] = 8001,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    clips: Annotated[
        Path | None, typer.Option(help="Folder of clips: their videos are captioned from their labels.")
    ] = None,
    allowed_local_media_path: Annotated[
        Path | None, typer.Option(help="Folder whose videos requests may name with file:// [the folder of clips].")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="A further model id to answer to, as a configuration names it; repeatable.")
    ] = None,
    key_env: Annotated[
        str | None, typer.Option(help="Environment variable that holds the key that requests must bring [none].")
    ] = None,
    fault: Annotated[
        str,
        typer.Option(
            help="Misbehave on purpose, to try a client: busy, rate-limit, http500, timeout, cut-download, malformed "
            "or empty-choices; with :N for the first N requests."
        ),
    ] = "",
) -> None:
    """Serve chat: OpenAI's API, videos in and captions out, answered by Roadmark's own captioner and rules."""
    from roadmark.services import ChatServing, serve_chat

    serving = ChatServing(
        clips=_folder(clips, "--clips"),
        allowed=_folder(allowed_local_media_path or clips, "--allowed-local-media-path"),
        models=tuple(model or ()),
        key=_key(key_env),
        fault=fault,
    )
    serve_chat(serving, host, port, lambda url: console.note(f"chat API at {url}/v1, stop it with Ctrl-C"))


def _folder(path: Path | None, option: str) -> Path | None:
    if path is not None and not path.is_dir():
        raise ConfigError(f"{option} {path}: no such folder")
    return path


def _key(variable: str | None) -> str:
    key = os.environ.get(variable, "") if variable else ""
    if variable and not key:
        raise ConfigError(f"--key-env {variable}: this environment variable is not set")
    return key
