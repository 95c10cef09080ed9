"""What the command refuses: a wrong use with code 2, a source that fails with code 3."""

import pytest

from services.choices.conditions import FINDING_GONE, NOT_PICKED_HERE
from tests.block.commands import Run
from tests.services.export.exports import MANIFEST, spotted
from tests.services.projects import folder_project

ONE = "give one of --api-key, --metadata, --project, --demo and --source"
NONE = "give one of --api-key (or EI_API_KEY), --metadata, --project, --demo and --source"


# ------------------------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), NONE),
        (("--alpha", "0.5"), NONE),
        (("--project", ""), NONE),
        (("--api-key", ""), NONE),
        (("--demo", "cars", "--project", "x"), ONE),
        (("--demo", "cars", "--api-key", "ei_1"), ONE),
        (("--demo", "cars", "--metadata", "x"), ONE),
        (("--project", "x", "--api-key", "ei_1"), ONE),
        (("--demo", "cars", "--split", "train"), "--split is for --project"),
        (("--demo", "cars", "--model", "a.h5"), "--model is for --project and --api-key"),
        (("--demo", "boats"), "argument --demo: invalid choice: 'boats'"),
        (("--demo", "cars", "--unknown", "1"), "unrecognized arguments: --unknown 1"),
        (("--demo", "cars", "cars"), "unrecognized arguments: cars"),
        (("--dem", "cars"), "unrecognized arguments: --dem cars"),
        (("--demo", "cars", "--alpha", "1.1"), "argument --alpha: '1.1' is no number from 0 to 1"),
        (("--demo", "cars", "--alpha=-0.1"), "argument --alpha: '-0.1' is no number from 0 to 1"),
        (("--demo", "cars", "--alpha", "nan"), "argument --alpha: 'nan' is no number from 0 to 1"),
        (("--demo", "cars", "--alpha", "much"), "'much' is no number from 0 to 1"),
        (("--demo", "cars", "--percentile", "49"), "'49' is no number from 50 to 100"),
        (("--demo", "cars", "--percentile", "101"), "'101' is no number from 50 to 100"),
        (("--demo", "cars", "--threshold=-1"), "argument --threshold: '-1' is no number"),
        (("--demo", "cars", "--threshold", "inf"), "argument --threshold: 'inf' is no number"),
        (("--demo", "cars", "--limit", "0"), "'0' is no whole number of at least 1"),
        (("--demo", "cars", "--limit", "1.5"), "'1.5' is no whole number of at least 1"),
        (("--demo", "cars", "--limit=-3"), "'-3' is no whole number of at least 1"),
        (("--demo", "cars", "--method", "guess"), "argument --method: invalid choice: 'guess'"),
        (("--demo", "cars", "--method", "rise", "--method-settings", "masks=1"),
         "argument --method-settings: masks is a whole number from 50 to 8000, not '1'."),
        (("--demo", "cars", "--method-settings", "masks=80"),
         "argument --method-settings: The project's default has no setting 'masks'"),
        (("--demo", "cars", "--against"), "argument --against: expected one argument"),
        (("--demo", "cars", "--pooling-gradients", "max"), "argument --pooling-gradients"),
        (("--demo", "cars", "--heatmap-normalization", "x"), "argument --heatmap-normalization"),
        (("--demo", "cars", "--colormap", "hot"), "argument --colormap"),
        (("--demo", "cars", "--overlay-size", "big"), "argument --overlay-size"),
        (("--demo", "cars", "--test-set", "x"), "argument --test-set"),
        (("--demo", "cars", "--shared-scale", "maybe"), "'maybe' is neither 1 nor 0"),
        (("--demo", "cars", "--output"), "argument --output: expected one argument"),
        (("--metadata", "x", "--alpha", "2"), "'2' is no number from 0 to 1"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_told_with_code_2(run, tmp_path, given, words):
    done = run(*given)
    assert done.code == 2
    assert words in done.complaint
    assert "\n" not in done.complaint
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


def test_nothing_given_is_the_same_as_not_given(run, folder, output):
    """As Studio hands over a parameter that was left empty."""
    empty = [word for name in ("api-key", "host", "layer", "threshold", "limit", "percentile",
                               "shared-scale") for word in (f"--{name}", "")]  # fmt: skip
    done = run("--project", folder, "--output", output, *empty)
    assert done.summary.startswith("10 explained")


# -------------------------------------------------------------------------- asked for in vain


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--layer", "fines"), "model.keras has no explainable layer named 'fines'."),
        (("--target", "green"), "There is no class “green” in this project; it has blue, red."),
        (("--target", "=green"), "There is no class “green” in this project; it has blue, red."),
        (("--target", "second"), "There is no class “second” in this project; it has blue, red."),
        (("--target", "-1"), "There is no class “-1” in this project; it has blue, red."),
        (("--against", "green"), "There is no class “green” in this project; it has blue, red."),
        (("--against", "-0"), "There is no class “-0” in this project; it has blue, red."),
        (("--network", "x"), "There is no network “x” here; there is model.keras."),
        (("--filter", "true_class=x"),
         "There is no true class “x” in this project; clear the filter."),
        (("--filter", "finding=0123456789abcdef.0"), FINDING_GONE),
        (("--filter", "picked=x"), NOT_PICKED_HERE),
    ],
)  # fmt: skip
def test_what_the_project_does_not_have_is_told_with_code_2(run, folder, output, given, sentence):
    done = run("--project", folder, "--output", output, *given)
    assert (done.code, done.sentence) == (2, sentence)
    assert not output.exists()


def test_a_filter_that_leaves_nothing_is_told_with_code_4(run, folder, output):
    done = run("--project", folder, "--output", output, "--filter", "text=nothing", "--filter",
               "verdict=incorrect")  # fmt: skip
    assert (done.code, done.sentence) == (
        4,
        "No sample passes the filter incorrect, name contains “nothing”.",
    )
    assert not output.exists()


def test_a_source_in_studio_without_its_key_is_told(run, output):
    done = run("--source", "edge-impulse:1/2/3", "--output", output)
    assert (done.code, done.sentence) == (
        3,
        "That source needs its project's key: --api-key or EI_API_KEY.",
    )


@pytest.mark.parametrize("target", ["1", "=1", "-1"])
def test_an_output_of_a_regression_that_is_not_there_is_told(run, output, target):
    done = run("--demo", "gauge", "--target", target, "--output", output)
    assert (done.code, done.sentence) == (
        2,
        "There is no output “1” in this network; it has 1, numbered from 0.",
    )


@pytest.mark.parametrize("against", ["second", "true", "0"])
def test_nothing_can_be_set_against_the_value_of_a_regression(run, output, against):
    done = run("--demo", "gauge", "--against", against, "--output", output)
    assert (done.code, done.sentence) == (
        2,
        "A regression has no classes, so nothing can be set against its value.",
    )
    assert not output.exists()


# ----------------------------------------------------------------------------------- the output


def test_an_output_that_cannot_be_written_is_told_with_code_2(run, folder, tmp_path):
    (tmp_path / "file").write_text("mine")
    for output in (tmp_path / "file", tmp_path / "file" / "out", "/proc/out", "/dev/null"):
        done = run("--project", folder, "--output", output)
        assert done.code == 2
        assert done.sentence.startswith(f"The output folder {output} cannot be written (")
        assert done.sentence.endswith("); choose another one.")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["gradcam/mine.jpg", "predictions.csv", "deploy.zip"])
def test_an_output_with_somebodys_own_files_is_refused(run, folder, output, name):
    (output / name).parent.mkdir(parents=True)
    (output / name).write_text("mine")
    done = run("--project", folder, "--output", output)
    assert (done.code, done.sentence) == (
        2,
        (f"{output} already holds {name.split('/')[0]}, which is not of an earlier export; "
        "choose another output folder."),
    )  # fmt: skip
    assert {path.read_text() for path in output.rglob("*") if path.is_file()} == {"mine"}


# ----------------------------------------------------------------------------------- the source


def test_a_folder_that_is_no_project_has_the_code_3(run, folder, output, tmp_path, contrast_file):
    empty = tmp_path / "empty"
    empty.mkdir()
    model = tmp_path / "model only"
    folder_project(model, contrast_file, {})
    text = tmp_path / "text"
    spotted(text / "testing", 2)
    (text / "model.h5").write_text("no model at all, but some words that fill a line or two\n" * 3)
    classes = tmp_path / "classes"
    spotted(classes / "testing", 4)
    folder_project(classes, contrast_file, {}, MANIFEST.replace('"red"', '"red", "green"'))
    for place, words in (
        (tmp_path / "none", "There is no folder"),
        (folder / "model.keras", "is a file; type the path of the folder that holds it."),
        (empty, "There is no model (.h5, "),
        (model, "There is no picture or sound in model only"),
        (text, "model.h5 is a text file, not a model"),
        (classes, "3 classes are named in project.toml, but the network tells 2 apart"),
        ("~nobody-of-this-name/x", "The folder ~nobody-of-this-name/x cannot be read."),
    ):
        done = run("--project", place, "--output", output)
        assert done.code == 3
        assert words in done.sentence
    assert not output.exists()


def test_a_home_folder_may_be_written_as_people_do(run, folder, output, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    done = run("--project", "~/project", "--output", output)
    assert done.summary.startswith("10 explained")


@pytest.mark.parametrize("code", range(5))
def test_a_finished_run_is_read_as_it_is(code):
    """The tests' own reader: a sentence is one line, and comes after the steps."""
    done = Run(code, "", "Opening the network\nThere is none.\n")
    assert done.sentence == "There is none."
    for err in ("There is none.\nOpening the network\n", "Traceback\nThere is none.\n", "None\n"):
        with pytest.raises(AssertionError):
            assert Run(code, "", err).sentence


def test_a_cluster_that_is_not_there_is_told_before_anything_is_opened(run):
    pytest.importorskip("ray", reason="Ray is not installed")
    asked = run("--project", "/nowhere", "--engine", "ray", "--ray-address", "127.0.0.1:1")
    assert asked.code == 3
    assert asked.sentence.startswith("There is no Ray cluster at 127.0.0.1:1; ")
