"""Which findings stand: adjusted by hand for all questions, the silent ones too."""

import pytest

from services.findings.finding import Finding, Question, QuestionKind, standing


def of(p, name="", kind=QuestionKind.GROUP, strength=0.0):
    return Question(p, Finding(kind, name, "", (), strength) if name else None)


def test_chance_is_adjusted_for_every_question_by_hand():
    # Benjamini–Hochberg of 0.01, 0.02, 0.03, 0.9: times 4/1, 4/2, 4/3, 4/4, then the least above.
    found = standing([of(0.02, "b"), of(0.9), of(0.01, "a"), of(0.03, "c")])
    assert {f.question: pytest.approx(f.chance) for f in found} == {"a": 0.04, "b": 0.04, "c": 0.04}
    assert standing([of(0.02, "b"), of(0.9), of(0.9), of(0.9)]) == ()
    assert standing([]) == ()


def test_a_small_effect_is_no_card_but_counts_as_a_question():
    assert len(standing([of(0.04, "a")])) == 1
    assert standing([of(0.04, "a"), of(0.8)]) == ()
    assert standing([of(1e-9)]) == ()


def test_cards_go_by_kind_and_then_by_strength():
    asked = [
        of(0, "class", QuestionKind.CLASS, 9), of(0, "weak", QuestionKind.GROUP, 1),
        of(0, "edge", QuestionKind.PLACE, 5), of(0, "strong", QuestionKind.GROUP, 2),
    ]  # fmt: skip
    assert [f.question for f in standing(asked)] == ["strong", "weak", "edge", "class"]
