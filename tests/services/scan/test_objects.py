"""The scan's questions about objects, on parts written by hand: what is planted is asked for."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcam import Target
from gradcam.box import Box
from services.findings.finding import QuestionKind, standing
from services.scan import objects
from services.scan.around import ON, ZONES, heat_around, looks_of, of_one_size, zones_in
from services.scan.looking import LookedParts
from services.scan.parts import PartToLookAt, parts_heard, parts_told
from services.tasks.located import Located
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Place

ABOVE = ZONES.index("above")
HIT, MISSED, ALARM = ObjectVerdict.HIT, ObjectVerdict.MISSED, ObjectVerdict.FALSE_ALARM
REGION = Box(0.25, 0.25, 0.5, 0.5)


def test_nine_zones_lie_around_an_object_which_fills_the_middle():
    zones = zones_in(Box(10, 20, 40, 80))
    assert zones[ON] == Box(20, 40, 20, 40)
    assert zones[ABOVE] == Box(20, 20, 20, 20)
    assert zones[0] == Box(10, 20, 10, 20)
    assert zones[8] == Box(40, 80, 10, 20)


def test_small_regions_are_made_as_large_as_the_median_around_the_same_centres():
    small, usual, large = Box(0.4, 0.4, 0.1, 0.1), Box(0, 0, 0.3, 0.2), Box(0, 0, 0.5, 0.5)
    made = of_one_size([small, usual, large])
    assert made[0] == pytest.approx((0.3, 0.35, 0.3, 0.2))
    assert made[1:] == [usual, large]


def test_the_look_of_a_zone_is_its_own_and_none_where_the_picture_ends():
    picture = np.zeros((80, 80, 3), np.uint8)
    picture[10:20, 30:50] = (255, 0, 0)  # the upper half of what is above the object
    looks = looks_of(picture, Box(0.25, 0.125, 0.5, 0.5))
    brightness, contrast, colourfulness = looks[ABOVE]
    assert brightness == pytest.approx(76 / 255, abs=0.01)
    assert (contrast, colourfulness) == pytest.approx((0, 1.0), abs=0.01)
    assert looks[ON].tolist() == [0, 0, 0]
    outside = looks_of(picture, Box(0.25, -0.25, 0.5, 0.5))
    assert np.isnan(outside[:3]).all()
    assert np.isfinite(outside[6:]).all()


def test_heat_is_shared_out_among_the_zones():
    heat = np.zeros((8, 8), np.float32)
    heat[2, 3:5] = 3.0  # above
    heat[4, 4] = 2.0  # on it
    heat[0, 0] = 9.0  # elsewhere
    there, even = heat_around(heat, REGION)
    assert there[ABOVE] == pytest.approx(0.75)
    assert there[ON] == pytest.approx(0.25)
    assert (even[ON], even[ABOVE], even[0]) == pytest.approx((0.25, 0.125, 0.0625))
    assert np.isnan(heat_around(heat * 0, REGION)).all()


def test_parts_arrive_elsewhere_as_they_were_told():
    parts = (
        PartToLookAt(3, Box(0.1, 0.2, 0.3, 0.4), Target.for_cells(1, [(2, 3), (2, 4)], 2)),
        PartToLookAt(4, Box(0.0, 0.2, 0.3, 0.4), None),
    )
    assert parts_heard(parts_told(parts)) == parts


# -------------------------------------------------------------------------------------- questions


def asked(parts, looks=None, heat=None):
    """What is asked of parts: (verdict, true, said) each, on a picture of its own."""
    located = [
        Located(Place(n, 0), REGION, verdict, true, said)
        for n, (verdict, true, said) in enumerate(parts)
    ]
    count = len(parts)
    seen = LookedParts(
        np.arange(count),
        np.full((count, 9, 3), 0.5) if looks is None else looks,
        np.full((count, 2, 9), np.nan) if heat is None else heat,
    )
    predictions = SimpleNamespace(digests=tuple(f"digest {n}" for n in range(count)))
    return list(objects.ask(predictions, seen, located))


def telling(questions):
    return [one.finding for one in questions if one.finding is not None]


def heats(count, above, seed=0):
    rng = np.random.default_rng(seed)
    even = np.full(9, 1 / 9)
    rows = []
    for _ in range(count):
        share = above + rng.normal(0, 0.02)
        there = np.full(9, (1 - share) / 8)
        there[ABOVE] = share
        rows.append([there, even])
    return np.array(rows)


def test_heat_above_objects_is_asked_for():
    parts = [(HIT, "nut", "nut")] * 10
    questions = asked(parts, heat=heats(10, 0.5))
    assert len(questions) == 1
    (finding,) = telling(questions)
    assert finding.kind is QuestionKind.BESIDE
    assert finding.question == (
        "Does the network say “nut” because of what is above it? 50\xa0% of the heat around 10 "
        "objects is there."
    )
    assert len(finding.members) == 10
    assert finding.parts == (0,) * 10
    assert standing(questions)


@pytest.mark.parametrize("share", [1 / 9, 0.2])
def test_a_little_more_heat_beside_objects_is_no_finding(share):
    assert telling(asked([(HIT, "nut", "nut")] * 10, heat=heats(10, share))) == []


def test_what_lies_above_missed_objects_is_asked_for_and_the_clearest_speaks():
    rng = np.random.default_rng(1)
    parts = [(MISSED, "nut", None)] * 12 + [(HIT, "nut", "nut")] * 20
    looks = rng.normal(0.5, 0.02, (32, 9, 3))
    looks[:12, ABOVE, 2] -= 0.2  # pale
    looks[:12, ABOVE, 1] -= 0.03  # and a little even
    (finding,) = telling(asked(parts, looks))
    assert finding.kind is QuestionKind.MISSED
    assert finding.question == "Does the network miss “nut” where what is above it is pale?"
    assert "one of 12 “nut” that are missed and one of 20 “nut” that are hit" in finding.figures
    assert set(finding.members) == {f"digest {n}" for n in range(12)}
    assert finding.spread.name == "colourfulness above it"


def test_false_alarms_are_set_against_hits_by_their_surroundings_alone():
    rng = np.random.default_rng(1)
    parts = [(ALARM, None, "nut")] * 10 + [(HIT, "nut", "nut")] * 20
    looks = rng.normal(0.5, 0.02, (30, 9, 3))
    looks[:10, ON] += 0.3  # it is something else, so it looks otherwise itself
    assert standing(asked(parts, looks)) == ()
    looks[:10, ABOVE, 0] += 0.3
    (finding,) = standing(asked(parts, looks))
    assert finding.question == (
        "Does the network take something else for “nut” where what is above it is bright?"
    )


def test_a_class_that_its_surroundings_tell_is_asked_for():
    rng = np.random.default_rng(1)
    parts = [(HIT, "nut", "nut")] * 15 + [(HIT, "bolt", "bolt")] * 15
    looks = rng.normal(0.5, 0.02, (30, 9, 3))
    looks[:15, 3, 1] += 0.2
    kinds = {finding.question: finding.kind for finding in standing(asked(parts, looks))}
    question = "Could the network recognise “nut” by what is left of it being busy?"
    assert kinds[question] is QuestionKind.LABELLED
    assert len(kinds) == 2  # the other class is told by the same


def test_the_clearest_of_many_has_to_be_clearer():
    rng = np.random.default_rng(3)
    parts = [(ALARM, None, "nut")] * 8 + [(HIT, "nut", "nut")] * 60
    by_chance = 0
    for seed in range(20):
        looks = np.random.default_rng(seed).normal(0.5, 0.1, (68, 9, 3))
        by_chance += len(standing(asked(parts, looks, heats(68, 0.14, seed))))
    assert by_chance <= 2  # 5 % of 20 on average; without the correction it is 13
    looks = rng.normal(0.5, 0.1, (68, 9, 3))
    looks[:8, ABOVE, 1] += 0.3
    assert len(standing(asked(parts, looks))) == 1


def test_noise_and_too_few_objects_ask_nothing():
    rng = np.random.default_rng(2)
    parts = [(MISSED, "nut", None)] * 12 + [(HIT, "nut", "nut")] * 20
    assert standing(asked(parts, rng.normal(0.5, 0.1, (32, 9, 3)))) == ()
    looks = rng.normal(0.5, 0.01, (24, 9, 3))
    looks[:4, ABOVE] += 0.3
    assert telling(asked([(MISSED, "nut", None)] * 4 + [(HIT, "nut", "nut")] * 20, looks)) == []


def test_objects_that_nobody_judged_are_asked_for_their_heat_alone():
    parts = [(ObjectVerdict.UNJUDGED, None, "nut")] * 10
    assert len(asked(parts)) == 0
    assert len(asked(parts, heat=heats(10, 0.5))) == 1
