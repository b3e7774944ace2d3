"""A small scenario as files, for tests: a red-light runner at a crossing, the same everywhere."""

from sample_crossing.scenario import CrossingFiles, crossing_scenario, write_crossing

__all__ = ["CrossingFiles", "crossing_scenario", "write_crossing"]
