import threading

import pytest

from roadmark.media import EncoderPool


def test_a_lane_keeps_its_order_while_others_go_on():
    order: list[str] = []
    blocked = threading.Event()
    with EncoderPool(threads=2) as pool:
        pool.submit(blocked.wait, 10.0, lane="slow")
        pool.submit(order.append, "slow", lane="slow")
        pool.submit(order.append, "other")
        done = threading.Event()
        pool.submit(done.set)
        assert done.wait(10.0)  # passes the blocked lane
        assert "slow" not in order
        blocked.set()
    assert order[-1] == "slow"


def test_many_tasks_of_a_lane_run_in_order():
    seen: list[int] = []
    with EncoderPool(threads=4, max_waiting=3) as pool:
        for number in range(200):
            pool.submit(seen.append, number, lane="one")
    assert seen == list(range(200))


def test_an_error_surfaces_at_the_next_call_and_drops_what_waits():
    ran: list[int] = []
    release = threading.Event()

    def fail():
        release.wait(10.0)
        raise OSError(28, "No space left on device")

    pool = EncoderPool(threads=1)
    pool.submit(fail)
    pool.submit(ran.append, 1)
    release.set()
    with pytest.raises(OSError, match="No space left"):
        pool.wait()
    assert ran == []
    with pytest.raises(OSError, match="No space left"):
        pool.submit(ran.append, 2)  # a caller that swallows it cannot go on
    with pytest.raises(OSError, match="No space left"):
        pool.close()
    assert ran == []


def test_submitting_after_an_error_raises_it():
    pool = EncoderPool(threads=1, max_waiting=1)

    def fail():
        raise OSError(28, "No space left on device")

    def submit_until_raised():
        pool.submit(fail)
        while True:
            pool.submit(int)

    with pytest.raises(OSError, match="No space left"):
        submit_until_raised()
    pool.close(drop=True)


def test_waiting_tasks_are_bounded():
    release = threading.Event()
    entered = threading.Event()

    def block():
        entered.set()
        release.wait(10.0)

    pool = EncoderPool(threads=1, max_waiting=2)
    pool.submit(block)
    assert entered.wait(10.0)
    pool.submit(int)
    pool.submit(int)
    third = threading.Thread(target=pool.submit, args=(int,))
    third.start()
    assert third.is_alive()
    assert len(pool._waiting) == 2  # the third submit has not entered the queue
    release.set()
    third.join(10.0)
    pool.wait()
    pool.close()


def test_leaving_with_an_error_drops_the_rest():
    ran: list[int] = []
    release = threading.Event()

    def scenario():
        with EncoderPool(threads=1) as pool:
            pool.submit(release.wait, 0.01)
            for number in range(50):
                pool.submit(ran.append, number)
            raise KeyError("render")

    with pytest.raises(KeyError):
        scenario()
    assert len(ran) < 50 or release.is_set() is False


def test_a_closed_pool_takes_nothing():
    pool = EncoderPool()
    pool.close()
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(int)


def test_pools_need_a_thread():
    with pytest.raises(ValueError, match="needs a thread"):
        EncoderPool(threads=0)
