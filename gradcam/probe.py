"""What a method that needs more than one capture may ask of a network, for one batch.

A probe counts its passes, so that a person can see how far it is and leave: the function that it
tells may raise, and that ends the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from functools import partial
from typing import TypeVar

import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline, baseline
from gradcam.capture import capture, one_each
from gradcam.layers import Layer
from gradcam.masks import Masks
from gradcam.network import Capture, Network
from gradcam.predicted import predicted_targets
from gradcam.side_by_side import in_order
from gradcam.targets import Target, target_values, target_weights

OF_PREDICTIONS = 1e-6  # share of a prediction that rounding may change: float32 has 6e-8
CHUNK = 32  # pictures in one pass: bounds the memory

T = TypeVar("T")
Tell = Callable[[int, int], None]
Alone = Callable[[], bool]


class Scale(StrEnum):
    """Which number of the target is read."""

    SCORE = "score"  # between 0 and 1, what a person sees; of a sure network it hardly moves
    LOGIT = "logit"  # before the last activation


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
        alone: Alone | None = None,
    ) -> None:
        """Look the question over.

        Args:
            network: to ask.
            batch: (N, height, width, channels) float32.
            layer: name of the layer; None for the network's default one.
            targets: one for all pictures or one for each; None for the class the network chose.
            chunk: how many pictures go through the network at once.
            tell: gets the passes done and those in all; may raise to end the work.
            alone: whether nobody else waits for the machine: only then are two runs under way
                together, where the network gains by that; None for always.

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
        self._alone = alone or _always
        self._done = self._total = 0
        self._largest = np.zeros(len(self.batch), np.float32)
        self._fills: dict[tuple[int, Baseline], Floats] = {}

    def __len__(self) -> int:
        """N."""
        return len(self.batch)

    @property
    def plane(self) -> tuple[int, int]:
        """Rows and columns of what can be hidden by itself, see `Layout.plane`."""
        return self.network.layout.plane(self.batch.shape[1:])

    def on_plane(self, numbers: Floats) -> Floats:
        """Numbers (…, height, width, channels) of the batch's size as (…, rows, columns, c)."""
        return numbers.reshape(*numbers.shape[:-3], *self.plane, -1)

    def upright(self, raw: Floats) -> Floats:
        """A layer's map as the plane lies, see `Layout.upright`."""
        return self.network.layout.upright(raw)

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

    def fill(self, picture: int, kind: Baseline | str) -> Floats:
        """What one of the pictures has where it is taken away, see `gradcam.baseline`."""
        key = picture, Baseline(kind)
        if key not in self._fills:
            self._fills[key] = baseline(kind, self.batch[picture])
        return self._fills[key]

    # -------------------------------------------------------------------- of the pictures as are

    def capture(self, layer: str | None = None) -> Capture:
        """A capture of this or another layer of the pictures as they are.

        Args:
            layer: name; None for the probe's own.
        """
        captured = capture(self.network, self.batch, layer or self.layer.name, self.targets)
        self._count(len(self))
        return captured

    def value(self, picture: int, scale: Scale | str = Scale.SCORE) -> float:
        """The target's number for one of the pictures as it is."""
        return float(self.values(picture, self.batch[picture : picture + 1], scale)[0])

    # ------------------------------------------------------------------- of changed ones, in parts

    def values(self, picture: int, changed: Floats, scale: Scale | str = Scale.SCORE) -> Floats:
        """The target's number for changed versions of one picture.

        Args:
            picture: whose target is read, 0..N-1.
            changed: (M, height, width, channels) float32.
            scale: the score that a person reads, or the logit.

        Returns:
            (M,) float32.
        """
        ask = self.network.logits if Scale(scale) is Scale.LOGIT else self.network.predict
        parts = self._in_parts(len(changed), lambda part: ask(changed[part]))
        return np.concatenate([self._read(picture, given, scale) for given in parts])

    def through_masks(
        self, picture: int, masks: Masks, fill: Floats, scale: Scale | str = Scale.SCORE
    ) -> Iterator[tuple[Floats, Floats]]:
        """The target's number for one picture seen through masks, part by part.

        Args:
            picture: which one, 0..N-1.
            masks: M of them.
            fill: (height, width, channels) float32, what stands where nothing is seen.
            scale: the score that a person reads, or the logit.

        Yields:
            (m, h, w) float32, some of the masks as they were made, and (m,) float32 the numbers.
        """
        own, logits = self.batch[picture], Scale(scale) is Scale.LOGIT

        def ask(part: slice) -> tuple[Floats, Floats]:
            made = masks.made(part)
            return made, self.network.perturbed(own, fill, made, logits=logits)

        for made, given in self._in_parts(masks.count, ask):
            yield made, self._read(picture, given, scale)

    def values_through(
        self, picture: int, masks: Masks, fill: Floats, scale: Scale | str = Scale.SCORE
    ) -> Floats:
        """The numbers alone, (M,) float32; see `through_masks`."""
        parts = self.through_masks(picture, masks, fill, scale)
        return np.concatenate([np.zeros(0, np.float32), *(numbers for _, numbers in parts)])

    def gradients_through(self, picture: int, masks: Masks, fill: Floats) -> Iterator[Floats]:
        """Gradients of the target's logit with respect to what is seen of a picture, part by part.

        Args:
            picture: which one, 0..N-1.
            masks: M of them.
            fill: (height, width, channels) float32, what stands where nothing is seen.

        Yields:
            (m, height, width, channels) float32, of some of the masks.
        """
        own, weights = self.batch[picture], self._weights[picture]

        def ask(part: slice) -> Floats:
            return self.network.perturbed_gradients(own, fill, masks.made(part), weights)

        return self._in_parts(masks.count, ask)

    def pixel_gradients(self, picture: int, changed: Floats) -> Floats:
        """Gradients of the target's logit with respect to changed versions of one picture.

        Args:
            picture: whose target is meant, 0..N-1.
            changed: (M, height, width, channels) float32.

        Returns:
            (M, height, width, channels) float32.
        """

        def ask(part: slice) -> Floats:
            weights = self._weights[[picture] * (part.stop - part.start)]
            return self.network.pixel_gradients(changed[part], weights)

        return np.concatenate(list(self._in_parts(len(changed), ask)))

    def captures_of(self, picture: int, changed: Floats) -> Iterator[Capture]:
        """Captures of the probe's layer for changed versions of one picture, part by part.

        Args:
            picture: whose target is explained, 0..N-1.
            changed: (M, height, width, channels) float32.
        """
        layer, target = self.layer.name, self.targets[picture]
        return self._in_parts(
            len(changed), lambda part: capture(self.network, changed[part], layer, target)
        )

    def ablated(self, picture: int, activations: Floats, kept: Floats) -> Floats:
        """The target's logit where channels of the layer are switched off.

        Only what follows the layer is run.

        Args:
            picture: which one, 0..N-1.
            activations: (h, w, C) float32, what the layer gives of it.
            kept: (M, C) float32, 1 for each channel that stays and 0 for those switched off.

        Returns:
            (M,) float32.
        """
        own, layer = self.batch[picture : picture + 1], self.layer.name
        parts = self._in_parts(
            len(kept), lambda part: self.network.ablated(own, layer, activations, kept[part])
        )
        return np.concatenate([self._read(picture, given, Scale.LOGIT) for given in parts])

    @property
    def rounding(self) -> Floats:
        """(N,) how much rounding may change the numbers that were read of each picture so far."""
        return OF_PREDICTIONS * self._largest

    def _read(self, picture: int, given: Floats, scale: Scale | str) -> Floats:
        """The target's numbers in what the network gives, (M, K): outputs, or logits."""
        if Scale(scale) is Scale.LOGIT:
            numbers = given @ self._weights[picture]
        else:
            numbers = target_values(self.network, given, self.targets[picture])
        self._largest[picture] = np.abs(numbers).max(initial=self._largest[picture])
        return numbers

    def _in_parts(self, count: int, ask: Callable[[slice], T]) -> Iterator[T]:
        """All that needs many passes goes this way: what is given of each part, in order.

        How the work is cut never depends on how many runs are under way.
        """
        parts = list(self.chunks(count))
        most = self.network.side_by_side if len(parts) > 1 else 1
        calls = (partial(ask, part) for part in parts)
        with closing(in_order(calls, lambda: most if self._alone() else 1)) as answers:
            for part, given in zip(parts, answers, strict=True):
                self._count(part.stop - part.start)
                yield given

    def _count(self, passes: int) -> None:
        self._done += passes
        self._tell(self._done, max(self._total, self._done))


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


def _always() -> bool:
    """Nobody else is there."""
    return True
