"""The dataset's card: a README with the front matter that Hugging Face reads, and what a user has to know.

Source: Hugging Face Hub, "Dataset Cards" and "Manual Configuration" (YAML front matter: license, task_categories,
size_categories, configs with data_files).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from roadmark.dataset.folder import CARD
from roadmark.dataset.splits import SplitPlan
from roadmark.dataset.statistics import FamilyCount, Statistics
from roadmark.files import write_atomically

TASKS = ("visual-question-answering", "video-text-to-text")
TAGS = ("synthetic", "traffic", "video", "roadmark")
MOST_ANSWERS = 6
"""Different answers of a family that are shown; the rest are counted together."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")

_LIMITS = (
    "Everything is rendered or made from rendered pictures by a model: no real camera, lens or street.",
    "Answers hold for what the labels say. Of augmented videos, verification leaves out objects that it found "
    "invisible; what it could not measure it does not leave out.",
    "Questions are written from templates: a model trained on them learns their wording, too.",
    "Samples of one clip resemble each other. Keep the split, which parts no clip from its augmentations.",
)


def write_card(
    folder: Path | str,
    statistics: Statistics,
    split: SplitPlan | None = None,
    bias: Mapping[str, Mapping[str, Any]] | None = None,
    provenance: Mapping[str, str] | None = None,
    **options: Any,
) -> Path:
    """Write the card as `README.md`; see `card_text`.

    Returns:
        The file.

    Raises:
        OutputError: It cannot be written.
    """
    path = Path(folder) / CARD
    write_atomically(path, card_text(statistics, split=split, bias=bias, provenance=provenance, **options))
    return path


def card_text(
    statistics: Statistics,
    *,
    split: SplitPlan | None = None,
    bias: Mapping[str, Mapping[str, Any]] | None = None,
    provenance: Mapping[str, str] | None = None,
    data_files: Mapping[str, str] | None = None,
    media_root: str = ".",
    name: str = "Traffic video questions",
    license_name: str = "other",
    limits: Iterable[str] = (),
) -> str:
    """The card's text; the same arguments give the same text.

    Args:
        statistics: Counts of the samples.
        split: Which clip is on which side.
        bias: By family: measured numbers, such as the accuracy of one who never looks.
        provenance: Seeds, versions and settings, by name.
        data_files: By split: a pattern of its files, for `datasets.load_dataset`; none of the front matter without.
        media_root: The folder that media paths are relative to, seen from the card's.
        name: Of the dataset.
        license_name: Hugging Face's name of the license; whoever publishes decides.
        limits: Further known limits.
    """
    parts = [
        _front_matter(statistics, name, license_name, data_files),
        f"# {escaped(name)}",
        f"{statistics.samples} questions with answers, {statistics.augmented} of them about augmented videos, on "
        f"{len(statistics.clips)} traffic clips. Made by [Roadmark](https://github.com/"
        "roadmark/roadmark): answers are computed from the labels of the clips; no person and no model wrote them.",
        "## How it was made",
        "Traffic scenarios were rendered into labelled clips, clips were augmented to other weather and light and "
        "verified, objects were marked with numbers, and questions were asked whose answers follow from the labels.",
        "## Questions",
        _families(statistics),
        "## Splits",
        _splits(statistics, split),
        "## Files",
        f"Paths of media are relative to `{media_root}`. The same samples as LLaVA, Qwen, cosmos-rl, Hugging Face, "
        "WebDataset, COCO, KITTI, YOLO, nuScenes or ODVG data: `roadmark export`.",
        "## Bias",
        _bias(statistics, bias),
        "## Known limits",
        "\n".join(f"- {line}" for line in (*_LIMITS, *map(escaped, limits))),
    ]
    if provenance:
        parts += ["## Seeds and versions", _table(("what", "value"), sorted(provenance.items()))]
    return "\n\n".join(parts) + "\n"


def escaped(text: object) -> str:
    """Text as Markdown shows it letter by letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def _front_matter(
    statistics: Statistics, name: str, license_name: str, data_files: Mapping[str, str] | None
) -> str:  # fmt: skip
    record: dict[str, Any] = {
        "license": license_name,
        "pretty_name": name,
        "language": ["en"],
        "task_categories": list(TASKS),
        "tags": list(TAGS),
        "size_categories": [next((size for most, size in _SIZES if statistics.samples < most), "100M<n<1B")],
    }
    if data_files:
        files = [{"split": split, "path": path} for split, path in data_files.items()]
        record["configs"] = [{"config_name": "default", "data_files": files}]
    text: str = yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{text}---"


def _families(statistics: Statistics) -> str:
    rows = [
        (name, count.samples, ", ".join(sorted(count.answer_kinds)), _answers(count))
        for name, count in sorted(statistics.families.items())
    ]
    return _table(("family", "samples", "answers", "balance"), rows)


def _answers(count: FamilyCount) -> str:
    """Shares of the closed answers, the most frequent first."""
    total = count.answers.total()
    ranked = sorted(count.answers.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{answer} {number / total:.0%}" for answer, number in ranked[:MOST_ANSWERS]]
    if rest := sum(number for _, number in ranked[MOST_ANSWERS:]):
        shown.append(f"{len(ranked) - MOST_ANSWERS} others {rest / total:.0%}")
    return ", ".join(shown) or "open"


def _splits(statistics: Statistics, split: SplitPlan | None) -> str:
    if split is None:
        return "There is none: everything is for training."
    groups = Counter(split.sides.values())
    rows = [(side, groups[side], statistics.splits[side]) for side in split.shares]
    whole = {"clip": "source clip", "map": "map", "scenario_seed": "scenario seed"}[split.by]
    text = f"By {whole}, seed {split.seed}: a clip and all its augmentations are on one side."
    return f"{text}\n\n{_table(('side', f'{whole}s', 'samples'), rows)}"


def _bias(statistics: Statistics, bias: Mapping[str, Mapping[str, Any]] | None) -> str:
    if not bias:
        rows = [
            (name, f"{count.majority:.0%}")
            for name, count in sorted(statistics.families.items())
            if count.majority is not None
        ]
        return "Share of the most frequent answer: what one gets right who never looks.\n\n" + _table(
            ("family", "majority"), rows
        )
    columns = list(
        dict.fromkeys(key for numbers in bias.values() for key, value in numbers.items() if _is_plain(value))
    )
    measured = [(name, *(_number(numbers.get(key)) for key in columns)) for name, numbers in sorted(bias.items())]
    return (
        "How often guessers are right who never see the video: a family is sound where none of them is far above "
        f"chance.\n\n{_table(('family', *columns), measured)}"
    )


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _number(value: Any) -> str:
    if value is None or not _is_plain(value):
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, *rows]
    text = [f"| {' | '.join(escaped(cell) for cell in row)} |" for row in lines]
    return "\n".join([text[0], "|" + "---|" * len(header), *text[1:]])
