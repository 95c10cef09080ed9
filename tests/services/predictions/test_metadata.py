from pathlib import Path

import pytest

from services.predictions.metadata import NO_VALUE, grouped_metadata
from services.sample import Sample


def of(**columns):
    rows = zip(*columns.values(), strict=True)
    return grouped_metadata(
        [
            Sample(f"{number}.png", Path(), None, metadata=dict(zip(columns, row, strict=True)))
            for number, row in enumerate(rows)
        ]
    )


def groups(metadata, key):
    group = metadata.keys[key]
    return {
        name: (group.of == number).nonzero()[0].tolist() for number, name in enumerate(group.names)
    }


def test_each_value_is_a_group_and_those_without_one_are_the_last():
    metadata = of(camera=["south", "north", "", "South", "north"])
    assert list(groups(metadata, "camera").items()) == [
        ("north", [1, 4]),
        ("south", [0]),
        ("South", [3]),
        (NO_VALUE, [2]),
    ]


def test_numbers_stand_in_their_order():
    assert list(groups(of(zoom=["10", "9", "10"]), "zoom")) == ["9", "10"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["a", "a", "a"], "the same in all samples"),
        (["a", "b", "c"], "3 values, almost one a sample"),
        ([f"{n // 1.5}x" for n in range(60)], "40 values, almost one a sample"),
        (["", "", ""], "no value"),
    ],
)
def test_what_cannot_be_compared_is_left_out_with_its_reason(values, why):
    metadata = of(key=values)
    assert metadata.keys == {}
    assert [(each.name, each.reason) for each in metadata.left_out] == [("key", why)]


def test_one_value_in_some_samples_is_compared_with_the_others():
    assert groups(of(flash=["on", "", ""]), "flash") == {"on": [0], NO_VALUE: [1, 2]}


def test_many_numbers_are_binned_alike():
    bins = groups(of(lux=[str(n) for n in range(100, 200)]), "lux")
    assert list(bins) == ["100 to 120", "120 to 140", "140 to 159", "159 to 179", "179 to 199"]
    assert sorted(number for each in bins.values() for number in each) == list(range(100))
    assert all(18 <= len(each) <= 21 for each in bins.values())


def test_bins_of_large_numbers_are_told_apart():
    bins = groups(of(time=[str(1_700_000_000 + n) for n in range(50)] + [""]), "time")
    assert len(bins) == 6
    assert list(bins)[-1] == NO_VALUE
    assert bins["1700000000 to 1700000010"] == list(range(10))


def test_a_number_that_is_often_the_same_has_fewer_bins():
    bins = groups(of(gain=["0"] * 90 + [f"0.{n:02}" for n in range(1, 31)]), "gain")
    assert len(bins) < 5
    assert sum(map(len, bins.values())) == 120


def test_of_many_words_the_commonest_stay():
    metadata = of(place=[f"place {n % 25:02}" for n in range(100)] + ["place 07"] * 3)
    names = metadata.keys["place"].names
    assert len(names) == 20
    assert names[-1] == "6 rarer values"
    assert "place 07" in names
