"""Numbers along axes are round, where they belong, and apart from each other."""

import numpy as np
import pytest

from services.media.axes import Panel
from services.media.ticks import APART, row_ticks, second_ticks


@pytest.mark.parametrize(
    ("start", "stop", "said"),
    [
        (0.0, 1.0, ["0.0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s"]),
        (0.5, 1.0, ["0.5 s", "0.6 s", "0.7 s", "0.8 s", "0.9 s", "1.0 s"]),
        (0.0, 30.0, ["0 s", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s"]),
        (1.0, 1.0, []),
    ],
)
def test_moments_are_whole_steps(start, stop, said):
    ticks = second_ticks(start, stop)
    assert [tick.text for tick in ticks] == said
    for tick in ticks:
        assert start + tick.at * (stop - start) == pytest.approx(float(tick.text.split()[0]))


def test_a_frequency_stands_between_the_rows_that_it_lies_between():
    panel = Panel("", 0.0, 1.0, hertz=(4000.0, 2000.0, 500.0, 100.0))
    at = {tick.text: tick.at for tick in row_ticks(panel)}
    assert at["100"] == pytest.approx(3.5 / 4)
    assert at["2k"] == pytest.approx(1.5 / 4)
    assert at["1k"] == pytest.approx((2.5 - 500 / 1500) / 4)


@pytest.mark.parametrize("high", [4000, 8000, 24_000])
@pytest.mark.parametrize("rows", [20, 40, 129])
def test_mel_and_linear_rows_have_some_numbers_that_do_not_touch(high, rows):
    mel = 700 * (np.exp(np.linspace(0.1, np.log(1 + high / 700), rows)) - 1)
    for hertz in (mel, np.linspace(0, high, rows)):
        ticks = row_ticks(Panel("", 0.0, 1.0, hertz=tuple(hertz[::-1])))
        apart = np.diff([tick.at for tick in ticks])
        assert 5 <= len(ticks) <= 12
        assert apart.min() >= APART
        assert "1k" in [tick.text for tick in ticks]


def test_rows_without_a_frequency_have_their_names_from_the_lowest_up():
    names = tuple(str(n) for n in range(12, 0, -1))
    ticks = row_ticks(Panel("", 0.0, 1.0, names=(*names, "energy")))
    assert [tick.text for tick in ticks] == ["energy", "2", "4", "6", "8", "10", "12"]
    assert ticks[0].at == pytest.approx(12.5 / 13)
