"""Figures say of each point what it stands for."""

from __future__ import annotations

import numpy as np

from components.figures import confusion_figure


def test_each_cell_tells_its_count_and_classes_in_the_order_of_its_index() -> None:
    matrix = np.array([[5, 2], [0, 7]])
    cells = confusion_figure(matrix, ["a", "b"]).data[1]
    expected = ["5 × a called a", "2 × a called b", "0 × b called a", "7 × b called b"]
    assert list(cells.hovertext) == expected
    assert list(cells.text) == ["5", "2", "", "7"]
    assert [divmod(i, 2) for i in range(4)] == list(zip(cells.y, cells.x, strict=True))


def test_right_cells_are_above_zero_and_wrong_ones_below() -> None:
    heat = confusion_figure(np.array([[3, 1], [4, 0]]), ["a", "b"]).data[0]
    np.testing.assert_allclose(heat.z, [[0.75, -0.25], [-1.0, 0.0]])


def test_class_names_are_text_in_the_figure() -> None:
    figure = confusion_figure(
        np.eye(2, dtype=int), ["<b>x</b> & y", "a long name that is cut somewhere"]
    )
    assert figure.layout.xaxis.ticktext[0] == "&lt;b>x&lt;/b> &amp; y"
    assert figure.layout.xaxis.ticktext[1] == "a long name that …"
