"""Figures say of each point what it stands for."""

from __future__ import annotations

import numpy as np

from components.figures import plot
from components.figures.scores import confusion_figure


def test_each_cell_tells_its_count_and_classes_in_the_order_of_its_index() -> None:
    matrix = np.array([[5, 2], [0, 7]])
    cells = confusion_figure(matrix, ["a", "b"]).data[1]
    expected = [
        "5 × a predicted as a",
        "2 × a predicted as b",
        "0 × b predicted as a",
        "7 × b predicted as b",
    ]
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


MATRIX = np.array([[6, 2], [1, 3]])


def test_totals_stand_at_the_ends_and_an_index_tells_row_and_column() -> None:
    cells = confusion_figure(MATRIX, ["a", "b"], totals=True).data[1]
    assert list(cells.text) == ["6", "2", "8", "1", "3", "4", "7", "5", "12"]
    assert list(cells.hovertext)[2] == "8 × a predicted as all"
    assert list(cells.hovertext)[7] == "5 × all predicted as b"
    assert [divmod(i, 3) for i in range(9)] == list(zip(cells.y, cells.x, strict=True))


def test_rates_are_shares_of_the_true_class_with_recall_precision_and_accuracy() -> None:
    cells = confusion_figure(MATRIX, ["a", "b"], totals=True, rates=True).data[1]
    assert [text.replace("\u00a0", "") for text in cells.text] == [
        "75%", "25%", "75%",
        "25%", "75%", "75%",
        "86%", "60%", "75%",
    ]  # fmt: skip
    assert cells.hovertext[0] == "6 × a predicted as a"
    plain = confusion_figure(MATRIX, ["a", "b"], rates=True).data[1]
    assert [text.replace("\u00a0", "") for text in plain.text] == ["75%", "25%", "25%", "75%"]


def test_a_called_class_without_samples_has_no_rate_and_divides_nothing() -> None:
    cells = confusion_figure(np.array([[0, 0], [4, 0]]), ["a", "b"], totals=True, rates=True)
    assert list(cells.data[1].text) == ["", "", "", "100\u00a0%", "", "", "", "", ""]


def test_a_figure_is_made_once_and_drawing_it_changes_nothing(monkeypatch):
    drawn = []
    monkeypatch.setattr(plot.st, "plotly_chart", lambda figure, **_: drawn.append(figure))
    one, other = (confusion_figure(MATRIX, ["a", "b"], totals=True) for _ in range(2))
    assert one is other
    assert one is not confusion_figure(MATRIX, ["a", "c"], totals=True)
    before = one.to_json()
    for _ in range(2):
        plot.plot(one, "confusion", "who is taken for whom")
    assert one.to_json() == before
    assert drawn[0].layout.height == drawn[1].layout.height == one.layout.height + plot.BAR
