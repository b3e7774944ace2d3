"""The pipeline: stages over items, with manifests, resume and interchangeable executors. It knows no particular stage.

A stage turns an item's inputs into one output; `run_stage` runs it over items, skips what the run's manifest says is
done from the same inputs, configuration, code and seed, and records every failure with the item it belongs to.
"""

from roadmark.pipeline.executors import Executor, Failure, Pause, SequentialExecutor, Success
from roadmark.pipeline.items import Item, JsonValue, Stage, content_hash, fingerprint, item_generator, json_hash
from roadmark.pipeline.manifest import MANIFEST_NAME, ErrorRecord, ItemRecord, RecordStatus, RunManifest
from roadmark.pipeline.plan import ItemState, StagePlan, is_whole, plan_stage
from roadmark.pipeline.process_executor import ProcessExecutor
from roadmark.pipeline.ray_executor import RayExecutor
from roadmark.pipeline.run import ItemResult, ItemStatus, RunSummary, run_stage
from roadmark.pipeline.throttle import RateLimit, Throttle
from roadmark.pipeline.timings import Timings

__all__ = [
    "MANIFEST_NAME",
    "ErrorRecord",
    "Executor",
    "Failure",
    "Item",
    "ItemRecord",
    "ItemResult",
    "ItemState",
    "ItemStatus",
    "JsonValue",
    "Pause",
    "ProcessExecutor",
    "RateLimit",
    "RayExecutor",
    "RecordStatus",
    "RunManifest",
    "RunSummary",
    "SequentialExecutor",
    "Stage",
    "StagePlan",
    "Success",
    "Throttle",
    "Timings",
    "content_hash",
    "fingerprint",
    "is_whole",
    "item_generator",
    "json_hash",
    "plan_stage",
    "run_stage",
]
