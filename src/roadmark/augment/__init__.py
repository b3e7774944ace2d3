"""One clip, many conditions: captions, prompt variations, transfer and proof."""

from roadmark.augment.transfer.cosmos_request import OLDEST, STATUS_AS_JSON, CosmosVersion, InferenceArguments
from roadmark.augment.transfer.factory import TRANSFERS, make_transfer
from roadmark.augment.transfer.sidecar import SERVER_TITLE, Sidecar, read_sidecar

__all__ = [
    "OLDEST",
    "SERVER_TITLE",
    "STATUS_AS_JSON",
    "TRANSFERS",
    "CosmosVersion",
    "InferenceArguments",
    "Sidecar",
    "make_transfer",
    "read_sidecar",
]
