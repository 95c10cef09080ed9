"""A network's summary as text and as a table."""

import csv
import io
from dataclasses import replace

import pytest

from gradcam.summary import Cost, Line, Summary
from services.inside.latency import Latency
from services.inside.summary_files import (
    count_said,
    counting_said,
    summary_csv,
    summary_text,
)
from services.numbers import bytes_said

CONV = Line(
    "base/conv", "Conv2D", ((None, 8, 6, 16),), 1234, 1200, 4936, Cost(50_000, 800), (3, 5), 2
)
ODD = Line("=odd", "LSTM", ((None, 3), (None, 4)), 10, 10, 40, None, None)
SUMMARY = Summary((CONV, ODD), (8, 6, 3))


def test_the_table_has_a_row_for_each_layer_and_nothing_where_nothing_is_known():
    head, conv, odd = csv.reader(io.StringIO(summary_csv(SUMMARY)))
    assert dict(zip(head, conv, strict=True)) == {
        "layer": "base/conv",
        "kind": "Conv2D",
        "output_shape": "8x6x16",
        "parameters": "1234",
        "trainable": "1200",
        "bytes": "4936",
        "multiply_adds": "50000",
        "flops": "100800",
        "receptive_field_rows": "3",
        "receptive_field_columns": "5",
        "runs": "2",
    }
    # A spreadsheet would run the name as a formula.
    assert odd == ["'=odd", "LSTM", "3, 4", "10", "10", "40", "", "", "", "", "1"]


def test_nothing_is_said_of_training_where_nobody_knows():
    summary = Summary((CONV, replace(ODD, trainable=None)), (8, 6, 3))
    assert summary.trainable is None
    told = summary_text("Car or not", summary, None, "weights int8, activations float")
    assert "Parameters: 1,244, trainable: not known\n" in told
    assert "\nNumbers: weights int8, activations float\n" in told
    *_, odd = csv.reader(io.StringIO(summary_csv(summary)))
    assert odd[3:6] == ["10", "", "40"]


def test_the_text_can_be_read_by_a_person():
    latency = Latency((0.002, 0.002), 8, 6, 3, "box")
    assert (
        summary_text("Car or not", SUMMARY, latency)
        == f"""\
Car or not

Input: 8 × 6 × 3
Parameters: 1,244, of which training changes 1,210
Size of the weights: 4,976 bytes (4.98 kB)
Multiply-adds for one input: 50,000
FLOPs for one input: 100,800
Latency: {latency}

layer                    kind    output      parameters  multiply-adds    FLOPs  sees
-----------------------  ------  ----------  ----------  -------------  -------  -----
base/conv (run 2 times)  Conv2D  8 × 6 × 16       1,234         50,000  100,800  3 × 5
=odd                     LSTM    3, 4                10              ?        ?

{counting_said(SUMMARY)}
"""
    )
    assert "Latency: not measured" in summary_text("Car or not", SUMMARY, None)


def test_what_is_not_counted_is_said():
    assert counting_said(SUMMARY).endswith("Not counted: LSTM.")
    assert counting_said(Summary((CONV,), (8, 6, 3))).endswith("Every layer is counted.")


@pytest.mark.parametrize(
    ("count", "said"),
    [(999, "999"), (1_234, "1.23 k"), (300_774_272, "301 M"), (15_470_000_000, "15.5 G"),
     (999_600, "1,000 k")],
)  # fmt: skip
def test_a_count_is_said_with_three_figures(count, said):
    assert count_said(count) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(999, "999 bytes"), (264_872, "265 kB"), (14_155_936, "14.2 MB"), (2_000_000_000, "2 GB")],
)
def test_a_size_is_said_in_the_unit_that_suits_it(size, said):
    assert bytes_said(size) == said
