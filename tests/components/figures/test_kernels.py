"""A 1 × 1 convolution as a matrix, and all weights of a layer together."""

import numpy as np

from components.figures.kernels import LEAST, MOST, mixing_figure, weights_figure

WEIGHTS = np.array([[1.0, -3.0], [0.5, 0.0], [-0.25, 2.0]], np.float32)


def test_each_cell_is_the_weight_of_its_output_and_input() -> None:
    (heat,) = mixing_figure(WEIGHTS, [7, 0, 2]).data
    np.testing.assert_array_equal(heat.z, WEIGHTS)
    assert list(heat.y) == ["7", "0", "2"]
    assert heat.hovertemplate.startswith("output %{y}, input %{x}: %{z")


def test_zero_is_the_middle_of_the_colours_and_the_first_row_is_on_top() -> None:
    figure = mixing_figure(WEIGHTS, [0, 1, 2])
    colours = dict(figure.data[0].colorscale)
    assert figure.data[0].zmid == 0
    red, green, blue = (int(colours[0.5][i : i + 2], 16) for i in (1, 3, 5))
    assert red == green == blue
    assert colours[0] != colours[1]
    assert figure.layout.yaxis.autorange == "reversed"


def test_a_figure_of_many_outputs_stays_on_the_screen() -> None:
    heights = [mixing_figure(np.zeros((n, 3)), range(n)).layout.height for n in (1, 24, 500)]
    assert heights == [LEAST, 24 * 14 + 90, MOST]


def test_every_weight_is_counted() -> None:
    kernels = np.random.default_rng(0).normal(size=(4, 3, 3, 2)).astype(np.float32)
    (bars,) = weights_figure(kernels).data
    assert sum(bars.y) == kernels.size
