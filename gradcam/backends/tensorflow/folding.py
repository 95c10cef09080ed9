"""Batch normalisation folded into what stands before it, for the time of a trace.

At prediction a batch normalisation multiplies and adds, each channel by itself. Where nobody else
gets what a convolution gives, the convolution's weights can do it on the way, and no pass over the
map is needed. But for rounding, all behind the pair stays the same; the model stays as it is.
Elsewhere TensorFlow's one operator for it takes two thirds of the time of Keras' two. Zeros around
a map are no pass of their own either, where a depthwise convolution can put them there itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.tensorflow.model import Absorber, Affine, Make, Operation
from gradcam.backends.tensorflow.tracing import Call, Recording, distinct

Weights = Sequence[NDArray[np.float32]]


class Fold(Protocol):
    """One way to spare a pass over a map. Equal ones are of the same operations."""

    def weights(self) -> Weights:
        """The arrays that it takes, of the model's weights as they are now."""

    def makes(self, weights: Sequence[Any]) -> Sequence[tuple[Operation, Make]]:
        """Which calls are replaced, and by what.

        Args:
            weights: the arrays as TensorFlow's variables.
        """


@dataclass(frozen=True)
class Absorbed:
    """The operation right before a batch normalisation does its work, which hands on what it gets.

    Attributes:
        normalisation: a batch normalisation.
        affine: what it would do.
        before: gives what the normalisation would.
        absorber: how that one does.
    """

    normalisation: Operation
    affine: Affine
    before: Operation
    absorber: Absorber

    def weights(self) -> Weights:
        """See `Fold.weights`."""
        return self.absorber.weights(*self.affine())

    def makes(self, weights: Sequence[Any]) -> Sequence[tuple[Operation, Make]]:
        """See `Fold.makes`."""
        return (self.before, self.absorber.make(weights)), (self.normalisation, _passing)


@dataclass(frozen=True)
class Fused:
    """A batch normalisation of maps (N, h, w, C) by itself, in one pass over the map.

    Attributes:
        normalisation: the operation.
        affine: what it does.
    """

    normalisation: Operation
    affine: Affine

    def weights(self) -> Weights:
        """See `Fold.weights`."""
        return [each.astype(np.float32) for each in self.affine()]

    def makes(self, weights: Sequence[Any]) -> Sequence[tuple[Operation, Make]]:
        """See `Fold.makes`."""

        def make(_call: Any) -> Callable[..., Any]:  # noqa: ANN401 - what `Make` says
            return lambda inputs, *_args, **_kwargs: _scaled(inputs, *weights)

        return ((self.normalisation, make),)


@dataclass(frozen=True)
class Widened:
    """An operation that puts zeros around what it gets, which another one did before it.

    Attributes:
        padding: hands on what it gets.
        operation: puts the zeros there.
        make: how it does.
    """

    padding: Operation
    operation: Operation
    make: Make

    def weights(self) -> Weights:
        """See `Fold.weights`."""
        return ()

    def makes(self, _weights: Sequence[Any]) -> Sequence[tuple[Operation, Make]]:
        """See `Fold.makes`."""
        return (self.operation, self.make), (self.padding, _passing)


class Folding:
    """All that is folded of a model; false where nothing is.

    Folded weights are made when a trace first asks for them, and kept: they are as large again as
    the model's own. Who sets weights of the model afterwards has them made anew by `renew`.
    """

    def __init__(self, folds: Sequence[Fold] = ()) -> None:
        """Take what `find_folds` found."""
        self._folds = tuple(folds)
        self._held: dict[Fold, tuple[Any, ...]] = {}

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self._folds)

    @contextmanager
    def applied(self, apart_from: Collection[Operation] = ()) -> Iterator[None]:
        """Run the model folded inside the block; it changes the model: hold the network's lock.

        Args:
            apart_from: operations that are looked at or replaced themselves, so that they have to
                get and give what they really do.
        """
        with ExitStack() as stack:
            for fold in self._folds:
                makes = fold.makes(self._variables(fold))
                if not _shared(makes, apart_from):
                    for operation, make in makes:
                        stack.enter_context(operation.replaced(make))
            yield

    def renew(self, operation: Operation) -> None:
        """Fold again what an operation takes part in: its weights are others now."""
        for fold, held in self._held.items():
            if _shared(fold.makes(held), [operation]):
                for variable, array in zip(held, fold.weights(), strict=True):
                    variable.assign(array)

    def _variables(self, fold: Fold) -> tuple[Any, ...]:
        import tensorflow as tf

        if fold not in self._held:
            with tf.init_scope():  # not in the graph that asks for them
                self._held[fold] = tuple(
                    tf.Variable(each, trainable=False) for each in fold.weights()
                )
        return self._held[fold]


@dataclass(frozen=True)
class Followed:
    """An operation whose weights, once set, are folded anew."""

    operation: Operation
    folding: Folding

    def get_weights(self) -> list[NDArray[Any]]:
        """Its arrays as they are stored."""
        return self.operation.get_weights()

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """Put others of the same shapes in their place."""
        self.operation.set_weights(weights)
        self.folding.renew(self.operation)


def find_folds(recording: Recording) -> Folding:
    """What can be done sooner in a network, and how.

    Two operations become one if both run once, nothing else gets or hands on what stands between
    them, and that is no output.
    """
    calls = [recording.calls[number] for number in distinct(recording.calls)]
    runs = Counter(id(call.operation.details) for call in calls)
    makers: dict[int, list[Operation]] = {}
    for call in calls:
        for tensor in call.outputs:
            makers.setdefault(id(tensor), []).append(call.operation)

    def before(call: Call) -> Operation | None:
        """What this one alone gets its input from."""
        between = call.inputs[0] if call.inputs else None
        made_by = makers.get(id(between), [])
        # What is an output of the model too, the graph hands on and so consumes.
        if between is None or len(made_by) != 1 or len(between.consumers()) != 1:
            return None
        once = runs[id(call.operation.details)] == runs[id(made_by[0].details)] == 1
        return made_by[0] if once else None

    widened = [_widened(call, before(call)) for call in calls]
    in_training = {id(call.operation.details) for call in calls if call.training}
    normalised = {
        id(call.operation.details): _normalised(call, before(call))
        for call in calls
        if id(call.operation.details) not in in_training
    }
    # The last to replace a call runs first: weights are folded around the wider call.
    return Folding([fold for fold in (*widened, *normalised.values()) if fold is not None])


def _widened(call: Call, before: Operation | None) -> Fold | None:
    own = call.operation
    if before is None or before.margins is None or own.widened is None:
        return None
    make = own.widened(before.margins, tuple(call.inputs[0].shape[1:3]))
    return None if make is None else Widened(before, own, make)


def _normalised(call: Call, before: Operation | None) -> Fold | None:
    own, affine = call.operation, call.operation.affine
    if affine is None:
        return None
    fold: Fold | None = None
    if before is not None and before.absorber is not None:
        fold = Absorbed(own, affine, before, before.absorber)
    elif len(call.inputs[0].shape) == 4:
        fold = Fused(own, affine)
    finite = fold is not None and all(np.isfinite(each).all() for each in fold.weights())
    return fold if finite else None


def _shared(makes: Sequence[tuple[Operation, Make]], operations: Collection[Operation]) -> bool:
    """Whether any of them is one of some operations, under whatever path."""
    asked = {id(operation.details) for operation in operations}
    return any(id(operation.details) in asked for operation, _ in makes)


def _passing(_call: Any) -> Any:  # noqa: ANN401 - what `Make` says
    return lambda inputs, *_args, **_kwargs: inputs


def _scaled(maps: Any, scale: Any, offset: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Maps (N, h, w, C) times scale (C,) plus offset (C,)."""
    import tensorflow as tf

    factor, summand = tf.convert_to_tensor(scale), tf.convert_to_tensor(offset)
    none, one = tf.zeros_like(factor), tf.ones_like(factor)

    @tf.custom_gradient  # the operator's own gradient works out those of its weights as well
    def scaled(maps: Any) -> tuple[Any, Callable[[Any], Any]]:  # noqa: ANN401 - tf.Tensor
        given = tf.raw_ops.FusedBatchNormV3(
            x=maps, scale=factor, offset=summand, mean=none, variance=one, epsilon=0.0,
            is_training=False,
        )  # fmt: skip
        return given.y, lambda slopes: slopes * factor

    return scaled(maps)
