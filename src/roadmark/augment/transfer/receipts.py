"""What a service was given and where its result will be, kept beside the output until the result is in place.

A run that ends between a service's success and the finished file finds the receipt and fetches the result instead of
paying for it again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.errors import InputError
from roadmark.files import has_file, hash_file, output_errors, read_json, write_atomically
from roadmark.pipeline import JsonValue, json_hash

_MAX_BYTES = 1 << 20


def request_digest(request: TransferRequest) -> str:
    """SHA-256 of everything a service's answer depends on: texts, numbers and the videos' contents."""
    controls: dict[str, JsonValue] = {
        name: [_digest(control.video), control.weight, _digest(control.mask)]
        for name, control in request.controls.items()
    }
    given = request.parameters
    return json_hash(
        {
            "name": request.name,
            "video": _digest(request.video),
            "controls": controls,
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "seed": request.seed,
            "parameters": [
                given.guidance,
                given.num_steps,
                given.sigma_max,
                given.resolution,
                given.num_conditional_frames,
                given.frames_per_chunk,
            ],
        }
    )


def _digest(path: Path | None) -> str | None:
    return None if path is None else hash_file(path)[1].hex()


class Receipt:
    """One request's receipt.

    Args:
        output: The file the result becomes.
        server: The service's address; a receipt of another one does not count.
        digest: `request_digest`; a receipt of another request does not count.
    """

    def __init__(self, output: Path, server: str, digest: str) -> None:
        self.path = output.with_name(f"{output.stem}.receipt.json")
        self._of: dict[str, JsonValue] = {"server": server, "request": digest}

    def held(self) -> JsonValue:
        """What was kept of this very request; None where nothing was."""
        try:
            kept: Any = read_json(self.path, _MAX_BYTES) if has_file(self.path) else None
        except InputError:
            return None  # a damaged receipt is none: the request is made anew
        if not isinstance(kept, dict) or any(kept.get(key) != value for key, value in self._of.items()):
            return None
        result: JsonValue = kept.get("result")
        return result

    def keep(self, result: JsonValue) -> None:
        """Keep where the result is, or will be.

        Raises:
            OutputError: It cannot be written.
        """
        write_atomically(self.path, _json({**self._of, "result": result}))

    def drop(self) -> None:
        """Forget it: the result is in place, or there will be none."""
        with output_errors(self.path):
            self.path.unlink(missing_ok=True)


def _json(value: dict[str, JsonValue]) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"
