"""A comparison is worked out once, and anew for other answers or another threshold."""

from services.predictions.beside import joined
from services.predictions.comparison import network_comparison
from tests.services.projects import said


def test_a_comparison_is_kept_for_the_same_answers_and_threshold_alone(blue_or_red):
    answers = [("a", "0.5"), ("b", "1.0")]
    here, there, other = (
        said(blue_or_red, answers, outputs=outputs)
        for outputs in ([0.5, 1.3], [0.7, 1.05], [0.5, 1.3])
    )
    both = joined(here, there, None)
    assert both.flips == network_comparison(here, there).flips
    assert joined(here, there, None) is both
    assert joined(here, other, None).flips != both.flips
    assert joined(here, there, 0.25) is not both
    assert joined(here, there, 0.25).flips == network_comparison(here, there, 0.25).flips
