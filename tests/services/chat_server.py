"""The real chat server in a thread, on a free port."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import uvicorn

from roadmark.services.chat.app import CHAT_FAULTS, ChatServing, chat_app
from roadmark.services.transfer.faults import Faults


@contextmanager
def chat_server(**serving):
    """Its address, for as long as the block lasts."""
    options = ChatServing(**serving)
    faults = Faults(options.fault, CHAT_FAULTS)
    config = uvicorn.Config(
        chat_app(options, faults), host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=1
    )
    listener = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        faults.release()
        server.should_exit = True
        thread.join()
        listener.close()
