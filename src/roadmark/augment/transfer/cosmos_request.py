"""The request of Cosmos-Transfer2.5, as its servers validate it: one strict model for our client and our server.

Field names, ranges and the versions that know them: cosmos-transfer2.5, `cosmos_transfer2/config.py`,
`InferenceArguments` and `ControlConfig`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from roadmark.augment.transfer.protocol import CONTROLS, Control, TransferParameters, TransferRequest
from roadmark.pipeline import JsonValue

CosmosVersion = tuple[int, int, int]

OLDEST: CosmosVersion = (1, 3, 0)
"""The version that the published recipe pins."""
LISTS_FILES: CosmosVersion = (1, 3, 1)
"""The first with `/upload_file_list`."""
STATUS_AS_JSON: CosmosVersion = (1, 4, 2)
"""The first with `/generate` and a status that is JSON."""
_NEVER: CosmosVersion = (99, 0, 0)

KNOWN_FROM: dict[str, CosmosVersion] = {
    "keep_input_resolution": (1, 3, 1),
    "max_frames": (1, 4, 0),
    "context_frame_index": (1, 4, 0),
    "guided_generation_mask": (1, 5, 1),
    "guided_generation_step_threshold": (1, 5, 1),
    "guided_generation_foreground_labels": (1, 5, 1),
}
"""Keys that older versions refuse, with the first version that knows them."""
KNOWN_BEFORE: dict[str, CosmosVersion] = {"not_keep_input_resolution": (1, 3, 1)}
"""Keys that newer versions refuse, with the first version that does not know them."""

DISTILLED_STEPS = 4
"""Denoising steps of the distilled model; it takes one chunk of frames only."""
CHUNK_FRAMES = 93
"""Frames that the models generate at a time; shorter videos are reflected and cut."""
MAX_FRAMES = 5000
"""Most frames that a server reads."""

Strength = Literal["very_low", "low", "medium", "high", "very_high"]


class ControlConfig(BaseModel):
    """One control: its video on the server, or None to have the server derive it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    control_path: str | None = None
    control_weight: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    mask_path: str | None = None
    mask_prompt: str | None = None

    @model_validator(mode="after")
    def _one_mask(self) -> ControlConfig:
        if self.mask_path is not None and self.mask_prompt is not None:
            raise ValueError("Only one of mask_path or mask_prompt should be provided")
        return self


class EdgeConfig(ControlConfig):
    """Canny edges."""

    preset_edge_threshold: Strength = "medium"


class BlurConfig(ControlConfig):
    """The blurred picture ("vis")."""

    preset_blur_strength: Strength = "medium"


class SegConfig(ControlConfig):
    """Segmentation in colours."""

    control_prompt: str | None = None


class InferenceArguments(BaseModel):
    """A whole request. Validate with `context={"version": (1, 4, 2)}`: keys the version does not know are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str
    prompt: str | None = None
    prompt_path: str | None = None
    negative_prompt: str | None = None
    seed: int = 2025
    guidance: Annotated[int, Field(ge=0, le=7)] = 3
    video_path: str
    max_frames: Annotated[int, Field(gt=0)] | None = None
    context_frame_index: Annotated[int, Field(gt=0)] | None = None
    image_context_path: str | None = None
    num_conditional_frames: Literal[0, 1, 2] = 1
    resolution: str = "720"
    sigma_max: str | None = None
    num_video_frames_per_chunk: Annotated[int, Field(gt=0)] = CHUNK_FRAMES
    num_steps: Annotated[int, Field(gt=0)] = 35
    show_control_condition: bool = False
    show_input: bool = False
    keep_input_resolution: bool = True
    not_keep_input_resolution: bool = False
    guided_generation_mask: str | None = None
    guided_generation_step_threshold: int = 25
    guided_generation_foreground_labels: list[int] | None = None
    edge: EdgeConfig | None = None
    depth: ControlConfig | None = None
    vis: BlurConfig | None = None
    seg: SegConfig | None = None

    @field_validator(*KNOWN_FROM, *KNOWN_BEFORE, mode="before")
    @classmethod
    def _known_to_the_version(cls, value: Any, info: ValidationInfo) -> Any:
        version = (info.context or {}).get("version", STATUS_AS_JSON)
        name = info.field_name or ""
        if version < KNOWN_FROM.get(name, OLDEST) or version >= KNOWN_BEFORE.get(name, _NEVER):
            raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> InferenceArguments:
        if self.prompt is None and self.prompt_path is None:
            raise ValueError("prompt or prompt_path is required")
        if not self.controls():
            raise ValueError("No controls provided, please provide at least one control key (edge, blur, depth, seg)")
        if self.vis is not None and self.image_context_path:
            raise ValueError("vis control and image_context_path are both used to transfer style; provide only one")
        return self

    def controls(self) -> dict[Control, ControlConfig]:
        """The controls that are given, in the model's order."""
        given = {name: getattr(self, name) for name in CONTROLS}
        return {name: control for name, control in given.items() if control is not None}


def inference_arguments(
    request: TransferRequest,
    name: str,
    video: str,
    controls: Mapping[Control, str],
    masks: Mapping[Control, str],
    *,
    version: CosmosVersion = STATUS_AS_JSON,
    distilled: bool = False,
) -> dict[str, JsonValue]:
    """The JSON of a request: only keys the version knows, and of the optional ones only those that say something.

    Args:
        request: What is asked.
        name: The result's name on the server.
        video: The source on the server.
        controls: Control videos on the server; a control without one is derived there.
        masks: Masks on the server.
        version: The server's.
        distilled: Whether it runs the distilled model.
    """
    given: TransferParameters = request.parameters
    arguments: dict[str, JsonValue] = {
        "name": name,
        "prompt": request.prompt,
        "video_path": video,
        "seed": request.seed,
        "guidance": given.guidance,
        "num_steps": DISTILLED_STEPS if distilled else given.num_steps,
        "resolution": given.resolution,
        "num_conditional_frames": given.num_conditional_frames,
        "num_video_frames_per_chunk": given.frames_per_chunk,
    }
    if request.negative_prompt:
        arguments["negative_prompt"] = request.negative_prompt
    if given.sigma_max is not None:
        arguments["sigma_max"] = f"{given.sigma_max:g}"  # a string: the server's own type of it
    if version >= KNOWN_FROM["keep_input_resolution"]:
        arguments["keep_input_resolution"] = True
    else:
        arguments["not_keep_input_resolution"] = False
    for control in CONTROLS:
        if control in request.controls:
            settings: dict[str, JsonValue] = {"control_weight": request.controls[control].weight}
            if control in controls:
                settings["control_path"] = controls[control]
            if control in masks:
                settings["mask_path"] = masks[control]
            arguments[control] = settings
    return arguments


def chunk_count(frames: int, per_chunk: int = CHUNK_FRAMES, conditional: int = 1) -> int:
    """Chunks a video is generated in; each takes as long as any other.

    Examples:
        >>> chunk_count(93), chunk_count(150), chunk_count(300)
        (1, 2, 4)
    """
    if frames <= per_chunk:
        return 1
    return 1 + math.ceil((frames - per_chunk) / (per_chunk - conditional))
