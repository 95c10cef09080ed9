"""The three rules on test sets written by hand: what is planted is asked for, and nothing else."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from scipy.stats import fisher_exact, mannwhitneyu
from sklearn.metrics import roc_auc_score

from gradcam.spray import groups as grouped
from gradcam.spray import heat_shares
from services.findings.finding import QuestionKind, standing
from services.media.properties import Properties, colour_of
from services.media.whereabouts import ON_PICTURE
from services.sample import LabelledBox
from services.scan import groups, places, properties
from services.scan.looking import Looked
from tests.gradcam.test_spray import maps_at
from tests.services.projects import said

CLASSES = ("a", "b")
PLAIN = Properties(0.5, 0.2, 100.0, 8, 8, 1.0, float("nan"), 0.1)


def answered(network, predicted, true, boxes=()):
    """Samples by predicted and true class; None for one that nobody labelled."""
    outputs = np.eye(2)[predicted]
    answers = [(f"{i}.png", None if t is None else CLASSES[t], MappingProxyType({}))
               for i, t in enumerate(true)]  # fmt: skip
    found = said(network, answers, classes=CLASSES, outputs=outputs)
    if boxes:
        samples = tuple(replace(s, boxes=b) for s, b in zip(found.samples, boxes, strict=True))
        found = replace(found, samples=samples)
    return found


def looked(shares, seen=None):
    return Looked(
        np.arange(len(shares)),
        shares,
        np.array([each.numbers for each in seen or [PLAIN] * len(shares)]),
    )


def telling(asked):
    return [one.finding for one in asked if one.finding is not None]


# --------------------------------------------------------------------------------------- groups


def test_a_group_that_is_wrong_more_often_is_asked_for(blue_or_red):
    shares, planted = maps_at(((2, 2), (10, 1), (5, 9)))
    true = [1 if group == 1 and i % 12 < 10 else 0 for i, group in enumerate(planted)]
    predictions = answered(blue_or_red, [0] * 36, true)
    asked = list(groups.ask(predictions, looked(shares), None))
    assert len(asked) == 3
    (found,) = telling(asked)
    assert set(found.members) == {f"digest of {i}.png" for i in np.flatnonzero(planted == 1)}
    wrong = sum(true)
    expected = fisher_exact([[12 - wrong, wrong], [24, 0]]).pvalue
    (p,) = [one.p for one in asked if one.finding is found]
    assert p == pytest.approx(expected)
    assert "at the bottom left" in found.question
    assert "wrong more often" in found.question
    assert [bar.share for bar in found.bars] == pytest.approx([1 - wrong / 12, 1.0])


def test_the_most_typical_map_of_a_group_comes_first(blue_or_red):
    shares, planted = maps_at(((2, 2), (10, 1), (5, 9)))
    true = [int(group == 1) for group in planted]
    (found,) = telling(groups.ask(answered(blue_or_red, [0] * 36, true), looked(shares), None))
    points = np.sqrt(shares[planted == 1].reshape(12, -1))
    distances = np.linalg.norm(points - points.mean(axis=0), axis=1)
    first = np.flatnonzero(planted == 1)[distances.argmin()]
    assert found.members[0] == f"digest of {first}.png"


def test_groups_that_are_hardly_less_right_than_the_others_are_no_card(blue_or_red):
    shares, _ = maps_at(((2, 2), (10, 1)))
    true = [int(i % 8 < 2 or i == 4) for i in range(24)]  # 4 of 12 wrong, and 3 of 12
    asked = list(groups.ask(answered(blue_or_red, [0] * 24, true), looked(shares), None))
    assert len(asked) == 2
    assert telling(asked) == []


def test_a_group_that_is_most_of_its_class_is_no_card(blue_or_red):
    shares, planted = maps_at(((2, 2), (10, 1), (5, 9)), count=20)
    some = np.concatenate(
        [np.flatnonzero(planted == 0), *(np.flatnonzero(planted == i)[:8] for i in (1, 2))]
    )
    true = [int(i < 20) for i in range(36)]  # all of the large group are wrong
    predictions = answered(blue_or_red, [0] * 36, true)
    found = telling(groups.ask(predictions, looked(shares[some]), None))
    assert [len(each.members) for each in found] == [8, 8]


def test_a_loose_group_is_no_card(blue_or_red):
    noise = heat_shares(np.random.default_rng(0).random((40, 6, 6)).astype(np.float32))
    loose = grouped(noise)
    assert loose.tightness[0] < groups.TIGHT
    true = (loose.labels == 0).astype(int).tolist()
    asked = list(groups.ask(answered(blue_or_red, [0] * 40, true), looked(noise), None))
    assert min(one.p for one in asked) < 1e-6
    assert telling(asked) == []


def test_of_a_class_the_groups_speak_that_differ_the_way_the_strongest_does(blue_or_red):
    shares, planted = maps_at(((2, 2), (10, 1), (5, 9)))
    for only, word in ((1, "wrong"), (0, "right")):
        true = [int((group == 1) == only) for group in planted]
        (found,) = telling(groups.ask(answered(blue_or_red, [0] * 36, true), looked(shares), None))
        assert f"they are {word} more often" in found.question
        assert set(found.members) == {f"digest of {i}.png" for i in np.flatnonzero(planted == 1)}


def test_each_predicted_class_is_grouped_alone_and_cold_maps_are_left_out(blue_or_red):
    shares, planted = maps_at(((2, 2), (10, 1)), count=24)
    shares[:4] = 0
    predicted = [int(i >= 24) for i in range(48)]
    true = [p if group else 1 - p for p, group in zip(predicted, planted, strict=True)]
    asked = list(groups.ask(answered(blue_or_red, predicted, true), looked(shares), None))
    assert len(asked) == 4
    sizes = sorted(len(found.members) for found in telling(asked))
    assert sizes == [10, 12]


def test_a_regression_is_one_class_and_its_threshold_makes_the_verdict(redness):
    shares, planted = maps_at(((2, 2), (10, 1), (5, 9)))
    read = np.where(planted == 2, 0.3, 0.0)
    predictions = said(redness, [(f"{i}", "0") for i in range(36)], outputs=read)
    (found,) = telling(groups.ask(predictions, looked(shares), 0.1))
    assert len(found.members) == 12
    assert telling(groups.ask(predictions, looked(shares), 0.5)) == []


# --------------------------------------------------------------------------------------- places


def at_bottom(count, share):
    """Maps of 8 × 8 cells with that share of the heat in the lowest row, the rest even above."""
    maps = np.full((count, 8, 8), (1 - share) / 56, np.float32)
    maps[:, 7] = share / 8
    return maps + np.random.default_rng(0).normal(0, 1e-5, maps.shape).astype(np.float32)


def test_heat_at_an_edge_is_asked_for_once_a_class(blue_or_red):
    predictions = answered(blue_or_red, [0] * 20 + [1] * 20, [0] * 40)
    shares = np.concatenate([at_bottom(20, 0.5), at_bottom(20, 0.2)])
    asked = list(places.ask(predictions, looked(shares)))
    assert len(asked) == 16  # eight places, two classes
    (found,) = telling(asked)
    assert "“a” because of what is at the bottom edge" in found.question
    assert [bar.share for bar in found.bars] == pytest.approx([0.5, 0.125], abs=1e-3)
    assert set(found.members) == {f"digest of {i}.png" for i in range(20)}
    assert len(standing(asked)) == 1


def test_boxes_of_the_class_excuse_the_edge_that_they_touch(blue_or_red):
    shares = at_bottom(20, 0.5)
    low = (LabelledBox("a", 0, 5, 8, 3),)  # a third of it in the lowest row of 8 pixels
    other = (LabelledBox("b", 0, 5, 8, 3),)
    for boxes, expected, cards in ((low, 1 / 3, 0), (other, 1 / 8, 1)):
        predictions = answered(blue_or_red, [0] * 20, [0] * 20, [boxes] * 20)
        asked = telling(places.ask(predictions, looked(shares)))
        assert len(asked) == cards
        if cards:
            assert asked[0].bars[1].share == pytest.approx(expected)
    high = (LabelledBox("a", 0, 0, 8, 2),)
    predictions = answered(blue_or_red, [0] * 20, [0] * 20, [high] * 20)
    (found,) = telling(places.ask(predictions, looked(shares)))
    assert found.figures.startswith("Boxes named “a” would give 0\u00a0%.")


def test_the_pictures_of_an_edge_are_those_with_the_most_heat_there(blue_or_red):
    shares = np.concatenate([at_bottom(10, 0.4), at_bottom(5, 0.1), at_bottom(5, 0.9)])
    (found,) = telling(places.ask(answered(blue_or_red, [0] * 20, [0] * 20), looked(shares)))
    names = [int(member.split()[-1].removesuffix(".png")) for member in found.members]
    assert set(names[:5]) == set(range(15, 20))
    assert set(names[5:]) == set(range(10))


def test_few_pictures_are_not_asked_about(blue_or_red):
    shares = at_bottom(7, 0.9)
    assert list(places.ask(answered(blue_or_red, [0] * 7, [0] * 7), looked(shares))) == []


# ----------------------------------------------------------------------------------- properties


def seen(count, **varied):
    return [replace(PLAIN, **{name: values[i] for name, values in varied.items()})
            for i in range(count)]  # fmt: skip


def test_dark_pictures_that_are_got_wrong_are_asked_for(blue_or_red):
    rng = np.random.default_rng(0)
    true = np.array([0] * 30 + [1] * 10)  # all are called a, so the last ten are wrong
    light = np.concatenate([rng.normal(0.6, 0.1, 30), rng.normal(0.4, 0.1, 10)])
    predictions = answered(blue_or_red, [0] * 40, true.tolist())
    what = looked(np.zeros((40, 2, 2)), seen(40, brightness=light))
    asked = list(properties.ask(predictions, what, None))
    assert len(asked) == 2  # the verdict, and the class; nothing else differs among the pictures
    area = roc_auc_score(true, -light)
    verdict = next(f for f in telling(asked) if f.kind is QuestionKind.VERDICT)
    assert verdict.question == "Does the network fail on pictures that are dark?"
    assert verdict.strength == pytest.approx(area)
    expected = mannwhitneyu(light[30:], light[:30], method="asymptotic").pvalue
    assert asked[0].p == pytest.approx(expected)
    darkest = 30 + int(light[30:].argmin())
    assert verdict.members[0] == f"digest of {darkest}.png"
    assert sum(verdict.spread.first) == pytest.approx(1.0)
    assert verdict.spread.names == ("predicted wrong", "predicted right")


def test_a_colour_that_gives_a_class_away_is_asked_for_and_noise_is_not(blue_or_red):
    rng = np.random.default_rng(0)
    true = [0] * 30 + [1] * 30
    hue = [1 / 3] * 28 + [2 / 3] * 32
    what = looked(np.zeros((60, 2, 2)), seen(60, dominant_hue=hue, sharpness=rng.random(60)))
    asked = list(properties.ask(answered(blue_or_red, true, true), what, None))
    found = telling(asked)
    assert [f.question for f in found] == [
        "Could the network recognise “a” by its pictures being mostly green?",
        "Could the network recognise “a” by its pictures being not blue?",
    ]
    assert [bar.share for bar in found[0].bars] == pytest.approx([28 / 30, 0.0])
    assert found[0].strength == pytest.approx((1 + 28 / 30) / 2)
    assert set(found[0].members) == {f"digest of {i}.png" for i in range(28)}
    assert len(standing(asked)) == 2


def test_unlabelled_pictures_say_nothing_and_too_few_are_not_asked(blue_or_red):
    true = [0] * 20 + [1] * 4 + [None] * 20
    what = looked(np.zeros((44, 2, 2)), seen(44, brightness=np.linspace(0, 1, 44)))
    assert list(properties.ask(answered(blue_or_red, [0] * 44, true), what, None)) == []


@pytest.mark.parametrize(
    ("hue", "name"),
    [(0.0, "red"), (0.99, "red"), (0.16, "yellow"), (0.33, "green"), (0.5, "cyan"),
     (0.66, "blue"), (0.83, "magenta"), (float("nan"), "grey")],
)  # fmt: skip
def test_hues_have_names(hue, name):
    assert colour_of(hue) == name


def test_the_cut_is_where_the_two_are_furthest_apart():
    assert properties.best_cut(np.array([3.0, 4, 5, 9]), np.array([1.0, 2, 3, 3])) == 4.0


class Counting(np.ndarray):
    """Numbers that count how often one of them is compared with another by an operator."""

    compared = 0

    def __ge__(self, other):
        Counting.compared += self.size
        return np.asarray(self) >= other


def test_the_cut_is_found_without_comparing_every_value_with_every_other():
    rng = np.random.default_rng(0)
    yes, no = rng.normal(1, 1, 400), rng.normal(0, 1, 300)
    cuts = np.unique(np.concatenate([yes, no]))
    by_hand = [(yes >= cut).mean() - (no >= cut).mean() for cut in cuts]
    Counting.compared = 0
    cut = properties.best_cut(yes.view(Counting), no.view(Counting))
    assert cut == cuts[int(np.argmax(by_hand))]
    assert Counting.compared < 10 * (len(yes) + len(no))


@pytest.mark.parametrize(
    ("cell", "words"),
    [((0, 0), "at the top left"), ((8, 4), "at the bottom"), ((4, 8), "at the right"),
     ((4, 4), "in the middle"), ((3, 5), "in the middle")],
)  # fmt: skip
def test_the_hottest_place_is_told_in_words(cell, words):
    heat = np.zeros((9, 9), np.float32)
    heat[cell] = 1
    assert groups.hottest_place(heat, ON_PICTURE) == words
