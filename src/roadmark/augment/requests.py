"""What a backend is asked for one variation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from roadmark.augment.backends import DEFAULT_CONTROLS, uses_service
from roadmark.augment.items import Job
from roadmark.augment.settings import AugmentSettings
from roadmark.augment.transfer.controls import clip_controls
from roadmark.augment.transfer.protocol import Control, ControlInput, Transfer, TransferRequest
from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.files import hash_file
from roadmark.media import video_info
from roadmark.pipeline import JsonValue, json_hash


def transfer_request(settings: AugmentSettings, job: Job, prompt: str, seed: int, folder: Path) -> TransferRequest:
    """The request of a variation; its name is the same whenever the same is asked.

    Args:
        settings: All settings.
        job: The variation.
        prompt: What the video shows.
        seed: Of the backend's randomness.
        folder: Where control videos are made that the clip lacks.

    Raises:
        InputError: A control cannot be had, or the video is not the clip's.
    """
    if job.clip is not None:
        _check_labels_fit(job.video, job.clip)
    asked = settings.cosmos.parameters
    service = uses_service(job.backend)
    text = f"{prompt} {asked.positive_prompt}".strip() if service else prompt
    mark = json_hash([job.id, text, seed, dict(job.selections), source_digest(job), asked.model_dump(mode="json")])
    return TransferRequest(
        name=f"{asked.request_prefix[:40]}-{job.id[:60]}-{mark[:16]}",
        video=job.video,
        clip=job.clip,
        controls=_controls(settings, job, folder) if service else {},
        prompt=text,
        selections=job.selections,
        seed=seed,
        negative_prompt=asked.negative_prompt,
        parameters=asked.to_transfer(),
    )


def asked_of(transfer: Transfer, request: TransferRequest) -> Mapping[str, JsonValue]:
    """Everything a transfer's result depends on, files by their content."""
    files = {"video": request.video}
    for name, control in request.controls.items():
        files |= {} if control.video is None else {name: control.video}
        files |= {} if control.mask is None else {f"{name} mask": control.mask}
    return {
        "name": request.name,
        "files": {name: hash_file(file)[1].hex() for name, file in files.items()},
        "clip": None if request.clip is None else request.clip.digest,
        "weights": {name: control.weight for name, control in request.controls.items()},
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "selections": dict(request.selections),
        "seed": request.seed,
        "backend": {"name": transfer.name, **transfer.config()},
    }


def source_digest(job: Job) -> str:
    """SHA-256 that says which source it is, whatever its place: the clip's, or the video's."""
    return hash_file(job.video)[1].hex() if job.clip is None else job.clip.digest


def _check_labels_fit(video: Path, clip: Clip) -> None:
    """Refuse a picture that the clip's labels do not belong to, before anybody is paid for another one."""
    info = video_info(video)
    found, labelled = (info.width, info.height, info.frames), (*clip.size, len(clip))
    rounded = [abs(info.width - labelled[0]) <= 1, abs(info.height - labelled[1]) <= 1]  # videos have even sizes
    if not all(rounded) or info.frames != len(clip):
        raise InputError(
            f"{video}: has {found[2]} frames of {found[0]}x{found[1]}, but the labels of {clip.path} are "
            f"{labelled[2]} of {labelled[0]}x{labelled[1]}; simulate the clip again, or name its own video"
        )


def _controls(settings: AugmentSettings, job: Job, folder: Path) -> dict[Control, ControlInput]:
    if job.controls or job.clip is None:
        return {name: ControlInput(file.video, weight, file.mask) for name, (file, weight) in job.controls.items()}
    asked = settings.cosmos.parameters
    weights = {name: (asked.weights or {}).get(name, 1.0) for name in asked.modalities or DEFAULT_CONTROLS}
    return clip_controls(job.clip, weights, folder)
