"""Samples with several labels, from a folder to a finished export: each label by itself."""

import copy

import numpy as np
import pytest

import block
from gradcam import Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.head import Head, Squash
from services.choices.browse import count_verdicts, passing_samples
from services.choices.choices import Choices
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.plan import ExportPlan
from services.heatmaps.heatmaps import heatmaps, targets_of
from services.judging.comparison import compare
from services.judging.mistakes import mistake
from services.label_sets import labels_in
from services.opening.opening import open_source
from services.sample import Sample
from services.sources.manifest import read_manifest
from services.sources.reference import SourceKind, SourceReference
from services.tasks.multi_label.task import MultiLabel
from services.tasks.parts import Place
from services.tasks.registry import recognised
from services.tasks.shown import By
from services.tasks.task import Evidence
from tests.services import projects
from tests.services.export.exports import manifest_of, report_of, rows_of
from tests.services.tasks.colours import CORRECT, INPUT, SAMPLES, colours

RED, GREEN, BLUE = range(3)
G, H = 6, 7  # the wrong ones


def opening(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


@pytest.fixture
def folder(tmp_path):
    return colours(tmp_path / "colours")


@pytest.fixture
def opened(folder):
    return opening(folder)


@pytest.fixture(scope="module")
def units():
    """Networks by their last activation, of so many units."""

    network = KerasNetwork(projects.redness_scored("sigmoid"), "n.h5")

    def made(activation, count):
        other = copy.copy(network)
        other.heads = (Head(Squash(activation), count),)
        return other

    return made


# -------------------------------------------------------------------------------- recognising


def test_several_names_in_a_cell_are_read_by_the_list_of_names(opened):
    project = opened.project
    assert project.task == MultiLabel(("red", "green", "blue"), 0.5)
    assert [sample.id for sample in project.samples] == list(SAMPLES)
    assert [sample.label for sample in project.samples] == [
        "red", "red|green", "red|green|blue", "-", "blue", "green|blue", "red|green", "blue", None,
        "red|green",
    ]  # fmt: skip
    (fact,) = [fact for fact in project.facts if fact.what == "task"]
    assert (fact.value, fact.why) == (
        "multi-label",
        "samples have several labels, and each output is a score of its own",
    )
    assert project.left_out == ()


def test_where_nobody_listed_the_names_they_are_those_of_the_labels(tmp_path):
    project = opening(colours(tmp_path / "bare", names=())).project
    assert project.task.names == ("blue", "green", "red")
    assert {fact.what: fact.value for fact in project.facts}["labels of the outputs"] == (
        "blue, green, red"
    )


@pytest.mark.parametrize(
    ("activation", "count", "labels", "classes", "task"),
    [
        ("sigmoid", 3, {"a b", "b", "c"}, ("a", "b", "c"), "multi-label"),
        ("linear", 3, {"a b", "b", "c"}, ("a", "b", "c"), "multi-label"),
        ("sigmoid", 3, {"a|b", "b", "c"}, (), "multi-label"),
        ("sigmoid", 3, {"a b", "b c", "c"}, (), "multi-label"),
        ("softmax", 3, {"a|b", "b", "c"}, ("a", "b", "c"), "classification"),  # they exclude
        ("sigmoid", 3, {"a", "b", "c"}, ("a", "b", "c"), "classification"),  # one label each
        ("sigmoid", 3, {"a", "b", "c"}, (), "classification"),
        ("sigmoid", 3, set(), ("a", "b", "c"), "classification"),
        ("sigmoid", 3, {"a b", "b", "c"}, ("a b", "b", "c"), "classification"),  # a name's space
        ("sigmoid", 1, {"a b", "b"}, (), "classification"),
        ("linear", 3, {"1", "2.5"}, (), "regression"),
    ],
)
def test_several_labels_and_scores_of_their_own_make_it(
    units, activation, count, labels, classes, task
):
    evidence = Evidence(units(activation, count), frozenset(labels), classes)
    assert recognised(evidence)[0].name == task


def test_project_toml_names_it_and_sets_it(tmp_path):
    manifest = f'task = "multi-label"\nclasses = ["red", "green", "blue"]\n{INPUT}'
    folder = colours(
        tmp_path / "c", manifest=f"{manifest}[multi-label]\nthreshold = 0.6\n", names=()
    )
    assert opening(folder).project.task == MultiLabel(("red", "green", "blue"), 0.6)
    (folder / "project.toml").write_text("[multi-label]\nthreshold = 2\n")
    with pytest.raises(ProjectError, match="threshold must be a number from 0 to 1"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("names", "labels", "sentence"),
    [
        (("a", "b"), {"a b"}, "2 labels are named, but the network has 3 outputs; "),
        ((), {"a|b", "c|d"}, "The network has 3 outputs, and what the samples are labelled with"),
    ],
)
def test_names_that_do_not_fit_are_told_with_the_way_out(units, names, labels, sentence):
    with pytest.raises(ProjectError) as caught:
        MultiLabel.settled(Evidence(units("sigmoid", 3), frozenset(labels), names))
    assert str(caught.value).startswith(sentence)
    assert "order of" in str(caught.value)


def test_a_label_with_an_unknown_name_leaves_its_picture_out():
    task = MultiLabel(("red", "green"))
    assert task.obstacle("red green") == ""
    assert task.obstacle("-") == ""
    assert task.obstacle("red pink") == "its label “red pink” holds a name that no output has"


# ---------------------------------------------------------------------------------- verdicts


def test_a_sample_is_right_where_each_of_its_labels_is(opened):
    judged = dict(zip(opened.predictions.positions, opened.predictions.correct(), strict=True))
    assert np.isnan(judged.pop("i.png"))
    assert judged == CORRECT
    counts = count_verdicts(opened.predictions, Filter())
    assert (counts.all, counts.correct, counts.incorrect) == (10, 7, 2)


def test_each_label_has_its_precision_and_recall(opened):
    table = opened.predictions.answers.pages.table(None)
    rows = {row["label"]: row for row in table.rows}
    # Red: true of a, b, c, g, j; said of a, b, c, j and, wrongly, h.
    assert (rows["red"]["true"], rows["red"]["said"]) == (5, 5)
    assert (rows["red"]["precision"], rows["red"]["recall"]) == (0.8, 0.8)
    assert rows["red"]["share right"] == pytest.approx(7 / 9)
    assert (rows["green"]["precision"], rows["green"]["recall"], rows["green"]["F1"]) == (1, 1, 1)
    figures = opened.predictions.answers.pages.figures(None)
    assert (figures[0].text, figures[1].note) == ("93.3\u00a0%", "7 of 9 correct")


def test_the_live_threshold_moves_verdicts_and_what_is_said(opened):
    predictions = opened.predictions
    assert predictions.answers.verdict(Place(0, RED)) == 1.0
    assert predictions.answers.verdict(Place(0, RED), 0.99) == 0.0  # 0.96 is not enough
    assert predictions.answers.verdict(Place(G, RED), 0.01) == 1.0
    assert predictions.answers.said(G) == "red, green → green"
    assert predictions.at(0.99).answers.said(G) == "red, green → none of them"
    assert predictions.answers.said(Place(G, RED)) == "red: true, 2\u00a0%"


def test_orders_and_filters_know_labels(opened):
    predictions = opened.predictions
    assert set(passing_samples(predictions, Filter()).tolist()[:2]) == {G, H}
    blue = Filter(true_class="blue", sort="By name")
    assert passing_samples(predictions, blue).tolist() == [2, 4, 5, 7]
    assert passing_samples(predictions, Filter(predicted_class="red")).tolist()[0] == H


def test_one_answer_for_all_is_named(units):
    task = MultiLabel(("red", "green"))
    samples = samples_of(("red", "green", "-"))
    read = task.read(units("sigmoid", 2), samples, np.array([[0.9, 0.1]] * 3, np.float32))
    assert read.pages.only_answer == "red"
    read = task.read(units("sigmoid", 2), samples, np.array([[0.1, 0.1]] * 3, np.float32))
    assert read.pages.only_answer == "none of them"
    read = task.read(units("sigmoid", 2), samples, np.array([[0.9, 0.1], [0.1, 0.9]] * 2, "f4")[:3])
    assert read.pages.only_answer == ""


def samples_of(labels):
    return [Sample(f"{i}.png", None, label) for i, label in enumerate(labels)]


def test_logits_are_read_one_by_one_and_never_as_shares_of_a_whole(units):
    network = units("linear", 3)
    task = MultiLabel(("red", "green", "blue"))
    read = task.read(network, samples_of(("red|green",)), np.array([[2, 1, -3]], np.float32))
    assert read.scores[0].tolist() == pytest.approx([0.881, 0.731, 0.047], abs=1e-3)
    assert read.correct().tolist() == [1.0]
    assert read.targets([0], "predicted", "") == [Target.for_output(0)]
    assert task.targets(network).early("predicted", "", ["red"]) is None


def test_a_preprocessing_that_always_gives_one_answer_earns_a_half(units):
    task, network = MultiLabel(("red", "green")), units("sigmoid", 2)
    labels = ["red", "red", "red", "green"]
    constant = np.array([[0.9, 0.1]] * 4, np.float32)
    right = np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]], np.float32)
    one, all_right = (task.grade(network, outputs, labels) for outputs in (constant, right))
    assert (one.score, one.is_constant) == (0.5, True)
    assert (all_right.score, all_right.mean) == pytest.approx((1.0, 1.0))
    assert (one.merits <= one.blind).all()  # it earns nothing


def test_all_right_is_better_than_guessing_though_most_samples_have_most_labels(units):
    task, labels = MultiLabel(("red", "green")), ["red|green"] * 7 + ["red"] * 4 + ["green"] * 4
    true = np.array([[name in label for name in ("red", "green")] for label in labels])
    scores = np.where(true, 0.9, 0.1).astype(np.float32)
    assert task.grade(units("sigmoid", 2), scores, labels).tells
    assert not task.grade(units("sigmoid", 2), np.full_like(scores, 0.9), labels).tells


# ----------------------------------------------------------------------------------- heatmaps


def test_a_sample_is_explained_for_its_surest_label_and_a_part_for_its_own(opened):
    told = targets_of(opened.predictions, [0, Place(0, BLUE), Place(G, RED)], Recipe())
    assert told == [Target.for_class(RED), Target.for_class(BLUE), Target.for_class(RED)]
    named = targets_of(opened.predictions, [0, Place(0, BLUE)], Recipe(target="=green"))
    assert named == [Target.for_class(GREEN)] * 2


def test_heatmaps_of_labels_of_one_sample_differ(opened):
    red, blue = heatmaps(opened.predictions, [Place(0, RED), Place(0, BLUE)], Recipe())
    assert red.raw.mean() == pytest.approx(8 / 64 * 0.9, abs=0.02)
    assert blue.raw.mean() < red.raw.mean() / 4


def test_explain_shows_every_label_that_is_true_or_said(opened):
    pages = opened.predictions.answers.pages
    first, *others = [sight.title for sight in pages.rows(G)]
    assert first == "green · 96\u00a0% · true label"
    assert set(others) == {"red · 2\u00a0% · true label", "blue · 2\u00a0%"}
    bars = pages.bars(G, None)
    assert bars.note == "True labels: red, green"
    assert {bar.name for bar in bars.bars if bar.true} == {"red", "green"}


# ------------------------------------------------------------------------------------ judging


def test_review_sets_the_parts_of_one_label_side_by_side(opened):
    answers = opened.predictions.answers
    sides = answers.pages.sides(By.TRUE, "red", None)
    assert sides.incorrect == (Place(G, RED), Place(H, RED))  # the missed one first
    assert len(sides.correct) == 7
    set_side = compare(opened.predictions, sides, Choices())
    assert set_side.heatmaps[Place(G, RED)].target == Target.for_class(RED)


def test_mistakes_are_labels_missed_and_false_alarms(opened):
    mistakes = opened.predictions.answers.mistakes
    lists = mistakes.listed(80, None).lists
    assert lists == {"Missed": (Place(G, RED),), "False alarms": (Place(H, RED),)}
    shown = mistake(opened.predictions, Place(H, RED))
    assert [sight.words for sight in shown.sights] == ["=red"]
    assert any(beside.title == "nearest that is red" for beside in shown.beside)


# ------------------------------------------------------------------------------------- export


def test_the_command_leaves_a_table_with_a_verdict_for_each_label(folder, tmp_path, capsys):
    output = tmp_path / "out"
    assert block.main(["--project", str(folder), "--output", str(output)]) == block.DONE
    said = capsys.readouterr().out.splitlines()[0]
    assert said == "10 explained: 7 correct, 2 incorrect, 1 without a label"
    rows = {row["sample"]: row for row in rows_of(output)}
    assert (rows["g.png"]["predicted"], rows["g.png"]["true"]) == ("green", "red|green")
    assert (rows["d.png"]["predicted"], rows["d.png"]["true"]) == ("-", "-")
    own = [rows["g.png"][f"correct_{name}"] for name in ("red", "green", "blue")]
    assert own == ["0", "1", "1"]
    assert (rows["i.png"]["correct"], rows["i.png"]["correct_red"]) == ("", "")
    assert float(rows["a.png"]["score_red"]) > 0.95
    report = report_of(output)
    assert "<b>92.6\u00a0%</b>of the labels are correct" in report  # 25 of 27
    assert "✓ 7</b>with all labels right above 0.5" in report
    assert '<td class="text">red</td>' + 3 * "<td>80.0\u00a0%</td>" + "<td>5</td>" in report
    assert manifest_of(output)["project"]["task"] == "multi-label"
    assert manifest_of(output)["settings"]["threshold"] == 0.5


def test_one_label_is_explained_for_all_by_its_name_and_none_against_another(
    folder, tmp_path, capsys
):
    command = ["--project", str(folder), "--output", str(tmp_path / "red")]
    assert block.main([*command, "--target", "red"]) == block.DONE
    assert manifest_of(tmp_path / "red")["settings"]["target"] == "=red"
    assert block.main([*command, "--target", "pink"]) == block.WRONG_USE
    assert "There is no label “pink” in this project; it has red, green" in capsys.readouterr().err
    assert block.main([*command, "--target", "red", "--against", "blue"]) == block.WRONG_USE
    assert "Labels do not exclude each other" in capsys.readouterr().err


def test_a_plan_needs_no_answers_of_scores(opened):
    project, samples = opened.project, opened.project.samples
    assert ExportPlan.of(project, Choices()).targets(project, samples) == [None] * 10
    plan = ExportPlan.of(project, Choices().having(target="=blue"))
    assert plan.targets(project, samples) == [Target.for_class(BLUE)] * 10


def test_a_suggested_label_is_added_and_one_that_is_there_is_taken_away(opened):
    pages, samples = opened.predictions.answers.pages, opened.predictions.samples
    assert pages.labels == opened.predictions.answers.names
    for position, sample in enumerate(samples):
        true = opened.predictions.answers.true[position]
        for number, name in enumerate(pages.labels):
            toggled = labels_in(pages.relabelled(position, name), pages.labels)
            assert (name in toggled) == (not true[number]), sample.label
            others = set(pages.labels) - {name}
            held = {each for each, is_true in zip(pages.labels, true, strict=True) if is_true}
            assert set(toggled) & others == held & others
