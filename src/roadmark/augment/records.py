"""Writing what is said of a finished variation: the prompt, and last the record."""

from __future__ import annotations

import json

from roadmark.augment.samples import Output
from roadmark.clip import AugmentationRecord
from roadmark.files import output_errors, write_atomically


def write_record(output: Output, record: AugmentationRecord) -> None:
    """Write the prompt, then the record.

    Raises:
        OutputError: One cannot be written.
    """
    for path in (output.caption_path, output.metadata_path):
        with output_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(output.caption_path, record.prompt + "\n")
    document = record.model_dump(mode="json", exclude_none=True)
    write_atomically(output.metadata_path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
