"""Augmentation as a pipeline stage: prompt, video, proof and record of one variation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.augment.backends import Backends, backend_config, uses_service
from roadmark.augment.caption_stage import read_caption
from roadmark.augment.items import Job, job_of
from roadmark.augment.plan_file import plan_config
from roadmark.augment.prompting import Prompting
from roadmark.augment.records import write_record
from roadmark.augment.requests import asked_of, source_digest, transfer_request
from roadmark.augment.settings import AugmentSettings
from roadmark.augment.steps import StepStore, place
from roadmark.augment.transfer.protocol import TransferProgress, TransferRequest, TransferResult
from roadmark.captions import Caption
from roadmark.clip import AugmentationRecord, ControlRecord
from roadmark.errors import OutputError
from roadmark.files import output_errors, relative_path
from roadmark.pipeline import Item, JsonValue
from roadmark.variations import Prompt
from roadmark.verify import Verification, verification_file, verify_video, write_verification


class AugmentStage:
    """Makes one variation of one source.

    Args:
        settings: All settings.
        folder: The run's folder.
        verify: Whether results are compared with the labels.
        threads: Threads of embedded backends; None takes every processor.
        progress: Told how far each transfer is, by item; not carried into other processes.
    """

    name = "augment"
    """Name in manifests."""

    def __init__(
        self,
        settings: AugmentSettings,
        folder: Path,
        *,
        verify: bool = True,
        threads: int | None = None,
        progress: Callable[[str], TransferProgress] | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._verify = verify
        self._threads = threads
        self._progress = progress
        self._backends = Backends(settings, folder, threads)
        self._prompting = Prompting(settings)

    def __reduce__(self) -> tuple[Any, ...]:
        return _stage, (self._settings, self._folder, self._verify, self._threads)  # connections stay here

    @property
    def version(self) -> str:
        """Roadmark's version: another one may draw another picture."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """How prompts are written, and whether results are verified; each item says what else decides it."""
        return {"prompts": dict(self._prompting.config()), "verify": self._verify}

    def requests(self, item: Item) -> Mapping[str, int]:
        """Those of the prompt, unless it is given, and of the video."""
        asked = self._settings.video_requests
        return asked if "caption" in item.inputs else {name: count for name, count in asked.items() if name != "llm"}

    def close(self) -> None:
        """Give back connections and memory."""
        self._backends.close()
        self._prompting.close()

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Make one variation; its steps stay kept until the run's manifest calls it done."""
        job = job_of(item)
        store = StepStore(item.output)
        _check_free(job, store)
        fixed_seed = self._settings.cosmos.parameters.seed
        seed = int(rng.integers(2**31)) if fixed_seed is None else fixed_seed
        caption = None if job.caption is None else read_caption(job.caption)
        prompt = self._prompting.write(job, caption, rng, store)
        request = transfer_request(self._settings, job, prompt.text, seed, store.folder)
        video, result = self._transferred(job, request, store)
        verification = self._verified(job, request, video, result)
        record = self._record(job, request, prompt, caption, result, verification)
        if verification is not None:
            named = verification.model_copy(update={"video": job.output.video.name})
            write_verification(named, verification_file(job.output.video))
        place(video, job.output.video)
        write_record(job.output, record)
        return {
            "backend": job.backend,
            "selections": dict(job.selections),
            "prompt": prompt.method,
            "verdict": record.verdict or "not verified",
            "reasons": [] if verification is None else list(verification.reasons),
            "notes": list(record.notes),
        }

    def _transferred(self, job: Job, request: TransferRequest, store: StepStore) -> tuple[Path, TransferResult]:
        transfer = self._backends.get(job.backend)
        transfer.check(request)

        def make(target: Path) -> dict[str, JsonValue]:
            progress = _unheard if self._progress is None else self._progress(job.id)
            result = transfer.transfer(request, target, progress)
            frame_map = None if result.frame_map is None else list(result.frame_map)
            return {"frame_map": frame_map, "facts": dict(result.facts)}

        with output_errors(job.output.video):
            job.output.video.parent.mkdir(parents=True, exist_ok=True)
        asked = asked_of(transfer, request)
        video, made = store.video("transfer", asked, job.output.video, make, paid=uses_service(job.backend))
        frame_map = made.get("frame_map")
        return video, TransferResult(None if frame_map is None else tuple(frame_map), made.get("facts", {}))

    def _verified(self, job: Job, request: TransferRequest, video: Path, result: TransferResult) -> Verification | None:
        if not self._verify or job.clip is None:
            return None
        return verify_video(
            job.clip,
            video,
            job.conditions,
            frame_map=result.frame_map,
            controls=tuple(request.controls),
        )

    def _record(
        self,
        job: Job,
        request: TransferRequest,
        prompt: Prompt,
        caption: Caption | None,
        result: TransferResult,
        verification: Verification | None,
    ) -> AugmentationRecord:
        folder = job.output.metadata_path.parent

        def named(path: Path | None) -> str | None:
            hidden = path is not None and path.parent == StepStore(job.output.metadata_path).folder
            return None if path is None or hidden else relative_path(path, folder)

        controls: dict[str, ControlRecord] = {
            name: ControlRecord(video=named(control.video), weight=control.weight, mask=named(control.mask))
            for name, control in request.controls.items()
        }
        return AugmentationRecord(
            prompt=prompt.text,
            caption_path=relative_path(job.output.caption_path, folder),
            output_video_path=relative_path(job.output.video, folder),
            original_video_path=relative_path(job.video, folder),
            control_videos={name: control.video for name, control in controls.items() if control.video is not None},
            source_clip=None if job.clip is None else relative_path(job.clip.path, folder),
            source_digest=source_digest(job),
            selections=dict(job.selections),
            backend=job.backend,
            seed=request.seed,
            controls=controls,
            frame_map=result.frame_map,
            caption={} if caption is None else {"text": caption.text, **caption.facts},
            prompt_facts={"method": prompt.method, **prompt.facts},
            transfer=dict(result.facts),
            settings={
                "plan": plan_config(self._settings),
                "prompts": dict(self._prompting.config()),
                "backend": backend_config(self._settings, job.backend),
            },
            tools={"roadmark": __version__},
            verdict=None if verification is None else verification.verdict,
            notes=_notes(prompt),
        )


def _stage(settings: AugmentSettings, folder: Path, verify: bool, threads: int | None) -> AugmentStage:
    return AugmentStage(settings, folder, verify=verify, threads=threads)


def _check_free(job: Job, store: StepStore) -> None:
    """Refuse to replace files that no run of ours made."""
    if job.replace or store.exists():
        return
    standing = [path for path in job.output.files().values() if path.exists()]
    if job.prompt is not None:  # a prompt left there on purpose
        standing = [path for path in standing if path != job.output.caption_path]
    if standing:
        raise OutputError(f"{standing[0]}: is there already and was not made by this run; move it, or use --overwrite")


def _unheard(done: float, message: str = "") -> None:
    """Nobody listens."""


def _notes(prompt: Prompt) -> tuple[str, ...]:
    fallback = [f"the prompt is made of slots: {prompt.fallback_reason}"] if prompt.fallback_reason else []
    return (*fallback, *(f"prompt: {problem}" for problem in prompt.problems))
