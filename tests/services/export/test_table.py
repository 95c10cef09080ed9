"""predictions.csv: one line a sample, for people with a spreadsheet."""

import csv
import io

import numpy as np
import pytest

from gradcam import Degenerate
from services.export.table import predictions_csv
from tests.services.export.exports import summary_by_hand
from tests.services.projects import said

FOCUS = ["peak_x", "peak_y", "hot_area", "border_share", "box_share"]


def files_of(predictions):
    return {sample.id: f"gradcam/{n}.jpg" for n, sample in enumerate(predictions.samples)}


def cells(predictions, **rest):
    text = "".join(predictions_csv(summary_by_hand(predictions, **rest), files_of(predictions)))
    return list(csv.reader(io.StringIO(text)))


def dictionaries(predictions, **rest):
    head, *rows = cells(predictions, **rest)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def answers(blue_or_red):
    return said(
        blue_or_red,
        [("a.png", "red"), ("b.png", "red"), ("c.png", None), ("d.png", "blue")],
        classes=("blue", "red"),
        outputs=[[0.25, 0.75], [0.8, 0.2], [0.123456789, 0.876543211], [1.0, 0.0]],
    )


def numbers(redness, *answers, threshold=0.1):
    return said(
        redness,
        [(f"{n}.png", label) for n, (label, _) in enumerate(answers)],
        outputs=[[value] for _, value in answers],
        threshold=threshold,
    )


# ------------------------------------------------------------------------------- classification


def test_classes_have_a_score_each(answers):
    head, *rows = cells(answers)
    assert head == [
        "sample", "file", "true", "predicted", "score", "correct", "score_blue", "score_red",
        *FOCUS, "blank_because",
        "note",
    ]  # fmt: skip
    focus = ["1", "2", "0.2500", "0.3600", "", "", ""]
    assert rows == [
        ["a.png", "gradcam/0.jpg", "red", "red", "0.750000", "1", "0.250000", "0.750000", *focus],
        ["b.png", "gradcam/1.jpg", "red", "blue", "0.800000", "0", "0.800000", "0.200000", *focus],
        ["c.png", "gradcam/2.jpg", "", "red", "0.876543", "", "0.123457", "0.876543", *focus],
        ["d.png", "gradcam/3.jpg", "blue", "blue", "1.000000", "1", "1.000000", "0.000000", *focus],
    ]


def test_where_the_heat_lies_is_told_and_why_it_lies_nowhere(answers):
    figures = [
        (0, 0, 1.0, 0.36, 0.0), (319, 239, 0.00004, 0.99996, 0.5),
        (-1, -1, np.nan, np.nan, np.nan), (5, 6, 0.5, 0.25, 1.0),
    ]  # fmt: skip
    rows = dictionaries(answers, figures=figures, blank={2: Degenerate.ZERO})
    assert [[row[name] for name in FOCUS] for row in rows] == [
        ["0", "0", "1.0000", "0.3600", "0.0000"],
        ["319", "239", "0.0000", "1.0000", "0.5000"],
        ["", "", "", "", ""],
        ["5", "6", "0.5000", "0.2500", "1.0000"],
    ]
    assert [row["blank_because"] for row in rows] == ["", "", Degenerate.ZERO, ""]


def test_scores_that_are_no_numbers_are_empty(blue_or_red):
    nan = np.nan
    found = said(blue_or_red, [("a", "red")], classes=("blue", "red"), outputs=[[nan, nan]])
    (row,) = dictionaries(found)
    assert [row[name] for name in ("score", "score_blue", "score_red")] == ["", "", ""]
    assert row["correct"] == "0"


def test_one_sigmoid_unit_has_two_scores(redness):
    found = said(redness, [("a", "yes")], classes=("no", "yes"), outputs=[[2.0]])
    (row,) = dictionaries(found)
    assert float(row["score_yes"]) == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert float(row["score_no"]) == pytest.approx(1 / (1 + np.exp(2)), abs=1e-6)


# ----------------------------------------------------------------------------------- regression


def test_values_have_an_error_with_a_sign(redness):
    rows = cells(numbers(redness, ("0.5", 0.25), ("-1.5", -1.5), (None, 3), ("1", 1.5)))
    assert rows[0] == [
        "sample", "file", "true", "value", "error", "correct", "output_0", *FOCUS, "blank_because",
        "note",
    ]  # fmt: skip
    assert [row[2:7] for row in rows[1:]] == [
        ["0.5", "0.25", "-0.25", "0", "0.25"],
        ["-1.5", "-1.5", "0", "1", "-1.5"],
        ["", "3", "", "", "3"],
        ["1", "1.5", "0.5", "0", "1.5"],
    ]


@pytest.mark.parametrize("value", [1000.3125, 123456.789, 1e-7, -0.1, 16777217.0, 1e30, 1 / 3])
def test_a_value_can_be_read_back(redness, value):
    (row,) = dictionaries(numbers(redness, ("0", value)))
    for name in ("value", "error", "output_0"):
        assert np.float32(row[name]) == np.float32(value)


def test_values_that_are_no_numbers_are_empty(redness):
    rows = dictionaries(numbers(redness, ("1", np.nan), ("1", np.inf)))
    assert [rows[0][name] for name in ("value", "error", "output_0")] == ["", "", ""]
    assert [row["correct"] for row in rows] == ["0", "0"]
    assert rows[1]["value"] == "inf"


def test_every_output_of_a_network_is_told(blue_or_red):
    found = said(blue_or_red, [("a", "1")], outputs=[[1.5, -2.0]])
    (row,) = dictionaries(found)
    assert (row["value"], row["output_0"], row["output_1"]) == ("1.5", "1.5", "-2")


# ------------------------------------------------------------------------------------- the text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"x\")", "-x.png",
     "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_quoted(blue_or_red, text):
    found = said(blue_or_red, [(text, text)], classes=(text, "x"), outputs=[[0.75, 0.25]])
    _, row = cells(found)
    assert [row[i] for i in (0, 2, 3)] == [f"'{text}"] * 3


@pytest.mark.parametrize(
    "text", ["-1.5", "+2", "-1e3", "-inf", "0.5", "a=b", "1-1", "x@y", "'x", "-", "+"]
)
def test_a_number_or_a_plain_text_stays_as_it_is(blue_or_red, text):
    found = said(blue_or_red, [(text, text)], classes=(text, "x"), outputs=[[0.75, 0.25]])
    _, row = cells(found)
    assert [row[i] for i in (0, 2, 3)] == [text] * 3


def test_texts_with_separators_come_back(blue_or_red):
    odd = 'a,b"c\nd;é写'
    found = said(blue_or_red, [(odd, odd)], classes=(odd, "x"), outputs=[[0.75, 0.25]])
    head, row = cells(found)
    assert [row[i] for i in (0, 2, 3)] == [odd] * 3
    assert head[6] == f"score_{odd}"


@pytest.mark.parametrize("text", ["a\rb", "\r=1+1", "a\r\nb", "a\n"])
def test_a_line_break_of_whatever_kind_breaks_no_line(blue_or_red, text):
    found = said(blue_or_red, [(text, text)], classes=(text, "x"), outputs=[[0.75, 0.25]])
    head, row = cells(found)
    assert len(head) == len(row)
    for cell in (row[0], row[2], row[3]):
        assert cell.split() == text.split()
        assert not cell.startswith(("=", "\r"))


def test_lines_end_alike_on_every_system(answers):
    text = "".join(predictions_csv(summary_by_hand(answers), files_of(answers)))
    assert "\r" not in text
    assert text.count("\n") == 5
    assert text.endswith("\n")


def test_what_a_map_should_be_read_with_stands_beside_it(blue_or_red):
    samples, outputs = [("a", "red"), ("b", "red")], [[0.2, 0.8]] * 2
    answers = said(blue_or_red, samples, classes=("blue", "red"), outputs=outputs)
    rows = dictionaries(answers, notes={1: "32 segments"})
    assert [row["note"] for row in rows] == ["", "32 segments"]
