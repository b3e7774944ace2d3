"""Reading only the traffic lights of a recording."""

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError
from roadmark.scenario import ActorKind, SignalState, read_log, read_signals


def test_signals_are_those_of_the_whole_recording(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    whole, only = read_log(path), read_signals(path)
    assert only.signals[5].state.tolist() == [SignalState.GREEN, SignalState.YELLOW]
    assert only.signals[5].times.tolist() == whole.signals[5].times.tolist() == [0.0, 0.25]
    np.testing.assert_array_equal(only.times, whole.times)
    (light,) = only.of_kind(ActorKind.TRAFFIC_LIGHT)
    np.testing.assert_allclose(light.spawn_position, [10.0, 0.0, 0.1])
    assert not only.tracks  # positions were not looked into


def test_broken_packets_are_named(tmp_path):
    path = tmp_path / "bad.log"
    path.write_bytes(samples.header() + samples.frame(1, -1.0, 0.0, samples.packet(7, b"\x02\x00\x01")))
    with pytest.raises(FormatError, match="STATE"):
        read_signals(path)
    with pytest.raises(InputError, match=r"none\.log"):
        read_signals(tmp_path / "none.log")
