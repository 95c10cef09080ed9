"""A network out of a file is run once before anybody sees it."""

import numpy as np
import pytest
import tensorflow as tf

from gradcam.backends.graph.graph import Graph, Node, Output
from gradcam.backends.graph.network import GraphNetwork, network_of_file
from gradcam.backends.graph.operators.convolution import convolution
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.errors import NetworkError

KERNEL = np.ones((3, 3, 3, 2), np.float32)


def graph_of(rows):
    """A convolution whose 2 × 2 × 2 numbers are laid into rows of a number."""
    return Graph(
        "x",
        (4, 4, 3),
        (
            convolution("a", "x", "b", (KERNEL,), SlidingWindow((3, 3))),
            Node("c", "Reshape", ("b",), ("y",), lambda given, _: tf.reshape(given[0], (-1, rows))),
        ),
        (Output("y"),),
    )


def test_what_shows_only_when_it_runs_is_one_sentence_at_opening():
    GraphNetwork(graph_of(7), "odd.tflite")  # tracing takes it: any number of rows may fit
    with pytest.raises(NetworkError, match=r"^odd.tflite is damaged, or contradicts itself: it"):
        network_of_file(graph_of(7), "odd.tflite", "digest")
    assert network_of_file(graph_of(8), "own.tflite", "digest").digest == "digest"


def test_what_the_network_refuses_stays_its_own_sentence():
    with pytest.raises(NetworkError, match=r"^The network in deep.onnx cannot be run on a picture"):
        network_of_file(
            Graph("x", (4, 4, 3, 2), graph_of(8).nodes, (Output("y"),)), "deep.onnx", "digest"
        )
