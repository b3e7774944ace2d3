"""Ask a CARLA server for its blueprints' registration numbers, which its Python client does not tell.

The server speaks msgpack-rpc on its port: a request is `[0, id, name, [[asynchronous], *arguments]]`, a reply
`[1, id, error, result]`; a result is `[[1, value]]` or, for a failure, `[[0, [message]]]`.
"""

from __future__ import annotations

import socket
import time
from typing import Any

from roadmark.errors import FormatError, InputError, MissingExtraError
from roadmark.scenario.carla_log.blueprint_uids import MAX_UIDS

MAX_REPLY_BYTES = 64 * 1024 * 1024
MAX_UID = 2**32 - 1
_CHUNK = 1 << 16
_REPLY = 1
_SHOWN = 200


def fetch_uids(host: str, port: int, timeout: float) -> tuple[dict[str, int], str]:
    """Registration numbers by blueprint id, and the server's version.

    Args:
        host: The server.
        port: Its port, 2000 unless told otherwise.
        timeout: Seconds to wait for each answer to be whole.

    Raises:
        MissingExtraError: The extra `carla` is not installed.
        InputError: No server answers there, or it refuses.
        FormatError: What answers is no CARLA server.
    """
    try:
        import msgpack  # noqa: PLC0415 - only this file speaks to a server without the client
    except ImportError:
        raise MissingExtraError("msgpack", "carla") from None
    where = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout) as connection:
            server = _Server(connection, msgpack, where, timeout)
            version = server.call(0, "version")
            definitions = server.call(1, "get_actor_definitions")
    except UnicodeError:
        raise InputError(f"{_shown(host)!r} is no name of a host; give --host, such as localhost") from None
    except OSError as error:
        raise InputError(f"no CARLA server answers at {where}: {error}; start it, or give --host and --port") from None
    return _numbers(definitions, where), _shown(version)


class _Server:
    """The other end of a connection."""

    def __init__(self, connection: socket.socket, msgpack: Any, where: str, timeout: float) -> None:
        self._connection, self._msgpack, self._where, self._timeout = connection, msgpack, where, timeout
        self._unpacker = msgpack.Unpacker(
            raw=False, max_buffer_size=MAX_REPLY_BYTES, max_array_len=MAX_UIDS, max_map_len=MAX_UIDS
        )

    def call(self, number: int, name: str) -> Any:
        """Call a function of the server without arguments."""
        self._connection.sendall(self._msgpack.packb([0, number, name, [[False]]]))
        match self._answer():
            case [kind, answered, None, result] if kind == _REPLY and answered == number:
                pass
            case [_, _, error, _] if error is not None:
                raise InputError(f"the server at {self._where} refuses {name}: {_shown(error)}")
            case _:
                raise FormatError(f"what answers {name} at {self._where} is no CARLA server")
        match result:
            case [[1, value]]:
                return value
            case [[0, [message]]]:
                raise InputError(f"the server at {self._where} refuses {name}: {_shown(message)}")
            case _:
                return result

    def _answer(self) -> Any:
        """The next whole message; a server that sends it drop by drop has no longer time than one that is silent."""
        end = time.monotonic() + self._timeout
        try:
            while True:
                for answer in self._unpacker:
                    return answer
                self._connection.settimeout(max(end - time.monotonic(), 1e-3))
                data = self._connection.recv(_CHUNK)
                if not data:
                    raise InputError(f"the server at {self._where} closed the connection")
                self._unpacker.feed(data)
        except (ValueError, UnicodeDecodeError, self._msgpack.UnpackException) as error:
            reason = str(error) or type(error).__name__
            raise FormatError(f"what answers at {self._where} is no CARLA server: {reason}") from None


def _shown(value: Any) -> str:
    """What a server says, fit for a line of a terminal."""
    text = str(value)[:_SHOWN]
    return "".join(one if one.isprintable() else "?" for one in text)


def _numbers(definitions: Any, where: str) -> dict[str, int]:
    uids: dict[str, int] = {}
    for definition in definitions if isinstance(definitions, list) else ():
        match definition:
            case [int(uid), str(blueprint_id), *_] if 1 <= uid <= MAX_UID and not isinstance(uid, bool):
                uids[blueprint_id] = uid
            case _:
                raise FormatError(f"the server at {where} describes a blueprint in an unknown way: {definition!r:.80}")
    if not uids:
        raise FormatError(f"the server at {where} lists no blueprints")
    return uids
