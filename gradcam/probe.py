"""What a method that needs more than one capture may ask of a network, for one batch.

A probe counts its passes, so that a person can see how far it is and leave: the function that it
tells may raise, and that ends the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats
from gradcam.capture import capture, one_each
from gradcam.layers import Layer
from gradcam.network import Capture, Network
from gradcam.predicted import predicted_targets
from gradcam.targets import Target, target_values, target_weights

OF_PREDICTIONS = 1e-6  # share of a prediction that rounding may change: float32 has 6e-8
CHUNK = 32  # pictures in one pass: bounds the memory

Tell = Callable[[int, int], None]


class Scale(StrEnum):
    """Which number of the target is read."""

    SCORE = "score"  # between 0 and 1, what a person sees; of a sure network it hardly moves
    LOGIT = "logit"  # before the last activation


class Baseline(StrEnum):
    """What stands where a part of a picture is taken away."""

    MEAN = "mean"  # the picture's own mean colour
    BLUR = "blur"  # the picture without its details
    ZERO = "zero"  # zero in the network's own scaling; that may be black


class Probe:
    """A network, a batch of N pictures and a target for each.

    Attributes:
        network: that is asked.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: that is explained.
        targets: one for each picture.
    """

    def __init__(
        self,
        network: Network,
        batch: Floats,
        layer: str | None = None,
        targets: Target | Sequence[Target | None] | None = None,
        *,
        chunk: int = CHUNK,
        tell: Tell | None = None,
    ) -> None:
        """Look the question over.

        Args:
            network: to ask.
            batch: (N, height, width, channels) float32.
            layer: name of the layer; None for the network's default one.
            targets: one for all pictures or one for each; None for the class the network chose.
            chunk: how many pictures go through the network at once.
            tell: gets the passes done and those in all; may raise to end the work.

        Raises:
            NetworkError: no such layer, or the batch does not fit.
            GradcamError: no such target.
        """
        self.network = network
        self.batch = network.check(batch)
        self.layer: Layer = network.layer(layer)
        self.outputs: Floats = network.predict(self.batch)
        own = predicted_targets(network, self.outputs)
        given = one_each(targets, len(self.batch))
        self.targets: tuple[Target, ...] = tuple(
            chosen or predicted for chosen, predicted in zip(given, own, strict=True)
        )
        self._weights = np.stack([target_weights(network, target) for target in self.targets])
        self._chunk = chunk
        self._tell = tell or _nobody
        self._done = self._total = 0
        self._largest = np.zeros(len(self.batch), np.float32)

    def __len__(self) -> int:
        """N."""
        return len(self.batch)

    def expect(self, passes: int) -> None:
        """Announce how many passes for each picture there will be in all."""
        self._total = passes * len(self)

    def skip(self, passes: int) -> None:
        """Take announced passes that turned out not to be needed for done."""
        if passes:
            self._count(passes)

    def chunks(self, versions: int) -> Iterator[slice]:
        """So many versions of a picture in parts that go through the network at once."""
        for start in range(0, versions, self._chunk):
            yield slice(start, min(start + self._chunk, versions))

    def capture(self, layer: str | None = None, batch: Floats | None = None) -> Capture:
        """A capture of this or another layer, of these or of changed pictures.

        Args:
            layer: name; None for the probe's own.
            batch: N changed pictures in the order of the probe's; None for these.
        """
        pictures = self.batch if batch is None else batch
        captured = capture(self.network, pictures, layer or self.layer.name, self.targets)
        self._count(len(pictures))
        return captured

    def value(self, picture: int, scale: Scale | str = Scale.SCORE) -> float:
        """The target's number for one of the pictures as it is."""
        return float(self.values(picture, self.batch[picture : picture + 1], scale)[0])

    def values(self, picture: int, changed: Floats, scale: Scale | str = Scale.SCORE) -> Floats:
        """The target's number for changed versions of one picture.

        Args:
            picture: whose target is read, 0..N-1.
            changed: (M, height, width, channels) float32; M at most the chunk.
            scale: the score that a person reads, or the logit.

        Returns:
            (M,) float32.
        """
        if Scale(scale) is Scale.LOGIT:
            values = self.network.logits(changed) @ self._weights[picture]
        else:
            outputs = self.network.predict(changed)
            values = target_values(self.network, outputs, self.targets[picture])
        self._count(len(changed))
        return self._read(picture, values)

    def rest(self, picture: int, activations: Floats) -> Floats:
        """The target's logit where the layer gives something else; only what follows it is run.

        Args:
            picture: which one, 0..N-1.
            activations: (M, h, w, C) float32, what the layer gives instead; M at most the chunk.

        Returns:
            (M,) float32.
        """
        own = self.batch[picture : picture + 1]
        logits = self.network.rest(own, self.layer.name, activations)
        self._count(len(activations))
        return self._read(picture, logits @ self._weights[picture])

    @property
    def rounding(self) -> Floats:
        """(N,) how much rounding may change the numbers that were read of each picture so far."""
        return OF_PREDICTIONS * self._largest

    def _read(self, picture: int, numbers: Floats) -> Floats:
        self._largest[picture] = np.abs(numbers).max(initial=self._largest[picture])
        return numbers

    def pixel_gradients(self, changed: Floats, of: int | None = None) -> Floats:
        """Gradients of the target's logit with respect to the input.

        Args:
            changed: (M, height, width, channels) float32.
            of: the picture, 0..N-1, whose versions they are; None if they are one of each, M = N.

        Returns:
            (M, height, width, channels) float32.
        """
        weights = self._weights if of is None else self._weights[[of] * len(changed)]
        gradients = []
        for part in self.chunks(len(changed)):
            gradients.append(self.network.pixel_gradients(changed[part], weights[part]))
            self._count(len(gradients[-1]))
        return np.concatenate(gradients)

    def _count(self, passes: int) -> None:
        self._done += passes
        self._tell(self._done, max(self._total, self._done))


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


def baseline(kind: Baseline | str, picture: Floats) -> Floats:
    """What a picture is replaced by where it is taken away.

    Args:
        kind: one of `Baseline`.
        picture: (height, width, channels) float32, scaled as the network expects.

    Returns:
        (height, width, channels) float32.
    """
    match Baseline(kind):
        case Baseline.ZERO:
            return np.zeros_like(picture)
        case Baseline.MEAN:
            mean = picture.mean(axis=(0, 1), keepdims=True, dtype=np.float64)
            return np.broadcast_to(mean, picture.shape).astype(np.float32)
        case Baseline.BLUR:
            return _blurred(picture)


def _blurred(picture: Floats) -> Floats:
    import cv2

    sigma = max(picture.shape[:2]) / 8
    soft = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(soft, np.float32).reshape(picture.shape)
