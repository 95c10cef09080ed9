import pytest

from gradcam import Color, Resize, ResizeMethod, Scaling
from services.errors import ProjectError
from services.sources.manifest import Manifest, read_manifest
from services.tasks.registry import TASKS

EVERY_KEY = """
name = "Car or not"
model = "nets/model.h5"
data = "testing"
task = "classification"
classes = ["car", "no car"]
label = "Kind"
[input]
width = 96
height = 64
resize = "fit-short"
resize_method = "bilinear"
crop_anchor = "top-left"
color = "bgr"
scaling = "-1..1"
mean = [1, 2.5, 3]
deviation = 4
exif = false
white = 4095
[regression]
output = 1
threshold = 2
"""


def read(tmp_path, text, encoding="utf-8"):
    (tmp_path / "project.toml").write_text(text, encoding=encoding)
    return read_manifest(tmp_path)


def sentence_of(tmp_path, text):
    with pytest.raises(ProjectError) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_every_key_is_read(tmp_path):
    assert read(tmp_path, EVERY_KEY) == Manifest(
        name="Car or not",
        model="nets/model.h5",
        data="testing",
        task="classification",
        classes=("car", "no car"),
        label="Kind",
        width=96,
        height=64,
        resize=Resize.FIT_SHORT,
        resize_method=ResizeMethod.BILINEAR,
        crop_anchor="top-left",
        color=Color.BGR,
        scaling=Scaling.SYMMETRIC,
        mean=(1.0, 2.5, 3.0),
        deviation=(4.0,),
        exif=False,
        white=4095.0,
        settings={"regression": {"output": 1, "threshold": 2.0}},
    )


def test_no_file_and_an_empty_file_say_nothing(tmp_path):
    assert read_manifest(tmp_path) == Manifest()
    assert read(tmp_path, "") == Manifest()


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert read(tmp_path, 'name = "é"', "utf-8-sig").name == "é"


def test_the_deviation_has_the_name_that_torchvision_gives_it_too(tmp_path):
    assert read(tmp_path, "[input]\nstd = [0.5, 1]").deviation == (0.5, 1.0)
    assert read(tmp_path, "[input]\nstd = 1").unknown == ()


@pytest.mark.parametrize("scaling", list(Scaling))
def test_every_scaling_can_be_named(tmp_path, scaling):
    assert read(tmp_path, f'[input]\nscaling = "{scaling}"').scaling is scaling


@pytest.mark.parametrize(
    ("text", "key", "options"),
    [
        ('task = "detection"', "task", TASKS),
        ("task = 3", "task", TASKS),
        ('[input]\nresize = "stretch"', "resize", Resize),
        ('[input]\nresize_method = "cubic"', "resize_method", ResizeMethod),
        ('[input]\ncolor = "RGB"', "color", Color),
        ('[input]\nscaling = "0-1"', "scaling", Scaling),
        ("[input]\nscaling = []", "scaling", Scaling),
    ],
)
def test_a_wrong_choice_is_told_with_its_key_and_what_is_allowed(tmp_path, text, key, options):
    sentence = sentence_of(tmp_path, text)
    assert sentence.startswith(f"In project.toml, {key} is ")
    assert [f'"{option}"' in sentence for option in options] == [True] * len(options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 3", "name must be a text in quotes"),
        ("model = []", "model must be a text in quotes"),
        ("data = true", "data must be a text in quotes"),
        ("[input]\ncrop_anchor = 1", "crop_anchor must be a text in quotes"),
        ('classes = "car"', "classes must be a list of texts"),
        ("classes = []", "classes must be a list of texts"),
        ("classes = [1, 2]", "classes must be a list of texts"),
        ('classes = ["car", "car"]', "classes names the same class twice"),
        ("[input]\nwidth = 0", "width must be a whole number of at least 1"),
        ("[input]\nheight = 1.5", "height must be a whole number of at least 1"),
        ("[input]\nheight = true", "height must be a whole number of at least 1"),
        ('[input]\nmean = "0.5"', "mean must be a number, or a list of one number a channel"),
        ("[input]\nmean = [0.5, true]", "mean must be a number, or a list of one number a channel"),
        ("[input]\nstd = [inf]", "std must be a number, or a list of one number a channel"),
        ("[input]\ndeviation = nan", "deviation must be a number, or a list"),
        ("[input]\nwhite = 0", "white must be a number above 0"),
        ("[input]\nwhite = -1", "white must be a number of at least 0"),
        ("[input]\nexif = 0", "exif must be true or false"),
        ('[input]\nexif = "false"', "exif must be true or false"),
        ("[regression]\noutput = -1", "output must be a whole number of at least 0"),
        ('[regression]\noutput = "0"', "output must be a whole number of at least 0"),
        ("[regression]\nthreshold = -0.1", "threshold must be a number of at least 0"),
        ('[regression]\nthreshold = "0.1"', "threshold must be a number of at least 0"),
        ("[regression]\nthreshold = true", "threshold must be a number of at least 0"),
        ("[regression]\nthreshold = nan", "threshold must be a number of at least 0"),
        ('input = "0..1"', "input must be a table: write [input]"),
        ("regression = 3", "regression must be a table: write [regression]"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_is_wanted(tmp_path, text, said):
    sentence = sentence_of(tmp_path, text)
    assert sentence.startswith("In project.toml, ")
    assert said in sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("[regression]\noutput = 0\nthreshold = 0", 0.0),
        ("[regression]\nthreshold = 0.25", 0.25),
    ],
)
def test_the_smallest_numbers_are_allowed(tmp_path, text, said):
    found = read(tmp_path, text).settings.get("regression", {})
    assert found.get("threshold") == said


def test_a_file_that_is_no_toml_is_told_with_the_place(tmp_path):
    sentence = sentence_of(tmp_path, 'name = "ok"\nmodel = model.h5\n')
    assert sentence.startswith("project.toml cannot be read: ")
    assert "line 2" in sentence


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "project.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(ProjectError, match=r"^project.toml cannot be read: .*\.$"):
        read_manifest(tmp_path)


def test_keys_that_mean_nothing_are_named(tmp_path):
    text = 'nam = "a"\n[input]\nscalling = "0..1"\nwidth = 8\n[extra]\nkey = 1\n'
    (tmp_path / "project.toml").write_text(text)
    assert read_manifest(tmp_path).unknown == ("nam", "input.scalling", "extra.key")
