"""Local servers that speak the protocols of the real services."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked

if TYPE_CHECKING:
    from roadmark.services.chat.app import CHAT_FAULTS, ChatServing
    from roadmark.services.chat.serving import serve_chat
    from roadmark.services.transfer.faults import FAULTS, Faults
    from roadmark.services.transfer.serving import TransferServing, serve_transfer
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "chat.app": ("CHAT_FAULTS", "ChatServing"),
            "chat.serving": ("serve_chat",),
            "transfer.faults": ("FAULTS", "Faults"),
            "transfer.serving": ("TransferServing", "serve_transfer"),
        },
    )

__all__ = ["CHAT_FAULTS", "FAULTS", "ChatServing", "Faults", "TransferServing", "serve_chat", "serve_transfer"]
