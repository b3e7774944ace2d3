"""No endpoint is asked more than its limit allows, whichever executor runs the items."""

import math

import pytest
from sample_stages import Caller, square

from roadmark.errors import ConfigError
from roadmark.pipeline import Item, Pause, RateLimit, RunManifest, Success, Throttle, run_stage


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_at_once_counts_items_until_they_end():
    throttle = Throttle({"vlm": RateLimit(at_once=2)})
    throttle.begin({"vlm": 5})
    assert throttle.wait({"vlm": 5}) == 0
    throttle.begin({"vlm": 5})
    assert throttle.wait({"vlm": 1}) == math.inf
    throttle.end({"vlm": 5})
    assert throttle.wait({"vlm": 1}) == 0


def test_per_minute_counts_requests_in_a_sliding_window():
    clock = Clock()
    throttle = Throttle({"llm": RateLimit(per_minute=5)}, clock)
    for now, count in ((100.0, 2), (110.0, 2)):
        clock.now = now
        assert throttle.wait({"llm": count}) == 0
        throttle.begin({"llm": count})
        throttle.end({"llm": count})
    clock.now = 120.0
    assert throttle.wait({"llm": 1}) == 0  # the fifth
    assert throttle.wait({"llm": 2}) == 40  # the two of second 100 are a minute old at 160
    assert throttle.wait({"llm": 4}) == 50  # those of second 110, too
    clock.now = 160.0
    assert throttle.wait({"llm": 2}) == 0


def test_an_item_that_asks_more_than_a_minutes_share_starts_alone():
    clock = Clock()
    throttle = Throttle({"llm": RateLimit(per_minute=5)}, clock)
    assert throttle.wait({"llm": 9}) == 0
    throttle.begin({"llm": 9})
    assert throttle.wait({"llm": 9}) == 60


def test_the_strictest_endpoint_of_an_item_decides():
    clock = Clock()
    throttle = Throttle({"vlm": RateLimit(per_minute=1), "llm": RateLimit(at_once=1)}, clock)
    throttle.begin({"vlm": 1})
    assert throttle.wait({"vlm": 1, "llm": 1}) == 60
    throttle.begin({"llm": 1})
    assert throttle.wait({"vlm": 1, "llm": 1}) == math.inf
    assert throttle.wait({"cosmos": 1}) == 0  # has no limit


@pytest.mark.parametrize("wrong", [{"at_once": 0}, {"per_minute": -1}])
def test_limits_must_let_something_through(wrong):
    with pytest.raises(ConfigError, match="must be at least 1"):
        RateLimit(**wrong)


def test_a_pause_holds_the_stream_back_and_is_no_argument(executor):
    def arguments():
        yield 1
        yield Pause(0.0)
        yield 2
        yield Pause(0.0)

    assert dict(executor.run(square, arguments())) == {0: Success(1), 1: Success(4)}


def test_an_outcome_ends_a_pause(executor):
    done = []

    def arguments():
        yield 1
        while not done:
            yield Pause()  # for ever, unless the first outcome comes
        yield 2

    for index, outcome in executor.run(square, arguments()):
        done.append((index, outcome.value))
    assert done == [(0, 1), (1, 4)]


def test_a_limit_holds_in_every_executor(executor, tmp_path):
    (tmp_path / "room").mkdir()
    items = [Item(f"clip_{i}", tmp_path / f"clip_{i}.txt") for i in range(8)]
    summary = run_stage(
        Caller(tmp_path / "room"),
        items,
        RunManifest(tmp_path / "run.json"),
        executor=executor,
        throttle=Throttle({"vlm": RateLimit(at_once=1)}),
    )
    assert [result.result for result in summary.results] == [{"together": 1}] * 8


def test_a_minutes_share_holds_across_stages(tmp_path):
    clock = Clock()
    throttle = Throttle({"vlm": RateLimit(per_minute=3)}, clock)
    begun = []

    class Waiting:
        """An executor whose pauses turn the clock instead of taking time."""

        def run(self, function, arguments):
            index = 0
            for argument in arguments:
                if isinstance(argument, Pause):
                    clock.now += argument.seconds
                    continue
                begun.append(clock.now)
                yield index, Success(function(argument))
                index += 1

    (tmp_path / "room").mkdir()
    for name in ("first", "second"):
        items = [Item(f"{name}_{i}", tmp_path / f"{name}_{i}.txt") for i in range(4)]
        manifest = RunManifest(tmp_path / "run.json")
        run_stage(Caller(tmp_path / "room", name), items, manifest, executor=Waiting(), throttle=throttle)
    assert begun == [100, 100, 100, 160, 160, 160, 220, 220]
