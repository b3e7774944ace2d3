"""`cosmos-jobs`: files for users who run Cosmos-Transfer2.5 themselves, and collection of what comes out.

    <folder>/README.md                        what to run
    <folder>/launch.sh                        runs every job whose result is missing, on one or many GPUs
    <folder>/inputs/<hash>.mp4                source, control and mask videos, each once
    <folder>/jobs/<controls>/<name>.json      one request, as examples/inference.py of cosmos-transfer2.5 takes it
    <folder>/results/<controls>/<name>.mp4    what it writes

The folder may be copied to the machine with the GPUs and its results back. Jobs are grouped by their controls, because
one start of the model loads one set of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from roadmark.augment.transfer.checks import ServiceLimits, check_request
from roadmark.augment.transfer.cosmos_request import MAX_FRAMES, STATUS_AS_JSON, inference_arguments
from roadmark.augment.transfer.protocol import (
    CONTROLS,
    Control,
    PendingError,
    TransferProgress,
    TransferRequest,
    TransferResult,
)
from roadmark.augment.transfer.receipts import request_digest
from roadmark.augment.transfer.results import place_result
from roadmark.files import atomic_file, has_file, hash_file, write_atomically
from roadmark.pipeline import JsonValue

_LIMITS = ServiceLimits("cosmos-jobs", (2, MAX_FRAMES))


class CosmosJobsTransfer:
    """Writes jobs, and collects their results on a later run.

    Args:
        folder: Where the jobs go.
    """

    name = "cosmos-jobs"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def config(self) -> Mapping[str, JsonValue]:
        """Nothing of it changes results."""
        return {}

    def check(self, request: TransferRequest) -> None:
        """See `checks.check_request`.

        Raises:
            ConfigError: A number, name or control the model does not take.
            InputError: A video is missing or does not fit the source.
        """
        check_request(request, _LIMITS)

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Collect the result of the request's job; where there is none yet, write the job.

        Raises:
            PendingError: The job waits to be run; the message says how.
            TransferError: Its result is damaged or of another length.
            OutputError: The job cannot be written.
        """
        source = check_request(request, _LIMITS)
        group = "+".join(name for name in CONTROLS if name in request.controls)
        # The digest keeps the result of a request that was changed since from being taken for this one's.
        name = f"{request.name}-{request_digest(request)[:8]}"
        result = self._folder / "results" / group / f"{name}.mp4"
        if not has_file(result):
            self._write(request, group, name)
            raise PendingError(
                f"{request.name}: its job is in {self._folder / 'jobs' / group / name}.json; on a machine with "
                f"cosmos-transfer2.5 run: COSMOS_DIR=<checkout> {self._folder / 'launch.sh'} ; "
                "then run this command again to collect the results"
            )
        progress(0.5, "collecting")
        placed = place_result(result, output, source, str(result))
        progress(1.0, "done")
        weights: JsonValue = {key: request.controls[key].weight for key in CONTROLS if key in request.controls}
        return TransferResult(facts={"backend": self.name, "weights": weights, **placed.facts()})

    def close(self) -> None:
        """Nothing is held."""

    def _write(self, request: TransferRequest, group: str, name: str) -> None:
        controls: dict[Control, str] = {}
        masks: dict[Control, str] = {}
        for key, control in request.controls.items():
            if control.video is not None:
                controls[key] = self._input(control.video)
            if control.mask is not None:
                masks[key] = self._input(control.mask)
        arguments = inference_arguments(
            request, name, self._input(request.video), controls, masks, version=STATUS_AS_JSON
        )
        text = json.dumps(arguments, indent=1, ensure_ascii=False) + "\n"
        write_atomically(self._folder / "jobs" / group / f"{name}.json", text)
        script = self._folder / "launch.sh"
        write_atomically(script, LAUNCH)
        script.chmod(0o755)
        write_atomically(self._folder / "README.md", README)

    def _input(self, video: Path) -> str:
        """Copy a video in under its hash; returns its path as seen from a job's file."""
        name = f"inputs/{hash_file(video)[1].hex()[:32]}.mp4"
        if not has_file(self._folder / name):
            with atomic_file(self._folder / name) as partial:
                shutil.copyfile(video, partial)
        return f"../../{name}"


LAUNCH = """\
#!/usr/bin/env bash
# Runs every job without a result, one start of the model per set of controls.
#   COSMOS_DIR  checkout of cosmos-transfer2.5, its environment active   (required)
#   NUM_GPUS    GPUs that share each video, 1 by default
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
: "${COSMOS_DIR:?set COSMOS_DIR to a checkout of cosmos-transfer2.5}"
gpus="${NUM_GPUS:-1}"
cd "$COSMOS_DIR"
failed=0
for group in "$here"/jobs/*/; do
  controls="$(basename "$group")"
  results="$here/results/$controls"
  waiting=()
  for job in "$group"*.json; do
    name="$(basename "$job" .json)"
    if [[ -e "$job" && ! -e "$results/$name.mp4" ]]; then waiting+=("$job"); fi
  done
  if (( ${#waiting[@]} == 0 )); then continue; fi
  echo "$controls: ${#waiting[@]} jobs on $gpus GPUs"
  mkdir -p "$results"
  if (( gpus > 1 )); then
    torchrun --nproc_per_node="$gpus" -m examples.inference -i "${waiting[@]}" -o "$results" || failed=1
  else
    python examples/inference.py -i "${waiting[@]}" -o "$results" || failed=1
  fi
done
exit "$failed"
"""
"""The launch script. No name of a request or path stands in it: it finds the jobs itself."""

README = """\
# Transfer jobs

`COSMOS_DIR=<checkout of cosmos-transfer2.5> NUM_GPUS=1 ./launch.sh` runs every job whose result is missing. Then the
`roadmark augment` command that wrote this folder, given again, collects the results. The folder is whole by itself:
copy it to the machine with the GPUs and copy `results/` back.
"""
