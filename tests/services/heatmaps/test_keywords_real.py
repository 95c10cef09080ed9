"""Real keyword networks: the default map is proven where Grad-CAM's is not."""

from pathlib import Path

import pytest

import gradcam
from gradcam import truth
from services.heatmaps.heatmaps import tensors
from services.opening.opening import open_source
from services.sources.reference import SourceKind, SourceReference

REAL = Path(__file__).parents[4] / "shared" / "real"
STEPS = {"integrated-gradients": {"steps": 32}}


@pytest.fixture(scope="module", params=["mfcc", "mfe"])
def keywords(request):
    folder = REAL / f"ei_keywords_{request.param}"
    if not folder.is_dir():
        pytest.skip("../shared/real is not there: the real keywords are not tested")
    opened = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    every_second = range(0, len(opened.predictions), 2)
    return request.param, opened.project, tensors(opened.predictions, every_second)


def supported(project, batch, method):
    """Of how many sounds the quick check supports the map of what the network says itself."""
    made = gradcam.explain(project.network, batch, None, None, method, **STEPS.get(method, {}))
    checks = [
        truth.quick(gradcam.Probe(project.network, batch[at : at + 1]), 0, raw)
        for at, raw in enumerate(made.maps)
    ]
    return sum(check.outcome is truth.Outcome.SUPPORTED for check in checks)


def test_the_default_is_hires_cam(keywords):
    _, project, _ = keywords
    assert project.usual.method.name == "hires-cam"
    assert "a Flatten follows the layer" in project.usual.why


def test_coefficient_by_coefficient_every_map_is_proven(keywords):
    kind, project, batch = keywords
    assert len(batch) == 23
    made = gradcam.explain(project.network, batch[:1], method="integrated-gradients", steps=8)
    assert made.maps.shape[1:] == {"mfcc": (50, 13), "mfe": (99, 40)}[kind]
    assert supported(project, batch, "integrated-gradients") >= 20  # 23 and 23


def test_that_is_recommended_where_layers_only_know_steps_and_prove_little(keywords):
    kind, project, batch = keywords
    usual = project.usual
    if kind == "mfe":
        assert usual.finer is None
        return
    assert usual.finer is not None
    assert usual.finer.name == "integrated-gradients"
    assert supported(project, batch, "hires-cam") <= 12  # 8
    assert supported(project, batch, "grad-cam") <= 12  # 9


def test_the_default_map_of_two_dimensions_is_proven_and_grad_cam_s_is_not(keywords):
    kind, project, batch = keywords
    if kind == "mfcc":
        pytest.skip("a strip over time hides whole frames, which says little of either")
    assert supported(project, batch, "hires-cam") >= 18  # 22
    assert supported(project, batch, "grad-cam") <= 6  # 2
