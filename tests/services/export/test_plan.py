"""Everything that an export's files depend on."""

import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gradcam import (
    GRAD_CAM,
    METHODS,
    Colormap,
    GradcamError,
    InputSpec,
    Normalization,
    Pooling,
    Target,
)
from gradcam.backends.keras.network import KerasNetwork
from gradcam.errors import NetworkError
from services.choices.choices import Choices, OverlaySize
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.plan import ExportPlan
from services.fact import Fact
from services.media.picture import Pictures
from services.media.sound.masking import Filling
from services.sample import LabelledBox, LeftOut, Sample
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression
from services.tasks.targets import TRUE
from tests.gradcam import networks
from tests.services.export.exports import plan_of
from tests.services.projects import project_of

ROOT = Path(__file__).parents[3]
RED, BLUE = Target.for_class(1), Target.for_class(0)
RED_NOT_BLUE, BLUE_NOT_RED = Target.contrast(1, 0), Target.contrast(0, 1)


@pytest.fixture
def values(tmp_path):
    """A regression of two numbers."""
    network = KerasNetwork(networks.headed(networks.TWO_VALUES), "values.h5", digest="values")
    return project_of(
        network,
        [Sample("a", tmp_path / "a.png", "1.5")],
        task=Regression(1, 0.25),
        input_spec=InputSpec(networks.SIZE, networks.SIZE),
    )


def refused(project, kind=ProjectError, **choices):
    with pytest.raises(kind) as refusal:
        ExportPlan.of(project, Choices().having(**choices))
    return str(refusal.value)


# ---------------------------------------------------------------------------- from choices


def test_without_a_choice_a_plan_is_the_usual_one(project):
    assert ExportPlan.of(project, Choices()) == plan_of("coarse")
    assert plan_of("x") == plan_of(
        layer="x",
        method=GRAD_CAM,
        pooling=Pooling.MEAN,
        method_settings="",
        target="predicted",
        against="",
        normalization=Normalization.PERCENTILE,
        percentile=100.0,
        shared_scale=False,
        alpha=0.4,
        colormap=Colormap.JET,
        overlay_size=OverlaySize.ORIGINAL,
        threshold=None,
    )


def test_every_choice_that_concerns_drawing_is_taken_over(project):
    chosen = {
        "layer": "fine",
        "method": METHODS["rise"],
        "method_settings": "masks=80",
        "pooling": Pooling.SUM_ABS,
        "target": "=red",
        "against": "second",
        "normalization": Normalization.SIMPLE,
        "percentile": 90.0,
        "shared_scale": True,
        "alpha": 0.7,
        "colormap": Colormap.TURBO,
        "overlay_size": OverlaySize.MODEL,
    }
    plan = ExportPlan.of(project, Choices().having(**chosen))
    assert plan == plan_of(**chosen)
    assert set(plan.settings()) == set(chosen)


def test_a_threshold_is_a_regressions_only(project, values):
    assert ExportPlan.of(project, Choices().having(threshold=0.3)).filter.threshold is None
    assert ExportPlan.of(values, Choices()).filter.threshold == 0.25
    assert ExportPlan.of(values, Choices().having(threshold=0.0)).filter.threshold == 0.0
    assert ExportPlan.of(values, Choices().having(threshold=0.3)).filter.threshold == 0.3


def test_a_layer_that_is_not_there_is_told(project):
    assert refused(project, NetworkError, layer="fines") == (
        "contrast.keras has no explainable layer named 'fines'."
    )


# --------------------------------------------------------------------------------- targets


def test_the_predicted_class_is_left_to_the_network(project):
    assert plan_of("fine").targets(project, project.samples[:3]) == [None, None, None]


def test_the_true_class_is_each_samples_own(project, tmp_path):
    samples = [Sample(f"{label}.png", tmp_path, label) for label in ("red", "blue", None)]
    assert plan_of("fine", target=TRUE).targets(project, samples) == [RED, BLUE, None]


def test_one_class_may_be_explained_for_all(project):
    assert plan_of("fine", target="=red").targets(project, project.samples[:2]) == [RED, RED]
    assert plan_of("fine", target="=blue").targets(project, project.samples[:1]) == [BLUE]


@pytest.mark.parametrize("name", ["true", "predicted", "=x", ""])
def test_a_class_may_have_any_name(project, name):
    odd = replace(project, task=Classification(("blue", name)))
    assert plan_of("fine", target=f"={name}").targets(odd, odd.samples[:1]) == [RED]


@pytest.mark.parametrize("words", ["=green", "green", "-green", "xred"])
@pytest.mark.parametrize("side", ["target", "against"])
def test_a_class_that_is_not_there_is_told(project, side, words):
    assert refused(project, **{side: words}) == (
        f"There is no class “{words.removeprefix('=')}” in this project; it has blue, red."
    )


@pytest.mark.parametrize("words", ["second", "", "red", "-0"])
def test_a_target_that_is_no_word_of_ours_is_told(project, words):
    assert refused(project, target=words).startswith(f"There is no class “{words}” in this")


@pytest.mark.parametrize(
    ("target", "against", "expected"),
    [
        ("predicted", "second", [RED_NOT_BLUE, BLUE_NOT_RED, RED_NOT_BLUE]),
        ("predicted", "true", [RED, BLUE_NOT_RED, RED]),
        ("true", "predicted", [RED, RED_NOT_BLUE, RED]),
        ("true", "second", [RED_NOT_BLUE, RED_NOT_BLUE, RED_NOT_BLUE]),
        ("=blue", "=red", [BLUE_NOT_RED] * 3),
        ("=blue", "=blue", [BLUE] * 3),
        ("=blue", "", [BLUE] * 3),
        ("predicted", "", [None] * 3),
        ("true", "", [RED, RED, None]),
    ],
)
def test_a_class_is_set_against_another(project, tmp_path, target, against, expected):
    """Red, blue and red are predicted, red, red and nobody knows is true."""
    samples = [Sample(f"{i}.png", tmp_path, label) for i, label in enumerate(["red", "red", None])]
    scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]], np.float32)
    plan = ExportPlan.of(project, Choices().having(target=target, against=against))
    answers = project.task.read(project.network, samples, scores)
    found = plan.targets(project, samples)
    assert (found is None) == bool(against)
    told = answers.targets(range(3), plan.recipe.target, plan.recipe.against)
    assert (told if found is None else found) == expected


def test_what_is_left_of_a_contrast_is_dropped_in_a_regression(values):
    plan = ExportPlan.of(values, Choices().having(against="second"))
    assert plan == ExportPlan.of(values, Choices())
    assert plan.targets(values, ()) == []


def test_eight_classes_are_named_and_the_others_hinted_at(project):
    for count, said in ((8, "0, 1, 2, 3, 4, 5, 6, 7."), (9, "0, 1, 2, 3, 4, 5, 6, 7, ….")):
        many = replace(project, task=Classification(tuple(map(str, range(count)))))
        assert refused(many, target="=x") == f"There is no class “x” in this project; it has {said}"


@pytest.mark.parametrize(
    ("target", "index"), [("predicted", 1), (TRUE, 1), ("=0", 0), ("=1", 1), ("red", 1)]
)
def test_an_output_of_a_regression_is_named_by_its_number(values, target, index):
    plan = ExportPlan.of(values, Choices().having(target=target))
    assert plan.targets(values, values.samples * 2) == [Target.for_output(index)] * 2


def test_what_lowers_an_output_has_a_sign(values):
    plan = ExportPlan.of(values, Choices().having(target="-0"))
    lowers = Target.for_output(0, lowers=True)
    assert plan.targets(values, values.samples * 2) == [lowers] * 2


@pytest.mark.parametrize("sign", ["=", "-"])
@pytest.mark.parametrize("target", ["2", "-1", "0.5", "red", "²", "", "predicted"])
def test_an_output_that_is_not_there_is_told(values, sign, target):
    assert refused(values, target=f"{sign}{target}") == (
        f"There is no output “{target}” in this network; it has 2, numbered from 0."
    )


def test_a_refusal_is_one_of_the_house(project):
    with pytest.raises(GradcamError):
        ExportPlan.of(project, Choices().having(layer="none", target="=none"))


# --------------------------------------------------------------------------------- settings


def test_settings_can_be_written_as_json(project, values):
    told = json.loads(json.dumps(ExportPlan.of(project, Choices()).settings()))
    assert told == {
        "layer": "coarse",
        "method": "grad-cam",
        "method_settings": "",
        "pooling": "mean",
        "target": "predicted",
        "against": "",
        "normalization": "percentile",
        "percentile": 100.0,
        "shared_scale": False,
        "alpha": 0.4,
        "colormap": "jet",
        "overlay_size": "original",
    }
    assert ExportPlan.of(values, Choices().having(threshold=0.0)).settings()["threshold"] == 0.0
    rise = Choices().having(method=METHODS["rise"], method_settings="masks=80", against="=red")
    told = ExportPlan.of(project, rise).settings()
    assert [told[name] for name in ("method", "method_settings", "against")] == [
        "rise", "masks=80", "=red",
    ]  # fmt: skip


def test_parameters_are_all_that_the_method_has():
    plan = plan_of("x", METHODS["random-map"], method_settings="seed=5")
    assert plan.recipe.settings == {"seed": 5}
    assert plan_of("x", METHODS["random-map"]).recipe.settings == {"seed": 0}
    assert plan_of("x", pooling=Pooling.SUM_ABS).recipe.settings == {"pooling": "sum_abs"}


# ----------------------------------------------------------------------------------- digest

OTHERS = {
    "layer": "fine",
    "method": METHODS["rise"],
    "method_settings": "pooling=sum_abs",
    "pooling": Pooling.SUM_ABS,
    "target": TRUE,
    "against": "second",
    "normalization": Normalization.SIMPLE,
    "percentile": 99.0,
    "shared_scale": True,
    "alpha": 0.5,
    "colormap": Colormap.VIRIDIS,
    "overlay_size": OverlaySize.MODEL,
    "threshold": 0.2,
    "heard_share": 40,
    "filling": Filling.SILENCE,
}


def test_the_same_export_has_the_same_digest(project):
    plan = plan_of("coarse")
    digest = plan.digest(project, project.samples)
    assert digest == replace(plan).digest(replace(project), tuple(project.samples))
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")


def test_every_setting_makes_another_export(project):
    of_plan = {field.name for field in fields(ExportPlan)} - {"recipe", "filter"}
    of_recipe = {field.name for field in fields(Recipe)}
    of_recipe -= {"network", "arithmetic"}  # told by its contents
    assert set(OTHERS) == of_recipe | of_plan | {"threshold"}
    usual = plan_of("coarse")
    plans = [
        usual,
        *(plan_of(**{"layer": "coarse", name: value}) for name, value in OTHERS.items()),
    ]
    digests = {plan.digest(project, project.samples) for plan in plans}
    assert len(digests) == len(OTHERS) + 1


def test_which_samples_a_filter_left_is_told_by_the_samples(project):
    usual, narrowed = plan_of("coarse"), plan_of("coarse", text="a", verdict="Correct")
    assert usual.digest(project, project.samples) == narrowed.digest(project, project.samples)


def test_an_export_of_the_first_version_is_found():
    """Its plan was one flat dataclass, and the digest was of how Python prints one."""
    project = project_of(SimpleNamespace(digest="n", is_folded=False), ())
    plan = plan_of("fine", METHODS["rise"], method_settings="masks=80", threshold=0.2)
    printed = (
        "ExportPlan(layer='fine', method=<Method rise>, pooling=<Pooling.MEAN: 'mean'>, "
        "method_settings='masks=80', target='predicted', against='', "
        "normalization=<Normalization.PERCENTILE: 'percentile'>, percentile=100.0, "
        "shared_scale=False, alpha=0.4, colormap=<Colormap.JET: 'jet'>, "
        "overlay_size=<OverlaySize.ORIGINAL: 'original'>, threshold=0.2)"
    )
    told = hashlib.sha256(f"2 {printed} n".encode())
    told.update(
        f"{project.medium.spec} ('blue', 'red') Regression(output=0, threshold=0.1)".encode()
    )
    told.update(f"{project.name} {project.facts} {project.left_out} ".encode())
    assert plan.digest(project, ()) == told.hexdigest()[:32]


def test_every_method_makes_another_export(project):
    plans = [plan_of("coarse", method) for method in METHODS.values()]
    assert len({plan.digest(project, project.samples) for plan in plans}) == len(METHODS)


DIGESTS = """
from types import SimpleNamespace
from gradcam import METHODS
from tests.services.export.exports import plan_of
from tests.services.projects import project_of

project = project_of(SimpleNamespace(digest="n", is_folded=False), ())
for method in METHODS.values():
    plan = plan_of("fine", method, method_settings="seed=1", target="=red", against="second")
    print(plan.digest(project, ()))
"""


def test_another_process_finds_the_same_digest():
    """Else no export would be gone on with, or found again, after a restart."""
    command = [sys.executable, "-B", "-c", DIGESTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    with redirect_stdout(io.StringIO()) as here:
        exec(DIGESTS, {})
    assert len(here.getvalue().split()) == len(METHODS)
    assert done.stdout == here.getvalue()


def test_everything_that_is_explained_makes_another_export(project, redness):
    plan, (first, *rest) = plan_of("coarse"), project.samples
    box = LabelledBox("x", 0, 0, 2, 2)
    others = {
        "network": (replace(project, networks=(redness,)), project.samples),
        "scaling": (
            replace(project, medium=Pictures(replace(project.medium.spec, scaling="0..255"))),
            project.samples,
        ),
        "classes": (replace(project, task=Classification(("blue", "rot"))), project.samples),
        "task": (replace(project, task=Regression(1)), project.samples),
        "fewer": (project, rest),
        "order": (project, project.samples[::-1]),
        "label": (project, (replace(first, label="red"), *rest)),
        "no label": (project, (replace(first, label=None), *rest)),
        "boxes": (project, (replace(first, boxes=(box,)), *rest)),
        "name": (project, (replace(first, id="other.png"), *rest)),
        "file": (project, (replace(first, path=rest[0].path), *rest)),
    }
    left_out = (LeftOut("x.txt", "no picture"),)
    others |= {
        "called": (replace(project, name="Other"), project.samples),
        "facts": (replace(project, facts=(Fact("a", "b", "c"),)), project.samples),
        "left out": (replace(project, left_out=left_out), project.samples),
        "source": (project, project.samples, "elsewhere"),
    }
    digests = {name: plan.digest(*what) for name, what in others.items()}
    digests["own"] = plan.digest(project, project.samples)
    assert len(set(digests.values())) == len(digests)


def test_a_spec_that_is_equal_makes_no_other_export(project):
    same = replace(project, medium=replace(project.medium))
    plan = plan_of("coarse")
    assert plan.digest(same, same.samples) == plan.digest(project, project.samples)


def test_a_picture_that_changed_or_went_makes_another_export(project):
    plan, path = plan_of("coarse"), project.samples[0].path
    digests = [plan.digest(project, project.samples)]
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    digests.append(plan.digest(project, project.samples))
    path.write_bytes(path.read_bytes() + b" ")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    digests.append(plan.digest(project, project.samples))
    path.unlink()
    digests.append(plan.digest(project, project.samples))
    assert len(set(digests)) == 4
