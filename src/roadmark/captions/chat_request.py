"""The request that asks a vision-language model for a caption, as the published recipe sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from roadmark.errors import ConfigError

Processor = Literal["auto", "reason1", "reason2", "none"]
"""Whose way of telling the server how to sample a video: Cosmos-Reason1's (Qwen2.5-VL), Cosmos-Reason2's (Qwen3-VL)."""

SYSTEM_PROMPT: Final = (
    "You are a helpful assistant. Answer the question in the following format: "
    "<think>\nyour reasoning\n</think>\n\n<answer>\nyour answer\n</answer>."
)

USER_PROMPT: Final = (
    "Describe this footage of a traffic surveillance camera in one paragraph of objective, literal English: the place "
    "and its road layout, the vehicles and people with their colours and movements, and what happens to them in the "
    "order of time, above all any incident. Then say what (1) the weather, (2) the time of day and light, with shadows "
    "and lamps, and (3) the state of the road and how well its markings can be seen are like."
)

PARAMETERS: Final[Mapping[str, Any]] = {
    "temperature": 0.6,
    "top_p": 0.95,
    "frequency_penalty": 1.05,
    "max_tokens": 4096,
}
"""The published recipe's."""

_FAMILIES: Final = {
    "reason1": "reason1",
    "qwen2": "reason1",
    "reason2": "reason2",
    "qwen3": "reason2",
    "cosmos3": "reason2",
    "local/": "reason1",
}
_MIN_PIXELS: Final = 1568
"""Of a frame; two patches of Qwen2.5-VL's (28 x 28)."""
_WHOLE_VIDEO_PIXELS: Final = {"shortest_edge": 4096, "longest_edge": 25_165_824}
"""Qwen3-VL's own limits: pixels of all sampled frames together, in spite of the names (its preprocessor settings)."""


@dataclass(frozen=True)
class CaptionRequest:
    """How a model is asked.

    Attributes:
        system_prompt: Sent as the system message; empty sends none.
        user_prompt: What is asked for.
        parameters: Of the request: temperature, max_tokens, ...; None values are not sent.
        stream: Have the answer streamed.
        media_first: The video before the text, as Qwen's models know it; the published recipe sends the text first.
        processor: How the server is told to sample the video; `auto` by the model's name.
        fps: Frames per second that the server shall look at.
        max_pixels: Pixels of a frame that the server shall look at (Cosmos-Reason1). The published recipe's are few;
            262144 show more, where the service has the memory.

    Raises:
        ConfigError: A number that makes no sense, or an empty prompt.
    """

    system_prompt: str = SYSTEM_PROMPT
    user_prompt: str = USER_PROMPT
    parameters: Mapping[str, Any] = field(default_factory=lambda: dict(PARAMETERS))
    stream: bool = False
    media_first: bool = False
    processor: Processor = "auto"
    fps: float = 4.0
    max_pixels: int = 32_768

    def __post_init__(self) -> None:
        if not self.user_prompt.strip():
            raise ConfigError("user_prompt is empty: a model must be asked something")
        if not 0.0 < self.fps <= 60.0:
            raise ConfigError(f"fps = {self.fps}: models look at up to 60 frames per second")
        if self.max_pixels < _MIN_PIXELS:
            raise ConfigError(f"max_pixels = {self.max_pixels}: no model looks at fewer than {_MIN_PIXELS}")

    def messages(self, video_url: str) -> list[dict[str, Any]]:
        """The conversation that asks about a video."""
        text = {"type": "text", "text": self.user_prompt}
        video = {"type": "video_url", "video_url": {"url": video_url}}
        content = [video, text] if self.media_first else [text, video]
        system = [{"role": "system", "content": self.system_prompt}] if self.system_prompt else []
        return [*system, {"role": "user", "content": content}]

    def body(self, model: str) -> dict[str, Any]:
        """Everything of the request beside model, messages and stream."""
        return {**self.parameters, **self._sampling(model)}

    def _sampling(self, model: str) -> dict[str, Any]:
        family = self.processor
        if family == "auto":
            known = [kind for part, kind in _FAMILIES.items() if part in model.lower()]
            family = "reason2" if "reason2" in known else "reason1" if known else "none"
        frames = {"media_io_kwargs": {"video": {"fps": self.fps}}}
        if family == "reason1":
            limits = {"min_pixels": _MIN_PIXELS, "max_pixels": self.max_pixels}
            return {**frames, "mm_processor_kwargs": {"videos_kwargs": limits}}
        if family == "reason2":
            return {**frames, "mm_processor_kwargs": {"size": dict(_WHOLE_VIDEO_PIXELS)}}
        return {}
