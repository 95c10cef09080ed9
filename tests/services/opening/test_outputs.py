"""Which of several outputs is looked at, what else there is, and how to take it."""

import keras
import numpy as np
import pytest

from gradcam import GradcamError, Target
from gradcam.backends.keras.network import KerasNetwork
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.heatmaps.heatmaps import heatmaps, targets_of
from services.opening.assembly import assemble
from services.predictions.predictions import predict
from services.sources.folder import read_folder
from services.sources.reference import SourceKind, SourceReference, parse_reference
from services.work.progress import Progress
from tests.gradcam import networks
from tests.services.projects import BLUE, RED, SIZE, solid


def of_heads(*heads, grid=False):
    """Outputs behind one convolution: (name, units, activation) each."""
    inputs = keras.Input((SIZE, SIZE, 3))
    conv = keras.layers.Conv2D(4, 1, activation="relu", name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(conv)
    outputs = [
        keras.layers.Dense(units, activation=activation, name=name)(x)
        for name, units, activation in heads
    ]
    if grid:
        outputs.insert(0, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(conv))
    return KerasNetwork(networks.seeded(keras.Model(inputs, outputs)), "model.h5", "several")


CLASS_AND_BOX = (("box", 4, "sigmoid"), ("class", 3, "softmax"))
MAIN_AND_AUX = (("main", 3, "softmax"), ("aux", 3, "softmax"))
COLOUR_AND_SHAPE = (("colour", 2, "softmax"), ("shape", 33, "softmax"))
STEERING = (("steering", 1, None), ("throttle", 1, None))
SIGN_AND_ANGLE = (("sign", 3, "softmax"), ("angle", 1, None))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "several"
    made.mkdir()
    (made / "model.h5").touch()
    return made


def labelled(folder, *labels):
    for number, label in enumerate(labels):
        solid(folder / label / "a.png", BLUE if number % 2 else RED)


def table(folder, *lines):
    for number in range(len(lines) - 1):
        solid(folder / f"{number}.png", (20 * number, 0, 0))
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")


def project_of(folder, network, **picks):
    reference = SourceReference(SourceKind.FOLDER, str(folder)).picking(**picks)
    return assemble(read_folder(folder), network, reference, Progress())[0]


def facts(project):
    return {fact.what: (fact.value, fact.why) for fact in project.facts}


# --------------------------------------------------------------------------- by the labels


@pytest.mark.parametrize(
    ("heads", "labels", "output", "task", "names"),
    [
        (
            CLASS_AND_BOX,
            ["a", "b", "c"],
            "class (3 class scores)",
            "classification",
            ("a", "b", "c"),
        ),
        (MAIN_AND_AUX, list("abc"), "main (3 class scores)", "classification", ("a", "b", "c")),
        (COLOUR_AND_SHAPE, ["a", "b"], "colour (2 class scores)", "classification", ("a", "b")),
        (
            COLOUR_AND_SHAPE,
            [f"s{n:02}" for n in range(33)],
            "shape (33 class scores)",
            "classification",
            tuple(f"s{n:02}" for n in range(33)),
        ),
        (SIGN_AND_ANGLE, ["0.5", "1.25", "-3"], "angle (1 value)", "regression", ()),
        (SIGN_AND_ANGLE, ["0", "2"], "sign (3 class scores)", "classification", ("0", "1", "2")),
        (
            (("angle", 1, None), ("kind", 2, None)),
            ["a", "b"],
            "angle (1 value)",
            "classification",
            ("a", "b"),
        ),  # a logit tells two apart: the first that fits
        (
            (("box", 4, "sigmoid"), ("there", 1, "sigmoid")),
            ["no", "yes"],
            "there (1 score)",
            "classification",
            ("no", "yes"),
        ),
    ],
)
def test_the_first_output_whose_classes_fit_is_looked_at(
    folder, heads, labels, output, task, names
):
    labelled(folder, *labels)
    project = project_of(folder, of_heads(*heads))
    assert (project.task.name, project.task.names) == (task, names)
    assert facts(project)["output"][0] == output
    assert len(project.network.heads) == 1
    assert len(project.samples) == len(labels)


def test_the_fact_names_the_others_and_how_to_take_one(folder):
    labelled(folder, "a", "b", "c")
    project = project_of(folder, of_heads(*CLASS_AND_BOX))
    assert facts(project)["output"][1] == (
        'the first of 2 that fits; the other is box (4 scores); output = "box" in project.toml, or '
        "the Project page, takes another"
    )
    (choice,) = project.alternatives
    assert (choice.name, choice.taken) == ("output", "class")
    assert list(choice.values.items()) == [
        ("class", "class (3 class scores)"),  # what is taken by itself comes first
        ("box", "box (4 scores)"),
    ]


def test_a_list_of_classes_tells_the_output(folder):
    solid(folder / "a.png")
    (folder / "labels.txt").write_text("\n".join(f"s{n}" for n in range(33)) + "\n")
    project = project_of(folder, of_heads(*COLOUR_AND_SHAPE))
    assert facts(project)["output"][0] == "shape (33 class scores)"


def test_without_a_label_it_is_the_first_with_classes(folder):
    solid(folder / "a.png")
    project = project_of(folder, of_heads(*CLASS_AND_BOX))
    assert facts(project)["output"][0] == "class (3 class scores)"
    assert project.task.names == ("class 0", "class 1", "class 2")


def test_a_mask_beside_a_class_does_not_keep_it_from_opening(folder):
    labelled(folder, "a", "b")
    project = project_of(folder, of_heads(("class", 2, "softmax"), grid=True))
    assert project.task.names == ("a", "b")
    assert facts(project)["output"][1] == (
        f"the first of 2 that fits; the other is mask (a map of {SIZE} × {SIZE})"
    )
    assert project.alternatives == ()


def test_values_that_share_one_label_are_looked_at_together_as_ever(folder):
    labelled(folder, "0.5", "1.5")
    project = project_of(folder, of_heads(*STEERING))
    assert (project.task.name, project.task.output, project.network.units) == ("regression", 0, 2)
    options = project.task.targets(project.network).options
    assert [option.word for option in options] == ["=0", "-0", "=1", "-1"]
    (choice,) = project.alternatives
    assert (choice.taken, list(choice.values)) == ("", ["", "steering", "throttle"])
    (folder / "project.toml").write_text("[regression]\noutput = 1\n")
    assert project_of(folder, of_heads(*STEERING)).task.output == 1


def test_an_output_numbered_through_all_stays_what_it_was(folder):
    labelled(folder, "0.5", "1.5")
    (folder / "project.toml").write_text('task = "regression"\n[regression]\noutput = 3\n')
    project = project_of(folder, of_heads(*SIGN_AND_ANGLE))
    assert (project.task.output, project.network.units) == (3, 4)


def test_a_regression_that_project_toml_names_takes_values_and_no_scores(folder):
    labelled(folder, "0", "2")
    (folder / "project.toml").write_text('task = "regression"\n')
    assert facts(project_of(folder, of_heads(*SIGN_AND_ANGLE)))["output"][0] == "angle (1 value)"


def test_where_none_fits_the_sentence_says_which_there_are(folder):
    labelled(folder, *"abcdefg")
    with pytest.raises(GradcamError) as caught:
        project_of(folder, of_heads(*CLASS_AND_BOX))
    assert str(caught.value) == (
        "model.h5 has 2 outputs, box (4 scores), class (3 class scores), and none fits the labels "
        '(a, b, c, d, e, f, …); choose one by output = "…" in project.toml, and name its classes '
        "there or in labels.txt."
    )


# ---------------------------------------------------------------------- by what a person says


@pytest.mark.parametrize("named", ['"aux"', "1", '"1"'])
def test_project_toml_names_it_or_numbers_it(folder, named):
    labelled(folder, "a", "b", "c")
    (folder / "project.toml").write_text(f"output = {named}\n")
    project = project_of(folder, of_heads(*MAIN_AND_AUX))
    value, why = facts(project)["output"]
    assert value == "aux (3 class scores)"
    assert why.startswith("as project.toml says; the other is main (3 class scores);")


def test_the_link_outweighs_project_toml_and_survives(folder):
    labelled(folder, "a", "b", "c")
    (folder / "project.toml").write_text('output = "aux"\n')
    project = project_of(folder, of_heads(*MAIN_AND_AUX), output="main")
    assert facts(project)["output"][0] == "main (3 class scores)"
    assert "chosen by you" in facts(project)["output"][1]
    (choice,) = project.alternatives
    assert (choice.taken, list(choice.values)) == ("main", ["", "main", "aux"])
    reference = SourceReference(SourceKind.FOLDER, str(folder)).picking(output="main")
    assert parse_reference(str(reference)) == reference


def test_an_output_that_labels_do_not_fit_is_explained_and_not_judged(folder):
    labelled(folder, "a", "b", "c")
    project = project_of(folder, of_heads(*CLASS_AND_BOX), output="box")
    assert (project.task.name, project.network.units) == ("regression", 4)
    assert [sample.label for sample in project.samples] == [None] * 3
    assert [(f.value, f.why) for f in project.facts if f.what == "labels"][-1] == (
        "a, b, c",
        "do not fit this output, so nothing is judged",
    )


@pytest.mark.parametrize(
    ("picks", "whose"), [({}, "project.toml"), ({"output": "age"}, "The link")]
)
def test_an_output_that_there_is_not_is_told(folder, picks, whose):
    labelled(folder, "a", "b", "c")
    (folder / "project.toml").write_text('output = "age"\n')
    with pytest.raises(ProjectError) as caught:
        project_of(folder, of_heads(*MAIN_AND_AUX), **picks)
    assert str(caught.value) == (
        f"{whose} asks for the output age, but the network has main (3 class scores), "
        "aux (3 class scores)."
    )


def test_an_output_is_a_text_or_a_whole_number(folder):
    labelled(folder, "a", "b", "c")
    (folder / "project.toml").write_text("output = 1.5\n")
    with pytest.raises(ProjectError, match="output must be a text in quotes"):
        project_of(folder, of_heads(*MAIN_AND_AUX))


# --------------------------------------------------------------- labels of several outputs


def test_each_output_has_the_column_of_its_name(folder):
    table(folder, "file,steering,throttle", "0.png,0.5,1", "1.png,-0.5,2")
    first = project_of(folder, of_heads(*STEERING))
    assert [sample.label for sample in first.samples] == ["0.5", "-0.5"]
    assert facts(first)["output"][0] == "steering (1 value)"
    other = project_of(folder, of_heads(*STEERING), output="throttle")
    assert [sample.label for sample in other.samples] == ["1", "2"]


def test_a_class_and_a_value_have_columns_of_their_own(folder):
    table(folder, "file,angle,sign", "0.png,0.5,stop", "1.png,-0.5,go", "2.png,1.5,yield")
    network = of_heads(("sign_output", 3, "softmax"), ("angle_output", 1, None))
    project = project_of(folder, network)
    assert project.task.names == ("go", "stop", "yield")
    assert [sample.label for sample in project.samples] == ["stop", "go", "yield"]
    angle = project_of(folder, network, output="angle_output")
    assert [sample.label for sample in angle.samples] == ["0.5", "-0.5", "1.5"]
    assert [dict(project.samples[0].metadata), dict(angle.samples[0].metadata)] == [
        {"angle": "0.5"},
        {"sign": "stop"},
    ]


def test_outputs_that_nobody_named_take_as_many_columns_in_order(folder):
    table(folder, "file,a,b", "0.png,0.5,1", "1.png,-0.5,2")
    network = of_heads(("dense_1", 1, None), ("dense_2", 1, None))
    assert [s.label for s in project_of(folder, network, output="dense_2").samples] == ["1", "2"]


@pytest.mark.parametrize(("settings", "labels"), [("", ["1", "3"]), ("output = 1", ["2", "4"])])
def test_units_of_one_output_have_columns_in_order(folder, settings, labels):
    table(folder, "file,x,y", "0.png,1,2", "1.png,3,4")
    (folder / "project.toml").write_text(f'task = "regression"\n[regression]\n{settings}\n')
    project = project_of(folder, of_heads(("point", 2, None)))
    assert [sample.label for sample in project.samples] == labels


# ------------------------------------------------------------------------------- heatmaps


def test_what_is_explained_is_of_the_chosen_output(folder):
    labelled(folder, "a", "b", "c")
    whole = of_heads(*CLASS_AND_BOX)
    predictions = predict(project_of(folder, whole), Progress())
    best = [Target.for_class(int(index)) for index in predictions.answers.predicted]
    assert targets_of(predictions, [0, 1, 2], Recipe()) == best
    assert predictions.outputs.shape == (3, 3)
    drawn = heatmaps(predictions, [0, 1, 2], Recipe(target="=b"))
    assert all(np.isfinite(one.raw).all() for one in drawn)
    np.testing.assert_allclose(predictions.outputs.sum(axis=1), 1, atol=1e-5)
