"""What a network may be asked, and whether something that asks for it fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gradcam.errors import NetworkError


class Ability(StrEnum):
    """What a network may be asked; the value says it in a sentence."""

    PREDICTIONS = "predictions"  # run, logits
    ACTIVATIONS = "a layer's activations"  # activations, channel_means
    LAYER_GRADIENTS = "gradients with respect to a layer"  # captures
    INPUT_GRADIENTS = "gradients with respect to the input"  # pixel_gradients
    REPLACEMENT = "runs with a layer's output replaced"  # rest
    KERNELS = "a layer's kernels"  # kernels
    SHUFFLING = "copies with shuffled weights"  # shuffled
    STATISTICS = "what its batch normalisation saw in training"  # statistics
    SCORES = "a grid of anomaly scores"  # score_grids
    FINER_SCORES = "anomaly scores of smaller windows"  # score_grids, further ones


OF_ANOMALY = frozenset(
    {Ability.SCORES, Ability.FINER_SCORES}
)  # no back end's, but of what it ends in


@dataclass(frozen=True)
class Fit:
    """Whether something can be asked of a network: false where there is a reason against it.

    Attributes:
        reason: one sentence; "" where it can.
    """

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason

    def required(self) -> None:
        """Go on only if it can.

        Raises:
            NetworkError: it cannot, for the reason.
        """
        if self.reason:
            raise NetworkError(self.reason)
