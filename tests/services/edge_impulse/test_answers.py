from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.edge_impulse.answers import Answer
from services.edge_impulse.errors import StudioError
from tests.services.edge_impulse.visits import refused


def answer(**values):
    return Answer(values, "the job")


def missing(name):
    return (
        f"Studio's answer on the job has no readable “{name}”; "
        "the project may be half set up, or Studio has changed: please report it."
    )


def refuses(work, name="it"):
    assert refused(work, StudioError) == missing(name)


def test_a_text_has_to_be_there():
    assert answer(it="car").text("it") == "car"
    assert answer(it="").text("it") == ""
    assert answer(it=3).text("it") == "3"
    for wrong in (None, True, ["a"], {"a": 1}):
        refuses(lambda wrong=wrong: answer(it=wrong).text("it"))
    refuses(lambda: answer().text("other"), "other")


def test_a_whole_number_has_to_be_there():
    assert answer(it=42).whole("it") == 42
    assert answer(it=42.0).whole("it") == 42
    assert answer(it=0).whole("it") == 0
    for wrong in (None, True, "42", 4.2, [], float("nan"), float("inf")):
        refuses(lambda wrong=wrong: answer(it=wrong).whole("it"))
    refuses(lambda: answer().whole("it"))


def test_a_point_in_time_has_to_be_there():
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert answer(it="2026-01-01T12:00:00.000Z").time("it") == noon
    assert answer(it="2026-01-01T12:00:00").time("it") == noon
    east = answer(it="2026-01-01T12:00:00+02:00").time("it")
    assert east == noon - timedelta(hours=2)
    assert east.tzinfo == timezone(timedelta(hours=2))
    for wrong in ("yesterday", "", None, 5.5):
        refuses(lambda wrong=wrong: answer(it=wrong).time("it"))


def test_a_list_of_objects_has_to_be_there():
    found = answer(it=[{"a": 1}, "no object", None, {"a": 2}]).objects("it")
    assert [item.whole("a") for item in found] == [1, 2]
    assert answer(it=[]).objects("it") == []
    for wrong in (None, {"a": 1}, "text"):
        refuses(lambda wrong=wrong: answer(it=wrong).objects("it"))
    refuses(lambda: found[0].text("b"), "b")


def test_a_list_of_texts_has_to_be_there():
    assert answer(it=["no car", "car", 3]).texts("it") == ("no car", "car", "3")
    assert answer(it=[]).texts("it") == ()
    for wrong in (None, "car", {"car": 1}):
        refuses(lambda wrong=wrong: answer(it=wrong).texts("it"))


def test_a_list_of_whole_numbers_has_to_be_there():
    assert answer(it=[3, 4.0, "x", None, 2.5, True, float("nan")]).wholes("it") == (3, 4)
    assert answer(it=[]).wholes("it") == ()
    for wrong in (None, 3, "34"):
        refuses(lambda wrong=wrong: answer(it=wrong).wholes("it"))


def test_a_whole_number_may_be_missing():
    assert answer(it=5).maybe_whole("it") == 5
    assert answer(it="5").maybe_whole("it") is None
    assert answer().maybe_whole("it") is None


def test_an_object_has_to_be_there():
    assert answer(it={"a": "x"}).inner("it").text("a") == "x"
    refuses(lambda: answer(it={}).inner("it").text("a"), "a")
    for wrong in (None, [], "text"):
        refuses(lambda wrong=wrong: answer(it=wrong).inner("it"))


def test_what_may_be_missing_has_a_default():
    assert answer(it="x").maybe("it") == "x"
    assert (answer().maybe("it"), answer(it=3).maybe("it", "d"), answer().maybe("it", "d")) == (
        "",
        "d",
        "d",
    )
    assert answer(it={"a": "x"}).maybe_inner("it").maybe("a") == "x"
    assert answer(it=[]).maybe_inner("it").maybe("a") == ""
    assert [o.maybe("a") for o in answer(it=[{"a": "x"}]).maybe_objects("it")] == ["x"]
    assert answer(it={}).maybe_objects("it") == answer().maybe_objects("it") == []


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        ("0.5", 0.5),
        (0, 0.0),
        (None, None),
        ("many", None),
        ("NaN", None),
        ([], None),
        ({}, None),
    ],
)
def test_a_number_may_be_written_as_text(value, number):
    assert answer(it=value).maybe_number("it") == number
    assert answer().maybe_number("it") is None


def test_a_flag_is_only_true_where_it_says_true():
    assert answer(it=True).flag("it")
    assert not any(answer(it=value).flag("it") for value in (False, None, 1, "true"))
    assert not answer().flag("it")
