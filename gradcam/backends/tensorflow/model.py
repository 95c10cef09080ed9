"""What a network has to show so that TensorFlow can run, record and explain it.

A back end fills `Model` and `Operation`; tracing, layers, heads, summary, captures, gradients and
everything else of `TensorFlowNetwork` then work on it. Kinds and details go by Keras' words,
because these are the field's; an operation of another library says which of them it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.head import Squash
from gradcam.layout import Shape

Make = Callable[[Any], Callable[..., Any]]  # from an operation's call to what stands in its place
Affine = Callable[
    [], tuple[Numbers, Numbers]
]  # scale and offset (C,) of the last axis, as they are

Margins = tuple[tuple[int, int], tuple[int, int]]  # rows above and below, columns left and right
Widen = Callable[[Margins, Shape], Make | None]


class Absorber(Protocol):
    """How an operation multiplies and adds to what it gives, by other weights of its own."""

    def weights(self, scale: Numbers, offset: Numbers) -> Sequence[NDArray[np.float32]]:
        """The weights that do it; always of the same shapes.

        Args:
            scale: (C,) float64, what each output channel is multiplied by.
            offset: (C,) float64, what is added to it then.
        """

    def make(self, weights: Sequence[Any]) -> Make:
        """Run it with such weights, given as TensorFlow's variables."""


class Operation(Protocol):
    """One innermost operation of a model. It may run more than once.

    Attributes:
        path: its name inside the model, unique, `outer/inner` in a nested one; parts that belong
            together begin alike. No `;` or `:`.
        kind: its class in Keras' words: Conv2D, DepthwiseConv2D, Dense, Add, MaxPooling2D,
            Softmax, Rescaling, … What is none of them is listed by its own word.
        details: an object with what Keras tells of that kind: `kernel`, `bias` (their `shape`),
            `kernel_size`, `strides`, `padding`, `dilation_rate`, `pool_size`, `axis`,
            `moving_mean`, `moving_variance`, `activation` (its `__name__`), …; cost and receptive
            field are read off it. The same operation under two paths has one object.
        squash: what it does to logits, by its own kind or by its activation.
        weights: its own arrays as they are stored, each with `shape` and `dtype`.
        trainable_weights: those of them that training may change; None where nobody knows.
        affine: what it multiplies and adds to each channel at prediction, where that is all that
            it does, as a batch normalisation; else None.
        absorber: how it can do that for the one behind it; None where it cannot.
        margins: of zeros that it puts around maps (N, h, w, C), where that is all that it does.
        widened: from such margins, and the rows and columns of a map with them, to its call on maps
            without: None where it cannot put those there itself.
    """

    @property
    def path(self) -> str:
        """See above."""

    @property
    def kind(self) -> str:
        """See above."""

    @property
    def details(self) -> Any:  # noqa: ANN401 - duck typed on purpose
        """See above."""

    @property
    def squash(self) -> Squash:
        """See above."""

    @property
    def weights(self) -> Sequence[Any]:
        """See above."""

    @property
    def trainable_weights(self) -> Sequence[Any] | None:
        """See above."""

    @property
    def affine(self) -> Affine | None:
        """See above."""

    @property
    def absorber(self) -> Absorber | None:
        """See above."""

    @property
    def margins(self) -> Margins | None:
        """See above."""

    @property
    def widened(self) -> Widen | None:
        """See above."""

    def replaced(self, make: Make) -> AbstractContextManager[None]:
        """Run `make(call)` instead of its call inside the block, whoever runs the model."""

    def linear(self) -> AbstractContextManager[None]:
        """Give logits inside the block: without its squash, all else as it is."""

    def squashed(self, logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """What its own squash makes of logits (M, classes), with its own rounding if it has one."""

    def kernels(self) -> Floats | None:
        """Of a convolution (F, *kernel size, input channels) in real numbers; else None.

        What they are of the particular kinds says `gradcam.network.Network.kernels`.
        """

    def get_weights(self) -> list[NDArray[Any]]:
        """Its arrays as they are stored."""

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """Put others of the same shapes in their place; no new trace may be needed for it."""


class Model(Protocol):
    """A network that TensorFlow computes.

    Attributes:
        input_shapes: of its inputs, without the batch.
        output_names: of its outputs, in the order in which a call gives them.
        operations: all innermost ones in order, nested models opened up; what the input needs
            (scaling, another order of axes) is an operation too.
    """

    @property
    def input_shapes(self) -> Sequence[Shape]:
        """See above."""

    @property
    def output_names(self) -> Sequence[str]:
        """See above."""

    @property
    def operations(self) -> Sequence[Operation]:
        """See above."""

    def __call__(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """Outputs of a batch of any size, at prediction: tf.Tensor in, tf.Tensors out.

        Every operation is run by its call, so that it can be replaced, and hands on plain tensors;
        weights are held outside of what is traced, not written into it.
        """

    def copy(self) -> Model:
        """Another one with weights of its own and the same values; raises whatever stops it."""
