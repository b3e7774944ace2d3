"""What an augmentation can be told: the published recipe's YAML with every gap filled, and our additions to it.

The models have the file's own structure and names, so that errors name the file's fields. `recipe_file` reads it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from roadmark.augment.samples import MAX_VARIATIONS, ControlFile, FilePath, ListName, Sample, Section, Selections, Text
from roadmark.augment.transfer.protocol import CONTROLS, Control, TransferParameters
from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.pipeline import RateLimit
from roadmark.variations import MAX_WORDS, PlanMode

MAX_STYLE_WORDS = 80
"""Longest `positive_prompt`: it takes room from the prompt."""
Backend = Literal["rerender", "relight", "cosmos-gradio", "cosmos-nim", "cosmos-videos", "cosmos-jobs"]
EMBEDDED: tuple[Backend, ...] = ("rerender", "relight")
"""Backends of ours."""
SERVICES: tuple[Backend, ...] = ("cosmos-gradio", "cosmos-nim", "cosmos-videos")
"""Backends that need an address."""
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class Endpoint(Section):
    """A service."""

    url: Annotated[str, Field(max_length=2_000)]
    """Base address; keys and passwords come from environment variables only."""
    model: Annotated[str, Field(max_length=200)] = ""
    """The model's id at the service."""
    key_env: Annotated[str, Field(max_length=100)] | None = None
    """Environment variable that holds the service's key."""
    at_once: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Most clips that ask it at the same time; by default as many as are worked on."""
    per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Most requests that are begun within a minute; repetitions after failures are not counted."""

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no address of a service; write http://host:port/ or https://host/")
        if "@" in parts.netloc:
            raise ValueError("holds a password; put the key into an environment variable and name it in key_env")
        return value

    @field_validator("key_env")
    @classmethod
    def _is_key(cls, value: str | None) -> str | None:
        # a file from elsewhere must not have any secret of the environment sent to any address
        if value is not None and re.fullmatch(r"[A-Z][A-Z0-9_]*_API_KEY", value) is None:
            raise ValueError("is no environment variable of a key; its name ends in _API_KEY, in capitals")
        return value


class ChatService(Endpoint):
    """A service that speaks OpenAI's chat API."""

    model: Annotated[str, Field(min_length=1, max_length=200)]
    """The model's id at the service."""


class CaptionService(ChatService):
    """Captions videos."""

    key_env: Annotated[str, Field(max_length=100)] | None = "VLM_API_KEY"
    """Environment variable that holds the service's key; where it is not set, none is sent."""


class PromptService(ChatService):
    """Writes prompts."""

    key_env: Annotated[str, Field(max_length=100)] | None = "BUILD_NVIDIA_API_KEY"
    """Environment variable that holds the service's key; where it is not set, none is sent."""


class CosmosService(Endpoint):
    """Makes videos."""

    key_env: Annotated[str, Field(max_length=100)] | None = "COSMOS_API_KEY"
    """Environment variable that holds the service's key; where it is not set, none is sent."""


class Endpoints(Section):
    """Services to use; one that is not named is not used."""

    vlm: CaptionService | None = None
    llm: PromptService | None = None
    cosmos: CosmosService | None = None

    @property
    def limits(self) -> dict[str, RateLimit]:
        """How much each service may be asked, by its name here."""
        named: dict[str, Endpoint | None] = {"vlm": self.vlm, "llm": self.llm, "cosmos": self.cosmos}
        return {name: RateLimit(it.at_once, it.per_minute) for name, it in named.items() if it is not None}


class CaptionParameters(Section):
    """Of requests for captions. Defaults are the published file's."""

    retry: Annotated[int, Field(ge=0, le=20)] = 0
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.95
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] = 1.05
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] = 4096
    stream: bool = False


class TemplateParameters(CaptionParameters):
    """Of requests for templates and polished prompts. Defaults are the published file's."""

    retry: Annotated[int, Field(ge=0, le=20)] = 1
    """Templates asked for again when one cannot be used."""
    retry_policy: Literal["default", "check_vars"] = "default"
    """`check_vars` also asks again for a template that misses a category."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] = 0.0
    stream: bool = True
    polish_temperature: Annotated[float, Field(ge=0, le=2)] = 0.8


DEFAULT_LISTS = {
    "weather_condition": WEATHER_NAMES,
    "lighting_condition": LIGHTING_NAMES,
    "road_condition": ROAD_NAMES,
}
"""The published recipe's lists."""
Variables = Annotated[
    dict[ListName, Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(min_length=1)]],
    Field(min_length=1, max_length=16),
]


class VideoCaptioning(Section):
    """How videos are captioned."""

    captioner: Literal["groundtruth", "openai"] | None = None
    """From the clip's labels, or by the endpoint `vlm`; by default the endpoint where one is named."""
    system_prompt: Text | None = None
    """By default ours, which asks for an `<answer>`."""
    user_prompt: Text | None = None
    """By default ours, which asks for the scene, its actors, the incident, weather, light and road."""
    parameters: CaptionParameters = CaptionParameters()
    variables: Variables | None = None
    """As `template_generation.variables`; the short file has them here."""


class TemplateGeneration(Section):
    """How prompts are written."""

    writer: Literal["slots", "openai"] | None = None
    """From sentences of ours, or by the endpoint `llm`; by default the endpoint where one is named."""
    system_prompt: Text | None = None
    """Instruction for templates; by default ours."""
    system_prompt_file: FilePath | None = None
    """The same, in a UTF-8 file."""
    thinking_switch: Annotated[str, Field(max_length=200)] | None = None
    """What turns the model's reasoning off, put before the instruction; by default chosen by the model's name."""
    parameters: TemplateParameters = TemplateParameters()
    variables: Variables | None = None
    """What varies: names, each with its values; by default `DEFAULT_LISTS`."""

    @model_validator(mode="after")
    def _one_prompt(self) -> Self:
        if self.system_prompt is not None and self.system_prompt_file is not None:
            raise ValueError("give either system_prompt or system_prompt_file")
        return self


class PromptGeneration(Section):
    """How conditions are drawn."""

    seed: Seed = 0
    """The same seed gives the same conditions and prompts."""
    save_prompts: bool = True
    """Means nothing: prompts are always saved."""


class Variations(Section):
    """How many variations there are, and which conditions they get."""

    count: Annotated[int, Field(ge=1, le=MAX_VARIATIONS)] = 1
    """Variations of each sample."""
    mode: PlanMode = "random"
    """`random`: drawn evenly; `grid`: in the lists' order; `list`: those of `selections`, in turn."""
    strict: bool = True
    """Whether contradictory conditions are refused, or only warned of."""
    selections: Annotated[tuple[Selections, ...], Field(max_length=100_000)] = ()
    """What `list` takes in turn."""

    @model_validator(mode="before")
    @classmethod
    def _count_alone(cls, value: Any) -> Any:
        return {"count": value} if isinstance(value, int | str) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _list_has_entries(self) -> Self:
        if (self.mode == "list") != bool(self.selections):
            raise ValueError("selections and mode: list belong together; give both or neither")
        return self


class CosmosParameters(Section):
    """What Cosmos-Transfer is told. Defaults are the published file's."""

    sigma: Annotated[float, Field(ge=0, le=200)] = 90.0
    """Noise the source starts from; 200 keeps nothing of it."""
    seed: Seed | None = None
    """Sent with every video; by default each has its own, derived from `prompt_generation.seed`."""
    guidance: Annotated[int, Field(ge=0, le=7)] = 3
    num_steps: Annotated[int, Field(ge=1, le=1_000)] = 35
    inference_name: Annotated[str, Field(min_length=1, max_length=200)] = "cosmos_transfer_inference"
    """Beginning of the requests' names; other characters than letters, digits and `_.-` become `_`."""
    modalities: Annotated[tuple[Control, ...], Field(min_length=1)] | None = None
    """Controls to send; by default those that the sample has."""
    weights: dict[Control, Annotated[float, Field(ge=0, le=1)]] | None = None
    """Weight of each; by default 1."""
    positive_prompt: Annotated[str, Field(max_length=2_000)] = ""
    """Words of style, put after the prompt that is sent to a service; at most `MAX_STYLE_WORDS`."""
    negative_prompt: Annotated[str, Field(max_length=5_000)] = ""
    """What videos must not look like; empty leaves the service's default."""
    resolution: Literal["256", "480", "512", "720"] = "720"
    """Lines of the generated video."""
    num_conditional_frames: Literal[0, 1, 2] = 1
    frames_per_chunk: Annotated[int, Field(ge=1, le=1_000)] = 93

    @field_validator("positive_prompt")
    @classmethod
    def _leaves_room(cls, value: str) -> str:
        if len(value.split()) > MAX_STYLE_WORDS:
            raise ValueError(f"has {len(value.split())} words; {MAX_STYLE_WORDS} are the most")
        return value

    @model_validator(mode="after")
    def _weights_of_modalities(self) -> Self:
        if self.modalities is not None and self.weights is not None:
            missing = [name for name in self.modalities if name not in self.weights]
            if missing:
                raise ValueError(f"weights has no {', '.join(missing)}, which modalities lists; give it, 0 to 1")
        return self

    @property
    def request_prefix(self) -> str:
        """Beginning of the requests' names, fit for every service."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self.inference_name)

    def to_transfer(self) -> TransferParameters:
        """As transfer backends take them."""
        return TransferParameters(
            guidance=self.guidance,
            num_steps=self.num_steps,
            sigma_max=self.sigma,
            resolution=self.resolution,
            num_conditional_frames=self.num_conditional_frames,
            frames_per_chunk=self.frames_per_chunk,
        )


class Cosmos(Section):
    """How videos are made by a service."""

    executor_type: Literal["gradio", "nim", "videos", "jobs"] = "gradio"
    """Protocol of the endpoint `cosmos`, or `jobs`: files to run the model with."""
    model_version: Literal["ct25"] = "ct25"
    """Cosmos-Transfer2.5, the only one whose protocol is spoken."""
    configuration: str | None = None
    """Means nothing; the reference does not read it either."""
    parameters: CosmosParameters = CosmosParameters()


class VideoCreation(Section):
    """Means nothing; the reference does not read it either."""

    simulator: str | None = None


class Logging(Section):
    """Means nothing; the reference does not read it either."""

    enabled: bool | None = None
    level: str | None = None


class AugmentSettings(Section):
    """An augmentation, fully resolved."""

    data: tuple[Sample, ...] = ()
    """Samples; a folder of clips on the command line stands instead of them."""
    backend: Backend | None = None
    """What makes the videos; by default the endpoint `cosmos` where one is named, else what the clip allows."""
    endpoints: Endpoints = Endpoints()
    variations: Variations = Variations()
    video_creation: VideoCreation = VideoCreation()
    video_captioning: VideoCaptioning = VideoCaptioning()
    template_generation: TemplateGeneration = TemplateGeneration()
    prompt_generation: PromptGeneration = PromptGeneration()
    cosmos: Cosmos = Cosmos()
    logging: Logging = Logging()
    overwrite_caption: bool = True
    """False takes a prompt that lies at `output.caption` already as written by hand."""

    @model_validator(mode="after")
    def _one_place_for_variables(self) -> Self:
        if self.template_generation.variables is not None and self.video_captioning.variables is not None:
            raise ValueError("variables are given in template_generation and in video_captioning; remove one")
        return self

    @property
    def chosen_backend(self) -> Backend | None:
        """The backend asked for, or that of the endpoint or executor named; None leaves the choice to each clip."""
        has_service = self.endpoints.cosmos is not None or self.cosmos.executor_type == "jobs"
        if self.backend is not None or not has_service:
            return self.backend
        return f"cosmos-{self.cosmos.executor_type}"  # type: ignore[return-value]

    @property
    def transfer_model(self) -> str:
        """The model's name where the backend makes anything of it, else nothing.

        A Gradio server has the one model that it was started with; only names count that say which controls it takes.
        """
        model = "" if self.endpoints.cosmos is None else self.endpoints.cosmos.model
        if self.chosen_backend == "cosmos-gradio":
            return model if model == "multicontrol" or model.partition("/")[0] in CONTROLS else ""
        return model if self.chosen_backend == "cosmos-videos" else ""

    @property
    def captioner(self) -> Literal["groundtruth", "openai"]:
        """Who captions."""
        return self.video_captioning.captioner or ("openai" if self.endpoints.vlm else "groundtruth")

    @property
    def writer(self) -> Literal["slots", "openai"]:
        """Who writes prompts."""
        return self.template_generation.writer or ("openai" if self.endpoints.llm else "slots")

    @property
    def caption_requests(self) -> dict[str, int]:
        """Requests of one caption, by service."""
        return {"vlm": 1} if self.captioner == "openai" else {}

    @property
    def video_requests(self) -> dict[str, int]:
        """Requests of one variation: a template and its polished prompt where a model writes, and the video."""
        asked = {"llm": 2 if self.writer == "openai" else 0, "cosmos": int(self.chosen_backend in SERVICES)}
        return {name: count for name, count in asked.items() if count}

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """What varies: names, each with its values."""
        return dict(self.template_generation.variables or self.video_captioning.variables or DEFAULT_LISTS)

    @property
    def prompt_words(self) -> int:
        """How long prompts may be, so that the words of style fit behind them."""
        return MAX_WORDS - len(self.cosmos.parameters.positive_prompt.split())

    def variations_of(self, sample: Sample) -> int:
        """How many variations a sample gets."""
        return len(sample.selections) or self.variations.count

    def controls_of(self, sample: Sample) -> dict[Control, tuple[ControlFile, float]]:
        """The controls to send for a sample, in the services' order, each with its weight."""
        wanted = self.cosmos.parameters.modalities or tuple(sample.inputs.controls)
        weights = self.cosmos.parameters.weights or {}
        given = sample.inputs.controls  # none for clips: theirs are found when they are sent
        chosen = [(name, given[name]) for name in CONTROLS if name in wanted and name in given]
        return {
            name: (control, weights.get(name, 1.0) if control.weight is None else control.weight)
            for name, control in chosen
        }
