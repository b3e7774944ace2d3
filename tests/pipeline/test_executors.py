"""One contract for every executor: each argument has exactly one outcome, whatever happens to the function."""

import multiprocessing
import os
import signal

import pytest
from sample_stages import square, unpicklable

from roadmark.errors import ConfigError
from roadmark.pipeline import Failure, ProcessExecutor, Success


def test_every_argument_has_its_outcome(executor):
    outcomes = dict(executor.run(square, [1, 2, 13, 4]))
    failure = outcomes.pop(2)
    assert outcomes == {0: Success(1), 1: Success(4), 3: Success(16)}
    assert (failure.type, failure.message) == ("ValueError", "thirteen")
    assert "in square" in failure.traceback


def test_no_arguments_no_outcomes(executor):
    assert list(executor.run(square, [])) == []


def test_arguments_are_pulled_only_when_they_can_start(executor):
    started = []

    def arguments():
        for x in range(100):
            started.append(x)
            yield x

    run = executor.run(square, arguments())
    next(run)
    assert len(started) <= 2
    run.close()


def test_the_stream_may_end_because_of_an_outcome(executor):
    seen = []
    started = []

    def arguments():
        for x in [1, 13, *[2] * 10_000]:
            if any(isinstance(outcome, Failure) for outcome in seen):
                return
            started.append(x)
            yield x

    for _, outcome in executor.run(square, arguments()):
        seen.append(outcome)
    assert len(seen) == len(started) < 10_000


def test_a_dying_worker_costs_only_its_argument():
    outcomes = dict(ProcessExecutor(2).run(square, [1, 99, 2, 3, 99, 4]))
    died = Failure("WorkerDied", "its worker process died (exit code 7)")
    assert outcomes == {0: Success(1), 1: died, 2: Success(4), 3: Success(9), 4: died, 5: Success(16)}


def test_a_killed_worker_is_explained():
    ((_, outcome),) = ProcessExecutor(1).run(_kill_me, [signal.SIGTERM])
    assert outcome == Failure("WorkerDied", "its worker process died (killed by SIGTERM)")
    ((_, outcome),) = ProcessExecutor(1).run(_kill_me, [signal.SIGKILL])
    assert outcome.message.endswith("(killed by SIGKILL; out of memory?)")


def test_an_idle_worker_that_died_is_replaced():
    processes = []

    def arguments():
        yield None
        (worker,) = (process for process in multiprocessing.active_children() if process.pid == processes[0])
        worker.kill()
        worker.join()
        yield None

    for _, outcome in ProcessExecutor(1).run(_worker_id, arguments()):
        processes.append(outcome.value)
    assert len(set(processes)) == 2


def test_workers_are_kept_and_are_not_this_process():
    processes = {outcome.value for _, outcome in ProcessExecutor(1).run(_worker_id, [None] * 4)}
    assert len(processes) == 1
    assert os.getpid() not in processes


def test_ctrl_c_does_not_reach_workers():
    ((_, outcome),) = ProcessExecutor(1).run(_kill_me, [signal.SIGINT])
    assert outcome == Success("alive")


def test_an_interrupted_run_ends_its_workers():
    run = ProcessExecutor(2).run(_worker_id, [None] * 10)
    _, outcome = next(run)
    with pytest.raises(KeyboardInterrupt):
        run.throw(KeyboardInterrupt())
    with pytest.raises(ProcessLookupError):
        os.kill(outcome.value, 0)


def test_what_cannot_be_pickled_is_a_failure_of_its_argument():
    ((_, outcome),) = ProcessExecutor(1).run(square, [lambda: 1])
    assert isinstance(outcome, Failure)
    ((_, outcome), (_, other)) = ProcessExecutor(1).run(unpicklable, [1, 2])
    assert isinstance(outcome, Failure)
    assert isinstance(other, Failure)
    assert "lambda" in outcome.message


def test_no_workers_is_refused():
    with pytest.raises(ConfigError, match="at least 1 worker, not 0"):
        ProcessExecutor(0)


def _worker_id(_):
    return os.getpid()


def _kill_me(number):
    os.kill(os.getpid(), number)
    return "alive"
