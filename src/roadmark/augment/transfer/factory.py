"""Transfer backends by name."""

from __future__ import annotations

from pathlib import Path

from roadmark.augment.transfer.protocol import Transfer
from roadmark.errors import ConfigError

TRANSFERS: tuple[str, ...] = ("rerender", "relight", "cosmos-gradio", "cosmos-nim", "cosmos-videos", "cosmos-jobs")
"""Names of the backends."""

DEFAULT_JOBS = Path("out/transfer-jobs")


def make_transfer(
    name: str,
    *,
    url: str = "",
    model: str = "",
    key_env: str | None = None,
    jobs: Path | None = None,
    threads: int | None = None,
) -> Transfer:
    """A transfer backend; what it needs is loaded now, no server is asked yet.

    Args:
        name: One of `TRANSFERS`.
        url: The service's address; empty for the backend's default. For "cosmos-videos" `/v1` is included.
        model: What the service runs, where the backend takes it: MODEL_NAME of the Gradio server ("multicontrol"), the
            model's name of "cosmos-videos".
        key_env: Environment variable with the service's key.
        jobs: Folder of "cosmos-jobs", `DEFAULT_JOBS` where none is given.
        threads: Threads of the embedded backends; None takes every processor. The videos do not depend on it.

    Raises:
        ConfigError: No such backend, or no such address or model.
    """
    match name:
        case "rerender":
            from roadmark.augment.transfer.rerender import RerenderTransfer  # noqa: PLC0415 - only what is asked for

            return RerenderTransfer(threads)
        case "relight":
            from roadmark.augment.transfer.relight import RelightTransfer  # noqa: PLC0415

            return RelightTransfer() if threads is None else RelightTransfer(threads)
        case "cosmos-gradio":
            from roadmark.augment.transfer import cosmos_gradio as gradio  # noqa: PLC0415

            return gradio.CosmosGradioTransfer(url or gradio.DEFAULT_URL, model=model, key_env=key_env)
        case "cosmos-nim":
            from roadmark.augment.transfer import cosmos_nim as nim  # noqa: PLC0415

            return nim.CosmosNimTransfer(url or nim.DEFAULT_URL, key_env=key_env)
        case "cosmos-videos":
            from roadmark.augment.transfer import cosmos_videos as videos  # noqa: PLC0415

            return videos.CosmosVideosTransfer(url or videos.DEFAULT_URL, model=model, key_env=key_env)
        case "cosmos-jobs":
            from roadmark.augment.transfer.cosmos_jobs import CosmosJobsTransfer  # noqa: PLC0415

            return CosmosJobsTransfer(jobs or DEFAULT_JOBS)
    raise ConfigError(f"unknown transfer backend {name!r}; known: {', '.join(TRANSFERS)}")
