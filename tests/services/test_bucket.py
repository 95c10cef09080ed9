"""What comes too often waits a moment."""

import pytest

from services.bucket import Bucket


def test_a_burst_is_free_and_then_each_waits_its_turn():
    bucket = Bucket(10.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(20)] == [0.0] * 20
    assert not bucket.is_dry
    assert [bucket.take(0.0) for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])
    assert bucket.is_dry


def test_tokens_come_back_and_no_more_than_fit():
    bucket = Bucket(10.0, now=0.0)
    for _ in range(25):
        bucket.take(0.0)
    assert bucket.take(1.0) == 0.0
    assert bucket.is_dry  # it is not full again
    assert [bucket.take(100.0) for _ in range(20)] == [0.0] * 20
    assert not bucket.is_dry
    assert bucket.take(100.0) == pytest.approx(0.1)


def test_a_slow_rate_has_one_at_least():
    bucket = Bucket(0.1, now=0.0)
    assert bucket.take(0.0) == 0.0
    assert bucket.take(0.0) == pytest.approx(10.0)
