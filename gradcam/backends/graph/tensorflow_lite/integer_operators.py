"""Operators on whole numbers, as the file's levels.

Each is the node of real numbers with another arithmetic inside: what it takes and what it hands on
are real numbers, so that any can stand beside any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arithmetic import Arithmetic
from gradcam.arrays import Floats
from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.tensorflow_lite.file import LiteTensor
from gradcam.backends.graph.tensorflow_lite.fixed_point import half_away
from gradcam.backends.graph.tensorflow_lite.floats import FLOATS
from gradcam.backends.graph.tensorflow_lite.hard_swish import hard_swish_table
from gradcam.backends.graph.tensorflow_lite.integer_step import (
    clipping_of,
    holds_steps,
    in_real_numbers,
    levels_of,
    on_the_cpu,
)
from gradcam.backends.graph.tensorflow_lite.integer_weighted import weighted
from gradcam.backends.graph.tensorflow_lite.integers import RULES_OF, KernelRules
from gradcam.backends.graph.tensorflow_lite.levels import Clipping, Levels, Unclipped
from gradcam.backends.graph.tensorflow_lite.moved import MOVED
from gradcam.backends.graph.tensorflow_lite.step import Builder, LiteStep
from gradcam.head import Squash

_QUANTIZE = "Quantize"  # the kind of what only rounds

_Rule = Callable[[KernelRules, Sequence[Any], Sequence[Levels], Levels], Unclipped]


def _paired(rule: _Rule) -> Builder:
    """Of two tensors, of which one may be a constant."""

    def build(step: LiteStep) -> list[Node]:
        grids, made = [levels_of(step.input(number)) for number in (0, 1)], levels_of(step.output)
        rules, clipping = RULES_OF[step.arithmetic], clipping_of(step, made)
        (node,) = in_real_numbers(step)
        constants = {
            number: step.constant(number).astype(np.float32) - np.float32(grids[number].zero)
            for number in (0, 1)
            if not step.names[number]
        }

        def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
            varying = iter(tensors)
            both = [
                constants[number] if number in constants else grid.steps(next(varying))
                for number, grid in enumerate(grids)
            ]
            return made.real(rule(rules, both, grids, made).within(clipping))

        return [replace(node, compute=on_the_cpu(compute), weights=(), prepared=list)]

    return build


def _reduced(step: LiteStep) -> list[Node]:
    given, made = levels_of(step.input(0)), levels_of(step.output)
    rules, clipping = RULES_OF[step.arithmetic], clipping_of(step, made)
    shape = step.input(0).shape
    axes = tuple(axis % len(shape) for axis in step.whole(1))
    keeps = bool(step.options.keepDims)
    is_mean = step.operator.code == "MEAN"
    count = int(np.prod([shape[axis] for axis in axes])) if is_mean else 1
    (node,) = in_real_numbers(step)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        sums = tf.reduce_sum(given.steps(tensors[0]), axes, keepdims=keeps)
        return made.real(rules.averaged(sums, count, given, made).within(clipping))

    return [replace(node, compute=on_the_cpu(compute))]


def _average_pooled(step: LiteStep) -> list[Node]:
    """Means of levels, their zero in them, halves away from level 0."""
    given, made = levels_of(step.input(0)), levels_of(step.output)
    clipping = clipping_of(step, made)
    (node,) = in_real_numbers(step)

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        steps = given.steps(tensors[0])
        means = node.compute([tf.cast(steps, tf.float64)], weights)
        levels = means + float(given.zero)
        # A half of a mean of fewer than 2^20 numbers is a half, whatever float64 makes of it.
        whole = half_away(levels + tf.sign(levels) * 2.0**-24) - float(given.zero)
        answer = Unclipped(tf.cast(means, tf.float32), tf.cast(whole, tf.float32))
        return made.real(answer.within(clipping))

    return [replace(node, compute=on_the_cpu(compute))]


def _quantised(step: LiteStep) -> list[Node]:
    """Real numbers, or those of another grid, on the output's grid."""
    rules, made, tensor = RULES_OF[step.arithmetic], levels_of(step.output), step.input(0)
    if not holds_steps(tensor):
        return [on_grid(step.path, step.given, step.made[0], step.output, step.arithmetic)]
    given = levels_of(tensor)
    if (given.scale, given.bounds) == (made.scale, made.bounds):
        return []  # the same real numbers in other bytes

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        answer = rules.moved(given.steps(tensors[0]), given, made)
        return made.real(answer.within(clipping_of(step, made)))

    return [Node(step.path, _QUANTIZE, (step.given,), step.made, on_the_cpu(compute))]


def on_grid(
    path: str, given: str, made: str, tensor: LiteTensor, arithmetic: Arithmetic = Arithmetic.PHONE
) -> Node:
    """The step from real numbers to whole ones, as a picture takes it on its way in.

    Args:
        path: of the node.
        given: name of real numbers.
        made: name of what comes out: the nearest ones that the tensor can hold.
        tensor: of levels.
        arithmetic: whose rounding it is.

    Raises:
        NotReadError: its levels are of a kind that is not run.
    """
    rules, grid = RULES_OF[arithmetic], levels_of(tensor)
    clipping = Clipping(*grid.bounds, passes=True)  # black and white lie at the very ends

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return grid.real(rules.placed(tensors[0], grid).within(clipping))

    return Node(path, _QUANTIZE, (given,), (made,), on_the_cpu(compute))


def _followed(step: LiteStep) -> list[Node]:
    """The function of real numbers, then the nearest level."""
    *before, node = in_real_numbers(step)
    if not holds_steps(step.output):
        return [*before, node]
    made = levels_of(step.output)
    clipping = clipping_of(step, made)

    def nearest(real: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        steps = real / np.float32(made.scale)
        return made.real(Unclipped(steps, tf.round(steps)).within(clipping))

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return nearest(node.compute(tensors, weights))

    squashed = node.squashed
    return [
        *before,
        replace(
            node,
            compute=on_the_cpu(compute),
            squashed=None if squashed is None else lambda logits: nearest(squashed(logits)),
        ),
    ]


def _kept(step: LiteStep) -> list[Node]:
    """What only chooses among levels, where they mean the same before and behind."""
    tensors = [each for each in step.operator.inputs if each is not None and holds_steps(each)]
    if not holds_steps(step.output):
        return list(FLOATS[step.operator.code](step))
    grids, made = [levels_of(each) for each in tensors], levels_of(step.output)
    if clipping_of(step, made).is_all_of(made) and all(grid == made for grid in grids):
        return list(FLOATS[step.operator.code](step))
    return _followed(step)


def _curved(step: LiteStep) -> list[Node]:
    """A function of each number: a table of what each level becomes."""
    given, made = levels_of(step.input(0)), levels_of(step.output)
    clipping = clipping_of(step, made)
    (node,) = in_real_numbers(step)
    lowest, highest = given.bounds
    steps = np.arange(lowest, highest + 1)
    if step.operator.code == "HARD_SWISH":
        table = hard_swish_table(steps, given, made)
    else:
        table = _nearest_of(node, steps, given, made)

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        real = node.compute(tensors, weights) / np.float32(made.scale)
        levels = tf.cast(given.steps(tensors[0]), tf.int32) - lowest
        whole = tf.gather(table, tf.clip_by_value(levels, 0, len(table) - 1))
        return made.real(Unclipped(real, whole).within(clipping))

    def squashed(logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return compute([logits], ())

    return [
        replace(
            node,
            compute=on_the_cpu(compute),
            squashed=None if node.squash is Squash.LINEAR else squashed,
        )
    ]


def _nearest_of(node: Node, steps: NDArray[np.int64], given: Levels, made: Levels) -> Floats:
    """What a function of real numbers makes of steps, to the nearest one."""
    import tensorflow as tf

    with tf.init_scope():
        real = node.compute([tf.constant(steps * given.scale, tf.float64)], ())
        return np.asarray(np.rint(real.numpy() / made.scale), np.float32)


INTEGERS: dict[str, Builder] = {
    **dict.fromkeys(FLOATS, _followed),
    **dict.fromkeys((*MOVED, "MAX_POOL_2D", "MAXIMUM", "MINIMUM"), _kept),
    "CONV_2D": weighted(),
    "DEPTHWISE_CONV_2D": weighted(),
    "FULLY_CONNECTED": weighted(dense=True),
    "ADD": _paired(lambda rules, both, grids, made: rules.added(both, grids, made, 1)),
    "SUB": _paired(lambda rules, both, grids, made: rules.added(both, grids, made, -1)),
    "MUL": _paired(lambda rules, both, grids, made: rules.multiplied(both, grids, made)),
    "MEAN": _reduced,
    "SUM": _reduced,
    "AVERAGE_POOL_2D": _average_pooled,
    "QUANTIZE": _quantised,
    "SOFTMAX": _followed,
    **dict.fromkeys(("LOGISTIC", "TANH", "HARD_SWISH", "RELU", "RELU6"), _curved),
}
