"""How a batch of pictures is laid out for a network whose own input has another shape.

To everyone else a network takes (N, height, width, channels), always. Edge Impulse's networks take
one long row of numbers and reshape it inside; networks for sound and motion take (steps, features).
"""

from __future__ import annotations

from typing import Any

from gradcam.backends.tensorflow.model import Model
from gradcam.backends.tensorflow.tracing import Call
from gradcam.errors import NetworkError
from gradcam.layout import Layout, Shape, said

# Layers that may stand between the input and the Reshape that says what it is.
_BEFORE = frozenset({"InputLayer", "Rescaling", "Identity", "Dropout", "GaussianNoise", "Quantize"})


def as_own(batch: Any, layout: Layout) -> Any:  # noqa: ANN401 - tf.Tensor
    """A batch (N, height, width, channels) as the model itself takes it."""
    import tensorflow as tf

    picture = layout.picture
    if layout.own == picture:
        return batch
    if layout.own == picture[1:]:
        return batch[:, 0]
    if layout.own == picture[:-1]:
        return batch[..., 0]
    return tf.reshape(batch, (-1, *layout.own))


def own_shape(model: Model, name: str) -> Shape:
    """Shape of a model's only input, without the batch.

    Raises:
        NetworkError: it has several inputs, or none.
    """
    shapes = model.input_shapes
    if len(shapes) != 1:
        raise NetworkError(
            f"{name} has {len(shapes)} inputs; only networks that take one picture are explained."
        )
    return shapes[0]


def find_layout(own: Shape, calls: list[Call], name: str) -> Layout:
    """Work out what picture or sequence an input stands for.

    Args:
        own: the input's own shape.
        calls: what the network did with it, in order of execution.
        name: of the network, for sentences that speak of it.

    Raises:
        NetworkError: it is neither, or leaves the number of its channels open.
    """
    shape = _reshaped(own, calls) if len(own) < 3 else own
    if len(shape) == 2 and shape[1] is not None:
        return Layout(own, 1, shape[0], shape[1], is_sequence=True)
    if len(shape) != 3:
        raise NetworkError(
            f"{name} takes an input of {said(own)} numbers, not a picture "
            "(height × width × channels)."
        )
    height, width, channels = shape
    if channels is None:
        raise NetworkError(f"{name} takes any number of channels, so that none can be fed to it.")
    is_sequence = 1 in {height, width} and (height, width) != (1, 1)
    return Layout(own, height, width, channels, is_sequence)


def _reshaped(own: Shape, calls: list[Call]) -> Shape:
    for call in calls:
        kind = call.operation.kind
        if kind in _BEFORE:
            continue
        if kind not in {"Reshape", "ExpandDims"}:
            return own
        shape = tuple(call.outputs[0].shape[1:])
        if len(shape) == len(own) + 1 and shape[-1] == 1 and None in own:
            return (*own, 1)  # it was traced with some size, but any goes
        return shape
    return own
