"""The whole job: overlays by verdict, table, report, manifest, zip; broken off and gone on with."""

import os
import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest

from gradcam import Colormap, Degenerate, Normalization, Pooling, color_table
from services.choices.choices import Choices, OverlaySize
from services.errors import Cancelled, NothingExplainableError, OutputError
from services.export import batches as batches_module
from services.export.job import export
from services.export.plan import ExportPlan
from services.export.work import FOLDER, LOCK, writing_alone
from services.media.reading import BATCH_SIZE
from services.predictions.predictions import predict
from services.sample import LabelledBox, LeftOut, Sample
from services.tasks.regression.task import Regression
from services.tasks.targets import TRUE
from services.work.progress import Progress
from tests.services.export.exports import (
    RESULTS,
    SOURCE,
    LeavesAt,
    Steps,
    counts_of,
    damaged,
    encoded,
    exported,
    files_of,
    left_out_of,
    manifest_of,
    overlays_of,
    packed,
    picture_of,
    prints_of,
    report_of,
    rows_of,
    sample_of,
    side_of,
    spotted,
    spotted_project,
)
from tests.services.export.page import Page
from tests.services.keeping.waiting import Told
from tests.services.projects import BLUE, RED, drawn, project_of, solid
from tests.waiting import PATIENCE

DRAWING = "Explaining and drawing"
PACKING = "Packing the zip"


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def many(network, tmp_path):
    """Three batches, the last one not full; every fifth sample is incorrect."""
    return spotted_project(network, tmp_path / "many", 2 * BATCH_SIZE + 6)


@pytest.fixture
def captured(monkeypatch):
    """How many pictures each run of the network explained."""
    sizes = []
    original = batches_module.explain

    def counted(network, batch, *given, **settings):
        sizes.append(len(batch))
        return original(network, batch, *given, **settings)

    monkeypatch.setattr(batches_module, "explain", counted)
    return sizes


def work_of(project, output, **choices):
    plan = ExportPlan.of(project, Choices().having(**choices))
    return output / FOLDER / plan.digest(project, project.samples, SOURCE)


def refused(kind, work):
    with pytest.raises(kind) as refusal:
        work()
    return str(refusal.value)


def names_of(output):
    return {path.name for path in output.iterdir()}


# ------------------------------------------------------------------------------------- all is well


def test_overlays_are_sorted_by_verdict(project, output):
    done = exported(project, output)
    assert done.output == output
    assert done.zip == output / "deploy.zip"
    assert dict(done.counts) == {
        "explained": 10,
        "correct": 8,
        "incorrect": 2,
        "unlabelled": 0,
        "blank": 0,
        "left_out": 0,
    }
    assert side_of(output, "incorrect") == ["0004.jpg", "0009.jpg"]
    assert side_of(output, "correct") == [f"000{n}.jpg" for n in (0, 1, 2, 3, 5, 6, 7, 8)]
    assert names_of(output) == set(RESULTS)
    assert {path.name for path in (output / "gradcam").iterdir()} == {"correct", "incorrect"}


def test_the_table_says_what_the_dashboard_says(many, output):
    exported(many, output)
    predictions = predict(many, Progress())
    rows = rows_of(output)
    assert [row["sample"] for row in rows] == [sample.id for sample in many.samples]
    for row, scores, correct in zip(
        rows, predictions.answers.scores, predictions.correct(), strict=True
    ):
        assert float(row["score_blue"]) == pytest.approx(scores[0], abs=1e-5)
        assert float(row["score_red"]) == pytest.approx(scores[1], abs=1e-5)
        assert float(row["score"]) == pytest.approx(scores.max(), abs=1e-5)
        assert row["predicted"] == many.task.names[scores.argmax()]
        assert row["correct"] == str(int(correct))
        assert row["file"].startswith("gradcam/correct/" if correct else "gradcam/incorrect/")
        assert (output / row["file"]).is_file()
    assert len({row["file"] for row in rows}) == len(rows) == len(overlays_of(output))


def test_the_zip_holds_all_of_it_with_the_same_bytes(many, output):
    exported(many, output)
    assert packed(output) == files_of(output)
    assert len(packed(output)) == 3 + len(many.samples)


def test_an_overlay_has_the_pictures_size_and_shows_the_heat(network, tmp_path, output):
    project = project_of(
        network,
        [
            sample_of(tmp_path, "wide.png", (RED, 2, 4), label="red", size=(64, 40)),
            sample_of(tmp_path, "high.png", (BLUE, 2, 4), label="blue", size=(24, 40)),
        ],
    )
    exported(project, output, layer="fine", alpha=1.0, colormap=Colormap.VIRIDIS)
    wide, high = (picture_of(overlays_of(output)[f"correct/{n}.jpg"]) for n in ("wide", "high"))
    assert (wide.shape, high.shape) == ((40, 64, 3), (40, 24, 3))
    assert np.abs(wide[35, 60] - color_table("viridis")[0].astype(int)).max() < 30
    row = rows_of(output)[0]
    hottest = wide[int(row["peak_y"]), int(row["peak_x"])]
    assert np.abs(hottest - color_table("viridis")[255].astype(int)).max() < 30


def test_two_exports_are_the_same_but_for_their_times(many, output, tmp_path):
    exported(many, output)
    exported(many, tmp_path / "again")
    assert prints_of(output) == prints_of(tmp_path / "again")


def test_the_size_of_batches_only_rounds(many, output, tmp_path, monkeypatch):
    from services.export import making

    exported(many, output)
    monkeypatch.setattr(making, "BATCH_SIZE", 7)
    exported(many, tmp_path / "small")
    for one, other in zip(rows_of(output), rows_of(tmp_path / "small"), strict=True):
        assert one["file"] == other["file"]
        assert float(one["score"]) == pytest.approx(float(other["score"]), abs=1e-5)


def test_large_originals_are_drawn_alike(many, output, tmp_path, monkeypatch):
    exported(many, output)
    monkeypatch.setattr(batches_module, "LARGE", 10)  # pixels: all of them
    exported(many, tmp_path / "large")
    assert prints_of(output) == prints_of(tmp_path / "large")


def test_what_is_being_done_is_told(many, output):
    progress = Steps()
    exported(many, output, progress=progress)
    assert progress.told == [
        (DRAWING, 70, 70),
        ("Writing the report", 0, 0),
        (PACKING, 73, 73),
    ]
    progress = Steps()
    exported(many, output, progress=progress, shared_scale=True)
    assert [step[0] for step in progress.told] == [
        "Explaining", DRAWING, "Writing the report", PACKING,
    ]  # fmt: skip
    assert [step[1:] for step in progress.told[:2]] == [(70, 70), (70, 70)]


def test_each_picture_goes_through_the_network_once(many, output, captured):
    exported(many, output)
    assert captured == [BATCH_SIZE, BATCH_SIZE, 6]
    captured.clear()
    exported(many, output, shared_scale=True)
    assert captured == [BATCH_SIZE, BATCH_SIZE, 6]


def test_samples_without_a_label_have_a_folder_of_their_own(network, tmp_path, output):
    samples = [*spotted(tmp_path, 3), sample_of(tmp_path, "x.png", (RED, 0, 0))]
    assert exported(project_of(network, samples), output).counts["unlabelled"] == 1
    assert side_of(output, "unlabelled") == ["x.jpg"]
    row = rows_of(output)[3]
    assert (row["true"], row["correct"], row["predicted"]) == ("", "", "red")
    assert row["file"] == "gradcam/unlabelled/x.jpg"


def test_samples_that_are_called_alike_keep_their_own_overlays(network, tmp_path, output):
    samples = [
        sample_of(tmp_path, "a/x.png", (RED, 0, 0), label="red", size=(16, 16)),
        sample_of(tmp_path, "b/X.png", (RED, 0, 0), label="red", size=(24, 24)),
        sample_of(tmp_path, "c/x.jpg", (RED, 0, 0), label="red", size=(32, 32)),
    ]
    exported(project_of(network, samples), output)
    sizes = {row["sample"]: picture_of(output / row["file"]).shape[0] for row in rows_of(output)}
    assert sizes == {"a/x.png": 16, "b/X.png": 24, "c/x.jpg": 32}


def test_a_part_of_a_project_is_told_as_such(many, output):
    exported(many, output, many.samples[:3])
    assert manifest_of(output)["chosen"] == {"samples": 3, "of": 70}
    assert len(rows_of(output)) == counts_of(output)["explained"] == 3
    assert "over 3 of 70 test pictures" in Page(report_of(output))[""].text


def test_blank_maps_are_told_everywhere(network, tmp_path, output):
    samples = [
        sample_of(tmp_path, "a.png", (RED, 0, 0), label="red"),
        Sample("even.png", solid(tmp_path / "even.png", RED), "red"),
    ]
    assert exported(project_of(network, samples), output).counts["blank"] == 1
    fine, even = rows_of(output)
    assert (fine["blank_because"], even["blank_because"]) == ("", Degenerate.CONSTANT)
    assert (even["peak_x"], even["hot_area"]) == ("", "")
    assert manifest_of(output)["blank"] == [{"sample": "even.png", "reason": Degenerate.CONSTANT}]
    assert Page(report_of(output))["Blank maps"].tables[0][1] == ["even.png", Degenerate.CONSTANT]


def test_where_the_heat_lies_is_measured_in_the_boxes(network, tmp_path, output):
    boxes = (LabelledBox("spot", 0, 0, 2, 2),)
    sample = sample_of(tmp_path, "a.png", (RED, 0, 0), (RED, 4, 4), label="red", boxes=boxes)
    exported(project_of(network, [sample]), output, layer="fine")
    (row,) = rows_of(output)
    assert float(row["box_share"]) == 0.5
    assert float(row["hot_area"]) == pytest.approx(8 / 64)
    assert (row["peak_x"], row["peak_y"]) == ("0", "0")


# -------------------------------------------------------------------------------- the settings

OTHERS = {
    "layer": "fine",
    "pooling": Pooling.SUM_ABS,
    "target": "=red",
    "normalization": Normalization.SIMPLE,
    "percentile": 60.0,
    "shared_scale": True,
    "alpha": 0.9,
    "colormap": Colormap.VIRIDIS,
    "overlay_size": OverlaySize.MODEL,
}


@pytest.fixture
def contrasts(network, tmp_path):
    """Red and blue in the same pictures, of different strength."""
    samples = [
        sample_of(
            tmp_path / "data", f"{n}.png", (RED, 0, 0), (BLUE, 6, 6), ((0, 0, 120), 3, 3),
            ((90, 0, 0), 6, 0), label="red", size=(16, 16),
        )
        for n in range(1)
    ]  # fmt: skip
    weak = sample_of(tmp_path / "data", "weak.png", ((40, 0, 0), 4, 4), label="blue", size=(16, 16))
    return project_of(network, [*samples, weak])


@pytest.mark.parametrize("name", OTHERS)
def test_every_setting_changes_the_overlays(contrasts, output, tmp_path, name):
    base = {"percentile": 60.0} if name == "normalization" else {}
    exported(contrasts, output, **base)
    exported(contrasts, tmp_path / "other", **base, **{name: OTHERS[name]})
    usual = {row["sample"]: picture_of(output / row["file"]) for row in rows_of(output)}
    other = {
        row["sample"]: picture_of(tmp_path / "other" / row["file"])
        for row in rows_of(tmp_path / "other")
    }
    assert usual.keys() == other.keys()
    assert any(
        usual[key].shape != other[key].shape
        or np.abs(usual[key].astype(int) - other[key]).max() > 25
        for key in usual
    )
    told = manifest_of(tmp_path / "other")["settings"][name]
    assert told == (OTHERS[name] if isinstance(OTHERS[name], bool | float) else str(OTHERS[name]))


def test_the_true_class_is_explained_where_it_is_asked_for(network, tmp_path, output):
    """Of a red spot that is labelled blue, nothing speaks for blue."""
    sample = sample_of(tmp_path, "a.png", (RED, 0, 0), label="blue")
    exported(project_of(network, [sample]), output, target=TRUE)
    assert rows_of(output)[0]["blank_because"] == Degenerate.NEGATIVE


def test_on_a_shared_scale_a_weak_map_stays_cold(network, tmp_path, output):
    samples = []
    for name, level in (("strong", 255), ("weak", 51)):
        pixels = np.zeros((64, 64, 3))
        pixels[:32, :32, 0] = level
        samples.append(Sample(name, drawn(tmp_path / f"{name}.png", pixels), "red"))
    project = project_of(network, samples)
    look = {"layer": "fine", "alpha": 1.0, "colormap": Colormap.VIRIDIS}
    table = color_table("viridis").astype(int)
    for shared, level in ((False, 255), (True, 51)):
        exported(project, output, shared_scale=shared, **look)
        for name, expected in (("strong", 255), ("weak", level)):
            picture = picture_of(output / "gradcam" / "correct" / f"{name}.jpg")
            assert np.abs(picture[10, 10] - table[expected]).max() < 30


@pytest.mark.parametrize(
    ("threshold", "correct"), [(0.0, [0]), (0.05, [0]), (0.25, [0, 1]), (1.0, [0, 1, 2])]
)
def test_a_regression_is_sorted_by_its_threshold(redness, tmp_path, output, threshold, correct):
    levels = ((1.0, "2"), (0.5, "0.25"), (0.25, "-1.6"))  # read as 2, 0, -1: off by 0, .25, .6
    samples = [
        Sample(f"{n}.png", solid(tmp_path / "data" / f"{n}.png", (round(255 * level), 0, 0)), label)
        for n, (level, label) in enumerate(levels)
    ]
    samples[1] = replace(samples[1], label="0.2578")  # 128 / 255 is read as 0.0078
    project = project_of(redness, samples, task=Regression(0, 0.1))
    exported(project, output, threshold=threshold)
    assert side_of(output, "correct") == [f"{n}.jpg" for n in correct]
    errors = [abs(float(row["error"])) for row in rows_of(output)]
    assert [n for n, error in enumerate(errors) if error <= threshold + 1e-6] == correct
    assert manifest_of(output)["settings"]["threshold"] == threshold
    assert f"within {threshold:g}" in Page(report_of(output))[""].text


# ------------------------------------------------------------------------------ broken pictures


def test_broken_pictures_are_listed_and_the_rest_is_done(network, tmp_path, output):
    reasons = damaged(tmp_path / "bad")
    bad = [Sample(name, tmp_path / "bad" / name, "red") for name in reasons]
    misnamed = tmp_path / "png.jpg"
    misnamed.write_bytes(encoded("PNG", (20, 10)))
    good = [*spotted(tmp_path / "good", 10), Sample("png.jpg", misnamed, "red")]
    gone = Sample("gone.png", tmp_path / "gone.png", "red")
    mixed = [*good[:3], *bad[:3], gone, *good[3:], *bad[3:]]
    before = LeftOut("notes.txt", "no picture format that is known here")
    done = exported(project_of(network, mixed, left_out=(before,)), output)
    assert left_out_of(output) == {
        "notes.txt": before.reason,
        **reasons,
        "gone.png": "the file is missing",
    }
    assert done.counts["left_out"] == 2 + len(reasons)
    assert [row["sample"] for row in rows_of(output)] == [sample.id for sample in good]
    assert picture_of(output / rows_of(output)[-1]["file"]).shape == (10, 20, 3)
    listed = dict(Page(report_of(output))["Left out"].tables[0][1:])
    assert listed == left_out_of(output)
    assert len(overlays_of(output)) == 11


def test_a_whole_batch_of_broken_pictures_is_left_out(network, tmp_path, output):
    (tmp_path / "empty.jpg").write_bytes(b"")
    bad = [Sample(f"bad-{n}.jpg", tmp_path / "empty.jpg", "red") for n in range(BATCH_SIZE)]
    good = spotted(tmp_path, BATCH_SIZE + 2)
    done = exported(project_of(network, [*good[:BATCH_SIZE], *bad, *good[BATCH_SIZE:]]), output)
    assert done.counts["explained"] == BATCH_SIZE + 2
    assert done.counts["left_out"] == BATCH_SIZE
    assert len(overlays_of(output)) == BATCH_SIZE + 2


@pytest.mark.parametrize("shared", [False, True])
def test_where_nothing_can_be_read_nothing_is_explained(network, tmp_path, output, shared):
    (tmp_path / "empty.jpg").write_bytes(b"")
    samples = [Sample(f"{n}.jpg", tmp_path / "empty.jpg", "red") for n in range(3)]
    sentence = refused(
        NothingExplainableError,
        lambda: exported(project_of(network, samples), output, shared_scale=shared),
    )
    assert sentence == "None of the 3 samples can be read."
    assert not (output / "deploy.zip").exists()


def test_of_no_samples_nothing_is_explained(project, output):
    sentence = refused(NothingExplainableError, lambda: exported(project, output, ()))
    assert sentence == "There is no sample to explain; choose others."
    assert not output.exists()


# ----------------------------------------------------------------------------------- two at once


def test_who_exports_into_the_same_folder_waits(project, output):
    waiting, made = Told(), []

    def second():
        made.append(exported(project, output, progress=waiting))

    thread = threading.Thread(target=second)
    with writing_alone(output, Progress()):
        thread.start()
        assert waiting.told.wait(PATIENCE)
        assert waiting.step.name == "Waiting for somebody else who makes this export"
        assert list(output.iterdir()) == [output / LOCK]
    thread.join(PATIENCE)
    assert made
    assert {path.name for path in output.iterdir()} == set(RESULTS)


def test_who_waits_for_an_output_folder_can_leave(project, output):
    leaving = Told()
    leaving.say = lambda _: leaving.cancel()
    with writing_alone(output, Progress()), pytest.raises(Cancelled):
        exported(project, output, progress=leaving)


# -------------------------------------------------------------------------------- a bad output

PARTS = [
    "batch-000000.npz", "batch-000002.npz", "drawn-000001.npy", "results/gradcam/correct/0000.jpg",
    "results/gradcam/incorrect/0064.jpg", "results/predictions.csv", "results/report.html",
    "results/manifest.json", "results/deploy.zip",
]  # fmt: skip


def full(work, part):
    """Let the file system have no room for a file of the working folder."""
    path = work / part
    hidden = path.name.startswith(("batch", "drawn", "deploy"))
    ending = "part" if path.name == "deploy.zip" else os.getpid()
    path = path.with_name(f".{path.name}.{ending}") if hidden else path
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jpg":  # written beside its place, under a name that nobody knows
        path.mkdir()
        return path
    path.symlink_to("/dev/full")
    return path


@pytest.mark.parametrize("part", PARTS)
def test_a_full_disk_is_told_and_gone_on_from(many, output, tmp_path, part):
    blocked = full(work_of(many, output), part)
    sentence = refused(OutputError, lambda: exported(many, output))
    assert sentence in {
        f"The output folder {output} cannot be written ({reason}); choose another one."
        for reason in ("No space left on device", "the disk may be full", "Is a directory")
    }
    assert names_of(output) == {FOLDER}
    assert not list(output.rglob("deploy.zip"))
    if blocked.is_dir():
        blocked.rmdir()
    else:
        blocked.unlink()
    exported(many, output)
    exported(many, tmp_path / "undisturbed")
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")
    assert names_of(output) == set(RESULTS)


def test_a_full_disk_leaves_the_earlier_export_as_it_was(many, output):
    exported(many, output)
    before = prints_of(output)
    full(work_of(many, output, alpha=0.9), "results/deploy.zip")
    refused(OutputError, lambda: exported(many, output, alpha=0.9))
    assert prints_of_results(output) == before


def prints_of_results(output):
    """The prints of what is in place, whatever is being made beside it."""
    return {name: body for name, body in prints_of(output).items() if not name.startswith(FOLDER)}


@pytest.mark.parametrize("where", ["file", "below a file", "/proc", "/dev/null"])
def test_an_output_that_cannot_be_written_is_told(project, tmp_path, where):
    (tmp_path / "file").write_text("mine")
    place = {"file": tmp_path / "file", "below a file": tmp_path / "file" / "out"}
    output = place.get(where) or type(tmp_path)(where)
    sentence = refused(OutputError, lambda: exported(project, output))
    assert sentence.startswith(f"The output folder {output} cannot be written (")
    assert sentence.endswith("); choose another one.")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused_and_left_alone(project, output):
    (output / "gradcam").mkdir(parents=True)
    (output / "gradcam" / "mine.jpg").write_text("mine")
    sentence = refused(OutputError, lambda: exported(project, output))
    assert sentence == (
        f"{output} already holds gradcam, which is not of an earlier export; "
        "choose another output folder."
    )
    assert files_of(output) == {"gradcam/mine.jpg": b"mine"}


def test_an_earlier_export_is_replaced_and_other_files_stay(project, many, output):
    output.mkdir()
    (output / "notes.txt").write_text("mine")
    exported(many, output)
    exported(project, output)
    assert len(overlays_of(output)) == counts_of(output)["explained"] == 10
    assert packed(output) == {n: b for n, b in files_of(output).items() if n != "notes.txt"}
    assert (output / "notes.txt").read_text() == "mine"
    assert names_of(output) == {*RESULTS, "notes.txt"}


# --------------------------------------------------------------------------- broken off


@pytest.mark.parametrize(
    ("step", "done", "explained", "shared"),
    [
        (DRAWING, 0, 0, False),
        (DRAWING, BATCH_SIZE, BATCH_SIZE, False),
        (DRAWING, 2 * BATCH_SIZE, 2 * BATCH_SIZE, False),
        ("Explaining", BATCH_SIZE, BATCH_SIZE, True),
        (DRAWING, BATCH_SIZE, 70, True),
        ("Writing the report", 0, 70, False),
        (PACKING, 0, 70, False),
        (PACKING, 40, 70, False),
    ],
)
def test_who_leaves_can_go_on(many, output, tmp_path, captured, step, done, explained, shared):
    exported(many, tmp_path / "undisturbed", shared_scale=shared)
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(step, done), shared_scale=shared)
    assert names_of(output) == {FOLDER}
    assert not list(output.rglob("deploy.zip"))
    captured.clear()
    progress = Steps()
    exported(many, output, progress=progress, shared_scale=shared)
    # What was under way when the person left may have been explained as well.
    assert 70 - explained - BATCH_SIZE <= sum(captured) <= 70 - explained
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")
    assert names_of(output) == set(RESULTS)


def test_who_goes_on_is_told_what_is_left(many, output):
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(DRAWING, BATCH_SIZE))
    progress = Steps()
    exported(many, output, progress=progress)
    assert progress.told[0] == (DRAWING, 6, 6)


def test_who_leaves_keeps_the_earlier_export(many, output):
    exported(many, output)
    before = prints_of(output)
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(PACKING, 3), alpha=0.9)
    assert prints_of_results(output) == before


def test_other_settings_begin_anew(many, output, tmp_path, captured):
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(DRAWING, BATCH_SIZE))
    captured.clear()
    exported(many, output, alpha=0.9)
    assert sum(captured) == 70
    exported(many, tmp_path / "undisturbed", alpha=0.9)
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")


def test_a_picture_that_changed_meanwhile_is_explained_anew(many, output, tmp_path):
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(DRAWING, 2 * BATCH_SIZE))
    solid(many.samples[0].path, BLUE, size=(11, 9))
    exported(many, output)
    assert picture_of(output / rows_of(output)[0]["file"]).shape == (9, 11, 3)
    exported(many, tmp_path / "undisturbed")
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def swapped(path):
    shutil.copyfile(path.with_name(path.name.replace("000001", "000002")), path)


@pytest.mark.parametrize("name", ["batch-000001.npz", "drawn-000001.npy"])
@pytest.mark.parametrize("damage", [cut, emptied, swapped])
@pytest.mark.parametrize("step", [DRAWING, PACKING])
def test_damaged_work_is_done_again(many, output, tmp_path, name, damage, step):
    exported(many, tmp_path / "undisturbed")
    with pytest.raises(Cancelled):
        exported(many, output, progress=LeavesAt(step, 70 if step == DRAWING else 0))
    path = work_of(many, output) / name
    assert path.exists()
    damage(path)
    exported(many, output)
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")


def test_who_was_stopped_while_results_took_their_place_goes_on(many, output, monkeypatch):
    from services.export.work import Work

    exported(many, output)
    before = prints_of(output)
    shutil.rmtree(output)
    with monkeypatch.context() as patch:
        patch.setattr(Work, "publish", lambda work: (work.folder / "complete").write_bytes(b""))
        with pytest.raises(OutputError):  # nothing is in place
            exported(many, output)
    progress = Steps()
    plan = ExportPlan.of(many, Choices())
    export(many, plan, many.samples, output, SOURCE, progress)
    assert progress.told == []  # nothing was made again
    assert prints_of(output) == before
