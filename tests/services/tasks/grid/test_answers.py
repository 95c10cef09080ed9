"""What is shown of objects: a project whose every answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam.box import Box
from gradcam.input_spec import Placement
from services.choices.browse import count_part_verdicts, passing_parts, passing_samples
from services.choices.choices import Choices
from services.choices.filter import Filter, Verdict
from services.lists.mistaken import listed_mistakes
from services.opening.opening import Opening
from services.predictions.crops import part_crop
from services.sample import LabelledBox, Sample
from services.sources.reference import parse_reference
from services.tasks.geometry import Geometry
from services.tasks.grid.curve import curves
from services.tasks.grid.hits import HitRule
from services.tasks.grid.task import ObjectsByGrid
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Place, address_read, address_word
from services.work.progress import Progress
from tests.services.object_scenes import HITS, object_folder


@pytest.fixture(scope="module")
def predictions(tmp_path_factory):
    folder = object_folder(tmp_path_factory.mktemp("objects") / "scenes")
    return Opening(parse_reference(f"folder:{folder}"), None).make(Progress()).predictions


@pytest.fixture
def answers(predictions):
    return predictions.answers


def verdicts(answers, position):
    return [each.verdict for each in answers.objects()[position]]


def test_each_object_has_its_verdict(answers):
    hit, of = ObjectVerdict.HIT, ObjectVerdict
    assert [verdicts(answers, i) for i in range(5)] == [
        [hit, hit], [], [hit, of.FALSE_ALARM], [hit, of.MISSED], [of.WRONG_CLASS],
    ]  # fmt: skip
    assert answers.correct().tolist() == [1, 1, 0, 0, 0, 1, 1, 1]
    assert answers.counts().over_all == pytest.approx((0.8, 0.8, 0.8))


def test_an_object_over_two_cells_is_one_and_its_mark_lies_between(answers):
    (one,) = answers.objects()[5]
    assert one.cells(answers.grid) == ((2, 2), (2, 3))
    (mark,) = answers.pages.marks(5, None)
    assert (mark.x, mark.y) == pytest.approx((3 / 6, 2.5 / 6))


def test_the_mark_of_a_missed_object_is_where_it_is_labelled(answers):
    _, missed = answers.pages.marks(3, None)
    assert (missed.x, missed.y, missed.part) == pytest.approx((4.5 / 6, 4.5 / 6, 1))
    assert missed.verdict is ObjectVerdict.MISSED


def test_targets_are_the_cells_of_the_object(answers):
    def target(place, words="predicted", against=""):
        (one,) = answers.targets([place], words, against)
        return one.index, one.cells, one.against

    assert target(Place(5, 0)) == (1, ((2, 2), (2, 3)), None)
    assert target(Place(3, 1)) == (0, ((4, 4),), 1)  # why background and not red
    assert target(Place(4, 0), "=blue", "=red") == (2, ((3, 3),), 1)
    assert target(0, "=red") == (1, ((1, 1),), None)
    titles = [sight.title for sight in answers.pages.sights(Place(4, 0))]
    assert titles == ["why blue", "what speaks for red", "why blue and not red"]


def test_the_receptive_field_surrounds_its_cells(answers):
    field = answers.pages.field(Place(0, 0))  # a cell sees itself alone: only 1 × 1 and pooling
    assert field == pytest.approx((1 / 6, 1 / 6, 1 / 6, 1 / 6))


def test_filters_go_by_object(predictions):
    def samples(**asked):
        return passing_samples(predictions, Filter(sort="By name", **asked)).tolist()

    assert samples(object_verdict="missed") == [3]
    assert samples(true_class="background") == [2]
    assert samples(predicted_class="background") == [3]
    assert samples(true_class="red", predicted_class="blue") == [4]
    wrong = passing_parts(predictions, Filter(Verdict.INCORRECT, sort="By name"))
    assert wrong == [Place(2, 1), Place(3, 1), Place(4, 0)]
    counts = count_part_verdicts(predictions, Filter())
    assert (counts.all, counts.correct, counts.incorrect) == (HITS + 3, HITS, 3)


def test_a_crop_shows_the_object_in_its_colour(predictions):
    crop = part_crop(predictions, Place(0, 0), 96)
    height, width = crop.shown.picture.shape[:2]
    assert crop.shown.picture[height // 2, width // 2].tolist() == [255, 0, 0]
    assert crop.region == pytest.approx(
        (1.5 / 6 - 2 / 6 + 0, 1.5 / 6 - 2 / 6, 4 / 6, 4 / 6), abs=0.2
    )


def test_a_missed_object_stands_beside_a_hit_of_its_class(answers):
    near = answers.likeness.candidates(Place(3, 1), None).tolist()
    assert near == [0, 5, 6]
    assert answers.likeness.nearest_part(Place(3, 1), 6) == Place(6, 1)


def test_the_curve_is_what_each_threshold_gives(answers):
    noisy = np.random.default_rng(3).dirichlet((3, 1, 1), (len(answers), 36)).astype(np.float32)
    read = replace(answers, outputs=noisy.reshape(len(answers), -1))
    drawn = curves(read)
    whole, red = drawn["all classes"], drawn["red"]
    for at, threshold in enumerate(whole.thresholds):
        counts = read.counts(float(threshold))
        told = (whole.precision[at], whole.recall[at], whole.f1[at])
        assert told == pytest.approx(counts.over_all)
        assert red.f1[at] == pytest.approx(counts.figures.f1[0], nan_ok=True)
    assert len(set(whole.f1)) > 10


def test_a_table_has_a_row_for_each_object(answers):
    head, rows = answers.export.part_head, list(answers.export.part_rows(None))
    assert len(rows) == HITS + 3
    place, cells = rows[0]
    row = dict(zip(head, cells, strict=True))
    assert (place, row["verdict"], row["cells"]) == (Place(0, 0), "hit", "1:1")
    assert [float(row[side]) for side in ("x", "y", "width", "height")] == [16, 16, 16, 16]
    assert (float(row["centre_x"]), float(row["centre_y"])) == (24, 24)


def test_a_live_threshold_and_a_rule_make_other_answers(predictions):
    assert predictions.at(None) is predictions
    strict = predictions.at(0.9999999, rule="Centre inside")
    assert strict.project.task.rule is HitRule.INSIDE
    assert len(strict.answers.parts().sample) < HITS + 3
    assert strict.answers.object(Place(2, 5)) is None
    assert strict.answers.said(Place(2, 5)) == "no such object"


def test_a_box_that_a_crop_removed_is_not_missed(answers):
    """A picture twice as wide as high, of which the network sees the middle."""
    placement = Placement(Box(48, 0, 96, 96), Box(0, 0, 48, 48))
    beside = LabelledBox("red", 4, 4, 16, 16)
    inside = LabelledBox("red", 48 + 16, 16, 16, 16)
    sample = Sample("a.png", None, "red", (beside, inside))
    read = answers.__class__(
        answers.network, (sample,), answers.outputs[:1], answers.classes, 0.5, HitRule.NEAR,
        lambda _: Geometry(placement, (192, 96), (48, 48)),
    )  # fmt: skip
    red, blue = read.objects()[0]
    assert (red.verdict, blue.verdict) == (ObjectVerdict.HIT, ObjectVerdict.FALSE_ALARM)
    mark = read.pages.marks(0, None)[0]
    assert (mark.x, mark.y) == pytest.approx(((48 + 24) / 192, 24 / 96))


def test_a_label_without_boxes_does_not_say_where(answers):
    samples = tuple(replace(each, boxes=()) for each in answers.samples)
    read = replace(answers, samples=samples)
    assert np.isnan(read.correct()[[0, 2, 3, 4]]).all()
    assert read.correct()[1] == 1  # its label says that there is nothing


def test_classes_may_leave_the_background_out(answers, predictions):
    from services.tasks.task import Evidence

    evidence = Evidence(answers.network, frozenset({"red"}), ("red", "blue"))
    task, facts = ObjectsByGrid.settled(evidence)
    assert task.classes == ("background", "red", "blue")
    assert [fact.what for fact in facts] == ["background"]


def test_a_click_gives_the_part_of_a_sample():
    word = address_word("a b.png", Place(3, 2))
    assert address_read(word) == ("a b.png", 2)
    assert address_read(address_word("a b.png", 3)) == ("a b.png", -1)


def test_a_cell_of_the_matrix_leaves_its_own_objects_to_look_at(predictions):
    choices = Choices(filter=Filter(true_class="background", predicted_class="red"))
    lists = listed_mistakes(predictions, choices).lists
    assert lists == {"Missed": (), "False alarms": (Place(2, 1),), "Wrong class": ()}
