"""Labels of windows where a sound has several, by hand."""

import pytest

from services.errors import ProjectError
from services.media.sound.impulse import features_of_impulse
from services.media.sound.labeling import Anywhere, AtTheEnd, ByMost
from services.sample import LabelledSpan, Window

SPANS = (
    LabelledSpan("quiet", 0, 100),
    LabelledSpan("knock", 100, 130),
    LabelledSpan("quiet", 130, 300),
)


@pytest.mark.parametrize(
    ("start", "stop", "end", "anywhere"),
    [
        (0, 100, "quiet", "quiet"),
        (1, 101, "knock", "knock"),
        (30, 130, "knock", "knock"),
        (31, 131, "quiet", "knock"),
        (129, 229, "quiet", "knock"),
        (130, 230, "quiet", "quiet"),
        (250, 350, "quiet", "quiet"),  # filled up behind its end
        (300, 400, None, None),
    ],
)
def test_the_label_at_the_end_or_one_that_counts_anywhere(start, stop, end, anywhere):
    window = Window(start, stop)
    assert AtTheEnd().label(SPANS, window) == end
    assert Anywhere(("knock",)).label(SPANS, window) == anywhere


def test_a_part_that_nobody_labelled_has_none():
    assert AtTheEnd().label(SPANS[:1] + SPANS[2:], Window(20, 120)) is None


@pytest.mark.parametrize(
    ("start", "stop", "most"),
    [
        (0, 100, "quiet"),
        (80, 160, "quiet"),  # 20 and 30 of it, in two spans, against 30
        (95, 135, "knock"),
        (85, 145, "quiet"),  # 15 and 15 against 30: what begins first
        (86, 144, "knock"),
        (250, 350, "quiet"),  # what is filled up does not count
        (300, 400, None),
    ],
)
def test_where_nobody_says_a_rule_it_is_the_label_that_covers_most(start, stop, most):
    assert ByMost().label(SPANS, Window(start, stop)) == most


@pytest.mark.parametrize(("stop", "most"), [(199, "knock"), (200, "knock"), (201, None)])
def test_what_covers_less_than_half_is_no_label(stop, most):
    spans = (LabelledSpan("knock", 0, 100), LabelledSpan("far", 400, 500))
    assert ByMost().label(spans, Window(0, stop)) == most


def test_labels_that_cover_a_third_each_leave_a_window_unlabelled():
    spans = tuple(LabelledSpan(name, 40 * at, 40 * at + 40) for at, name in enumerate("abc"))
    assert ByMost().label(spans, Window(0, 120)) is None


def test_an_impulse_without_a_rule_labels_by_the_end():
    block = {"id": 1, "type": "mfe", "implementationVersion": 4}
    impulse = {"inputBlocks": [{"type": "time-series"}], "dspBlocks": [block]}
    assert features_of_impulse(impulse, "metadata").labeling == AtTheEnd()


def test_a_rule_that_is_not_known_is_refused_in_a_sentence():
    block = {"id": 1, "type": "mfe", "implementationVersion": 4}
    rule = {"type": "at-least", "labels": ["knock"]}
    impulse = {
        "inputBlocks": [{"type": "time-series", "labelingMethodMultiLabel": rule}],
        "dspBlocks": [block],
    }
    with pytest.raises(ProjectError, match="by the rule at-least, which is not known here"):
        features_of_impulse(impulse, "metadata")
    rule["type"] = "anywhere-in-window"
    assert features_of_impulse(impulse, "metadata").labeling == Anywhere(("knock",))
