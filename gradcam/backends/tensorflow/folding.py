"""Batch normalisation folded into what stands before it, for the time of a trace.

At prediction a batch normalisation multiplies and adds, each channel by itself. Where nobody else
gets what a convolution gives, the convolution's weights can do it on the way, and no pass over the
map is needed. But for rounding, all behind the pair stays the same; the model stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.tensorflow.model import Absorber, Affine, Operation
from gradcam.backends.tensorflow.tracing import Call, Recording, distinct


@dataclass(frozen=True)
class Fold:
    """A batch normalisation and the operation that does its work.

    Attributes:
        normalisation: hands on what it gets.
        affine: what it would do.
        before: gives what the normalisation would.
        absorber: how that one does.
    """

    normalisation: Operation
    affine: Affine
    before: Operation
    absorber: Absorber

    def has(self, operations: Collection[Operation]) -> bool:
        """Whether either of the two is one of some operations, under whatever path."""
        own = {id(self.before.details), id(self.normalisation.details)}
        return any(id(operation.details) in own for operation in operations)


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
                if not fold.has(apart_from):
                    make = fold.absorber.make(self._weights(fold))
                    stack.enter_context(fold.before.replaced(make))
                    stack.enter_context(fold.normalisation.replaced(_passing))
            yield

    def renew(self, operation: Operation) -> None:
        """Fold again what an operation takes part in: its weights are others now."""
        for fold, held in self._held.items():
            if fold.has([operation]):
                for variable, array in zip(held, _folded(fold), strict=True):
                    variable.assign(array)

    def _weights(self, fold: Fold) -> tuple[Any, ...]:
        import tensorflow as tf

        if fold not in self._held:
            with tf.init_scope():  # not in the graph that asks for them
                self._held[fold] = tuple(
                    tf.Variable(each, trainable=False) for each in _folded(fold)
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
    """The batch normalisations that what stands right before them can do.

    Both run once; nothing else gets or hands on what stands between them, and it is no output.
    """
    calls = [recording.calls[number] for number in distinct(recording.calls)]
    runs = Counter(id(call.operation.details) for call in calls)
    makers: dict[int, list[Call]] = {}
    for call in calls:
        for tensor in call.outputs:
            makers.setdefault(id(tensor), []).append(call)
    folds = []
    for call in calls:
        affine = call.operation.affine
        if affine is None or call.training:
            continue
        between = call.inputs[0]
        before = [each.operation for each in makers.get(id(between), [])]
        # Where it is an output of the model too, the graph hands it on and so consumes it.
        if len(before) != 1 or len(between.consumers()) != 1:
            continue
        once = runs[id(call.operation.details)] == runs[id(before[0].details)] == 1
        absorber = before[0].absorber
        if once and absorber is not None:
            fold = Fold(call.operation, affine, before[0], absorber)
            if all(np.isfinite(each).all() for each in _folded(fold)):
                folds.append(fold)
    return Folding(folds)


def _folded(fold: Fold) -> Sequence[NDArray[np.float32]]:
    return fold.absorber.weights(*fold.affine())


def _passing(_call: Any) -> Any:  # noqa: ANN401 - what `Make` says
    return lambda inputs, *_args, **_kwargs: inputs
