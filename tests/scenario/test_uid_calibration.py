"""Registration numbers of blueprints: the file, and asking a server that speaks CARLA's msgpack-rpc."""

import contextlib
import json
import socket
import threading

import msgpack
import numpy as np
import pytest

from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.scenario import Actor, ActorKind, Scenario, write_log
from roadmark.scenario.carla_log import LogReader, blueprint_uid, calibrate, fetch_uids, read_uids, write_uids

DEFINITIONS = [[7, "vehicle.tesla.model3", "tesla", []], [41, "walker.pedestrian.0001", "walker", []]]


class Server:
    """A socket that answers two calls as a CARLA 0.9.16 server does."""

    def __init__(self, answers):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._answers = answers
        self._thread = threading.Thread(target=self._serve)

    def _serve(self):
        connection, _ = self._socket.accept()
        with connection, contextlib.suppress(ConnectionError):
            unpacker = msgpack.Unpacker(raw=False)
            while data := connection.recv(4096):
                unpacker.feed(data)
                for _, number, name, arguments in unpacker:
                    assert arguments == [[False]]
                    answer = self._answers[name]
                    connection.sendall(answer if isinstance(answer, bytes) else msgpack.packb([1, number, *answer]))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.close()
        self._thread.join()


def good(value):
    return [None, [[1, value]]]


def test_numbers_come_from_a_server():
    with Server({"version": good("0.9.16"), "get_actor_definitions": good(DEFINITIONS)}) as server:
        uids, version = fetch_uids("127.0.0.1", server.port, 5.0)
    assert uids == {"vehicle.tesla.model3": 7, "walker.pedestrian.0001": 41}
    assert version == "0.9.16"


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ([None, [[0, ["no episode"]]]], InputError, "refuses get_actor_definitions: no episode"),
        (["unknown function", None], InputError, "unknown function"),
        (good([["x"]]), FormatError, "unknown way"),
        (good([]), FormatError, "no blueprints"),
        (b"\xc1", FormatError, "no CARLA server"),
        (b"HTTP/1.1 400 Bad Request", FormatError, "no CARLA server"),
        (good([[0, "vehicle.tesla.model3"]]), FormatError, "unknown way"),
        (good([[2**40, "vehicle.tesla.model3"]]), FormatError, "unknown way"),
        (good([[True, "vehicle.tesla.model3"]]), FormatError, "unknown way"),
        (b"\xdd\x03\xff\xff\xff", FormatError, "no CARLA server"),
        (["\x1b[2J" + "no " * 1000, None], InputError, r"refuses get_actor_definitions: \?\[2Jno .{,200}$"),
    ],
)
def test_other_answers_are_errors(answer, error, message):
    with (
        Server({"version": good("0.9.16"), "get_actor_definitions": answer}) as server,
        pytest.raises(error, match=message),
    ):
        fetch_uids("127.0.0.1", server.port, 5.0)


def test_an_answer_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(calibrate, "MAX_REPLY_BYTES", 1 << 16)
    endless = b"\xdb\x00\xff\xff\xff" + b"a" * (1 << 18)
    with (
        Server({"version": endless, "get_actor_definitions": good(DEFINITIONS)}) as server,
        pytest.raises(FormatError, match="no CARLA server"),
    ):
        fetch_uids("127.0.0.1", server.port, 5.0)


def test_an_answer_drop_by_drop_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gone = threading.Event()

        def drip():
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"\xdb\x00\xff\xff\xff")
                while not gone.wait(0.05):
                    connection.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(InputError, match="timed out"):
                fetch_uids("127.0.0.1", listening.getsockname()[1], 0.5)
        finally:
            gone.set()
            thread.join()


def test_no_server():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(InputError, match="no CARLA server answers"):
        fetch_uids("127.0.0.1", port, 1.0)


@pytest.mark.parametrize("host", ["a..b", "a" * 300])
def test_what_is_no_name_of_a_host(host):
    with pytest.raises(InputError, match="no name of a host"):
        fetch_uids(host, 2000, 1.0)


def test_the_file_round_trips_and_decides_what_a_log_says(tmp_path):
    path = tmp_path / "uids.json"
    write_uids(path, {"vehicle.tesla.model3": 7}, "0.9.16")
    uids = read_uids(path)
    assert uids == {"vehicle.tesla.model3": 7}
    assert blueprint_uid("vehicle.audi.tt", uids) == (1, False)
    car = Actor(9, ActorKind.VEHICLE, "vehicle.tesla.model3")
    scenario = Scenario("Town01", np.array([0.0, 0.1]), np.array([1, 2]), {9: car})
    write_log(scenario, tmp_path / "one.log", uids)
    frame = next(LogReader(tmp_path / "one.log").frames())
    assert [added.uid for added in frame.added] == [7]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"format": "other", "version": 1, "uids": {}}, "format"),
        ({"format": "roadmark-uids", "version": 1, "uids": {"vehicle.x": 0}}, "vehicle.x"),
        ({"format": "roadmark-uids", "version": 1, "uids": {}, "more": 1}, "more"),
        ([], "mapping"),
    ],
)
def test_other_files_are_errors(tmp_path, document, message):
    path = tmp_path / "uids.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigError, match=message):
        read_uids(path)
