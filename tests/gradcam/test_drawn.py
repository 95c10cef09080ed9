import numpy as np
import pytest

from gradcam.drawn import DrawnArrays


def bytes_of(count):
    return lambda: np.zeros(count, np.uint8)


def test_what_was_drawn_is_there_the_next_time():
    drawn, times = DrawnArrays(), []

    def draw():
        times.append(1)
        return np.arange(3)

    first, again = drawn.get("key", draw), drawn.get("key", draw)
    assert first is again
    assert times == [1]
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1  # others have the same


def test_the_last_ones_that_fit_stay():
    drawn = DrawnArrays(limit=10)
    kept = {key: drawn.get(key, bytes_of(4)) for key in "ab"}
    assert drawn.get("a", bytes_of(4)) is kept["a"]  # now used later than the other
    drawn.get("c", bytes_of(4))
    assert drawn.get("a", bytes_of(4)) is kept["a"]
    assert drawn.get("b", bytes_of(4)) is not kept["b"]


def test_what_is_larger_than_all_of_it_is_not_kept():
    drawn = DrawnArrays(limit=10)
    assert drawn.fits(10)
    assert not drawn.fits(11)
    large = drawn.get("large", bytes_of(11))
    assert drawn.get("large", bytes_of(11)) is not large
