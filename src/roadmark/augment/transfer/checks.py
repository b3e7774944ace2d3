"""What a transfer request must satisfy before anything is sent: names, ranges, and videos that fit one another."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from roadmark.augment.transfer.protocol import CONTROLS, Control, ControlInput, TransferRequest
from roadmark.errors import ConfigError, InputError
from roadmark.files import NAME_RULE, is_plain_name
from roadmark.media import VideoInfo, video_info

RESOLUTIONS: tuple[str, ...] = ("256", "480", "512", "720")
"""Lines of generated video that every Cosmos-Transfer2.5 service knows."""

MAX_NAME = 150
"""Characters of a request's name; it becomes part of file names on the server."""

_RATE_TOLERANCE = Fraction(1, 1000)


@dataclass(frozen=True)
class ServiceLimits:
    """What one service takes.

    Attributes:
        backend: Its name, for messages.
        frames: Fewest and most frames of the source.
        controls: Controls it knows.
        most_controls: How many of them at a time.
        weights: Whether weights other than 1 reach the model.
        masks: Whether it takes masks.
        resolutions: Lines of generated video it knows.
    """

    backend: str
    frames: tuple[int, int]
    controls: tuple[Control, ...] = CONTROLS
    most_controls: int = len(CONTROLS)
    weights: bool = True
    masks: bool = True
    resolutions: tuple[str, ...] = RESOLUTIONS


def check_request(request: TransferRequest, limits: ServiceLimits) -> VideoInfo:
    """Refuse what a service would refuse, or would quietly do otherwise than asked.

    Returns:
        What the source video holds.

    Raises:
        ConfigError: A name, prompt, number or control that the service does not take.
        InputError: A video is missing, or of another length, size or rate than the source.
    """
    if not is_plain_name(request.name) or len(request.name) > MAX_NAME:
        shown = request.name[:80]
        raise ConfigError(f"the request's name {shown!r} must match {NAME_RULE} with at most {MAX_NAME} letters")
    if not request.prompt.strip():
        raise ConfigError(f"{request.name}: the prompt is empty; say what the video shows")
    _check_text(request)
    _check_parameters(request, limits)
    source = video_info(request.video)
    fewest, most = limits.frames
    if not fewest <= source.frames <= most:
        raise InputError(
            f"{request.video}: has {source.frames} frames; {limits.backend} takes {fewest} to {most}; "
            "simulate a clip of another length, or choose another --backend"
        )
    _check_controls(request, limits, source)
    return source


def _check_text(request: TransferRequest) -> None:
    for name, text in (("prompt", request.prompt), ("negative prompt", request.negative_prompt)):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ConfigError(f"{request.name}: the {name} is not Unicode text (character {error.start})") from None
        if "\0" in text:
            raise ConfigError(f"{request.name}: the {name} holds a NUL character")


def _check_parameters(request: TransferRequest, limits: ServiceLimits) -> None:
    given = request.parameters
    ranges = (
        ("guidance", given.guidance, 0, 7),
        ("num_steps", given.num_steps, 1, 1000),
        ("num_conditional_frames", given.num_conditional_frames, 0, 2),
        ("frames_per_chunk", given.frames_per_chunk, given.num_conditional_frames + 1, 1000),
        ("seed", request.seed, 0, 2**31 - 1),
    )
    for name, value, least, most in ranges:
        if not least <= value <= most:
            raise ConfigError(f"{request.name}: {name} is {value}; {limits.backend} takes {least} to {most}")
    if given.sigma_max is not None and not 0.0 <= given.sigma_max <= 200.0:
        raise ConfigError(f"{request.name}: sigma_max is {given.sigma_max}; it lies within 0 and 200")
    if given.resolution not in limits.resolutions:
        known = ", ".join(limits.resolutions)
        raise ConfigError(f"{request.name}: resolution is {given.resolution!r}; {limits.backend} takes {known}")


def _check_controls(request: TransferRequest, limits: ServiceLimits, source: VideoInfo) -> None:
    if not request.controls:
        raise ConfigError(f"{request.name}: {limits.backend} needs a control; name one of {', '.join(limits.controls)}")
    unknown = [name for name in request.controls if name not in limits.controls]
    if unknown:
        known = ", ".join(limits.controls)
        raise ConfigError(f"{request.name}: {limits.backend} has no {unknown[0]!r} control here; it has {known}")
    if len(request.controls) > limits.most_controls:
        asked = ", ".join(request.controls)
        raise ConfigError(
            f"{request.name}: {limits.backend} takes {limits.most_controls} control at a time, not {asked}"
        )
    if all(control.weight == 0.0 for control in request.controls.values()):
        raise ConfigError(f"{request.name}: every control has weight 0, nothing would bind; raise one")
    for name, control in request.controls.items():
        _check_control(name, control, request, limits, source)


def _check_control(
    name: Control, control: ControlInput, request: TransferRequest, limits: ServiceLimits, source: VideoInfo
) -> None:
    if not 0.0 <= control.weight <= 1.0:
        raise ConfigError(f"{request.name}: the weight of {name} is {control.weight}; weights lie within 0 and 1")
    if control.weight != 1.0 and not limits.weights:
        raise ConfigError(
            f"{request.name}: {limits.backend} takes no weights; {name} must have 1, not {control.weight}"
        )
    if control.mask is not None and not limits.masks:
        raise ConfigError(f"{request.name}: {limits.backend} takes no masks; leave out that of {name}")
    if control.video is not None:
        check_fits(control.video, f"{name} control video", source, request.video)
    if control.mask is not None:
        check_fits(control.mask, f"mask of the {name} control", source, request.video)


def check_fits(video: Path, what: str, source: VideoInfo, source_path: Path) -> None:
    """Check that a video belongs to the source frame by frame.

    Args:
        video: The video.
        what: It in words ("depth control video").
        source: What the source holds.
        source_path: The source's file.

    Raises:
        InputError: It is missing, unreadable, or of another length, size or rate.
    """
    try:
        found = video_info(video)
    except InputError as error:
        raise InputError(f"the {what} cannot be used: {error}") from None
    if found.frames != source.frames:
        raise InputError(f"{video}: the {what} has {found.frames} frames, {source_path} has {source.frames}")
    if (found.width, found.height) != (source.width, source.height):
        size = f"{found.width}x{found.height}"
        raise InputError(f"{video}: the {what} is {size}, {source_path} is {source.width}x{source.height}")
    if not same_rate(found.fps, source.fps):
        raise InputError(f"{video}: the {what} has {found.fps} frames/s, {source_path} has {source.fps}")


def same_rate(one: Fraction, other: Fraction) -> bool:
    """Whether two frame rates are the same but for the rounding of containers."""
    return abs(one - other) <= _RATE_TOLERANCE * other
