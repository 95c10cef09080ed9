import json
import os
import threading
import zipfile

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from gradcam import Color, GradcamError, Resize, Scaling
from gradcam.backends.keras.network import KerasNetwork
from gradcam.topology import Topology
from services.errors import Cancelled, ProjectError
from services.fact import Fact
from services.media.decoding import USUAL
from services.opening import contents
from services.opening.assembly import assemble
from services.opening.check.clues import Assurance
from services.opening.opening import Opening, already_open, open_source
from services.sample import LeftOut
from services.sources.folder import read_folder
from services.sources.reference import SourceKind, SourceReference, parse_reference
from services.tasks.classification.task import Classification
from services.tasks.grid.task import ObjectsByGrid
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.work.progress import Progress
from tests.gradcam import networks
from tests.services.asking import had
from tests.services.projects import (
    BLUE,
    RED,
    SIZE,
    entry,
    folder_project,
    gray_classes,
    info_labels,
    noise,
    pointwise,
    redness_scored,
    solid,
)  # fmt: skip
from tests.services.projects import (
    blue_or_red as blue_or_red_model,
)
from tests.waiting import PATIENCE


def headed(tail):
    return networks.headed(tail)


BUILT = {
    "softmax": blue_or_red_model,
    "logits": lambda: blue_or_red_model(activation=None),
    "sigmoid": lambda: redness_scored("sigmoid"),
    "value": lambda: redness_scored("linear"),
    "three": lambda: headed(networks.LINEAR),
    "two values": lambda: headed(networks.TWO_VALUES),
    "several outputs": lambda: headed(networks.two_outputs),
    "free": lambda: blue_or_red_model(size=None),
    "gray": gray_classes,
    "grid": lambda: networks.fomo(networks.GRID_SOFTMAXES["convolution"]),
    "sequence": lambda: networks.sequence((20, 13)),
}


@pytest.fixture(scope="session")
def built():
    """Networks by kind, each built once."""
    made = {}

    def network(kind):
        if kind not in made:
            made[kind] = KerasNetwork(BUILT[kind](), "model.h5", digest=kind)
        return made[kind]

    return network


@pytest.fixture
def folder(tmp_path):
    """A folder with a model file that is not opened; pictures come with each test."""
    made = tmp_path / "my_project"
    made.mkdir()
    (made / "model.h5").touch()
    return made


def labelled(folder, *labels):
    """One picture in each class folder."""
    for label in labels:
        solid(folder / label / "a.png", BLUE if label == "blue" else RED)


def assembled(folder, network, **overrides):
    reference = SourceReference(SourceKind.FOLDER, str(folder)).with_overrides(overrides)
    return assemble(read_folder(folder), network, reference, Progress())


def project_of(folder, network, **overrides):
    return assembled(folder, network, **overrides)[0]


def sentence_of(folder, network):
    with pytest.raises(GradcamError) as caught:
        assembled(folder, network)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def facts(project):
    return {fact.what: (fact.value, fact.why) for fact in project.facts}


# --------------------------------------------------------------------------- the task, worked out


@pytest.mark.parametrize(
    ("kind", "labels", "task", "classes", "why"),
    [
        ("softmax", ["blue", "red"], "classification", ("blue", "red"), "ends in class scores"),
        ("softmax", ["0", "1"], "classification", ("0", "1"), "ends in class scores"),
        ("softmax", ["0.5", "1.5"], "classification", ("0.5", "1.5"), "ends in class scores"),
        ("logits", ["blue", "red"], "classification", ("blue", "red"), "the labels are names"),
        ("logits", ["0", "1"], "classification", ("0", "1"), "as many labels as the network"),
        ("logits", ["0.1", "0.2", "0.3"], "regression", (), "the labels are numbers"),
        ("sigmoid", ["no", "yes"], "classification", ("no", "yes"), "the labels are names"),
        ("sigmoid", ["0", "1"], "classification", ("0", "1"), "as many labels as the network"),
        ("sigmoid", ["0.1", "0.5", "0.9"], "regression", (), "the labels are numbers"),
        ("value", ["-1.5", "0.5", "2"], "regression", (), "the labels are numbers"),
        ("value", ["30", "80"], "regression", (), "the labels are numbers"),
        ("value", ["0", "1"], "regression", (), "the labels are numbers"),
        ("value", ["no", "NaN"], "classification", ("NaN", "no"), "the labels are names"),
        ("three", ["a", "b", "c"], "classification", ("a", "b", "c"), "the labels are names"),
        ("three", ["0", "2"], "regression", (), "the labels are numbers"),
        ("several outputs", ["0", "1", "2"], "classification", ("0", "1", "2"), "in class scores"),
        ("several outputs", ["0.5", "1.5"], "regression", (), "the labels are numbers"),
    ],
)
def test_the_task_follows_from_network_and_labels(folder, built, kind, labels, task, classes, why):
    labelled(folder, *labels)
    project = project_of(folder, built(kind))
    assert (project.task.name, project.task.names) == (task, classes)
    assert facts(project)["task"][0] == task
    assert why in facts(project)["task"][1]


@pytest.mark.parametrize("written", ['classes = ["0", "1", "2"]', 'task = "classification"'])
def test_named_classes_and_a_named_task_outweigh_the_labels(folder, built, written):
    labelled(folder, "0", "2")
    (folder / "project.toml").write_text(written)
    project = project_of(folder, built("three"))
    assert project.task == Classification(("0", "1", "2"))


def test_a_named_task_is_no_fact(folder, built):
    labelled(folder, "0", "1")
    (folder / "project.toml").write_text('task = "regression"')
    project = project_of(folder, built("logits"))
    assert (project.task.name, "task" in facts(project)) == ("regression", False)


# ----------------------------------------------------------------------------- the classes


def test_classes_named_in_the_manifest_come_before_a_file_of_names(folder, built):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text('classes = ["red", "blue"]')
    (folder / "labels.txt").write_text("blue\nred\n")
    assert project_of(folder, built("softmax")).task.classes == ("red", "blue")


def test_classes_in_a_file_of_names_come_before_the_labels(folder, built):
    labelled(folder, "blue", "red")
    (folder / "labels.txt").write_text("0 red\n1 blue\n")
    assert project_of(folder, built("softmax")).task.classes == ("red", "blue")


@pytest.mark.parametrize("names", [("0", "1", "2"), ("00000", "00001", "00002")])
def test_labels_that_number_the_outputs_need_not_all_occur(folder, built, names):
    labelled(folder, names[0], names[2])
    (folder / "project.toml").write_text('task = "classification"')
    project = project_of(folder, built("three"))
    assert project.task.names == names
    assert facts(project)["classes"] == (
        "0 to 2",
        "the labels are numbers; sorted as text, as Keras' folder loader does",
    )


def test_a_class_folder_without_a_picture_is_a_class(folder, built):
    labelled(folder, "test/a", "test/c")
    (folder / "test" / "b").mkdir()
    (folder / "test" / "b" / "a.heif?").write_bytes(b"unreadable")
    assert project_of(folder, built("three")).task.classes == ("a", "b", "c")


def test_an_empty_folder_that_is_one_too_many_is_no_class(folder, built):
    labelled(folder, "blue", "red")
    (folder / "logs").mkdir()
    assert project_of(folder, built("softmax")).task.classes == ("blue", "red")


def test_a_folder_called_like_a_split_is_a_class_where_the_network_has_one_for_it(folder, built):
    labelled(folder, "blue", "red", "val")
    assert project_of(folder, built("three")).task.classes == ("blue", "red", "val")
    project = project_of(folder, built("softmax"))
    assert project.task.classes == ("blue", "red")
    assert [(each.name, each.reason) for each in project.left_out] == [
        ("val/a.png", "its label “val” is no class of the network")
    ]


def test_nobody_named_the_classes(folder, built):
    solid(folder / "a.png")
    project = project_of(folder, built("three"))
    assert project.task.names == ("class 0", "class 1", "class 2")
    assert facts(project)["classes"] == ("class 0 to class 2", "nobody named them")
    assert [s.label for s in project.samples] == [None]


@pytest.mark.parametrize(
    ("kind", "count"), [("three", 3), ("sigmoid", 2), ("softmax", 2), ("value", 2)]
)
def test_too_many_or_too_few_names_are_told(folder, built, kind, count):
    labelled(folder, "a", "b")
    (folder / "labels.txt").write_text("a\nb\nc\nd\n")
    assert sentence_of(folder, built(kind)) == (
        f"4 classes are named in labels.txt, but the network tells {count} apart; "
        "name them in the order of its outputs."
    )


@pytest.mark.parametrize(
    ("named", "whose"), [("", "that anybody named"), ("blue\nred\n", "of blue, red")]
)
def test_one_folder_around_all_pictures_is_no_class(folder, built, named, whose):
    labelled(folder, "holiday")
    (folder / "unpacked").mkdir()
    (folder / "another").mkdir()
    (folder / "labels.txt").write_text(named)
    project = project_of(folder, built("softmax"))
    assert [sample.label for sample in project.samples] == [None]
    why = f"all samples lie in it, and it is no class {whose}: they are taken as unlabelled"
    assert Fact("labels", "holiday", why, warns=True) in project.facts


def test_one_class_folder_that_is_called_like_a_class_stays_one(folder, built):
    labelled(folder, "Blue")
    (folder / "labels.txt").write_text("blue\nred\n")
    assert [s.label for s in project_of(folder, built("softmax")).samples] == ["blue"]


def test_labels_that_do_not_match_the_network_are_told(folder, built):
    labelled(folder, *"abcdefgh")
    assert sentence_of(folder, built("three")) == (
        "The network tells 3 classes apart, but the samples carry 8 labels "
        "(a, b, c, d, e, f, …); name the classes in project.toml or labels.txt."
    )


# ------------------------------------------------------------------------------- the samples


def test_a_label_that_is_no_class_leaves_only_its_own_picture_out(folder, built):
    labelled(folder, "blue", "red", "green")
    (folder / "labels.txt").write_text("blue\nred\n")
    project = project_of(folder, built("softmax"))
    assert [s.id for s in project.samples] == ["blue/a.png", "red/a.png"]
    assert project.left_out == (
        LeftOut("green/a.png", "its label “green” is no class of the network"),
    )


@pytest.mark.parametrize("word", ["warm", "NaN", "inf", ""])
def test_a_label_that_is_no_number_leaves_only_its_own_picture_out(folder, built, word):
    for name in "abcd":
        solid(folder / f"{name}.png")
    labels = ["0.5", word, "-1e3", "7"]
    info_labels(folder, [entry(f"{n}.png", x) for n, x in zip("abcd", labels, strict=True)])
    (folder / "project.toml").write_text('task = "regression"')
    project = project_of(folder, built("value"))
    assert [s.label for s in project.samples] == ["0.5", "-1e3", "7"]
    assert project.left_out == (LeftOut("b.png", f"its label “{word}” is not a number"),)


def test_what_the_label_file_left_out_is_listed_too(folder, built):
    labelled(folder, "blue", "red")
    info_labels(
        folder,
        [entry("blue/a.png", "blue"), entry("red/a.png", "red"), entry("../x.png", "red")],
    )
    assert project_of(folder, built("softmax")).left_out == (
        LeftOut("../x.png", "its path leads out of the folder"),
    )


def test_a_project_none_of_whose_labels_fit_is_told(folder, built):
    labelled(folder, "green", "white")
    (folder / "labels.txt").write_text("blue\nred\n")
    assert sentence_of(folder, built("softmax")) == (
        "No label of the samples is a class: they are labelled green, white (class folders), "
        "but the classes are blue, red (labels.txt); write the same names in labels.txt."
    )


# ----------------------------------------------------------------------------------- regression


def test_a_regression_is_read_as_the_manifest_says(folder, built):
    labelled(folder, "0.5", "1")
    (folder / "project.toml").write_text(
        'task = "regression"\n[regression]\noutput = 1\nthreshold = 0.25'
    )
    regression = project_of(folder, built("two values")).task
    assert (regression.output, regression.threshold) == (1, 0.25)


@pytest.mark.parametrize(
    ("labels", "threshold"),
    [
        (["0.2", "0.5", "1"], 0.08),
        (["0", "0.25", "0.5", "0.75", "1"], 0.1),
        ([str(age) for age in range(1, 91)], 9.0),
        ([*(str(age) for age in range(1, 91)), "9999"], 9.0),  # one slip of the pen
        (["30", "80"], 5.0),
    ],
)
def test_without_a_word_the_first_output_counts_and_a_tenth_of_the_span_is_correct(
    folder, built, labels, threshold
):
    labelled(folder, *labels)
    project = project_of(folder, built("value"))
    assert (project.task.output, project.task.threshold) == (0, threshold)
    value, why = facts(project)["threshold"]
    assert value == f"{threshold:g}"
    assert f"a tenth of the labels' range, {labels[0]} to {labels[-1]};" in why
    assert "[regression] threshold in project.toml" in why


def test_labels_that_span_nothing_leave_the_usual_threshold(folder, built):
    solid(folder / "a.png")
    (folder / "project.toml").write_text('task = "regression"')
    project = project_of(folder, built("value"))
    assert project.task.threshold == 0.1
    assert "the usual one" in facts(project)["threshold"][1]


def test_a_threshold_in_project_toml_is_no_fact(folder, built):
    labelled(folder, "30", "80")
    (folder / "project.toml").write_text("[regression]\nthreshold = 2")
    project = project_of(folder, built("value"))
    assert (project.task.threshold, "threshold" in facts(project)) == (2.0, False)


def test_an_output_that_the_network_does_not_have_is_told(folder, built):
    labelled(folder, "0.5", "1")
    (folder / "project.toml").write_text('task = "regression"\n[regression]\noutput = 2')
    assert sentence_of(folder, built("two values")) == (
        "project.toml asks for output 2, but the network has 2, numbered from 0."
    )


# --------------------------------------------------------------------------------- the input spec


def test_the_manifest_says_how_pictures_are_brought_to_size(folder, built):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text(
        '[input]\nresize = "crop"\nresize_method = "nearest"\ncrop_anchor = "top-left"\n'
        'color = "bgr"\nscaling = "torch"\n'
    )
    project, check = assembled(folder, built("softmax"))
    spec = project.medium.spec
    assert (spec.resize, spec.resize_method, spec.crop_anchor) == ("crop", "nearest", "top-left")
    assert (spec.color, spec.scaling, spec.width, spec.height) == ("bgr", "torch", SIZE, SIZE)
    assert (check, "scaling and colour" in facts(project)) == (None, False)


def of_teachable_machine():
    network = KerasNetwork(blue_or_red_model(), "keras_model.h5", digest="teachable")
    network.topology = Topology("Teachable Machine", Scaling.SYMMETRIC, Resize.CROP)
    return network


def test_a_family_that_crops_its_pictures_has_them_cropped(folder):
    labelled(folder, "blue", "red")
    project = project_of(folder, of_teachable_machine())
    assert (project.medium.spec.resize, project.medium.spec.crop_anchor) == (
        "crop",
        "middle-center",
    )
    value, why = facts(project)["resize"]
    assert (value, "Teachable Machine" in why) == ("crop", True)


def test_what_the_source_says_of_the_size_outweighs_the_family(folder):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text('[input]\nresize = "fit-long"\n')
    project = project_of(folder, of_teachable_machine())
    assert (project.medium.spec.resize, "resize" in facts(project)) == ("fit-long", False)


@pytest.mark.parametrize(
    ("lines", "mean", "deviation", "why"),
    [
        ("mean = [0.5, 0.4, 0.3]\nstd = 0.2", (127.5, 102.0, 76.5), (51.0,),
         "given of pixels 0..1, as no number is above 1"),
        ("mean = 127.5\ndeviation = 64", (127.5,), (64.0,),
         "given of pixels 0..255, by their size"),
        ('scaling = "0..255"\nmean = 0.5\ndeviation = 1', (0.5,), (1.0,),
         "given of pixels 0..255"),
        ('scaling = "0..1"\nmean = 0.5\ndeviation = 2', (127.5,), (510.0,),
         "given of pixels 0..1"),
        ('scaling = "mean-and-deviation"\nmean = 100', (100.0,), (1.0,),
         "given of pixels 0..255, by their size"),
    ],
)  # fmt: skip
def test_mean_and_deviation_of_one_s_own_settle_the_scaling(
    folder, built, lines, mean, deviation, why
):
    solid(folder / "red" / "a.png")
    solid(folder / "blue" / "a.png", BLUE)
    (folder / "project.toml").write_text(f"[input]\n{lines}\n")
    project, check = assembled(folder, built("softmax"))
    spec = project.medium.spec
    assert (spec.scaling, check) == (Scaling.OWN, None)
    assert np.allclose(spec.mean, mean)
    assert np.allclose(spec.deviation, deviation)
    assert facts(project)["mean and deviation"][1] == why


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('scaling = "mean-and-deviation"', "no numbers are given; write mean and deviation"),
        ('scaling = "torch"\nmean = 0.5', "The scaling torch has a mean of its own"),
        ("mean = [1, 2]", "The mean has 2 numbers"),
        ("mean = 1\nstd = 0", "The deviation must be above 0"),
    ],
)
def test_numbers_that_cannot_be_are_told(folder, built, lines, said):
    solid(folder / "red" / "a.png")
    solid(folder / "blue" / "a.png", BLUE)
    (folder / "project.toml").write_text(f"[input]\n{lines}\n")
    assert said in sentence_of(folder, built("softmax"))


def test_an_orientation_that_the_folder_wants_ignored_is_ignored(folder, built):
    solid(folder / "red" / "a.png")
    solid(folder / "blue" / "a.png", BLUE)
    assert project_of(folder, built("softmax")).medium.decoding.exif
    (folder / "project.toml").write_text("[input]\nexif = false\n")
    project = project_of(folder, built("softmax"))
    assert not project.medium.decoding.exif
    assert project_of(folder, built("softmax"), exif="heeded").medium.decoding.exif


def deep_pictures(folder, bits):
    for label, level in (("red", 0.9), ("blue", 0.1)):
        (folder / label).mkdir(parents=True)
        values = np.full((SIZE, SIZE), level * (2**bits - 1), np.uint16)
        Image.fromarray(values).save(folder / label / "a.png")


def test_one_white_is_told_for_all_pictures_of_more_than_eight_bits(folder, built):
    deep_pictures(folder, 12)
    project = project_of(folder, built("softmax"))
    assert project.medium.decoding.white == 4095.0
    value, why = facts(project)["white"]
    assert (value, "the highest number in 2 of them is 3685" in why) == ("4095", True)
    assert project.medium.read(folder / "blue" / "a.png").picture.max() == 25


def test_a_white_in_project_toml_counts_and_is_no_fact(folder, built):
    deep_pictures(folder, 12)
    (folder / "project.toml").write_text("[input]\nwhite = 65535\n")
    project = project_of(folder, built("softmax"))
    assert (project.medium.decoding.white, "white" in facts(project)) == (65535.0, False)


def test_pictures_that_were_centred_before_they_were_saved_are_a_warning(folder, built):
    for label, level in (("red", 0.9), ("blue", -0.9)):
        (folder / label).mkdir(parents=True)
        Image.fromarray(np.full((SIZE, SIZE), level, np.float32)).save(folder / label / "a.tif")
    project = project_of(folder, built("softmax"))
    (fact,) = [fact for fact in project.facts if fact.what == "black"]
    assert (fact.value, fact.warns) == ("all below 0", True)
    assert "where each is saved as an .npy file" in fact.why


def test_pictures_of_eight_bits_need_no_white(folder, built):
    solid(folder / "red" / "a.png")
    solid(folder / "blue" / "a.png", BLUE)
    project = project_of(folder, built("softmax"))
    assert (project.medium.decoding, "white" in facts(project)) == (USUAL, False)


def test_what_a_person_chooses_beside_the_scaling_is_told_and_leaves_the_scaling_open(grays):
    project, check = assembled(grays, band(), resize_method="area", exif="ignored")
    assert project.medium.spec.resize_method == "area"
    assert (project.medium.spec.scaling, check.medium.spec.resize_method) == ("0..255", "area")
    told = facts(project)
    assert told["resize filter"] == ("area", "chosen by you on the Project page")
    assert told["EXIF orientation"] == ("ignored", "chosen by you on the Project page")
    assert "on 5 pictures" in check.clues[-1].figure


def test_a_crop_anchor_that_is_none_is_told(folder, built):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text('[input]\nresize = "crop"\ncrop_anchor = "left"\n')
    assert "crop anchor 'left' is unknown; write for example" in sentence_of(
        folder, built("softmax")
    )


def test_a_gray_network_gets_gray_pictures(folder, built):
    solid(folder / "dark" / "a.png", (20, 20, 20))
    solid(folder / "bright" / "a.png", (230, 230, 230))
    (folder / "project.toml").write_text('classes = ["dark", "bright"]')
    project, check = assembled(folder, built("gray"))
    assert project.medium.spec.color is Color.GRAYSCALE
    assert project.medium.spec.channels == 1
    assert (check.score(check.trials[0]), len(check.trials)) == (1.0, 8)


@pytest.mark.parametrize(
    ("kind", "color", "said"),
    [("gray", "rgb", "takes 1 channel."), ("softmax", "grayscale", "takes 3 channels.")],
)
def test_a_colour_that_the_network_does_not_take_is_told(folder, built, kind, color, said):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text(f'[input]\ncolor = "{color}"')
    sentence = sentence_of(folder, built(kind))
    assert sentence == f"The colour is given as {color}, but the network {said}"


def sized(folder, *sizes):
    for number, size in enumerate(sizes):
        solid(folder / ("blue" if number % 2 else "red") / f"{number}.png", RED, size)


@pytest.mark.parametrize(
    ("sizes", "expected", "why"),
    [
        ([(20, 10), (20, 10), (64, 64)], (20, 10), "the commonest picture's"),
        ([(20, 512), (9, 9), (20, 512)], (20, 512), "the commonest picture's"),
        ([(513, 20), (9, 9), (513, 20)], (224, 224), "the pictures are large"),
    ],
)
def test_a_network_of_any_size_gets_a_size_that_fits(folder, built, sizes, expected, why):
    sized(folder, *sizes)
    project = project_of(folder, built("free"))
    assert (project.medium.spec.width, project.medium.spec.height) == expected
    assert facts(project)["size"][0] == f"{expected[0]} × {expected[1]}"
    assert why in facts(project)["size"][1]


def test_unreadable_pictures_have_no_say_in_the_size(folder, built):
    sized(folder, (20, 10), (9, 9), (20, 10))
    for name in "xyz":
        (folder / "red" / f"{name}.png").write_bytes(b"broken")
    assert project_of(folder, built("free")).medium.spec.width == 20


def test_what_no_page_can_show_is_refused(folder, built):
    labelled(folder, "blue", "red", "green")
    assert sentence_of(folder, built("sequence")) == (
        "model.h5 takes sequences of numbers, not pictures; put sounds in their place, or save "
        "what it is fed with as .npy files, one for each sample."
    )


def test_a_network_that_gives_a_grid_is_asked_for_objects(folder, built):
    labelled(folder, "blue", "red")
    project = project_of(folder, built("grid"))
    assert project.task == ObjectsByGrid(("background", "class 1", "class 2"))
    assert {sample.label for sample in project.samples} == {None}
    assert facts(project)["task"][1] == "the network gives its classes for each of 8 × 12 cells"


def test_a_size_that_is_given_is_taken(folder, built):
    sized(folder, (20, 10), (20, 10))
    (folder / "project.toml").write_text("[input]\nwidth = 12\nheight = 6")
    project = project_of(folder, built("free"))
    assert (project.medium.spec.width, project.medium.spec.height) == (12, 6)
    assert "size" not in facts(project)


# ----------------------------------------------------------------------------------- the scaling


def band(middle=100):
    """Right only for pictures in 0..255: "in" at one gray level and "out" away from it."""
    return KerasNetwork(
        pointwise(
            [[1.0, -1.0], [0, 0], [0, 0]],
            [-middle, middle],
            [[-0.1, 0.1], [-0.1, 0.1]],
            [1.0, -1.0],
            activation="softmax",
        ),
        "band.h5",
    )


@pytest.fixture
def grays(folder):
    for gray in (60, 80, 100, 120, 140):
        solid(folder / ("in" if gray == 100 else "out") / f"{gray}.png", (gray, gray, gray))
    return folder


def test_the_best_of_the_trials_is_taken_with_its_reason(grays):
    project, check = assembled(grays, band())
    assert (project.medium.spec.scaling, project.medium.spec.color) == (Scaling.RAW, Color.RGB)
    value, why = facts(project)["scaling and colour"]
    assert value == "0..255, rgb"
    assert "on 5 pictures, significantly better than 0..1, rgb" in why
    assert "no better than 0..255, bgr" in why  # of grey pictures
    assert (check.medium, check.by_labels) == (project.medium, True)


def test_without_labels_the_usual_scaling_is_taken_with_its_reason(folder, built):
    solid(folder / "a.png")
    project, check = assembled(folder, built("softmax"))
    assert (project.medium.spec.scaling, check.trials) == (Scaling.UNIT, ())
    assert check.assurance is Assurance.GUESS
    value, why = facts(project)["scaling and colour"]
    assert value == "0..1, rgb"
    assert why.startswith("a guess; no evidence, so the default is used; choose another")


def test_a_colour_that_is_given_is_kept_when_the_scaling_is_tried(folder, built):
    labelled(folder, "blue", "red")
    (folder / "project.toml").write_text('[input]\ncolor = "bgr"')
    project, check = assembled(folder, built("softmax"))
    assert project.medium.spec.color is Color.BGR
    assert {trial.medium.spec.color for trial in check.trials} == {Color.BGR}


@pytest.mark.parametrize("manifest", ["", '[input]\nscaling = "0..255"'])
def test_what_a_person_chose_outweighs_everything(grays, manifest):
    (grays / "project.toml").write_text(manifest)
    project, check = assembled(grays, band(), scaling=Scaling.TORCH, color=Color.BGR)
    assert (project.medium.spec.scaling, project.medium.spec.color) == (Scaling.TORCH, Color.BGR)
    assert facts(project)["scaling and colour"] == (
        "torch, bgr",
        "chosen by you on the Project page",
    )
    assert check.medium.spec.scaling is Scaling.RAW  # what the page compares the choice with


def test_choosing_a_colour_leaves_the_scaling_as_it_was_found(grays):
    spec = project_of(grays, band(), color=Color.BGR).medium.spec
    assert (spec.scaling, spec.color) == (Scaling.RAW, Color.BGR)


def test_choosing_a_colour_leaves_a_given_scaling_as_it_is(grays):
    (grays / "project.toml").write_text('[input]\nscaling = "torch"')
    spec = project_of(grays, band(), color=Color.BGR).medium.spec
    assert (spec.scaling, spec.color) == (Scaling.TORCH, Color.BGR)


def test_a_colour_cannot_be_forced_on_a_gray_network(folder, built):
    solid(folder / "a.png")
    spec = project_of(folder, built("gray"), scaling=Scaling.RAW, color=Color.BGR).medium.spec
    assert (spec.scaling, spec.color) == (Scaling.RAW, Color.GRAYSCALE)


def test_a_project_is_named_by_its_manifest_or_its_folder(folder, built):
    labelled(folder, "blue", "red")
    assert project_of(folder, built("softmax")).name == "my project"
    (folder / "project.toml").write_text('name = "Colours_1"')
    assert project_of(folder, built("softmax")).name == "Colours_1"


def test_a_network_that_has_nothing_to_draw_is_told(folder):
    inputs = keras.Input((SIZE, SIZE, 3))
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(flat))
    labelled(folder, "blue", "red")
    said = sentence_of(folder, KerasNetwork(model, "dense.h5"))
    assert said.startswith("dense.h5 has no layer with a map larger than 1 × 1")


# ------------------------------------------------------------------------------------ all together

GIVEN = '[input]\nscaling = "0..1"\n'


@pytest.fixture
def colors(tmp_path, blue_or_red_file):
    pictures = {f"red/{i}.png": (200 + i, 0, 0) for i in range(10)}
    pictures |= {f"blue/{i}.png": (0, 0, 200 + i) for i in range(10)}
    return folder_project(tmp_path / "colors", blue_or_red_file, pictures, GIVEN)


def reference(folder, **overrides):
    return SourceReference(SourceKind.FOLDER, str(folder)).with_overrides(overrides)


def refusal(folder):
    with pytest.raises(GradcamError) as caught:
        open_source(reference(folder))
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert already_open(reference(folder)) is None
    return sentence


def test_a_folder_is_opened_predicted_and_kept(colors):
    opened = open_source(reference(colors))
    assert opened.predictions.correct().tolist() == [1] * 20
    assert (opened.check, opened.project.task.names) == (None, ("blue", "red"))
    assert already_open(reference(colors)) is opened
    assert already_open(reference(colors, scaling=Scaling.RAW)) is None


def test_what_did_not_change_is_held_once_however_often_it_is_opened(colors):
    first, again = open_source(reference(colors)), open_source(reference(colors))
    assert again.predictions is first.predictions
    assert again.project is first.project
    (sample, *_) = first.project.samples
    Image.new("RGB", (SIZE, SIZE), (0, 9, 250)).save(sample.path)
    changed = open_source(reference(colors))
    assert changed.predictions is not first.predictions
    assert changed.predictions.digests[1:] == first.predictions.digests[1:]


def test_three_broken_pictures_among_twenty_are_listed_and_the_others_predicted(colors):
    (colors / "red" / "1.png").write_bytes(b"")
    (colors / "red" / "4.png").write_text("I am a text")
    half = noise(colors / "blue" / "7.png", 0, 32)
    half.write_bytes(half.read_bytes()[:900])
    found = open_source(reference(colors)).predictions
    assert len(found) == 17
    assert found.correct().tolist() == [1] * 17
    assert {left.name: left.reason for left in found.left_out} == {
        "red/1.png": "the file is empty",
        "red/4.png": "no picture format that is known here",
        "blue/7.png": "damaged: it cannot be decoded",
    }


def test_broken_pictures_do_not_stop_the_check_of_the_scaling(colors):
    (colors / "project.toml").unlink()
    (colors / "red" / "1.png").write_bytes(b"")
    opened = open_source(reference(colors))
    assert (opened.check.samples, len(opened.predictions)) == (19, 19)


@pytest.mark.parametrize("manifest", [GIVEN, ""])
def test_a_folder_without_a_readable_picture_is_told(colors, manifest):
    (colors / "project.toml").write_text(manifest)
    for path in colors.rglob("*.png"):
        path.write_bytes(b"broken")
    assert (
        refusal(colors)
        == "None of the 20 pictures can be read; blue/0.png: no picture format that is known here."
    )


def test_a_file_name_that_is_no_text_does_not_stop_the_others(colors):
    odd = solid(colors / "red" / "odd.png")
    odd.rename(odd.with_name(os.fsdecode(b"caf\xe9.png")))
    assert len(open_source(reference(colors)).predictions) >= 20


def test_a_regression_is_opened(tmp_path, model_folder):
    file = model_folder / "redness.h5"
    redness_scored("linear").save(file)
    pictures = {"2/a.png": (255, 0, 0), "-2/b.png": (0, 9, 9), "0/c.png": (127, 0, 0),
                "1.5/d.png": (255, 0, 0)}  # fmt: skip
    folder = folder_project(tmp_path / "redness", file, pictures, GIVEN)
    found = open_source(reference(folder)).predictions
    assert found.project.task.name == "regression"
    assert dict(zip(found.positions, found.correct().tolist(), strict=True)) == {
        "-2/b.png": 1,
        "0/c.png": 1,
        "1.5/d.png": 0,
        "2/a.png": 1,
    }


def test_a_folder_without_a_model_is_told(colors):
    (colors / "model.keras").unlink()
    assert "There is no model (" in refusal(colors)


def test_a_folder_without_pictures_is_told(colors):
    for path in colors.rglob("*.png"):
        path.unlink()
    assert "There is no picture or sound in colors;" in refusal(colors)


def test_a_folder_of_files_that_are_not_opened_says_which(colors):
    for path in colors.rglob("*.png"):
        path.rename(path.with_suffix(".mov"))
    count = len(list(colors.rglob("*.mov")))
    said = f"no picture or sound in colors, only {count} .mov files, which are not opened here;"
    assert said in refusal(colors)
    (colors / "model.keras").unlink()
    assert f"in colors, only {count} .mov files, which are not opened here; put" in refusal(colors)


def test_a_person_may_name_the_project(colors):
    own = reference(colors)
    named = own.called("  My\n cars ")
    assert str(named).endswith("?name=My+cars")
    assert open_source(parse_reference(str(named))).project.name == "My cars"
    (colors / "project.toml").write_text('name = "Theirs"\n')
    assert open_source(named).project.name == "My cars"
    assert open_source(own.called("")).project.name == "Theirs"


class Skipping(Progress):
    """Of a person who skips what may be skipped, as soon as so many pictures were tried."""

    def __init__(self, after):
        super().__init__()
        self.left, self.offered = after, set()

    def advance(self, count=1, volume=0):
        self.offered |= {self.skips}
        if self.skips and self.left <= 0:
            self.skip()
        self.left -= count
        super().advance(count, volume)


@pytest.mark.parametrize("after", [0, 20])
def test_a_check_that_is_skipped_leaves_the_usual_way_as_a_guess(colors, after):
    (colors / "project.toml").unlink()
    progress = Skipping(after)
    opened = open_source(reference(colors), progress)
    assert "Skip the check" in progress.offered
    assert (opened.check.skipped, opened.check.trials) == (True, ())
    (fact,) = [each for each in opened.project.facts if each.what == "scaling and colour"]
    assert (fact.value, fact.warns) == ("0..1, rgb", True)
    assert fact.why.startswith("a guess; the check was skipped, so the default is used; choose")
    assert not open_source(reference(colors)).check.skipped


def test_weights_without_a_network_are_told(colors):
    (colors / "model.keras").unlink()
    with h5py.File(colors / "model.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv"]
    assert "only model.h5, weights without the network itself; save" in refusal(colors)


def test_a_network_that_carries_code_is_told_and_not_run(colors):
    config = {
        "class_name": "Sequential",
        "config": {"layers": [{"class_name": "Lambda", "config": {"name": "scale"}}]},
    }
    with zipfile.ZipFile(colors / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    assert "carries Python code in its Lambda layer “scale”" in refusal(colors)


def test_a_source_that_was_opened_is_not_loaded_again(colors, monkeypatch):
    first = open_source(reference(colors))
    monkeypatch.setattr(
        "services.opening.networks.load_network", lambda _: pytest.fail("loaded again")
    )
    second = open_source(reference(colors, scaling=Scaling.RAW))
    assert second.project.network is first.project.network


def test_a_model_that_changed_is_loaded_again(colors):
    first = open_source(reference(colors))
    swapped = pointwise(
        [[1, 0], [0, 0], [0, 1]], [0, 0], np.eye(2) * 4, [0, 0], activation="softmax"
    )
    swapped.save(colors / "model.keras")
    second = open_source(reference(colors))
    assert second.project.network.digest != first.project.network.digest
    assert (second.predictions.computed, second.predictions.correct().sum()) == (20, 0)


def test_new_pictures_are_noticed(colors):
    open_source(reference(colors))
    solid(colors / "red" / "new.png", RED)
    found = open_source(reference(colors)).predictions
    assert (len(found), found.computed) == (21, 1)


def test_opening_tells_its_steps(colors):
    steps = []

    class Heard(Progress):
        def begin(self, name, total=0):
            steps.append(name)
            super().begin(name, total)

    open_source(reference(colors), Heard())
    assert steps == [
        "Reading the folder",
        "Opening the network",
        "Getting ready",
        "Reading the pictures",
        "Predicting",
    ]


def test_who_leaves_gets_nothing_opened(colors):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        open_source(reference(colors), progress)
    assert already_open(reference(colors)) is None


def test_opening_in_the_background_gives_the_same(colors):
    job = had(Opening(reference(colors)))
    assert job.result is already_open(reference(colors))
    assert len(job.result.predictions) == 20


def test_who_opens_what_is_being_opened_joins_in(colors, monkeypatch):
    reached, go_on = threading.Event(), threading.Event()
    original = contents.read_folder

    def slow(folder, picks):
        reached.set()
        assert go_on.wait(PATIENCE)
        return original(folder, picks)

    monkeypatch.setattr(contents, "read_folder", slow)
    workshop = OneProcess()
    first = workshop.ask(Opening(reference(colors)), Asker("ann"))
    assert reached.wait(PATIENCE)
    second = workshop.ask(Opening(reference(colors)), Asker("ben"))
    go_on.set()
    assert second is first
    assert first.wait(PATIENCE)


def test_a_refusal_in_the_background_is_a_sentence(tmp_path):
    job = had(Opening(reference(tmp_path / "nowhere")))
    assert job.error.startswith("There is no folder ")
    assert job.result is None


def test_the_error_of_a_project_is_one_of_ours():
    assert issubclass(ProjectError, GradcamError)
