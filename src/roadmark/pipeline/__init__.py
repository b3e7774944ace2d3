"""The pipeline: stages over items, with manifests, resume and interchangeable executors. It knows no particular stage.

A stage turns an item's inputs into one output; `run_stage` runs it over items, skips what the run's manifest says is
done from the same inputs, configuration, code and seed, and records every failure with the item it belongs to.
"""

from roadmark.pipeline.executors import Executor, Failure, ProcessExecutor, SequentialExecutor, Success
from roadmark.pipeline.items import Item, JsonValue, Stage, content_hash, fingerprint, item_generator, json_hash
from roadmark.pipeline.manifest import MANIFEST_NAME, ErrorRecord, ItemRecord, RecordStatus, RunManifest
from roadmark.pipeline.run import ItemResult, ItemStatus, RunSummary, run_stage

__all__ = [
    "MANIFEST_NAME",
    "ErrorRecord",
    "Executor",
    "Failure",
    "Item",
    "ItemRecord",
    "ItemResult",
    "ItemStatus",
    "JsonValue",
    "ProcessExecutor",
    "RecordStatus",
    "RunManifest",
    "RunSummary",
    "SequentialExecutor",
    "Stage",
    "Success",
    "content_hash",
    "fingerprint",
    "item_generator",
    "json_hash",
    "run_stage",
]
