"""`annotations.json` of qwen-vl-finetune: LLaVA's records without ids, and a tag for every medium.

Source: QwenLM/Qwen3-VL, qwen-vl-finetune/README.md. Registered there under a name with `annotation_path` (this file)
and `data_path` (the dataset's folder).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roadmark.dataset import Sample
from roadmark.files import atomic_file
from roadmark.formats.json_stream import write_json_array
from roadmark.formats.llava import llava_record


def qwen_record(sample: Sample) -> dict[str, Any]:
    """A sample as qwen-vl-finetune has it.

    Raises:
        InputError: The format cannot hold the sample.
    """
    record = llava_record(sample)
    del record["id"]
    return record


def write_qwen(path: Path | str, samples: Iterable[Sample]) -> int:
    """Write samples as one array, or as JSON lines where the name ends in `.jsonl`, which the trainer reads, too.

    Returns:
        How many they are.

    Raises:
        InputError: The format cannot hold a sample.
        OutputError: The file cannot be written.
    """
    file = Path(path)
    records = (qwen_record(sample) for sample in samples)
    if file.suffix != ".jsonl":
        return write_json_array(file, records)
    count = 0
    with atomic_file(file) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
    return count
