"""The finer grid points at planted defects more often than the plain one."""

from pathlib import Path

import pytest

import gradcam
from tests.gradcam.anomaly.textures import DEMO, LAYER, compared, scored_textures

PERSONS = Path(__file__).parents[4] / "shared" / "real" / "tflite" / "vww.h5"


@pytest.mark.few(1)
@pytest.mark.parametrize(("file", "layer"), [(DEMO, LAYER), (PERSONS, "activation_8")])
def test_the_finer_grid_s_hottest_point_is_at_the_defect_more_often(file, layer):
    if not file.exists():
        pytest.skip(f"{file.name} is not there")
    network = scored_textures(gradcam.load_network(file), layer)
    result = compared(network)
    assert result.finer.mean() >= 0.55
    assert result.plain.mean() <= 0.45
    assert result.chance < 0.001
