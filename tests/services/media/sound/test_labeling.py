"""Labels of windows where a sound has several, by hand."""

import pytest

from services.errors import ProjectError
from services.media.sound.impulse import features_of_impulse
from services.media.sound.labeling import Labeling
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
    assert Labeling().label(SPANS, window) == end
    assert Labeling(("knock",)).label(SPANS, window) == anywhere


def test_a_part_that_nobody_labelled_has_none():
    assert Labeling().label(SPANS[:1] + SPANS[2:], Window(20, 120)) is None


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
    assert features_of_impulse(impulse, "metadata").labeling == Labeling(("knock",))
