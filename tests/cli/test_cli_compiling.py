"""The line that tells of compiling on a machine's first use."""

import numba
import pytest
from numba.core import event

from roadmark.cli.compiling import NOTE, CompileTeller, TellingExecutor
from roadmark.pipeline import ProcessExecutor


@pytest.fixture
def teller():
    told = CompileTeller()
    event.register("numba:compile", told)
    yield told
    event.unregister("numba:compile", told)


def test_compiling_is_told_once_and_only_when_it_happens(teller, capsys):
    twice = numba.njit(lambda value: 2 * value)
    thrice = numba.njit(lambda value: 3 * value)
    assert NOTE not in capsys.readouterr().err
    assert twice(2) == 4
    assert capsys.readouterr().err.count(NOTE) == 1
    assert thrice(2) == 6
    assert twice(3) == 6
    assert NOTE not in capsys.readouterr().err


def test_what_is_compiled_already_is_not_told(capsys):
    twice = numba.njit(lambda value: 2 * value)
    assert twice(2) == 4
    late = CompileTeller()
    event.register("numba:compile", late)
    try:
        assert twice(3) == 6
    finally:
        event.unregister("numba:compile", late)
    assert not late.told
    assert NOTE not in capsys.readouterr().err


def compiled(number):
    """A function that a worker has to compile."""
    import numba

    return numba.njit(lambda value: value + number)(1)


def test_workers_tell_by_themselves(capfd):
    outcomes = dict(TellingExecutor(ProcessExecutor(1)).run(compiled, [1, 2]))
    assert [outcomes[index].value for index in range(2)] == [2, 3]
    assert capfd.readouterr().err.count(NOTE.split(";")[0]) == 1
