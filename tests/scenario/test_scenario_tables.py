"""Scenarios as Parquet."""

import log_samples as samples
import pyarrow.parquet as pq
import pytest

from roadmark.errors import OutputError
from roadmark.scenario import read_log
from roadmark.scenario.tables import SCHEMA, to_parquet


@pytest.fixture
def full_log(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    return path


def test_parquet(tmp_path, full_log):
    path = tmp_path / "a.parquet"
    to_parquet(read_log(full_log), path)
    table = pq.read_table(path)
    assert table.schema.names == SCHEMA.names
    rows = table.to_pylist()
    assert len(rows) == 1 + 3 + 2 + 2 + 2  # spectator, car, bike, walker, light
    car = [row for row in rows if row["actor_id"] == 10]
    assert [(row["frame"], row["time"], row["x"], row["vx"]) for row in car] == [
        (1, 0.0, 1.0, 1.0),
        (2, 0.25, 2.0, 4.0),
        (3, 0.75, 4.0, 4.0),
    ]
    assert (car[2]["steer"], car[2]["gear"], car[2]["light_flags"]) == (0.5, 1, 3)
    assert car[0]["role_name"] == "hero"
    light = [row for row in rows if row["actor_id"] == 5]
    assert [(row["signal_state"], row["x"]) for row in light] == [("green", 10.0), ("yellow", 10.0)]
    assert light[0]["vx"] is None
    assert [row["walker_speed"] for row in rows if row["actor_id"] == 12] == [1.5, 1.5]
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.parquet", "full.log"]


def test_parquet_that_cannot_be_written(tmp_path, full_log):
    with pytest.raises(OutputError, match="cannot be written"):
        to_parquet(read_log(full_log), full_log / "a.parquet")
