"""One video to augment, as an augmentation's YAML names it: inputs, outputs, and what is said of it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from roadmark.augment.transfer.protocol import Control
from roadmark.config import UserSettings
from roadmark.files import is_plain_name
from roadmark.simulate import is_placeholder


def _plain_name(value: str) -> str:
    if not is_plain_name(value):
        raise ValueError("must consist of letters, digits, '_', '.' and '-'")
    return value


Name = Annotated[str, Field(max_length=100), AfterValidator(_plain_name)]
ListName = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Selections = Annotated[dict[ListName, Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=16)]
MAX_VARIATIONS = 1_000


def _file_path(value: Any, info: ValidationInfo) -> Any:
    """A file's path; relative ones lie in the folder of the file that names them."""
    if not isinstance(value, str):
        return value
    if "://" in value:
        raise ValueError("is an address, not a file; fetch it and name the file")
    if is_placeholder(value):
        raise ValueError("is a placeholder; name your own file")
    if "\0" in value:
        raise ValueError("is no name of a file")
    folder = (info.context or {}).get("folder")
    return Path(value) if folder is None else Path(folder) / value


FilePath = Annotated[Path, BeforeValidator(_file_path)]


class Section(UserSettings):
    """Base of the file's sections, read as leniently as the reference does.

    Numbers are taken where text is expected, and a known field that is empty or says None counts as not given.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _none_is_not_given(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: part for key, part in value.items() if key not in cls.model_fields or part not in (None, "None")}


class ControlFile(Section):
    """One control of a sample: a path in the published recipe."""

    video: FilePath | None = None
    """The control's video."""
    derive: bool = False
    """No video: a service that can make the control from the picture does so."""
    weight: Annotated[float, Field(ge=0, le=1)] | None = None
    """How strongly it binds; by default what `cosmos.parameters.weights` says."""
    mask: FilePath | None = None
    """Video whose white pixels say where it binds; by default everywhere."""

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: Any) -> Any:
        return {"video": value} if isinstance(value, str | Path) else value

    @model_validator(mode="after")
    def _video_or_derived(self) -> Self:
        if (self.video is None) == (not self.derive):
            raise ValueError("give either its video, or derive: true")
        return self


class Inputs(Section):
    """What a sample is made from."""

    rgb: FilePath
    """The source's picture, a video."""
    controls: dict[Control, ControlFile] = Field(default_factory=dict)
    """Control videos by modality."""
    clip: FilePath | None = None
    """Folder of the source's clip with its labels; by default found around `rgb`."""


class Output(Section):
    """What a sample becomes."""

    video: FilePath
    """The augmented video, .mp4."""
    caption: FilePath | None = None
    """The prompt, by default beside the video."""
    metadata: FilePath | None = None
    """The record, by default beside the video."""

    @field_validator("video")
    @classmethod
    def _is_mp4(cls, value: Path) -> Path:
        if value.suffix.lower() != ".mp4":
            raise ValueError("must end in .mp4")
        return value

    @property
    def caption_path(self) -> Path:
        """Where the prompt goes."""
        return self.caption or self.video.with_suffix(".txt")

    @property
    def metadata_path(self) -> Path:
        """Where the record goes."""
        return self.metadata or self.video.with_suffix(".json")

    def files(self) -> dict[str, Path]:
        """All of them by name."""
        return {"video": self.video, "caption": self.caption_path, "metadata": self.metadata_path}


class Sample(Section):
    """One video to augment."""

    name: Name | None = None
    """Name of the sample in records and plans; by default the clip's."""
    inputs: Inputs
    output: Output
    prompt: Text | None = None
    """Prompt written by hand, taken as it is for every variation."""
    prompt_file: FilePath | None = None
    """The same, in a UTF-8 file (.txt, or .yaml with the key `prompt`)."""
    selections: Annotated[tuple[Selections, ...], Field(max_length=MAX_VARIATIONS)] = ()
    """Conditions of this sample's variations, one entry each, instead of planned ones."""

    @field_validator("selections", mode="before")
    @classmethod
    def _one_selection(cls, value: Any) -> Any:
        return (value,) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _one_prompt(self) -> Self:
        if self.prompt is not None and self.prompt_file is not None:
            raise ValueError("give either prompt or prompt_file")
        return self

    def outputs_of(self, variation: int, count: int) -> Output:
        """The outputs of one of `count` variations: as named for a single one, else in folders ``Augmentation_<i>``."""
        if count == 1:
            return self.output
        files = self.output.files().items()
        return Output(**{key: file.parent / f"Augmentation_{variation}" / file.name for key, file in files})
