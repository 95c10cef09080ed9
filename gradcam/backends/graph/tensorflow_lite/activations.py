"""The activation that an operator has inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.convolution import followed_by
from gradcam.backends.graph.tensorflow_lite.step import LiteStep, NotReadError

_Function = Callable[[Any], Any]


def relu_n1_to_1(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Cut to -1 … 1."""
    import tensorflow as tf

    return tf.clip_by_value(numbers, -1.0, 1.0)


def relu_0_to_1(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Cut to 0 … 1."""
    import tensorflow as tf

    return tf.clip_by_value(numbers, 0.0, 1.0)


def activation_of(step: LiteStep) -> _Function | None:
    """The activation inside an operator, by its own name; None for none.

    Raises:
        NotReadError: it is one that nobody uses.
    """
    import tensorflow as tf

    number = getattr(step.options, "fusedActivationFunction", 0)
    functions = {0: None, 1: tf.nn.relu, 2: relu_n1_to_1, 3: tf.nn.relu6, 4: tf.nn.tanh}
    if number not in functions:
        raise NotReadError("with an activation that is not known")
    return functions[number]


def activated(node: Node, step: LiteStep) -> Node:
    """A node with the activation of its operator in it."""
    activation = activation_of(step)
    if activation is None:
        return node
    node.details.activation = activation
    return replace(node, compute=followed_by(node.compute, activation))
