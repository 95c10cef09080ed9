"""What people say in a report: by whom, both figures, and put in its place again."""

from dataclasses import replace

import pytest

from services.choices.flagged import flags_in
from services.export.opinions import said_html, what_is_said, with_said
from services.notes.notebook import say
from services.notes.opinion import Flag, Subject
from services.notes.settling import settle, tag
from tests.services.notes.people import ANN, BEN
from tests.services.projects import said as answered

MARKS = "<p>before</p><!-- what people say --><!-- end of what people say --><p>after</p>"


@pytest.fixture
def cars(blue_or_red):
    rows = [("a.png", "red"), ("<b>.png", "blue"), ("c.png", "red")]
    outputs = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]]
    return answered(blue_or_red, rows, classes=("blue", "red"), outputs=outputs)


def label(predictions, position):
    return Subject(predictions.digests[position])


def agree(predictions, position, agreed):
    seen = flags_in(predictions).label(predictions.digests[position])
    settle(BEN, predictions.samples[position].id, seen, replace(seen, agreed=agreed))


def test_where_nobody_said_anything_the_report_says_nothing(cars):
    assert with_said(MARKS, what_is_said(cars, range(3), None)) == MARKS


def test_everybodys_opinions_stand_by_sample_and_are_escaped(cars):
    say(ANN, label(cars, 1), "b", lambda old: old.toggled(Flag.UNCLEAR).noted("<i>x</i>"))
    say(BEN, label(cars, 1), "b", lambda old: old.toggled(Flag.LABEL_WRONG, "red"))
    tag(ANN, label(cars, 1), "b", ["night"])
    said = what_is_said(cars, range(3), None)
    assert [each.name for each in said.samples] == ["<b>.png"]
    report = said_html(said)
    assert "Ann: unclear: &lt;i&gt;x&lt;/i&gt;<br>Ben: label wrong (should be red)" in report
    assert "&lt;b&gt;.png" in report
    assert '<td class="text">night</td>' in report
    assert "<b>.png" not in report


def test_both_accuracies_and_what_changes_stand_beside_each_other(cars):
    agree(cars, 0, "blue")
    report = said_html(what_is_said(cars, range(3), None))
    assert "<b>66.7\u00a0%</b>Accuracy by the labels as they are" in report
    assert "<b>100.0\u00a0%</b>Accuracy with 1 corrected label<" in report
    assert '<td class="text">incorrect → correct</td>' in report


def test_a_report_of_some_samples_tells_what_is_said_of_these(cars):
    say(ANN, label(cars, 0), "a", lambda old: old.toggled(Flag.UNCLEAR))
    assert what_is_said(cars, [1, 2], None).samples == ()


def test_a_finished_report_takes_what_is_said_since_and_keeps_the_rest(cars):
    say(ANN, label(cars, 0), "a", lambda old: old.toggled(Flag.UNCLEAR))
    first = with_said(MARKS, what_is_said(cars, range(3), None))
    assert "Ann: unclear" in first
    say(ANN, label(cars, 0), "a", lambda old: old.noted("\\1 end of what people say"))
    second = with_said(first, what_is_said(cars, range(3), None))
    assert second.count("What people say") == 1
    assert "Ann: unclear: \\1 end of what people say" in second
    assert second.startswith("<p>before</p>")
    assert second.endswith("<p>after</p>")
