"""A task that no file of the product names goes from a folder to a finished export and a report."""

import zipfile

import numpy as np
import pytest

import block
from gradcam import Target
from services.choices.browse import count_verdicts, passing_samples
from services.choices.choices import Choices
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.plan import ExportPlan
from services.heatmaps.heatmaps import heatmaps, targets_of
from services.judging.comparison import compare
from services.judging.mistakes import mistake
from services.judging.review import nearest_correct
from services.opening.opening import open_source
from services.scan.looking import look
from services.scan.scanning import Scan
from services.sources.manifest import read_manifest
from services.sources.reference import SourceKind, SourceReference
from services.tasks.parts import Place
from services.tasks.registry import TASKS, recognised
from services.tasks.shown import By
from services.tasks.task import Evidence
from services.work.progress import Progress
from tests.services.export.exports import manifest_of, report_of, rows_of
from tests.services.tasks.checklist import Checklist
from tests.services.tasks.checklists import CORRECT, SAMPLES, checklists, known

RED, GREEN, BLUE = range(3)
G, H = 6, 7  # the wrong ones


@pytest.fixture(autouse=True)
def registered():
    with known():
        yield


@pytest.fixture
def folder(tmp_path):
    return checklists(tmp_path / "colours")


@pytest.fixture
def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


# ------------------------------------------------------------------------------------ opening


def test_project_toml_names_it_and_sets_it(opened):
    assert opened.project.task == Checklist(("red", "green", "blue"), 0.6)
    assert [sample.id for sample in opened.predictions.samples] == list(SAMPLES)


def test_what_its_table_holds_is_checked_as_any(folder):
    text = (folder / "project.toml").read_text()
    (folder / "project.toml").write_text(text.replace("0.6", "-1"))
    with pytest.raises(ProjectError, match="threshold must be a number of at least 0"):
        read_manifest(folder)
    (folder / "project.toml").write_text(text.replace("threshold", "treshold"))
    assert read_manifest(folder).unknown == ("checklist.treshold",)


def test_without_a_word_it_is_recognised_by_its_labels(tmp_path):
    folder = checklists(tmp_path / "bare", manifest="")
    found = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    assert found.project.task == Checklist(("question 0", "question 1", "question 2"))
    (fact,) = [fact for fact in found.project.facts if fact.what == "task"]
    assert (fact.value, fact.why) == ("checklist", "each label is a list of ticks")
    assert found.check.measure is Checklist.measure


def test_once_forgotten_its_labels_are_names_of_classes(opened):
    evidence = Evidence(opened.project.network, frozenset({"yyn", "nny"}))
    assert recognised(evidence)[0] is Checklist
    del TASKS["checklist"]
    assert recognised(evidence)[0].name == "classification"
    TASKS["checklist"] = Checklist


# ---------------------------------------------------------------------------------- verdicts


def test_a_sample_is_right_where_each_of_its_labels_is(opened):
    found = dict(zip(opened.predictions.positions, opened.predictions.correct(), strict=True))
    assert np.isnan(found.pop("i.png"))
    assert found == CORRECT
    counts = count_verdicts(opened.predictions, Filter())
    assert (counts.all, counts.correct, counts.incorrect) == (10, 7, 2)


def test_each_label_has_a_verdict_of_its_own(opened):
    answers = opened.predictions.answers
    assert [answers.verdict(Place(G, part)) for part in range(3)] == [0, 1, 1]
    assert [answers.verdict(Place(H, part)) for part in range(3)] == [0, 1, 1]
    assert answers.said(Place(G, RED)) == "red there, 2\u00a0%"


def test_the_live_threshold_moves_the_verdict_of_a_part(opened):
    answers = opened.predictions.answers
    assert opened.predictions.correct(0.99).tolist()[0] == 0.0  # 0.96 is not enough
    assert answers.verdict(Place(0, RED), 0.99) == 0.0
    assert answers.verdict(Place(0, GREEN), 0.99) == 1.0
    assert answers.verdict(Place(G, RED), 0.01) == 1.0


def test_orders_and_filters_are_the_tasks(opened):
    predictions = opened.predictions
    first = passing_samples(predictions, Filter()).tolist()
    assert set(first[:2]) == {G, H}
    assert passing_samples(predictions, Filter(true_class="blue", sort="By name")).tolist() == [
        2,
        4,
        5,
        7,
    ]
    assert passing_samples(predictions, Filter(predicted_class="red")).tolist()[0] == H


# ----------------------------------------------------------------------------------- heatmaps


def test_a_sample_is_explained_for_its_surest_label_and_a_part_for_its_own(opened):
    found = targets_of(opened.predictions, [0, Place(0, BLUE), Place(G, RED)], Recipe())
    assert found == [Target.for_class(RED), Target.for_class(BLUE), Target.for_class(RED)]
    named = targets_of(opened.predictions, [0, Place(0, BLUE)], Recipe(target="=green"))
    assert named == [Target.for_class(GREEN)] * 2


def test_heatmaps_of_parts_of_one_sample_differ(opened):
    red, blue = heatmaps(opened.predictions, [Place(0, RED), Place(0, BLUE)], Recipe())
    assert red.raw.mean() == pytest.approx(8 / 64 * 0.9, abs=0.02)
    assert blue.raw.mean() < red.raw.mean() / 4


# ------------------------------------------------------------------------------------ judging


def test_review_sets_parts_side_by_side(opened):
    answers = opened.predictions.answers
    sides = answers.pages.sides(By.TRUE, "red", None)
    assert sides.incorrect == (Place(G, RED), Place(H, RED))
    assert len(sides.correct) == 7
    found = compare(opened.predictions, sides, Choices())
    assert found.heatmaps[Place(G, RED)].target == Target.for_class(RED)
    assert [mean.count for mean in found.means] == [7, 2]


def test_a_part_is_nearest_to_a_sample_of_which_the_same_is_true(opened):
    near = nearest_correct(opened.predictions, Place(G, RED))
    assert SAMPLES[opened.predictions.samples[near].id][1][0] == "y"


def test_mistakes_are_parts(opened):
    mistakes = opened.predictions.answers.mistakes
    lists = mistakes.listed(80, None).lists
    assert lists == {"Missed": (Place(G, RED),), "False alarms": (Place(H, RED),)}
    found = mistake(opened.predictions, Place(G, RED))
    assert [sight.words for sight in found.sights] == ["=red"]
    assert (found.position, len(found.beside)) == (G, 1)


def test_a_scan_asks_label_by_label(opened):
    scan = Scan(opened.predictions, Recipe())
    assert scan.run(Progress()).pictures == 10
    looked = look(opened.predictions, "conv", Progress())
    assert len(looked.positions) == 10
    other = Scan(opened.predictions, Recipe(), threshold=0.9)
    assert scan.digest != other.digest


# ------------------------------------------------------------------------------------- export


@pytest.fixture
def output(folder, tmp_path, capsys):
    output = tmp_path / "out"
    code = block.main(["--project", str(folder), "--output", str(output)])
    said = capsys.readouterr()
    assert code == block.DONE, said.err
    assert said.out.splitlines()[0] == "10 explained: 7 correct, 2 incorrect, 1 without a label"
    return output


def test_the_command_leaves_a_table_with_a_verdict_for_each_part(output):
    rows = {row["sample"]: row for row in rows_of(output)}
    assert (rows["g.png"]["said"], rows["g.png"]["true"]) == ("nyn", "yyn")
    assert [rows["g.png"][f"correct_{name}"] for name in ("red", "green", "blue")] == [
        "0",
        "1",
        "1",
    ]
    assert (rows["g.png"]["correct"], rows["a.png"]["correct"]) == ("0", "1")
    assert (rows["i.png"]["correct"], rows["i.png"]["correct_red"]) == ("", "")
    assert float(rows["a.png"]["score_red"]) > 0.95
    assert rows["g.png"]["file"] == "gradcam/incorrect/g.jpg"


def test_the_report_has_its_figure_its_groups_and_its_table(output):
    report = report_of(output)
    assert "<b>92.6%</b>of the ticks are right" in report  # 25 of 27
    assert "✓ 7</b>with all ticks right from 0.6" in report
    assert '<b>red</b> <span class="soft">7 of 9 correct</span>' in report
    assert '<b>blue</b> <span class="soft">9 of 9 correct</span>' in report
    assert "<h2>Questions</h2>" in report
    assert '<td class="text">red</td><td>5</td><td>5</td><td>77.8\u00a0%</td>' in report
    assert "Those with most ticks wrong first." in report
    assert "yyn → nyn" in report


def test_the_manifest_and_the_zip_tell_the_same(output):
    told = manifest_of(output)
    assert told["project"]["task"] == "checklist"
    assert told["project"]["classes"] == ["red", "green", "blue"]
    assert told["settings"]["threshold"] == 0.6
    with zipfile.ZipFile(output / "deploy.zip") as packed:
        assert {"predictions.csv", "report.html"} <= set(packed.namelist())


def test_one_label_is_explained_for_all_by_its_name(folder, tmp_path, capsys):
    output = tmp_path / "red"
    arguments = ["--project", str(folder), "--output", str(output)]
    assert block.main([*arguments, "--target", "red"]) == block.DONE
    assert manifest_of(output)["settings"]["target"] == "=red"
    assert block.main([*arguments, "--target", "pink"]) == block.WRONG_USE
    assert "There is no question “=pink”." in capsys.readouterr().err


def test_a_plan_needs_the_answers_for_the_surest_label_and_not_for_one_that_is_named(opened):
    project, samples = opened.project, opened.project.samples
    assert ExportPlan.of(project, Choices()).targets(project, samples) is None
    plan = ExportPlan.of(project, Choices().having(target="=blue"))
    assert plan.targets(project, samples) == [Target.for_class(BLUE)] * 10
