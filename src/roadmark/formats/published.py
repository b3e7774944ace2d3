"""The annotation files of the published recipe's `postprocess_for_vlm.py`: names, fields and layout are its own.

Different on purpose: ids and paths are relative to the dataset's folder, the balanced file is exact and seeded, and it
keeps the order of the others where that tool shuffles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.dataset import Sample
from roadmark.errors import ConfigError, InputError
from roadmark.formats.json_stream import write_json_array
from roadmark.formats.llava import turns_alone

CLIPS, AUGMENTED = "carla_annotations.json", "cosmos_annotations.json"
MERGED, BALANCED = "carla_cosmos_annotations.json", "carla_cosmos_annotations_balanced.json"

_QUESTION = re.compile(
    r"Is there a car collision between vehicles with numeric IDs \d+ and \d+\? "
    r"Your final answer should be either Yes or No\."
)
_REASONED = re.compile(r"<think>.*</think>\s*<answer>(.*)</answer>\s*", re.DOTALL)


@dataclass(frozen=True)
class PublishedCounts:
    """Entries of each file.

    Attributes:
        clips: Of simulated clips.
        augmented: Of augmented ones.
        balanced_yes: Yes in the balanced file.
        balanced_no: No in the balanced file.
    """

    clips: int
    augmented: int
    balanced_yes: int
    balanced_no: int


def is_published(sample: Sample) -> bool:
    """Whether a sample is the published recipe's question, word for word, about one video, answered by Yes or No."""
    one_video = [media.kind for media in sample.media] == ["video"]
    asks = sample.answer_kind == "yes_no" and len(sample.messages) == 2 and _QUESTION.fullmatch(sample.question)
    return one_video and bool(asks) and _answer_alone(sample.answer) in ("Yes", "No")


def published_record(sample: Sample) -> dict[str, Any]:
    """A yes/no question about one video as the published recipe has it: its path is the id, too; no `<video>` tag.

    Of an answer with reasoning (`<think>`, `<answer>`) only the answer is kept.

    Raises:
        InputError: It is no such question.
    """
    first, last = (turns := turns_alone(sample))[0], turns[-1]
    if len(sample.media) != 1 or sample.media[0].kind != "video" or len(turns) != 2:
        raise InputError(f"sample {sample.id!r}: the published format holds one question about one video")
    answer = _answer_alone(last.text)
    if sample.answer_kind != "yes_no" or answer not in ("Yes", "No"):
        raise InputError(f"sample {sample.id!r}: the published format holds Yes or No, not {answer[:40]!r}")
    path = sample.media[0].path
    return {
        "id": path,
        "video": path,
        "conversations": [{"from": "human", "value": first.text}, {"from": "gpt", "value": answer}],
    }


def _answer_alone(text: str) -> str:
    """An answer without the reasoning that leads to it, for which the format has no place."""
    reasoned = _REASONED.fullmatch(text)
    return reasoned[1].strip() if reasoned else text


def write_published(
    folder: Path | str,
    samples: Callable[[], Iterable[Sample]],
    generator: np.random.Generator,
    *,
    yes_share: float = 0.5,
) -> PublishedCounts:
    """Write the recipe's four files: clips, augmented clips, both, and both with Yes and No in balance.

    The balanced file has as many entries as the share allows: of the answer that is too frequent some are left out,
    each as likely as the other. Where there is only one answer it is empty, for no share of it is a balance.

    Args:
        folder: Where they appear.
        samples: Gives the samples anew at every call; all are yes/no questions.
        generator: Draws what is left out.
        yes_share: Share of Yes in the balanced file, above 0 and below 1.

    Raises:
        ConfigError: The share is none.
        InputError: A sample is no yes/no question about one video.
        OutputError: A file cannot be written.
    """
    if not 0.0 < yes_share < 1.0:
        raise ConfigError(f"the share of Yes must lie between 0 and 1, not {yes_share}")
    root = Path(folder)

    def records(augmented: bool) -> Iterator[dict[str, Any]]:
        return (published_record(one) for one in samples() if (one.augmentation is not None) == augmented)

    def merged() -> Iterator[dict[str, Any]]:
        yield from records(False)
        yield from records(True)

    clips = write_json_array(root / CLIPS, records(False))
    augmented = write_json_array(root / AUGMENTED, records(True))
    write_json_array(root / MERGED, merged())
    yes = sum(_answer(record) == "Yes" for record in merged())
    keep = _balance(yes, clips + augmented - yes, yes_share)
    write_json_array(root / BALANCED, _drawn(merged(), {"Yes": yes, "No": clips + augmented - yes}, keep, generator))
    return PublishedCounts(clips, augmented, keep["Yes"], keep["No"])


def _balance(yes: int, no: int, yes_share: float) -> dict[str, int]:
    """How many of each answer to keep: the most that have the share, rounded to whole entries."""
    kept_no = min(no, round(yes * (1.0 - yes_share) / yes_share))
    return {"Yes": min(yes, round(no * yes_share / (1.0 - yes_share))), "No": kept_no}


def _drawn(
    records: Iterator[dict[str, Any]], total: dict[str, int], keep: dict[str, int], generator: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Exactly `keep` of `total` records of each answer, in their order (selection sampling, Knuth 3.4.2 S)."""
    left, wanted = dict(total), dict(keep)
    for record in records:
        answer = _answer(record)
        if generator.random() * left[answer] < wanted[answer]:
            wanted[answer] -= 1
            yield record
        left[answer] -= 1


def _answer(record: dict[str, Any]) -> str:
    answer: str = record["conversations"][1]["value"]
    return answer
