"""The Export page's service: the same files as the command's, in the background, found again."""

import os
import shlex
import shutil
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import block
from gradcam import METHODS, Colormap, NetworkError, Normalization, Pooling
from services.choices.choices import Choices, OverlaySize, Scope
from services.choices.conditions import FINDING_GONE, misfit
from services.choices.filter import Filter, Verdict
from services.choices.recipe import Recipe
from services.choices.selection import written
from services.errors import ProjectError
from services.export import background, batches, job
from services.export.background import estimate, requested
from services.export.command_line import arguments_of, command_line
from services.export.plan import ExportPlan, version_of
from services.export.work import FOLDER
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report, reports
from services.keeping import bound
from services.keeping.drawers import EXPORTS
from services.keeping.files import size_of
from services.keeping.store import BoundedStore
from services.opening.opening import open_source
from services.people.person import Person, Role
from services.scan import scanning
from services.scan.scanning import Scan
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference
from services.tasks.targets import TRUE
from services.work import pace
from services.work.asker import Asker
from tests.services.asking import had
from tests.services.export.exports import (
    MANIFEST,
    left_out_of,
    manifest_of,
    overlays_of,
    packed,
    prints_of,
    report_of,
    rows_of,
    spotted,
)
from tests.services.export.page import Page
from tests.services.projects import folder_project
from tests.waiting import PATIENCE

COUNT = 40


@pytest.fixture
def folder(contrast_file, tmp_path):
    spotted(tmp_path / "project" / "testing", COUNT)
    (tmp_path / "project" / "testing" / "red" / "empty.jpg").write_bytes(b"")
    return folder_project(tmp_path / "project", contrast_file, {}, MANIFEST)


@pytest.fixture
def opened(folder):
    """Forty samples that can be read, of which eight are incorrect, and one that cannot."""
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


@pytest.fixture
def gate(monkeypatch):
    """Exports wait before they pack until it is opened."""
    arrived, go_on = threading.Event(), threading.Event()
    original = job.pack

    def held(*arguments):
        arrived.set()
        assert go_on.wait(PATIENCE)
        return original(*arguments)

    monkeypatch.setattr(job, "pack", held)
    yield arrived, go_on
    go_on.set()


def done(request):
    """The export of a request, made now."""
    job = had(request)
    assert job.error is None
    return job.result


def failed(request):
    job = had(request)
    assert job.result is None
    return job.error


def bounded(monkeypatch, limit):
    """From now on the cache may hold so many bytes."""
    monkeypatch.setenv("GRADCAM_CACHE_GB", str(limit / 1e9))
    settings.cache_clear()


# --------------------------------------------------------------------------------- what is asked


def test_all_samples_are_asked_for_unless_they_are_filtered(opened):
    request = requested(opened, Choices().having(verdict=Verdict.INCORRECT, alpha=0.3))
    assert request.samples == opened.project.samples
    assert len(request.samples) == COUNT + 1
    assert request.plan == ExportPlan.of(opened.project, Choices(alpha=0.3))
    source = str(opened.reference)
    assert request.digest == request.plan.digest(opened.project, request.samples, source)
    assert request.folder == settings().cache / "exports" / request.digest
    assert request.opened is opened


@pytest.mark.parametrize(
    ("choices", "count"),
    [
        ({"verdict": Verdict.INCORRECT}, 8),
        ({"verdict": Verdict.CORRECT}, 32),
        ({"true_class": "red"}, 20),
        ({"text": "0012"}, 1),
        ({}, COUNT),  # and the one that cannot be read, as where nothing is filtered
    ],
)
def test_filtered_samples_come_in_the_projects_order(opened, choices, count):
    request = requested(opened, Choices().having(scope=Scope.FILTERED, **choices))
    positions = [opened.project.samples.index(sample) for sample in request.samples]
    assert positions == sorted(positions)
    assert len(positions) == count + (not choices)
    done(request)
    assert len(overlays_of(request.folder)) == count
    filtered = {"filter": {name: str(value) for name, value in choices.items()}} if choices else {}
    own = {"samples": len(positions), "of": COUNT + 1}
    assert manifest_of(request.folder)["chosen"] == own | filtered


def test_what_is_on_screen_but_draws_nothing_makes_no_other_export(opened):
    usual = requested(opened, Choices())
    for choices in ({"page": 3}, {"sample": "x"}, {"text": "y"}, {"drawing": "server"}):
        assert requested(opened, Choices().having(**choices)).digest == usual.digest
    assert requested(opened, Choices(alpha=0.5)).digest != usual.digest


def test_what_the_project_does_not_have_is_told_at_once(opened):
    with pytest.raises(NetworkError, match="no explainable layer"):
        requested(opened, Choices().having(layer="none"))
    with pytest.raises(ProjectError, match="There is no class “green”"):
        requested(opened, Choices().having(target="=green"))


# -------------------------------------------------------------------------- the command's files

SAME = [
    ({}, ()),
    (
        {
            "layer": "fine",
            "pooling": Pooling.SUM_ABS,
            "target": TRUE,
            "normalization": Normalization.SIMPLE,
            "alpha": 0.75,
            "colormap": Colormap.TURBO,
        },
        (
            "--layer", "fine", "--pooling-gradients", "sum_abs", "--target", "true",
            "--heatmap-normalization", "simple", "--alpha", "0.75", "--colormap", "turbo",
        ),
    ),
    (
        {
            "method": METHODS["rise"],
            "method_settings": "masks=50",
            "target": "=red",
            "against": "true",
        },
        (
            "--method", "rise", "--method-settings", "masks=50", "--target", "red", "--against",
            "true",
        ),
    ),
    (
        {
            "target": "=red",
            "percentile": 80.0,
            "shared_scale": True,
            "overlay_size": OverlaySize.MODEL,
        },
        ("--target", "red", "--percentile", "80", "--shared-scale", "--overlay-size", "model"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("choices", "arguments"), SAME)
def test_the_files_are_the_commands_to_the_byte(opened, folder, tmp_path, choices, arguments):
    request = requested(opened, Choices().having(**choices))
    exported = done(request)
    assert exported.output == request.folder
    output = tmp_path / "command"
    assert block.main(["--project", str(folder), "--output", str(output), *arguments]) == 0
    assert prints_of(request.folder) == prints_of(output)
    assert left_out_of(request.folder) == {"red/empty.jpg": "the file is empty"}
    told = manifest_of(request.folder)["settings"]
    assert {name: told[name] for name in choices} == {
        name: str(value) if name == "method" else value for name, value in choices.items()
    }


def picked(opened):
    return Choices(scope=Scope.FILTERED).having(picked=written(opened.predictions, [4, 9, 11]))


def of_a_finding(opened):
    """Samples of the only finding of a kept scan."""
    scan = Scan(opened.predictions, Recipe(layer="fine"))
    finding = Finding(QuestionKind.GROUP, "Why?", "9 %", opened.predictions.digests[3:7], 0.5)
    reports.put(scan.digest, Report(scan.digest, 40, 0, 9, (finding,)))
    return Choices(scope=Scope.FILTERED).having(finding=f"{scan.digest}.0", layer="fine")


NARROW = [
    lambda _: Choices(scope=Scope.FILTERED).having(verdict=Verdict.INCORRECT, true_class="red"),
    lambda _: Choices(scope=Scope.FILTERED).having(low=50, high=98, text="red/", alpha=1 / 3),
    picked,
    of_a_finding,
    lambda _: Choices(scope=Scope.FILTERED),
    lambda _: Choices().having(verdict=Verdict.INCORRECT),  # set, and not exported
]


@pytest.mark.parametrize("chosen", NARROW)
def test_the_command_that_is_shown_makes_the_filtered_files_to_the_byte(opened, tmp_path, chosen):
    request = requested(opened, chosen(opened))
    counts = done(request).counts
    output = tmp_path / "command"
    typed = shlex.split(command_line(request))
    assert typed[:2] == ["python", "block.py"]
    assert block.main([*typed[2:], "--output", str(output)]) == 0
    assert prints_of(request.folder) == prints_of(output)
    assert counts["explained"] == min(COUNT, len(request.samples))
    filtered = {} if len(request.samples) > COUNT else request.plan.filter.written()
    assert manifest_of(output)["chosen"].get("filter", {}) == filtered


def test_a_filtered_report_begins_with_the_whole_test_set_and_says_what_it_shows(opened):
    chosen = Choices(scope=Scope.FILTERED).having(verdict=Verdict.INCORRECT, true_class="red")
    request = requested(opened, chosen)
    done(request)
    top = Page(report_of(request.folder))[""].text
    whole = "80.0 % of the labelled samples are correct, over the whole test set"
    shown = "This report shows 4 of 41: incorrect, true: red."
    assert 0 < top.index(whole) < top.index(shown) < top.index("✗ 4 incorrect")
    assert " 0.0 %" not in top


def test_a_scan_that_is_made_after_an_export_is_in_the_next_one(opened):
    before = requested(opened, Choices(recipe=Recipe(layer="fine")))
    of_a_finding(opened)
    after = requested(opened, Choices(recipe=Recipe(layer="fine")))
    assert after.digest != before.digest
    done(after)
    assert "Why? 9 % (4 pictures)" in Page(report_of(after.folder))["Findings of the scan"].text


def test_the_command_scans_again_for_a_finding_that_is_gone(opened, tmp_path, monkeypatch):
    chosen = of_a_finding(opened)
    request = requested(opened, chosen)
    done(request)
    kept = reports.get(Scan(opened.predictions, Recipe(layer="fine")).digest)
    monkeypatch.setattr(reports, "_memory", BoundedStore(8))
    for path in (settings().cache / "scans").iterdir():
        path.unlink()
    assert misfit(opened.predictions, chosen.filter) == FINDING_GONE
    monkeypatch.setattr(scanning, "standing", lambda _: kept.findings)
    output = tmp_path / "command"
    assert block.main([*arguments_of(request), "--output", str(output)]) == 0
    assert {row["sample"] for row in rows_of(output)} == {each.id for each in request.samples}
    assert len(request.samples) == 4


def test_of_a_filter_that_cannot_be_obeyed_nothing_is_exported(opened):
    for only in ({"finding": "0123456789abcdef.0"}, {"picked": "x"}, {"true_class": "x"}):
        assert requested(opened, Choices(scope=Scope.FILTERED).having(**only)).samples == ()


def test_a_regressions_filtered_files_are_the_commands_to_the_byte(tmp_path):
    opened = open_source(SourceReference(SourceKind.DEMO, "gauge"))
    chosen = Choices(scope=Scope.FILTERED).having(threshold=0.03, verdict=Verdict.INCORRECT)
    request = requested(opened, chosen.having(target="-0"))
    done(request)
    output = tmp_path / "command"
    assert block.main([*arguments_of(request), "--output", str(output)]) == 0
    assert prints_of(request.folder) == prints_of(output)
    top = Page(report_of(output))[""].text
    assert "mean error, over the whole test set" in top
    assert "labelled samples are right" not in top


def test_a_regressions_threshold_is_the_one_on_screen(tmp_path):
    opened = open_source(SourceReference(SourceKind.DEMO, "gauge"))
    request = requested(opened, Choices().having(threshold=0.03))
    counts = done(request).counts
    output = tmp_path / "command"
    block.main(["--demo", "gauge", "--threshold", "0.03", "--output", str(output)])
    assert prints_of(request.folder) == prints_of(output)
    assert counts["correct"] == int((opened.predictions.correct(0.03) == 1).sum())
    assert counts["correct"] != int((opened.predictions.correct() == 1).sum())


def test_what_the_table_says_is_on_screen(opened):
    request = requested(opened, Choices())
    done(request)
    rows = {row["sample"]: row for row in rows_of(request.folder)}
    predictions = opened.predictions
    assert len(rows) == len(predictions)
    for position, sample in enumerate(predictions.samples):
        row = rows[sample.id]
        told = [float(row["score_blue"]), float(row["score_red"])]
        np.testing.assert_allclose(told, predictions.answers.scores[position], atol=1e-5)


# ----------------------------------------------------------------------------- in the background


def test_who_asks_for_what_is_under_way_joins(opened, workshop, gate):
    arrived, go_on = gate
    request = requested(opened, Choices())
    assert workshop.under_way(request) is None
    first = workshop.ask(request, Asker("ann"))
    assert arrived.wait(PATIENCE)
    assert workshop.ask(requested(opened, Choices()), Asker("ben")) is first
    assert workshop.under_way(request) is first
    assert workshop.under_way(requested(opened, Choices(alpha=0.9))) is None
    assert request.found is None
    assert first.progress.step.name == "Packing the zip"
    go_on.set()
    assert first.wait(PATIENCE)
    assert first.result.counts["explained"] == COUNT
    assert workshop.under_way(request) is None


def test_one_is_made_after_the_other(opened, workshop, gate):
    arrived, go_on = gate
    first = workshop.ask(requested(opened, Choices()), Asker("ann"))
    assert arrived.wait(PATIENCE)
    second = workshop.ask(requested(opened, Choices(alpha=0.9)), Asker("ann"))
    assert second is not first
    assert (first.place, second.place, second.progress.step.name) == (0, 2, "Starting")
    go_on.set()
    assert first.wait(PATIENCE)
    assert second.wait(PATIENCE)
    assert second.error is None


def test_the_last_one_to_leave_stops_it_and_the_next_goes_on(opened, workshop, gate, monkeypatch):
    arrived, go_on = gate
    request = requested(opened, Choices())
    first = workshop.ask(request, Asker("ann"))
    assert workshop.ask(request, Asker("ben")) is first
    assert arrived.wait(PATIENCE)
    workshop.leave(first, Asker("ann"))
    assert not first.progress.stopping
    workshop.leave(first, Asker("ben"))
    assert workshop.under_way(request) is None
    go_on.set()
    assert first.wait(PATIENCE)
    assert first.cancelled
    assert request.found is None
    assert not (request.folder / "deploy.zip").exists()
    assert (request.folder / FOLDER).is_dir()

    explained = []
    monkeypatch.setattr(batches, "explain", lambda *arguments: explained.append(arguments))
    assert done(request).counts["explained"] == COUNT
    assert explained == []  # all of it was done before


def test_a_stopped_export_ends_as_an_undisturbed_one(opened, folder, workshop, gate, tmp_path):
    arrived, go_on = gate
    request = requested(opened, Choices().having(shared_scale=True))
    stopped = workshop.ask(request, Asker("ann"))
    assert arrived.wait(PATIENCE)
    workshop.leave(stopped, Asker("ann"))
    go_on.set()
    assert stopped.wait(PATIENCE)
    done(request)
    output = tmp_path / "undisturbed"
    block.main(["--project", str(folder), "--output", str(output), "--shared-scale"])
    assert prints_of(request.folder) == prints_of(output)


def test_a_filter_that_nothing_passes_is_told(opened):
    request = requested(opened, Choices().having(scope=Scope.FILTERED, text="no such name"))
    assert request.samples == ()
    assert failed(request) == "There is no sample to explain; choose others."
    assert request.found is None


def test_a_cache_that_cannot_be_written_is_told(opened):
    request = requested(opened, Choices())
    request.folder.parent.parent.mkdir(parents=True, exist_ok=True)
    request.folder.parent.write_text("a file")
    sentence = failed(request)
    assert sentence.startswith(f"The output folder {request.folder} cannot be written (")


# ------------------------------------------------------------------------------------ found again


def test_a_finished_export_is_of_a_finding(opened, folder):
    request = requested(opened, Choices())
    assert request.found is None
    made = done(request)
    again = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    found = requested(again, Choices()).found
    assert found.zip == made.zip
    assert dict(found.counts) == dict(made.counts)
    assert packed(found.output)
    assert requested(again, Choices(alpha=0.9)).found is None


def test_an_export_that_is_being_put_in_place_is_not_found(opened):
    request = requested(opened, Choices())
    done(request)
    (request.folder / FOLDER).mkdir()
    assert request.found is None


@pytest.mark.parametrize("gone", ["manifest.json", "deploy.zip", "gradcam"])
def test_an_old_export_that_was_half_thrown_away_is_made_again(opened, monkeypatch, tmp_path, gone):
    """Somebody stopped the server while it made room."""
    first, second = requested(opened, Choices()), requested(opened, Choices(alpha=0.9))
    done(first)
    before = prints_of(first.folder)
    os.utime(first.folder, (1, 1))

    original, stops = shutil.rmtree, []

    def stopped(folder, *arguments, **options):
        found = [path for path in Path(folder).rglob("*") if path.name == gone]
        if not found or not list(Path(folder).rglob("deploy.zip")):
            return original(folder, *arguments, **options)
        stops.append(found[0].rename(tmp_path / "gone"))
        raise OSError("stopped")

    bounded(monkeypatch, size_of(first.folder))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stopped)
        had(second)
    assert stops
    assert first.found is None
    done(first)
    assert prints_of(first.folder) == before


@pytest.mark.parametrize("gone", ["manifest.json", "deploy.zip"])
def test_what_another_version_left_of_an_export_is_made_again(opened, gone):
    request = requested(opened, Choices())
    done(request)
    before = prints_of(request.folder)
    (request.folder / gone).unlink()
    done(request)
    assert prints_of(request.folder) == before


def test_a_finished_export_that_cannot_be_read_is_none(opened):
    request = requested(opened, Choices())
    done(request)
    manifest = request.folder / "manifest.json"
    content = manifest.read_bytes()
    manifest.write_bytes(content[:50])
    assert request.found is None
    manifest.unlink()
    assert request.found is None
    done(request)
    assert request.found is not None


@pytest.mark.parametrize("what", ["name", "left out", "copy"])
def test_whatever_the_files_show_makes_another_export(opened, folder, tmp_path, what):
    request = requested(opened, Choices())
    done(request)
    if what == "name":
        (folder / "project.toml").write_text(f'name = "Renamed"\n{MANIFEST}')
    elif what == "left out":
        (folder / "testing" / "red" / "notes.txt").write_text("A note.")
    else:
        shutil.copytree(folder, tmp_path / "copy")  # its files' times as well
        folder = tmp_path / "copy"
    again = requested(open_source(SourceReference(SourceKind.FOLDER, str(folder))), Choices())
    assert again.found is None
    done(again)
    output = tmp_path / "command"
    block.main(["--project", str(folder), "--output", str(output)])
    assert prints_of(again.folder) == prints_of(output)


def test_a_picture_that_changed_makes_another_export(opened, folder):
    request = requested(opened, Choices())
    done(request)
    path = opened.project.samples[0].path
    path.write_bytes(opened.project.samples[1].path.read_bytes())
    again = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    assert requested(again, Choices()).found is None


def test_files_are_looked_at_once_however_often_a_page_asks(opened, monkeypatch):
    looked = []

    def version(sample):
        looked.append(sample.id)
        return version_of(sample)

    monkeypatch.setattr(background, "version_of", version)
    plain = requested(opened, Choices()).digest
    assert sorted(looked) == sorted(sample.id for sample in opened.project.samples)
    incorrect = Choices(scope=Scope.FILTERED, filter=Filter(verdict=Verdict.INCORRECT))
    digests = [requested(opened, each).digest for each in (Choices(), incorrect, Choices(alpha=1))]
    assert len(looked) == len(opened.project.samples)
    assert digests[0] == plain == requested(opened, Choices())._digest()
    assert len({*digests}) == 3


def test_what_nobody_opened_for_long_makes_room(opened, monkeypatch):
    some = replace(opened, project=replace(opened.project, samples=opened.project.samples[:2]))
    requests = [requested(some, Choices(alpha=n / 10)) for n in range(6)]
    done(requests[0])
    monkeypatch.setattr(bound, "ENOUGH", 1.0)
    one = size_of(requests[0].folder)
    bounded(monkeypatch, size_of(settings().cache) + round(2.5 * one))
    for number, request in enumerate(requests):
        done(request)
        os.utime(request.folder, (1e9 + number, 1e9 + number))
    kept = [(request.folder / "deploy.zip").exists() for request in requests]
    assert kept == [False] * 3 + [True] * 3
    assert len(list(requests[0].folder.parent.iterdir())) == 3
    assert requests[3].found  # looked at just now
    done(requests[0])
    kept = [(request.folder / "deploy.zip").exists() for request in requests]
    assert kept == [True, False, False, True, False, True]


def test_an_export_that_somebody_has_before_them_stays(opened, monkeypatch):
    first, second = requested(opened, Choices()), requested(opened, Choices(alpha=0.9))
    mine = done(first)
    os.utime(first.folder, (1, 1))
    bounded(monkeypatch, 1)
    done(second)
    assert packed(mine.output)


# ------------------------------------------------------------------------------------ the estimate


def test_an_estimate_is_near_the_truth(opened, monkeypatch):
    request = requested(opened, Choices())
    clock = iter([100.0, 100.4])  # before and after the eight samples that are tried
    monkeypatch.setattr(background, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    guess = estimate(request)
    done(request)
    size = sum(path.stat().st_size for path in overlays_of(request.folder).values())
    assert guess.bytes == pytest.approx(size, rel=0.2)
    assert guess.seconds == pytest.approx(0.4 / 8 * len(request.samples))


def test_an_estimate_of_large_pictures_is_made_alike(opened, monkeypatch):
    request = requested(opened, Choices())
    usual = estimate(request)
    monkeypatch.setattr(batches, "LARGE", 10)
    monkeypatch.setattr(background, "_estimates", BoundedStore(64))
    assert estimate(request).bytes == usual.bytes


def test_an_estimate_grows_with_the_samples_and_the_pictures(opened):
    whole = estimate(requested(opened, Choices()))
    part = estimate(
        requested(opened, Choices().having(scope=Scope.FILTERED, verdict=Verdict.INCORRECT))
    )
    assert part.bytes == pytest.approx(whole.bytes * 8 / (COUNT + 1), rel=0.3)


def test_an_estimate_tries_a_few_samples_once(opened, monkeypatch):
    tried = []
    original = background.explain_batch

    def counted(project, plan, samples, read):
        tried.append(len(samples))
        return original(project, plan, samples, read)

    monkeypatch.setattr(background, "explain_batch", counted)
    request = requested(opened, Choices())
    assert estimate(request) is estimate(request)
    assert tried == [8, 8]  # once to trace, once to measure
    estimate(requested(opened, Choices(alpha=0.9)))
    assert len(tried) == 4


def test_an_estimate_of_nothing_is_nothing(opened, tmp_path):
    request = requested(opened, Choices().having(scope=Scope.FILTERED, text="no such name"))
    assert estimate(request).bytes == 0
    empty = opened.project.samples[-1]
    assert empty.id == "red/empty.jpg"
    assert estimate(replace(request, samples=(empty,))).bytes == 0


# ---------------------------------------------------------------------------------------- limits


def test_who_is_no_admin_exports_at_most_so_many_samples(opened, workshop, monkeypatch):
    monkeypatch.setenv("GRADCAM_EXPORT_SAMPLES", "30")
    settings.cache_clear()
    reviewer = Person("idp", "ann", "Ann", Role.REVIEWER)
    whole = requested(opened, Choices(), reviewer)
    assert not whole.fit
    said = "An export may have 30 samples here, and this one has 41; set a filter on Samples"
    assert whole.fit.reason.startswith(said)
    assert workshop.ask(whole, Asker("tab")).error == whole.fit.reason
    assert not whole.folder.exists()
    part = Choices().having(scope=Scope.FILTERED, true_class="red")
    assert requested(opened, part, reviewer).fit
    assert requested(opened, Choices(), replace(reviewer, role=Role.ADMIN)).fit
    assert requested(opened, Choices()).fit  # of whoever sits at their own machine
    assert whole.digest == requested(opened, Choices()).digest  # the same files, whoever asks


def test_the_export_of_who_signs_in_is_theirs_in_the_cache(opened):
    done(requested(opened, Choices(), Person("idp", "ann", "Ann", Role.REVIEWER)))
    done(requested(opened, Choices(alpha=0.9)))
    owners = sorted(len(each.owner) for each in EXPORTS.entries())
    assert owners == [0, 64]


def test_what_an_export_takes_is_known_once_it_was_estimated(opened, monkeypatch):
    monkeypatch.setattr(pace, "_measured", OrderedDict())
    request = requested(opened, Choices(alpha=0.31))
    known = estimate(request).seconds
    assert request.price.count == COUNT + 1
    assert request.price.seconds == pytest.approx(known)
