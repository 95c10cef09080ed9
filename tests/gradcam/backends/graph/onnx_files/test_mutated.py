"""Files of which parts are wrong: one sentence, or a network that runs; never anything else."""

import pytest

from tests.gradcam.backends.back_ends import drawn_weights
from tests.gradcam.backends.graph.damaged import tried
from tests.gradcam.backends.graph.onnx_files.files import small_network, written
from tests.gradcam.backends.graph.onnx_files.mutated import MUTATIONS


@pytest.fixture(scope="module")
def files():
    nodes, constants = small_network(drawn_weights())
    return [written(nodes, constants, ["batch", 3, 12, 16]).SerializeToString()]


def test_fifty_files_of_which_parts_are_wrong(files, tmp_path):
    said = tried(files, MUTATIONS, 50, tmp_path / "own.onnx")
    assert 10 < sum(map(bool, said)) < 50


@pytest.mark.whole
def test_a_thousand_files_of_which_parts_are_wrong(files, tmp_path):
    said = tried(files, MUTATIONS, 1000, tmp_path / "own.onnx")
    assert 200 < sum(map(bool, said)) < 1000
