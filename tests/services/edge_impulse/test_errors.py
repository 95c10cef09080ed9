import json

import pytest

from services.edge_impulse.errors import StudioError, refusal
from tests.services.edge_impulse.visits import KEY

PAUSE = "Studio was asked too often and wants a pause; try again in a few minutes."


def told(status, words=None, **fields):
    body = {"success": False, **({} if words is None else {"error": words}), **fields}
    return refusal(status, json.dumps(body).encode())


@pytest.mark.parametrize("status", [200, 400, 401, 404])
def test_studio_is_quoted(status):
    error = told(status, "No sample found with ID 7.")
    assert str(error) == "Studio says “No sample found with ID 7”."
    assert (error.status, error.said) == (status, "No sample found with ID 7")


@pytest.mark.parametrize(
    "body",
    [b"No sample found\nwith ID 7", b'{"message": "No sample found with ID 7"}'],
)
def test_other_forms_of_words_are_quoted_too(body):
    assert str(refusal(404, body)) == "Studio says “No sample found with ID 7”."


@pytest.mark.parametrize(
    "body", [b"", b"<html><h1>Not found</h1></html>", b"{}", b'{"error": null}', b'{"error": ""}']
)
def test_an_answer_without_words_is_told_by_its_status(body):
    error = refusal(404, body)
    assert str(error) == "Studio answers with the status 404 and no word; try again later."
    assert error.said == ""


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"\xff\xfe", b"{" * 5000, b"[" * 200_000])
def test_any_body_makes_one_sentence(body):
    sentence = str(refusal(400, body))
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 300


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_fault_of_studio_is_its_own(status):
    assert str(told(status, "TypeError: x is undefined")) == (
        f"Studio has a fault of its own ({status}); try again later."
    )


def test_who_asks_too_often_is_told_to_wait():
    assert str(told(429, "Too many requests")) == PAUSE
    assert str(refusal(429, b"")) == PAUSE


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "You have exceeded your compute time limit for this month."),
        (200, "Job quota reached"),
        (402, "Upgrade your plan to start more jobs"),
        (402, "No"),
    ],
)
def test_a_quota_is_told_as_such(status, words):
    assert str(told(status, words)) == (
        f"Studio says “{words.rstrip('.')}”: a quota of the project is used up; "
        "see Studio's dashboard for what is left."
    )


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize(
    "words", ["insufficient permissions (valid roles: [admin])", "That is not allowed", "Forbidden"]
)
def test_a_missing_right_is_told_with_the_way_out(status, words):
    error = told(status, words)
    assert str(error) == (
        f"Studio says “{words}”: this key may not do that; "
        "make one with the role admin in Studio on Dashboard, Keys."
    )
    assert error.is_about_rights
    assert error.concerns_all


def test_a_silent_403_is_about_rights_too():
    assert str(refusal(403, b"")) == (
        "Studio refuses: this key may not do that; "
        "make one with the role admin in Studio on Dashboard, Keys."
    )


@pytest.mark.parametrize(
    ("status", "said", "all_of_them"),
    [
        (401, "", True),
        (402, "", True),
        (403, "", True),
        (429, "", True),
        (200, "insufficient permissions", True),
        (200, "No sample found", False),
        (404, "", False),
        (500, "", False),
        (0, "", False),
    ],
)
def test_whether_the_next_request_would_be_refused_as_well(status, said, all_of_them):
    assert StudioError("…", status, said).concerns_all is all_of_them


def test_an_error_of_our_own_has_no_status_and_quotes_nobody():
    error = StudioError("There is none.")
    assert (error.status, error.said, str(error)) == (0, "", "There is none.")


def test_long_words_are_cut_to_one_line():
    error = told(400, "too  long\n" * 100)
    assert error.said == "too long " * 22 + "t…"
    assert len(error.said) == 200
    assert told(400, "x" * 200).said == "x" * 200


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"error": f"Invalid API key {KEY}, sorry"}).encode(),
        json.dumps({"message": f"Invalid API key {KEY}, sorry"}).encode(),
        f"Invalid API key {KEY}, sorry".encode(),
        b"x" * 1990 + KEY.encode(),
        json.dumps({"error": "x" * 190 + KEY}).encode(),
    ],
)
def test_a_key_that_is_sent_back_is_not_repeated(body):
    for status in (200, 401, 403, 500):
        error = refusal(status, body)
        assert KEY not in f"{error} {error.said} {error!r}"
    assert "drawn" not in refusal(400, body).said
