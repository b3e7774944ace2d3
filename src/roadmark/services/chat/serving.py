"""Running a chat server."""

from __future__ import annotations

from collections.abc import Callable

from roadmark.services.chat.app import CHAT_FAULTS, ChatServing, chat_app
from roadmark.services.transfer.faults import Faults
from roadmark.services.transfer.serving import serve_app


def serve_chat(serving: ChatServing, host: str, port: int, announce: Callable[[str], None] = lambda url: None) -> None:
    """Serve until interrupted.

    Args:
        serving: What is served.
        host: Address to listen at.
        port: Port; 0 takes a free one.
        announce: Told the server's address when it listens.

    Raises:
        ConfigError: No such fault.
        MissingExtraError: The services extra is not installed.
        OutputError: The port cannot be listened at.
    """
    faults = Faults(serving.fault, CHAT_FAULTS)
    try:
        serve_app(chat_app(serving, faults), host, port, announce)
    finally:
        faults.release()
