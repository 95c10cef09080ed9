"""Files of which parts are wrong: one sentence, or a network that runs; never anything else."""

import pytest

from tests.gradcam.backends.back_ends import drawn_weights
from tests.gradcam.backends.graph.damaged import tried
from tests.gradcam.backends.graph.tensorflow_lite.mutated import MUTATIONS
from tests.gradcam.backends.graph.tensorflow_lite.networks import small_file

KINDS = ("float32", "float16", "int8")


@pytest.fixture(scope="module")
def files():
    return [small_file(drawn_weights(), kind) for kind in KINDS]


def test_fifty_files_of_which_parts_are_wrong(files, tmp_path):
    said = tried(files, MUTATIONS, 50, tmp_path / "own.tflite")
    assert 10 < sum(map(bool, said)) < 50


@pytest.mark.whole
def test_a_thousand_files_of_which_parts_are_wrong(files, tmp_path):
    said = tried(files, MUTATIONS, 1000, tmp_path / "own.tflite")
    assert 200 < sum(map(bool, said)) < 1000
