"""The scan as a job, what it looks at, and what is kept of it."""

from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam.spray import heat_shares
from services.choices import browse
from services.choices.choices import Choices
from services.choices.conditions import FINDING_ELSEWHERE, FINDING_GONE, misfit
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.errors import Cancelled
from services.findings.finding import Finding, QuestionKind, ShareBar, Spread
from services.findings.report import Report, finding_named, members, reports
from services.heatmaps.heatmaps import heatmaps
from services.keeping.store import BoundedStore
from services.media.decoding import read_picture
from services.media.properties import properties_of
from services.predictions.predictions import predict
from services.sample import LabelledBox
from services.scan import looking
from services.scan.again import scan_again
from services.scan.scanning import Scan
from services.settings import settings
from services.tasks.answers import BY_NAME
from services.tasks.regression.task import Regression
from services.work.progress import Progress
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import flat, noisy, predictions
from tests.services.projects import project_of

__all__ = ["flat", "predictions"]  # fixtures
SPREAD = Spread("size", (0.0, 1.0, 2.0), (0.5, 0.5), (1.0, 0.0), ("wrong", "right"))
FINDINGS = (
    Finding(QuestionKind.GROUP, "Why?", "9 %", ("d1", "d0"), 0.5, 0.01, (ShareBar("group", 0.09),)),
    Finding(QuestionKind.VERDICT, "Dark?", "0.8", ("d2",), 0.8, 0.02, (), SPREAD),
)
REPORT = Report("0123456789abcdef", 3, 1, 40, FINDINGS)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(reports, "_memory", BoundedStore(8))


# -------------------------------------------------------------------------------------- looking


def test_every_picture_is_explained_as_its_heatmap_is(predictions, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_SIZE", 3)
    looked = looking.look(predictions, "first", Progress())
    found = heatmaps(predictions, range(4), Recipe(layer="first"))
    expected = heat_shares(np.stack([one.raw for one in found]))
    np.testing.assert_allclose(looked.shares, expected, atol=1e-6)
    assert looked.positions.tolist() == [0, 1, 2, 3]
    last = looking.look(predictions, "last", Progress())
    assert last.shares.shape != looked.shares.shape or not np.allclose(last.shares, looked.shares)
    assert looked.properties[3] == pytest.approx(
        properties_of(read_picture(predictions.samples[3].path)).numbers
    )


def test_a_picture_that_is_gone_is_passed_over_and_none_at_all_is_said(predictions):
    predictions.samples[1].path.unlink()
    progress = Progress()
    assert looking.look(predictions, "first", progress).positions.tolist() == [0, 2, 3]
    assert (progress.step.done, progress.step.total) == (4, 4)
    for sample in predictions.samples:
        sample.path.unlink(missing_ok=True)
    with pytest.raises(gradcam.GradcamError, match="None of the pictures is there"):
        looking.look(predictions, "first", Progress())


def test_a_person_can_leave_between_two_batches(predictions, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_SIZE", 2)
    progress = Progress()
    original = looking.capture

    def leaving(*arguments):
        progress.cancel()
        return original(*arguments)

    monkeypatch.setattr(looking, "capture", leaving)
    with pytest.raises(Cancelled):
        looking.look(predictions, "first", progress)
    assert progress.step.done == 0


# --------------------------------------------------------------------------------------- the job


def test_a_scan_is_made_in_the_background_and_kept_on_disk(predictions, monkeypatch):
    asked = Scan(predictions, Recipe())
    assert (asked.missing, asked.found) == (1, None)
    job = had(asked)
    assert job.error is None
    assert asked.found.pictures == 4
    monkeypatch.setattr(reports, "_memory", BoundedStore(8))  # as after a restart
    again = Scan(predictions, Recipe(percentile=95.0))
    assert again.missing == 0
    assert again.found == asked.found


def test_another_layer_label_or_box_is_another_scan(predictions):
    digest = Scan(predictions, Recipe()).digest
    first, *others = predictions.samples
    box = replace(first, boxes=(LabelledBox("a", 0, 0, 1, 1),))
    changed = [
        Scan(predictions, Recipe(layer="first")),
        Scan(replace(predictions, samples=(replace(first, label="c"), *others)), Recipe()),
        Scan(replace(predictions, samples=(box, *others)), Recipe()),
        Scan(replace(predictions, digests=("other", *predictions.digests[1:])), Recipe()),
    ]
    assert len({digest, *(scan.digest for scan in changed)}) == 5
    assert Scan(predictions, Recipe(), 0.3).digest == digest  # no regression


def test_the_threshold_of_a_regression_is_part_of_its_scan(redness, tmp_path):

    samples = [replace(sample, label="0") for sample in noisy(tmp_path)]
    rest = {"task": Regression(0, 0.1)}
    found = predict(
        project_of(redness, samples, **rest, input_spec=gradcam.InputSpec(8, 8)), Progress()
    )
    assert Scan(found, Recipe(), 0.3).digest != Scan(found, Recipe()).digest
    assert Scan(found, Recipe()).run(Progress()).pictures == 4


# -------------------------------------------------------------------------------------- keeping


def test_a_report_is_read_back_as_it_was_kept(monkeypatch):
    reports.put(REPORT.digest, REPORT)
    monkeypatch.setattr(reports, "_memory", BoundedStore(8))
    assert reports.get(REPORT.digest) == REPORT
    assert finding_named(REPORT.name(1)) == FINDINGS[1]
    assert members(REPORT.name(0)) == {"d0", "d1"}


@pytest.mark.parametrize(
    "name", ["", "0123456789abcdef.2", "0123456789abcdee.0", "../secrets.0", "0123456789abcdef"]
)
def test_a_finding_that_is_not_kept_is_none(name):
    reports.put(REPORT.digest, REPORT)
    assert members(name) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"digest": 1}', '{"findings": [{}]}'])
def test_a_damaged_report_is_made_again(text, caplog):
    path = settings().cache / "scans" / f"{REPORT.digest}.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert reports.get(REPORT.digest) is None
    assert "cannot be read" in caplog.text
    reports.put(REPORT.digest, REPORT)
    assert members(REPORT.name(1)) == {"d2"}


def test_where_the_disk_cannot_be_written_it_is_kept_in_memory(monkeypatch, caplog):
    settings().cache.mkdir(parents=True)
    (settings().cache / "scans").write_text("a file in the way")
    reports.put(REPORT.digest, REPORT)
    assert reports.get(REPORT.digest) == REPORT
    assert "nothing is kept on disk" in caplog.text


def test_a_finding_that_is_gone_is_found_again_by_the_scan_that_it_was_of(predictions):
    layers = [layer.name for layer in predictions.project.network.layers]
    before = Scan(predictions, Recipe(layer=layers[0]), 0.3)
    only = Filter(finding=f"{before.digest}.0")
    again = scan_again(predictions, only)
    assert again is not None
    assert again.digest == before.digest
    again.make(Progress())
    assert scan_again(predictions, only) is None  # it is there; what it found is another question
    assert scan_again(predictions, Filter()) is None


def test_a_finding_of_other_pictures_is_not_scanned_for(predictions):
    assert scan_again(predictions, Filter(finding="0123456789abcdef.0")) is None
    assert scan_again(predictions, Filter(finding="made up")) is None


def test_samples_are_filtered_by_a_finding_and_none_passes_where_it_is_gone(predictions):
    digests = predictions.digests
    two = replace(FINDINGS[0], members=(digests[3], digests[1]))
    reports.put(REPORT.digest, replace(REPORT, findings=(two,)))
    chosen = Filter(finding=REPORT.name(0), sort=BY_NAME)
    assert browse.passing_samples(predictions, chosen).tolist() == [1, 3]
    assert browse.count_verdicts(predictions, chosen).all == 2
    gone = replace(chosen, finding="gone.0")
    assert len(browse.passing_samples(predictions, gone)) == 0
    assert browse.count_verdicts(predictions, gone).all == 0
    assert len(browse.passing_samples(predictions, replace(chosen, finding=""))) == 4
    assert [misfit(predictions, each) for each in (gone, chosen, Filter())] == [
        FINDING_GONE,
        "",
        "",
    ]
    reports.put(REPORT.digest, REPORT)  # its members are of no test set here
    assert len(browse.passing_samples(predictions, chosen)) == 0
    assert misfit(predictions, chosen) == FINDING_ELSEWHERE
    assert chosen.narrows
    assert Choices(filter=chosen, page=3).changed("finding", "x").page == 1
    assert not chosen.cleared().narrows
