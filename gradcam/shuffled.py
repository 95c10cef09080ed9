"""A copy of a network whose weights can be shuffled, as checks of maps want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Copied = TypeVar("Copied")  # a Network, which stands above this file


class Learned(Protocol):
    """A layer's weights, as they are stored."""

    def get_weights(self) -> list[NDArray[Any]]:
        """Its arrays."""

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """Put others of the same shapes in their place."""


class Shuffled(Generic[Copied]):
    """A copy of a network whose weights can be shuffled, layer by layer.

    Attributes:
        network: the copy. It always has the weights as they are now.
        layers: paths of the layers that learned something, last to first.
    """

    def __init__(self, network: Copied, learned: Mapping[str, Learned]) -> None:
        """Take over a copy; `learned` holds its layers with weights by path, last to first."""
        self.network = network
        self.layers = tuple(learned)
        self._learned = learned
        self._original = {path: layer.get_weights() for path, layer in learned.items()}

    def inside(self, network: Copied) -> Shuffled[Copied]:
        """The same weights, of a network that is made around the copy."""
        return Shuffled(network, self._learned)

    def restore(self) -> None:
        """Bring all weights back."""
        for path, weights in self._original.items():
            self._learned[path].set_weights(weights)

    def shuffle(self, layer: str, rng: np.random.Generator) -> None:
        """Permute a layer's numbers within each of its arrays, so that their distribution stays."""
        weights = self._learned[layer].get_weights()
        permuted = [rng.permutation(each.ravel()).reshape(each.shape) for each in weights]
        self._learned[layer].set_weights(permuted)
