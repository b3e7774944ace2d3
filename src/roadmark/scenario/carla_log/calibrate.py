"""Ask a CARLA server for its blueprints' registration numbers, which its Python client does not tell.

The server speaks msgpack-rpc on its port: a request is `[0, id, name, [[asynchronous], *arguments]]`, a reply
`[1, id, error, result]`; a result is `[[1, value]]` or, for a failure, `[[0, [message]]]`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

from roadmark.errors import FormatError, InputError, MissingExtraError

MAX_REPLY_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 16
_REPLY = 1


def fetch_uids(host: str, port: int, timeout: float) -> tuple[dict[str, int], str]:
    """Registration numbers by blueprint id, and the server's version.

    Args:
        host: The server.
        port: Its port, 2000 unless told otherwise.
        timeout: Seconds to wait for each answer.

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
            answers = _answers(connection, msgpack.Unpacker(raw=False, max_buffer_size=MAX_REPLY_BYTES), where)
            version = _call(connection, answers, msgpack, 0, "version", where)
            definitions = _call(connection, answers, msgpack, 1, "get_actor_definitions", where)
    except OSError as error:
        raise InputError(f"no CARLA server answers at {where}: {error}; start it, or give --host and --port") from None
    return _numbers(definitions, where), str(version)


def _answers(connection: socket.socket, unpacker: Any, where: str) -> Iterator[Any]:
    while True:
        data = connection.recv(_CHUNK)
        if not data:
            raise InputError(f"the server at {where} closed the connection")
        try:
            unpacker.feed(data)
            yield from unpacker
        except (ValueError, UnicodeDecodeError) as error:
            raise FormatError(f"what answers at {where} is no CARLA server: {error}") from None


def _call(connection: socket.socket, answers: Iterator[Any], msgpack: Any, number: int, name: str, where: str) -> Any:
    connection.sendall(msgpack.packb([0, number, name, [[False]]]))
    answer = next(answers)
    match answer:
        case [kind, answered, None, result] if kind == _REPLY and answered == number:
            pass
        case [_, _, error, _] if error is not None:
            raise InputError(f"the server at {where} refuses {name}: {error}")
        case _:
            raise FormatError(f"what answers {name} at {where} is no CARLA server")
    match result:
        case [[1, value]]:
            return value
        case [[0, [message]]]:
            raise InputError(f"the server at {where} refuses {name}: {message}")
        case _:
            return result


def _numbers(definitions: Any, where: str) -> dict[str, int]:
    uids: dict[str, int] = {}
    for definition in definitions if isinstance(definitions, list) else ():
        match definition:
            case [int(uid), str(blueprint_id), *_]:
                uids[blueprint_id] = uid
            case _:
                raise FormatError(f"the server at {where} describes a blueprint in an unknown way: {definition!r:.80}")
    if not uids:
        raise FormatError(f"the server at {where} lists no blueprints")
    return uids
