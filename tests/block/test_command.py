"""`python block.py` on folders and demos: what it leaves, and that every argument matters."""

import csv
import json
import os
import shutil
import subprocess
import sys
from argparse import SUPPRESS

import numpy as np
import pytest

import block
from command.arguments import _parser
from services.opening.opening import open_source
from services.opening.runtime import GREETING
from services.sources.reference import SourceKind, SourceReference
from tests.block.commands import REAL, ROOT, Run
from tests.services.export.exports import (
    MANIFEST,
    LeavesAt,
    counts_of,
    damaged,
    encoded,
    files_of,
    left_out_of,
    manifest_of,
    overlays_of,
    packed,
    picture_of,
    prints_of,
    report_of,
    rows_of,
    side_of,
    spotted,
)
from tests.services.export.page import Page
from tests.services.projects import RED, drawn, folder_project, redness_scored, solid
from tests.waiting import PATIENCE

RESULTS = {"gradcam", "predictions.csv", "report.html", "manifest.json", "deploy.zip"}


def names_of(folder):
    return {path.name for path in folder.iterdir()}


# ------------------------------------------------------------------------------ as people use it


# As `python block.py` runs it; then the names of all that was imported.
RECORDED = """
import gc, runpy, sys
from pathlib import Path
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    Path("imported").write_text(" ".join(sys.modules))
    assert gc.isenabled()
"""


@pytest.fixture(scope="module")
def cars(tmp_path_factory):
    """The demo, explained by a process of its own."""
    folder = tmp_path_factory.mktemp("cars")
    environment = {**os.environ, "GRADCAM_CACHE": str(folder / "cache")}
    environment.pop("EI_API_KEY", None)
    arguments = ["--demo", "cars", "--output", "OUT"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", RECORDED, ROOT / "block.py", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr), folder / "OUT"


def test_the_demo_is_explained_by_one_command(cars):
    run, output = cars
    assert run.code == 0
    assert run.out == "160 explained: 131 correct, 29 incorrect\nOUT/deploy.zip\n"
    assert "Traceback" not in run.err
    assert "\x1b" not in run.err  # a log is no terminal
    assert "Opening the network\n" in run.err
    assert [line for line in run.err.encode().splitlines() if GREETING.match(line)] == []
    assert len(side_of(output, "correct")) == 131
    assert len(side_of(output, "incorrect")) == 29
    assert names_of(output) == RESULTS


def test_nothing_is_imported_that_the_job_does_not_need(cars):
    imported = set((cars[1].parent / "imported").read_text().split())
    assert {"tensorflow", "keras", "cv2"} <= imported
    assert imported & {
        "IPython", "lime", "matplotlib", "pandas", "plotly", "pyarrow", "scipy", "skimage",
        "sklearn", "sqlalchemy", "streamlit",
    } == set()  # fmt: skip


def test_every_overlay_of_the_demo_opens_and_has_its_samples_size(cars):
    _, output = cars
    sizes = {row["sample"]: picture_of(output / row["file"]).shape for row in rows_of(output)}
    assert len(sizes) == len(overlays_of(output)) == 160
    for sample, shape in sizes.items():
        assert shape == picture_of(ROOT / "demo" / "cars" / "testing" / sample).shape


def test_the_table_of_the_demo_says_what_the_dashboard_says(cars):
    _, output = cars
    predictions = open_source(SourceReference(SourceKind.DEMO, "cars")).predictions
    rows = {row["sample"]: row for row in rows_of(output)}
    assert len(rows) == len(predictions) == 160
    correct = predictions.correct()
    for position, sample in enumerate(predictions.samples):
        row = rows[sample.id]
        scores = [float(row["score_car"]), float(row["score_no car"])]
        np.testing.assert_allclose(scores, predictions.answers.scores[position], atol=1e-5)
        assert row["correct"] == str(int(correct[position]))
        assert row["true"] == sample.label
        side = "correct" if correct[position] else "incorrect"
        assert row["file"] == f"gradcam/{side}/{sample.id}"


def test_the_zip_of_the_demo_holds_exactly_what_lies_beside_it(cars):
    _, output = cars
    assert packed(output) == files_of(output)
    assert len(packed(output)) == 163


def test_another_process_makes_the_same_export(cars, run, output):
    assert run("--demo", "cars", "--output", output).code == 0
    assert prints_of(output) == prints_of(cars[1])


# ------------------------------------------------------------------- other methods and contrasts

OTHER_WAYS = [
    (
        ("--method", "occlusion", "--method-settings", "size=0.5,step=1.0"),
        {"method": "occlusion", "method_settings": "size=0.5,step=1.0"},
    ),
    (("--against", "second"), {"against": "second"}),
    (
        ("--method", "lime", "--method-settings", "samples=50,segments=9", "--target", "car",
         "--against", "no car"),
        {"method": "lime", "method_settings": "samples=50,segments=9", "target": "=car",
         "against": "=no car"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "changed"), OTHER_WAYS)
def test_the_demo_is_explained_in_another_way(cars, run, output, given, changed):
    done = run("--demo", "cars", "--limit", 6, "--output", output, *given)
    assert done.summary.startswith("6 explained")
    usual = {row["sample"]: picture_of(cars[1] / row["file"]) for row in rows_of(cars[1])}
    other = pictures_of(output)
    assert differ({name: usual[name] for name in other}, other)
    assert manifest_of(output)["settings"] == manifest_of(cars[1])["settings"] | changed


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="there is no ../shared/real beside this clone")
def test_the_meters_are_all_correct(run, output):
    done = run("--project", REAL / "meter_digits", "--output", output)
    assert done.summary.startswith("66 explained: 66 correct, 0 incorrect")
    assert len(side_of(output, "correct")) == 66
    assert side_of(output, "incorrect") == []
    for row in rows_of(output):
        assert row["correct"] == "1"
        assert picture_of(output / row["file"]).shape
    assert packed(output) == files_of(output)


def test_a_split_and_a_network_can_be_chosen(run, folder, output):
    spotted(folder / "training", 5)
    shutil.copyfile(folder / "model.keras", folder / "second.keras")
    done = run("--project", folder, "--output", output)
    assert done.summary.startswith("10 explained")
    given = ("--split", "training", "--model", "second.keras")
    done = run("--project", folder, "--output", output, *given)
    assert done.summary.startswith("5 explained: 4 correct")
    made = json.loads((output / "manifest.json").read_text())
    assert made["project"]["source"] == f"folder:{folder}?split=training&model=second.keras"
    assert made["network"]["name"] == "second.keras"


@pytest.mark.parametrize(
    ("given", "there"), [(("--split", "x"), "testing"), (("--model", "x"), "model.keras")]
)
def test_what_a_folder_does_not_hold_several_of_is_told(run, folder, output, given, there):
    done = run("--project", folder, "--output", output, *given)
    assert (done.code, done.sentence) == (
        3, f"There is no x in this project to be opened; there is {there}.",
    )  # fmt: skip


def test_without_an_output_results_lie_beside(run, folder, tmp_path):
    done = run("--project", folder)
    assert done.out == "10 explained: 8 correct, 2 incorrect\ngradcam-output/deploy.zip\n"
    assert names_of(tmp_path / "gradcam-output") == RESULTS


def test_the_counts_are_said_in_words(run, folder, output):
    data = folder / "testing"
    solid(data / "red" / "even.png", RED)
    (data / "blue" / "empty.jpg").write_bytes(b"")
    done = run("--project", folder, "--output", output)
    assert done.summary == "11 explained: 9 correct, 2 incorrect; 1 blank maps; 1 left out"


def test_unlabelled_pictures_are_counted(run, contrast_file, tmp_path, output):
    pixels = np.zeros((8, 8, 3))
    pixels[2:4, 2:4, 0] = 255
    for name in ("a", "b"):
        drawn(tmp_path / "plain" / f"{name}.png", pixels)
    folder_project(tmp_path / "plain", contrast_file, {}, MANIFEST)
    done = run("--project", tmp_path / "plain", "--output", output)
    assert done.summary == "2 explained: 0 correct, 0 incorrect, 2 without a label"
    assert side_of(output, "unlabelled") == ["a.jpg", "b.jpg"]


def test_a_second_run_gives_the_same_and_touches_nothing_else(run, folder, output):
    run("--project", folder, "--output", output)
    before = prints_of(output)
    (output / "notes.txt").write_text("mine")
    assert run("--project", folder, "--output", output).code == 0
    after = prints_of(output)
    assert after.pop("notes.txt")
    assert after == before


@pytest.mark.parametrize(
    ("given", "is_asked"),
    [((), False), (("--method", "rise", "--method-settings", "masks=100"), True)],
    ids=["fast", "slow"],
)
def test_how_many_runs_are_under_way_changes_no_byte(
    run, folder, tmp_path, monkeypatch, given, is_asked
):
    prints, asked = [], []
    for most in (1, 2):

        def decided(network, *_given, most=most):
            network.side_by_side = most
            asked.append(most)

        monkeypatch.setattr(block, "decide", decided)
        done = run("--project", folder, "--output", tmp_path / str(most), *given)
        assert done.code == 0, done.err
        prints.append(prints_of(tmp_path / str(most)))
    assert prints[0] == prints[1]
    assert asked == ([1, 2] if is_asked else [])


def test_an_output_among_the_pictures_is_refused(run, contrast_file, tmp_path):
    """The next run would take the overlays for samples."""
    place = tmp_path / "classes"
    spotted(place, 6)
    folder_project(place, contrast_file, {}, MANIFEST)
    for output in (place / "out", place / "red" / "out", place):
        done = run("--project", place, "--output", output)
        assert (done.code, done.sentence) == (
            2,
            f"The output folder {output} lies among the test samples; choose another one.",
        )
    assert not (place / "out").exists()
    assert run("--project", place, "--output", tmp_path / "out").code == 0


# ----------------------------------------------------------------------------------- regression


@pytest.mark.parametrize("threshold", [0.01, 0.1, 0.4])
def test_the_gauge_is_sorted_by_the_threshold(run, output, threshold):
    done = run("--demo", "gauge", "--threshold", threshold, "--output", output)
    rows = rows_of(output)
    sides = {row["file"].split("/")[1]: [] for row in rows}
    for row in rows:
        value, true = float(row["value"]), float(row["true"])
        assert float(row["error"]) == pytest.approx(value - true, abs=1e-5)
        within = abs(value - true) <= threshold
        assert row["correct"] == str(int(within))
        sides[row["file"].split("/")[1]].append(within)
    assert set(sides["correct"]) <= {True}
    assert set(sides.get("incorrect", [False])) <= {False}
    count = {0.01: 40, 0.1: 101, 0.4: 117}[threshold]
    assert len(side_of(output, "correct")) == counts_of(output)["correct"] == count
    assert manifest_of(output)["settings"]["threshold"] == threshold
    assert f"{count} correct" in done.summary


def test_without_a_threshold_the_projects_own_holds(run, output):
    run("--demo", "gauge", "--limit", 5, "--output", output)
    assert manifest_of(output)["settings"]["threshold"] == 0.1


def test_what_lowers_a_value_is_elsewhere_than_what_raises_it(run, output, tmp_path):
    limit = ("--demo", "gauge", "--limit", 4)
    run(*limit, "--target", "-0", "--output", output)
    run(*limit, "--target", "0", "--output", tmp_path / "raises")
    assert manifest_of(output)["settings"]["target"] == "-0"
    assert manifest_of(tmp_path / "raises")["settings"]["target"] == "=0"
    lowers, raises = (
        {row["sample"]: (row["peak_x"], row["peak_y"]) for row in rows_of(place)}
        for place in (output, tmp_path / "raises")
    )
    assert len(lowers) == 4
    assert [name for name in lowers if lowers[name] == raises[name]] == []


def test_labels_are_read_as_they_are_written(run, model_folder, tmp_path, output):
    """Never from the file's name: `0.5.x.jpg` is not `0`."""
    path = model_folder / "redness.keras"
    redness_scored("linear").save(path)
    place, entries = tmp_path / "numbers", []
    # 4 × red - 2, in steps of 4 / 255.
    for name, level, label in (
        ("0.5.x.png", 159, "0.5"),
        ("-1.5.y.png", 32, "-1.5"),
        ("-1.z.png", 32, "-1"),
        ("1e0.png", 191, "1e0"),
    ):
        solid(place / "testing" / name, (level, 0, 0))
        entries.append((name, label))
    with (place / "testing" / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "label"), *entries])
    toml = 'task = "regression"\n[input]\nscaling = "0..1"\ncolor = "rgb"\n'
    folder_project(place, path, {}, toml)
    done = run("--project", place, "--threshold", 0.01, "--output", output)
    assert done.summary.startswith("4 explained: 3 correct, 1 incorrect")
    # A name that a spreadsheet would take for a formula is quoted, a number never is.
    rows = {row["sample"].removeprefix("'"): row for row in rows_of(output)}
    assert {name: row["true"] for name, row in rows.items()} == dict(entries)
    assert rows["0.5.x.png"]["file"] == "gradcam/correct/0.5.x.jpg"
    assert rows["-1.5.y.png"]["file"] == "gradcam/correct/-1.5.y.jpg"
    assert rows["-1.z.png"]["file"] == "gradcam/incorrect/-1.z.jpg"
    assert float(rows["-1.5.y.png"]["value"]) == pytest.approx(4 * 32 / 255 - 2, abs=1e-6)
    assert float(rows["-1.z.png"]["error"]) == pytest.approx(4 * 32 / 255 - 1, abs=1e-6)


# ------------------------------------------------------------------------------- broken pictures


def test_broken_pictures_are_listed_and_the_rest_is_done(run, folder, output):
    reasons = {f"red/{name}": why for name, why in damaged(folder / "testing" / "red").items()}
    (folder / "testing" / "red" / "png.jpg").write_bytes(encoded("PNG"))
    (folder / "testing" / "red" / "notes.txt").write_text("A note.")
    done = run("--project", folder, "--output", output)
    assert done.code == 0
    assert "11 explained" in done.out
    assert f"; {len(reasons) + 1} left out" in done.out
    expected = {**reasons, "red/notes.txt": "no format that is known here"}
    assert left_out_of(output) == expected
    assert dict(Page(report_of(output))["Left out"].tables[0][1:]) == expected
    assert "red/png.jpg" in {row["sample"] for row in rows_of(output)}


def test_where_no_picture_can_be_read_the_code_is_4(run, contrast_file, tmp_path, output):
    place = tmp_path / "broken"
    damaged(place / "testing" / "red")
    damaged(place / "testing" / "blue")
    folder_project(place, contrast_file, {}, MANIFEST)
    done = run("--project", place, "--output", output)
    assert (done.code, done.sentence) == (4, "None of the 10 samples can be read.")
    assert not (output / "deploy.zip").exists()


def test_a_network_without_a_layer_to_explain_has_the_code_4(run, model_folder, tmp_path, output):
    import keras

    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(inputs))
    path = model_folder / "flat.keras"
    keras.Model(inputs, x).save(path)
    spotted(tmp_path / "flat" / "testing", 4)
    folder_project(tmp_path / "flat", path, {}, MANIFEST)
    done = run("--project", tmp_path / "flat", "--output", output)
    assert done.code == 4
    assert done.sentence == (
        "model.keras has no layer with a map larger than 1 × 1, so nothing can be drawn; "
        "Grad-CAM needs a convolutional layer."
    )
    assert not output.exists()


# -------------------------------------------------------------------------------- the arguments

CHANGES = {
    "layer": ("--layer", "fine"),
    "alpha": ("--alpha", "0.9"),
    "method": ("--method", "occlusion"),
    "method_settings": ("--method-settings", "pooling=sum_abs"),
    "pooling": ("--pooling-gradients", "sum_abs"),
    "percentile": ("--percentile", "60"),
    "target": ("--target", "red"),
    "colormap": ("--colormap", "viridis"),
    "overlay_size": ("--overlay-size", "model"),
    "shared_scale": ("--shared-scale",),
}


@pytest.fixture
def contrasts(contrast_file, tmp_path):
    """Red and blue in the same pictures, of different strength."""
    place = tmp_path / "contrasts"
    for number, level in enumerate((255, 60)):
        pixels = np.zeros((16, 16, 3))
        pixels[:4, :4, 0], pixels[8:12, 8:12, 0] = level, level / 2
        pixels[12:, 12:, 2], pixels[:4, 12:, 2] = level, level * 0.9
        pixels[6:8, :, 2] = level
        drawn(place / "testing" / "blue" / f"{number}.png", pixels)
        drawn(place / "testing" / "red" / f"{number + 2}.png", pixels[..., ::-1])
    return folder_project(place, contrast_file, {}, MANIFEST)


def pictures_of(output):
    return {row["sample"]: picture_of(output / row["file"]) for row in rows_of(output)}


def differ(one, other):
    return any(
        one[key].shape != other[key].shape or np.abs(one[key].astype(int) - other[key]).max() > 25
        for key in one
    )


@pytest.mark.parametrize("name", CHANGES)
def test_every_argument_of_the_drawing_changes_the_overlays(run, contrasts, tmp_path, name):
    given = CHANGES[name]
    run("--project", contrasts, "--output", tmp_path / "usual")
    assert run("--project", contrasts, "--output", tmp_path / "other", *given).code == 0
    usual, other = pictures_of(tmp_path / "usual"), pictures_of(tmp_path / "other")
    assert usual.keys() == other.keys()
    assert differ(usual, other)
    before = manifest_of(tmp_path / "usual")["settings"]
    told = manifest_of(tmp_path / "other")["settings"]
    assert {key for key in told if told[key] != before[key]} == {name}


def test_the_percentile_is_passed_over_where_the_greatest_is_asked_for(run, contrasts, tmp_path):
    simple = ("--heatmap-normalization", "simple")
    run("--project", contrasts, "--output", tmp_path / "usual")
    run("--project", contrasts, "--output", tmp_path / "other", *simple, "--percentile", 60)
    run("--project", contrasts, "--output", tmp_path / "third", "--percentile", 60)
    usual, other, third = (pictures_of(tmp_path / name) for name in ("usual", "other", "third"))
    assert not differ(usual, other)
    assert differ(other, third)
    assert manifest_of(tmp_path / "other")["settings"]["normalization"] == "simple"


def test_the_true_class_can_be_explained(run, folder, output):
    """Of a red spot that is labelled blue, nothing speaks for blue."""
    done = run("--project", folder, "--target", "true", "--output", output)
    assert done.summary == "10 explained: 8 correct, 2 incorrect; 2 blank maps"
    assert manifest_of(output)["settings"]["target"] == "true"


@pytest.mark.parametrize(("word", "blank"), [("true", 2), ("=true", 5), ("other", 5)])
def test_a_class_may_be_called_as_a_word_of_ours(run, folder, output, word, blank):
    (folder / "project.toml").write_text(MANIFEST.replace('"blue", "red"', '"true", "other"'))
    data = folder / "testing"
    (data / "blue").rename(data / "true")
    (data / "red").rename(data / "other")
    run("--project", folder, "--target", word, "--output", output)
    assert counts_of(output)["blank"] == blank
    assert manifest_of(output)["settings"]["target"] == (word if word != "other" else "=other")


def test_a_class_may_be_called_by_a_number_with_a_sign(run, folder, output):
    (folder / "project.toml").write_text(MANIFEST.replace('"blue", "red"', '"-1", "1"'))
    data = folder / "testing"
    (data / "blue").rename(data / "-1")
    (data / "red").rename(data / "1")
    run("--project", folder, "--target", "-1", "--against", "1", "--output", output)
    told = manifest_of(output)["settings"]
    assert (told["target"], told["against"]) == ("=-1", "=1")
    assert counts_of(output)["blank"] == 5  # nothing of a red spot speaks for blue


@pytest.mark.parametrize(("given", "told"), [((), False), (("1",), True), (("0",), False)])
def test_a_switch_may_have_a_value(run, folder, output, given, told):
    flag = ("--shared-scale",) if given else ()
    run("--project", folder, "--output", output, *flag, *given)
    assert manifest_of(output)["settings"]["shared_scale"] is told


def test_a_limit_takes_some_of_each_label(run, folder, output):
    done = run("--project", folder, "--limit", 4, "--output", output)
    assert done.summary.startswith("4 explained")
    rows = rows_of(output)
    assert [row["sample"].split("/")[0] for row in rows] == ["blue", "blue", "red", "red"]
    assert manifest_of(output)["chosen"] == {"samples": 4, "of": 10}
    assert "over 4 of 10 test pictures" in Page(report_of(output))[""].text
    assert run("--project", folder, "--limit", 11, "--output", output).out.startswith("10 expl")


def test_who_stops_the_command_can_go_on(run, folder, output, monkeypatch, tmp_path):
    run("--project", folder, "--output", tmp_path / "undisturbed")
    with monkeypatch.context() as patch:
        patch.setattr(block, "Progress", lambda: LeavesAt("Packing the zip", 5))
        done = run("--project", folder, "--output", output)
    assert (done.code, done.sentence) == (130, "Stopped; the same command goes on from here.")
    assert names_of(output) == {".gradcam-work"}
    assert run("--project", folder, "--output", output).code == 0
    assert prints_of(output) == prints_of(tmp_path / "undisturbed")


def test_who_stops_while_a_project_is_opened_is_told_so(run, folder, output, monkeypatch):
    monkeypatch.setattr(block, "Progress", lambda: LeavesAt("Opening the network"))
    done = run("--project", folder, "--output", output)
    assert (done.code, done.sentence) == (130, "Stopped.")
    assert not output.exists()


def test_the_help_has_words_for_every_argument(run):
    done = run("--help")
    assert done.code == 0
    actions = [action for action in _parser("")._actions if action.option_strings]
    inside = [action for action in actions if action.help == SUPPRESS]
    assert [action.dest for action in inside] == ["makes_for"]  # for its own workers
    told = [action for action in actions if action not in inside]
    assert len(told) == 38
    for action in told:
        assert action.option_strings[-1] in done.out
        assert action.help, action.option_strings
    for words in ("Explain every sample", "Exit codes: 0 done, 2 wrong use", "EI_API_KEY"):
        assert words in done.out
