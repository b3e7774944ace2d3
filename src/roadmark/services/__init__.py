"""Local servers that speak the protocols of the real services."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked

if TYPE_CHECKING:
    from roadmark.services.transfer.faults import FAULTS
    from roadmark.services.transfer.serving import TransferServing, serve_transfer
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "transfer.faults": ("FAULTS",),
            "transfer.serving": ("TransferServing", "serve_transfer"),
        },
    )

__all__ = ["FAULTS", "TransferServing", "serve_transfer"]
