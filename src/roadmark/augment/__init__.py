"""One clip, many conditions: captions, prompt variations, transfer and proof.

Its parts are loaded when they are first asked for: reading settings needs no renderer.
"""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked

if TYPE_CHECKING:
    from roadmark.augment.backends import backend_of
    from roadmark.augment.options import augment_settings
    from roadmark.augment.plan_file import read_plan
    from roadmark.augment.recipe_file import complete_augmentation, load_augmentation
    from roadmark.augment.run import AugmentRun, is_pending, plan_augmentation, run_augmentation
    from roadmark.augment.settings import AugmentSettings
    from roadmark.augment.sheet import clip_sheet, sheet_conditions
    from roadmark.augment.single_frames import preview
    from roadmark.augment.transfer.cosmos_request import OLDEST, STATUS_AS_JSON, CosmosVersion, InferenceArguments
    from roadmark.augment.transfer.factory import TRANSFERS, make_transfer
    from roadmark.augment.transfer.protocol import (
        CONTROLS,
        ControlInput,
        PendingError,
        RefusedError,
        Transfer,
        TransferError,
        TransferParameters,
        TransferProgress,
        TransferRequest,
        TransferResult,
    )
    from roadmark.augment.transfer.sidecar import SERVER_TITLE, Sidecar, read_sidecar
    from roadmark.augment.work import Work, clip_samples, find_sources, plan_work, run_folder
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "backends": ("backend_of",),
            "options": ("augment_settings",),
            "plan_file": ("read_plan",),
            "single_frames": ("preview",),
            "recipe_file": ("complete_augmentation", "load_augmentation"),
            "run": ("AugmentRun", "is_pending", "plan_augmentation", "run_augmentation"),
            "settings": ("AugmentSettings",),
            "sheet": ("clip_sheet", "sheet_conditions"),
            "transfer.cosmos_request": ("OLDEST", "STATUS_AS_JSON", "CosmosVersion", "InferenceArguments"),
            "transfer.factory": ("TRANSFERS", "make_transfer"),
            "transfer.protocol": (
                "CONTROLS",
                "ControlInput",
                "PendingError",
                "RefusedError",
                "Transfer",
                "TransferError",
                "TransferParameters",
                "TransferProgress",
                "TransferRequest",
                "TransferResult",
            ),
            "transfer.sidecar": ("SERVER_TITLE", "Sidecar", "read_sidecar"),
            "work": ("Work", "clip_samples", "find_sources", "plan_work", "run_folder"),
        },
    )

__all__ = [
    "CONTROLS",
    "OLDEST",
    "SERVER_TITLE",
    "STATUS_AS_JSON",
    "TRANSFERS",
    "AugmentRun",
    "AugmentSettings",
    "ControlInput",
    "CosmosVersion",
    "InferenceArguments",
    "PendingError",
    "RefusedError",
    "Sidecar",
    "Transfer",
    "TransferError",
    "TransferParameters",
    "TransferProgress",
    "TransferRequest",
    "TransferResult",
    "Work",
    "augment_settings",
    "backend_of",
    "clip_samples",
    "clip_sheet",
    "complete_augmentation",
    "find_sources",
    "is_pending",
    "load_augmentation",
    "make_transfer",
    "plan_augmentation",
    "plan_work",
    "preview",
    "read_plan",
    "read_sidecar",
    "run_augmentation",
    "run_folder",
    "sheet_conditions",
]
