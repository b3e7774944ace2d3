"""Which backend makes a source's videos, and what it is asked."""

from __future__ import annotations

from pathlib import Path

from roadmark.augment.settings import AugmentSettings, Backend
from roadmark.augment.transfer.factory import make_transfer
from roadmark.augment.transfer.protocol import Control, Transfer
from roadmark.clip import Clip
from roadmark.pipeline import JsonValue
from roadmark.simulate import NoSourceError, check_rerender

DEFAULT_CONTROLS: tuple[Control, ...] = ("edge",)
"""Controls of a clip that services get where nothing else is said, as in the published file."""
_JOBS = "jobs"


def backend_of(settings: AugmentSettings, clip: Clip | None) -> Backend:
    """The backend of one source: the one asked for, else the best that the source allows.

    A clip that keeps what it was drawn from is drawn again; of any other, and of a bare video, the picture is relit.
    """
    if settings.chosen_backend is not None:
        return settings.chosen_backend
    if clip is None:
        return "relight"
    try:
        check_rerender(clip)
    except NoSourceError:
        return "relight"
    return "rerender"


def uses_service(backend: str) -> bool:
    """Whether a backend is told the diffusion model's parameters and gets control videos."""
    return backend.startswith("cosmos-")


def backend_config(settings: AugmentSettings, backend: Backend) -> dict[str, JsonValue]:
    """What of the settings changes a backend's results."""
    if not uses_service(backend):
        return {}
    asked = settings.cosmos.parameters
    return {"model": settings.transfer_model, "parameters": asked.model_dump(mode="json", exclude={"inference_name"})}


class Backends:
    """The backends of a run, each made when it is first needed.

    Args:
        settings: All settings.
        folder: The run's folder; jobs that others run lie in it.
        threads: Threads of embedded backends; None takes every processor.
    """

    def __init__(self, settings: AugmentSettings, folder: Path, threads: int | None = None) -> None:
        self._settings = settings
        self._folder = folder
        self._threads = threads
        self._made: dict[str, Transfer] = {}

    def get(self, name: str) -> Transfer:
        """The backend of a name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def close(self) -> None:
        """Give back connections and memory."""
        for transfer in self._made.values():
            transfer.close()
        self._made.clear()

    def _make(self, name: str) -> Transfer:
        service = self._settings.endpoints.cosmos
        if service is None:
            return make_transfer(name, jobs=self._folder / _JOBS, threads=self._threads)
        return make_transfer(
            name,
            url=service.url,
            model=self._settings.transfer_model,
            key_env=service.key_env,
            jobs=self._folder / _JOBS,
        )
