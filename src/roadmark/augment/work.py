"""What a run of augmentation has to do: every sample's source, and every variation's conditions and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmark.augment.samples import Inputs, Output, Sample
from roadmark.augment.settings import AugmentSettings
from roadmark.catalog import CONDITION_KEYS
from roadmark.clip import Clip, find_clips
from roadmark.errors import ConfigError, RoadmarkError
from roadmark.files import has_file
from roadmark.variations import ContradictionError, check_selections, contradictions, plan_variations


@dataclass(frozen=True)
class Source:
    """What a sample is made from.

    Attributes:
        id: Name in records, plans and file names; unique in the run.
        sample: The sample.
        clip: Folder of the clip with the labels; None where only videos were given.
    """

    id: str
    sample: Sample
    clip: Path | None


@dataclass(frozen=True)
class Variation:
    """One video to make.

    Attributes:
        id: Unique in the run.
        source: What it is made from.
        number: Its place among the source's variations, from 0.
        selections: The chosen value of every varied name.
        output: Its files.
    """

    id: str
    source: Source
    number: int
    selections: Mapping[str, str]
    output: Output


Refused = Callable[[str, RoadmarkError], None]
"""Told of a sample that cannot be used, by its name, and why."""


def clip_samples(root: Path, output_dir: Path, refused: Refused | None = None) -> list[Sample]:
    """A sample for every clip in a folder; its outputs lie under the same names in another folder.

    Args:
        root: The folder.
        output_dir: The other one.
        refused: Told of damaged clips, which are left out; without it, one is an error.

    Raises:
        InputError: There is none, or one is damaged.
    """
    samples = []
    for path in find_clips(root):
        try:
            clip = Clip.open(path)
            picture = clip.video("rgb")
        except RoadmarkError as error:
            if refused is None:
                raise
            refused(path.name, error)
            continue
        below = path.relative_to(root)
        parts = below.parts or (path.resolve().name,)
        samples.append(
            Sample(
                name="-".join(parts),
                inputs=Inputs(rgb=picture, clip=path),
                output=Output(video=output_dir.joinpath(*parts) / "output.mp4"),
            )
        )
    return samples


def find_sources(samples: Sequence[Sample], refused: Refused | None = None) -> list[Source]:
    """Every sample with its clip and a name of its own.

    Args:
        samples: The samples.
        refused: Told of samples whose clip is none, which are left out; without it, one is an error.

    Raises:
        ConfigError: Two samples have the same name.
        InputError: A clip that a sample names is none.
    """
    sources: dict[str, Source] = {}
    for index, sample in enumerate(samples):
        try:
            clip = _clip_of(sample)
        except RoadmarkError as error:
            if refused is None:
                raise
            refused(sample.name or f"data.{index}", error)
            continue
        name = sample.name or _default_name(sample, clip)
        if name in sources and sample.name is None:
            name = f"{name}-{index}"
        if name in sources:
            raise ConfigError(f"data.{index}.name {name!r} is another sample's, too; names must differ")
        sources[name] = Source(name, sample, clip)
    return list(sources.values())


@dataclass(frozen=True)
class Work:
    """All that a run has to do.

    Attributes:
        sources: What it starts from.
        variations: The videos to make.
        warnings: What the user should know of the plan.
    """

    sources: tuple[Source, ...]
    variations: tuple[Variation, ...]
    warnings: tuple[str, ...]


def plan_work(
    settings: AugmentSettings,
    sources: Sequence[Source],
    *,
    always_in_folders: bool,
    kept: Mapping[str, Mapping[str, str]] | None = None,
) -> Work:
    """Give every variation of every source its conditions and files.

    Args:
        settings: All settings.
        sources: The sources.
        always_in_folders: Outputs lie in folders ``Augmentation_<i>`` even where a source has a single variation.
        kept: Selections that an earlier run chose, by variation: they stay, and the rest is planned around them.

    Raises:
        ContradictionError: Contradictory conditions.
        ConfigError: Lists that no plan can be made of.
    """
    planned = [source for source in sources if not source.sample.selections]
    plan = plan_variations(
        [source.id for source in planned],
        settings.lists,
        settings.variations.count,
        mode=settings.variations.mode,
        seed=settings.prompt_generation.seed,
        strict=settings.variations.strict,
        explicit=settings.variations.selections,
        sources={it.id: own_conditions(Clip.open(it.clip)) for it in planned if it.clip is not None},
        kept=_kept_in_order(planned, settings.variations.count, kept or {}),
    )
    warnings = list(plan.warnings)
    work: list[Variation] = []
    for source in sources:
        chosen: Sequence[Mapping[str, str]] = source.sample.selections or plan.selections[source.id]
        for given in source.sample.selections:
            try:
                check_selections(given, strict=settings.variations.strict)
            except ContradictionError as error:
                raise ContradictionError(f"{source.id}: {error}") from None
            warnings.extend(f"{source.id}: {text}" for text in contradictions(given))
        for number, selections in enumerate(chosen):
            count = max(len(chosen), 2) if always_in_folders else len(chosen)
            output = source.sample.outputs_of(number, count)
            work.append(Variation(variation_id(source.id, number), source, number, dict(selections), output))
    return Work(tuple(sources), tuple(work), tuple(dict.fromkeys(warnings)))


def variation_id(source: str, number: int) -> str:
    """Name of a variation in manifests and records."""
    return f"{source}-{number}"


def _kept_in_order(
    sources: Sequence[Source], count: int, kept: Mapping[str, Mapping[str, str]]
) -> dict[str, list[Mapping[str, str]]]:
    """The kept selections of every source's first variations, up to the first that has none."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for source in sources:
        for number in range(count):
            selections = kept.get(variation_id(source.id, number))
            if selections is None:
                break
            found.setdefault(source.id, []).append(selections)
    return found


def _clip_of(sample: Sample) -> Path | None:
    """The folder of a sample's clip: the one it names, else the one its picture is a video of."""
    if sample.inputs.clip is not None:
        Clip.open(sample.inputs.clip)
        return sample.inputs.clip
    folder = sample.inputs.rgb.parent.parent
    if sample.inputs.rgb.parent.name != "videos" or not (folder / "clip.json").is_file():
        return None
    clip = Clip.open(folder)
    if "rgb" not in clip.manifest.videos or not (has_file(clip.video("rgb")) and has_file(sample.inputs.rgb)):
        return None
    return folder if clip.video("rgb").samefile(sample.inputs.rgb) else None


def _default_name(sample: Sample, clip: Path | None) -> str:
    place = clip if clip is not None else sample.inputs.rgb.with_suffix("")
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in place.resolve().name)
    return name[:100] or "sample"


def own_conditions(clip: Clip) -> dict[str, str]:
    """The conditions that a clip shows already, by the recipe's names; of a clip that does not know them, none."""
    known = clip.manifest.conditions
    return {key: str(known[field]) for key, field in CONDITION_KEYS.items() if field in known}


def run_folder(settings: AugmentSettings, config: Path) -> Path:
    """Where a run's manifest and captions go: the folder that all outputs have in common, else the YAML's.

    Args:
        settings: With samples from a file.
        config: The file.
    """
    folders = [file.parent.absolute() for sample in settings.data for file in sample.output.files().values()]
    try:
        common = Path(os.path.commonpath(folders))
    except ValueError:  # on different drives
        return config.parent
    return config.parent if common == Path(common.anchor) else common
