"""Runs that make the pictures or activations they are of: only what is changed travels."""

from __future__ import annotations

from typing import Any

from gradcam.backends.tensorflow.model import Operation
from gradcam.backends.tensorflow.runs import Body, Run, pixel_slopes, rest_of, shape_of_layer
from gradcam.layers import Layer


def trace_perturbed(body: Body, *, logits: bool, enlarge: bool) -> Run:
    """From a picture, what stands where it is not seen, and masks to outputs or logits.

    Args:
        body: of the network.
        logits: whether they are wanted instead of the outputs.
        enlarge: whether the masks are coarser than the picture.
    """
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(picture: Any, fill: Any, masks: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        seen = _seen_through(body, picture, fill, masks, enlarge=enlarge)
        return body.logits(seen) if logits else body.outputs(seen)

    return run.get_concrete_function(*_seen_arguments(body, enlarge=enlarge))


def trace_perturbed_gradients(body: Body, *, enlarge: bool) -> Run:
    """From the same and weights (K,) to gradients with respect to the seen pictures."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(picture: Any, fill: Any, masks: Any, weights: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        seen = _seen_through(body, picture, fill, masks, enlarge=enlarge)
        return pixel_slopes(body, seen, weights)

    own = _seen_arguments(body, enlarge=enlarge)
    return run.get_concrete_function(*own, tf.TensorSpec((body.units,), tf.float32))


def trace_ablated(body: Body, layer: Layer, operation: Operation) -> Run:
    """From a picture, what a layer gives of it, and which channels stay, to logits."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(picture: Any, activations: Any, kept: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        # Repeated over the map by a product, which is faster than TensorFlow's own broadcasting.
        cells = tf.ones((tf.reduce_prod(tf.shape(activations)[:2]), 1))
        every = tf.matmul(cells[tf.newaxis], kept[:, tf.newaxis])  # (M, cells, C)
        left = tf.reshape(activations, (1, -1, layer.channels)) * every
        left = tf.reshape(left, tf.concat([[-1], tf.shape(activations)], 0))
        left.set_shape((None, *shape_of_layer(body, layer)))
        return rest_of(body, layer, operation, picture, left)

    return run.get_concrete_function(
        tf.TensorSpec((1, *body.layout.picture), tf.float32),
        tf.TensorSpec(shape_of_layer(body, layer), tf.float32),
        tf.TensorSpec((None, layer.channels), tf.float32),
    )


def _seen_arguments(body: Body, *, enlarge: bool) -> tuple[Any, Any, Any]:
    import tensorflow as tf

    layout = body.layout
    picture = tf.TensorSpec(layout.picture, tf.float32)
    # A sequence's plane is coefficients across; how many frames there are, the masks say.
    plane = (None, layout.channels) if layout.is_sequence else layout.picture[:2]
    size = (None, None) if enlarge else plane
    return picture, picture, tf.TensorSpec((None, *size), tf.float32)


def _seen_through(
    body: Body,
    picture: Any,  # noqa: ANN401 - tf.Tensor
    fill: Any,  # noqa: ANN401 - tf.Tensor
    masks: Any,  # noqa: ANN401 - tf.Tensor
    *,
    enlarge: bool,
) -> Any:  # noqa: ANN401 - tf.Tensor
    """As `gradcam.masks.seen_through` has it."""
    import tensorflow as tf

    shown, channels = masks[..., tf.newaxis], body.layout.channels
    if body.layout.is_sequence:
        if enlarge:
            shown = tf.image.resize(shown, [tf.size(picture) // channels, channels])
        shown = tf.reshape(shown, tf.concat([[-1], tf.shape(picture)], 0))
        return picture * shown + fill * (1.0 - shown)
    if enlarge:
        shown = tf.image.resize(shown, tf.shape(picture)[:2])  # half-pixel bilinear
    if channels > 1:  # of all ways to repeat a number, TensorFlow's convolution is the fastest
        shown = tf.nn.conv2d(shown, tf.ones((1, 1, 1, channels)), 1, "VALID")
    return picture * shown + fill * (1.0 - shown)
