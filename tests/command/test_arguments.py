"""The arguments of the command, as values."""

from pathlib import Path

import pytest

from command.ahead import Ahead
from command.arguments import KEY_VARIABLE, read_arguments
from gradcam import METHODS, Arithmetic, Colormap, Need, Normalization, Pooling
from services.choices.choices import Choices, OverlaySize
from services.choices.filter import Filter, Verdict
from services.edge_impulse.place import Way
from services.engines.engine import Engine


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def read(*arguments):
    return vars(read_arguments(arguments, "About.\n\nMore."))


def test_what_is_not_given_is_the_usual():
    assert read("--demo", "cars") == {
        "api_key": None,
        "metadata": None,
        "project": None,
        "split": "",
        "model": "",
        "demo": "cars",
        "source": None,
        "network": "",
        "arithmetic": Arithmetic.PHONE,
        "compare": "",
        "baseline": "",
        "fail_if": "",
        "filter": Filter(),
        "host": None,
        "test_set": Way.SAMPLES,
        "skip_dataset_download": False,
        "output": None,
        "limit": None,
        "ahead": None,
        "layer": None,
        "method": str(Choices().recipe.method),
        "method_settings": Choices().recipe.method_settings,
        "target": Choices().recipe.target,
        "against": Choices().recipe.against,
        "pooling_gradients": Choices().recipe.pooling,
        "heatmap_normalization": Choices().recipe.normalization,
        "percentile": Choices().recipe.percentile,
        "shared_scale": Choices().recipe.shared_scale,
        "alpha": Choices().alpha,
        "colormap": Choices().colormap,
        "overlay_size": Choices().overlay_size,
        "threshold": Choices().filter.threshold,
        "uncertain": False,
        "rule": "",
        "workers": None,
        "engine": Engine.LOCAL,
        "ray_address": "",
        "makes_for": None,
        "given": ("--demo", "cars"),
    }


def test_everything_can_be_given():
    given = read(
        "--metadata", "m.json", "--api-key", "ei_1", "--host", "acme.com", "--test-set", "export",
        "--skip-dataset-download", "--output", "o", "--limit", "7", "--layer", "l", "--method",
        "rise", "--method-settings", "masks=80, seed=3", "--target", "a class", "--against",
        "second", "--pooling-gradients", "sum_abs",
        "--heatmap-normalization", "simple", "--percentile", "99.5", "--shared-scale", "--alpha",
        "0", "--colormap", "turbo", "--overlay-size", "model", "--threshold", "0", "--uncertain",
        "--rule", "Centre inside",
        "--network", "n", "--arithmetic", "microcontroller",
        "--compare", "later.h5", "--baseline", "seed.h5", "--fail-if", "broken>1%",
        "--filter", "verdict=incorrect", "--filter", "text=a=b, c",
        "--workers", "3", "--makes-for", "w", "--ray-address", "10.0.0.1:6379",
        "--ahead", "scan", "embedding",
    )  # fmt: skip
    assert given.pop("given")[:4] == ("--metadata", "m.json", "--api-key", "ei_1")
    assert given == {
        "ahead": [Ahead.SCAN, Ahead.EMBEDDING],
        "workers": 3,
        "engine": Engine.LOCAL,
        "ray_address": "10.0.0.1:6379",
        "makes_for": Path("w"),
        "api_key": "ei_1",
        "metadata": Path("m.json"),
        "project": None,
        "split": "",
        "model": "",
        "demo": None,
        "source": None,
        "network": "n",
        "arithmetic": Arithmetic.MICROCONTROLLER,
        "compare": "later.h5",
        "baseline": "seed.h5",
        "fail_if": "broken>1%",
        "filter": Filter(verdict=Verdict.INCORRECT, text="a=b, c"),
        "host": "acme.com",
        "test_set": Way.EXPORT,
        "skip_dataset_download": True,
        "output": Path("o"),
        "limit": 7,
        "layer": "l",
        "method": "rise",
        "method_settings": "masks=80, seed=3",
        "target": "a class",
        "against": "second",
        "pooling_gradients": Pooling.SUM_ABS,
        "heatmap_normalization": Normalization.SIMPLE,
        "percentile": 99.5,
        "shared_scale": True,
        "alpha": 0.0,
        "colormap": Colormap.TURBO,
        "overlay_size": OverlaySize.MODEL,
        "threshold": 0.0,
        "uncertain": True,
        "rule": "Centre inside",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "value"),
    [("1", True), ("0", False), ("true", True), ("False", False), ("YES", True), ("no", False)],
)
@pytest.mark.parametrize("switch", ["shared-scale", "skip-dataset-download"])
def test_a_switch_is_written_as_studio_does(switch, word, value):
    assert read("--demo", "cars", f"--{switch}", word)[switch.replace("-", "_")] is value


@pytest.mark.parametrize(
    ("name", "values"),
    [("alpha", (0.0, 1.0)), ("percentile", (50.0, 100.0)), ("threshold", (0.0, 1e9))],
)
def test_the_ends_of_a_range_belong_to_it(name, values):
    for value in values:
        assert read("--demo", "cars", f"--{name}", str(value))[name] == value


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_asked_for_with_each_of_its_settings(method):
    told = read("--demo", "cars", "--method", method)
    assert (told["method"], told["method_settings"]) == (method, "")
    for parameter in METHODS[method].parameters:
        words = f"{parameter.name}={parameter.default}"
        told = read("--demo", "cars", "--method", method, "--method-settings", words)
        assert told["method_settings"] == words


@pytest.mark.parametrize(
    ("method", "words", "said"),
    [
        ("rise", "masks=49", "masks is a whole number from 50 to 8000, not '49'."),
        ("rise", "masks=many", "masks is a whole number from 50 to 8000, not 'many'."),
        ("random-map", "of=x", "Random map (control) has no setting 'of'; it has seed."),
        ("hires-cam", "seed=1", "HiResCAM has no setting 'seed'; it has none."),
        ("grad-cam", "pooling=max", "pooling is mean or sum_abs, not 'max'."),
    ],
)  # fmt: skip
def test_settings_that_a_method_does_not_have_are_refused_in_words(capsys, method, words, said):
    with pytest.raises(SystemExit) as ended:
        read("--demo", "cars", "--method", method, "--method-settings", words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: argument --method-settings: {said}\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["low=x"], "The filter low takes a whole number from 0 to 100, not “x”."),
        (["text=a", "text=b"], "The filter text is given twice; give it once."),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_in_one_sentence(capsys, given, said):
    with pytest.raises(SystemExit) as ended:
        read("--demo", "cars", *(word for each in given for word in ("--filter", each)))
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: argument --filter: {said}\n")


def test_a_source_is_as_in_a_link_and_one_in_studio_takes_a_key_beside_it():
    told = read("--source", "folder:/data/a b?scaling=-1..1")["source"]
    assert (told.place, told.overrides) == ("/data/a b", {"scaling": "-1..1"})
    assert read("--source", "edge-impulse:1/2/3", "--api-key", "ei_1")["api_key"] == "ei_1"
    for wrong in (("nothing",), ("demo:cars", "--demo", "cars"), ("demo:cars", "--api-key", "k")):
        with pytest.raises(SystemExit):
            read("--source", *wrong)


def test_layer_and_method_may_be_left_to_the_recommendation(capsys):
    told = read("--demo", "cars", "--layer", "recommended", "--method", "recommended")
    assert (told["layer"], told["method"]) == ("recommended", "recommended")
    with pytest.raises(SystemExit) as ended:
        read("--demo", "cars", "--method", "recommended", "--method-settings", "masks=100")
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(
        "error: --method recommended takes no --method-settings; name the method\n"
    )


def test_an_unknown_method_is_told_those_that_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        read("--demo", "cars", "--method", "guess")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "argument --method: invalid choice: 'guess' (choose from" in said
    assert [name for name in METHODS if name not in said.partition("choose from")[2]] == []


@pytest.mark.parametrize("word", ["-0", "-12", "=-0", "true", "a class"])
@pytest.mark.parametrize("side", ["target", "against"])
def test_a_target_may_begin_with_a_sign(side, word):
    assert read("--demo", "gauge", f"--{side}", word)[side] == word


def test_arguments_of_studios_own_are_passed_over_beside_the_metadata_only():
    assert read("--metadata", "m", "--new", "1", "word", "--alpha", "0.3")["alpha"] == 0.3
    with pytest.raises(SystemExit) as ended:
        read("--demo", "cars", "--new", "1")
    assert ended.value.code == 2


def test_a_key_of_the_environment_is_a_source(monkeypatch):
    with pytest.raises(SystemExit):
        read("--alpha", "0.3")
    monkeypatch.setenv(KEY_VARIABLE, "ei_1")
    assert read("--alpha", "0.3")["api_key"] is None
    assert read("--demo", "cars")["demo"] == "cars"


def test_an_argument_with_nothing_in_it_is_not_given():
    told = read("--demo", "cars", "--threshold", "", "--layer", "", "--shared-scale", "")
    assert (told["threshold"], told["layer"], told["shared_scale"]) == (None, None, False)
    told = read("--demo", "cars", "--method-settings", "", "--against", "", "--method", "")
    assert (told["method_settings"], told["against"], told["method"]) == ("", "", "default")
    assert read("--api-key", "", "--demo", "cars")["api_key"] is None
    with pytest.raises(SystemExit):
        read("--project", "")


def test_this_process_own_arguments_are_read_where_none_are_given(monkeypatch):
    monkeypatch.setattr("sys.argv", ["block.py", "--demo", "gauge", "--layer", ""])
    told = read_arguments(None, "About.")
    assert (told.demo, told.layer) == ("gauge", None)


def test_the_help_says_what_it_is_about(capsys):
    with pytest.raises(SystemExit) as ended:
        read("--help")
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "Explain every sample of a test set" in said
    assert said.rstrip().endswith("More.")
    many = [name for name, method in METHODS.items() if method.need is Need.PASSES]
    assert "lime" in many
    words = f"{', '.join(many)} need many predictions for each sample"
    assert words.replace(" ", "") in "".join(said.split())  # however its lines are broken


def test_a_cluster_takes_no_key_among_the_arguments(capsys):
    with pytest.raises(SystemExit):
        read("--api-key", "ei_1", "--engine", "ray")
    said = capsys.readouterr().err
    assert "--engine ray takes the key from EI_API_KEY, on each of its machines" in said
    assert "ei_1" not in said
