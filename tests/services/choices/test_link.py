"""The table of choices, read from dataclasses."""

import math
from dataclasses import dataclass, field
from typing import Annotated

import pytest

from gradcam import METHODS, Method
from services.choices.choices import DRAWING, FILTERS, FLAT, Choices
from services.choices.filter import Filter, Verdict
from services.choices.link import Between, Stays, flat
from services.choices.recipe import Recipe


@dataclass(frozen=True)
class Inner:
    share: Annotated[float | None, Between(0, 2), Stays] = None
    method: Method = METHODS["rise"]


@dataclass(frozen=True)
class Outer:
    count: Annotated[int, Between(1, 3)] = 2
    inner: Inner = field(default_factory=Inner)
    wide: bool = False


TABLE = flat(Outer)


def test_parts_stand_in_their_place():
    assert {name: choice.part for name, choice in TABLE.items()} == {
        "count": "", "share": "inner", "method": "inner", "wide": "",
    }  # fmt: skip
    assert list(TABLE) == ["count", "share", "method", "wide"]


def test_a_choice_knows_what_its_field_says():
    assert [choice.kind for choice in TABLE.values()] == [int, float, Method, bool]
    assert [choice.default for choice in TABLE.values()] == [2, None, METHODS["rise"], False]
    assert [name for name, choice in TABLE.items() if choice.stays] == ["share"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "1", 1),
        ("count", "3", 3),
        ("count", "0", None),
        ("count", "4", None),
        ("count", "2.0", None),
        ("share", "0", 0.0),
        ("share", "2.5", None),
        ("share", "nan", None),
        ("share", "inf", None),
        ("method", "lime", METHODS["lime"]),
        ("method", "LIME", None),
        ("wide", "1", True),
        ("wide", "0", False),
        ("wide", "True", None),
    ],
)
def test_a_link_is_read_within_the_bounds(name, text, value):
    assert TABLE[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("wide", True, "1"),
        ("share", 1.0, "1"),
        ("share", 0.25, "0.25"),
        ("method", METHODS["lime"], "lime"),
        ("count", 3, "3"),
    ],
)
def test_what_is_written_is_read_again(name, value, text):
    assert TABLE[name].write(value) == text
    assert TABLE[name].read(text) == value


def test_without_bounds_every_finite_number_is_read():
    @dataclass(frozen=True)
    class One:
        any: float = 0.0

    table = flat(One)
    assert table["any"].read("-1e300") == -1e300
    assert table["any"].read("-inf") is None
    assert table["any"].bounds == Between(-math.inf, math.inf)


def test_two_choices_of_one_name_are_refused():
    @dataclass(frozen=True)
    class Twice:
        wide: bool = False
        outer: Outer = field(default_factory=Outer)

    with pytest.raises(TypeError, match="Two choices are called wide"):
        flat(Twice)


# ------------------------------------------------------------------------- of the choices


def test_a_choice_is_read_and_changed_by_its_flat_name():
    chosen = Choices().having(verdict=Verdict.CORRECT, layer="conv", shared_scale=True, page=3)
    assert chosen == Choices(
        filter=Filter(verdict=Verdict.CORRECT),
        recipe=Recipe(layer="conv", shared_scale=True),
        page=3,
    )
    assert [chosen.value(name) for name in ("verdict", "layer", "page")] == ["Correct", "conv", 3]
    assert chosen.having(layer="other").recipe == Recipe(layer="other", shared_scale=True)


def test_each_part_has_its_own_names():
    parts = {name: choice.part for name, choice in FLAT.items()}
    assert {name for name in FLAT if parts[name] == "filter"} == FILTERS
    assert {parts[name] for name in ("layer", "target", "method", "percentile")} == {"recipe"}
    assert {parts[name] for name in DRAWING} == {"recipe", ""}


def test_a_name_that_is_no_choice_is_refused():
    with pytest.raises(KeyError):
        Choices().having(colour="red")
