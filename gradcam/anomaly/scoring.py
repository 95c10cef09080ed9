"""From a map of features to a grid of anomaly scores, and how the scores depend on the features."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.anomaly.mixture import Mixture
from gradcam.arrays import Floats, Numbers
from gradcam.errors import NetworkError
from gradcam.score_grid import ScoreGrid, pooled_middles


@dataclass(frozen=True, eq=False)
class Scoring:
    r"""How features are scored, as Edge Impulse's visual anomaly detection does it.

    Windows of the map are averaged, projected, and compared with a mixture:
    \((\mathrm{mean}-\log p(x))/\mathrm{deviation}\). Edge Impulse shows its absolute value, which
    calls a place anomalous that is far more ordinary than what was learned, too.

    Attributes:
        mixture: of the features of normal pictures.
        mean, deviation: of the log-likelihood of the places that it was fitted to.
        projection: (channels, D) that features are multiplied by; None where they are taken as
            they are.
        window, stride: cells of the map that one score averages, and from one score to the next.
        threshold: from which absolute score a place counts as anomalous; None where nobody says.

    Raises:
        NetworkError: the numbers do not fit together.
    """

    mixture: Mixture
    mean: float
    deviation: float
    projection: Numbers | None = None
    window: int = 4
    stride: int = 2
    threshold: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite([self.mean, self.deviation]).all() and self.deviation > 0):
            raise NetworkError(
                "The mean and the deviation of the log-likelihood must be numbers, the deviation "
                "above 0."
            )
        if min(self.window, self.stride) < 1:
            raise NetworkError("The window and the stride of scores are at least 1 cell.")
        if self.projection is not None:
            own = np.asarray(self.projection, np.float64)
            object.__setattr__(self, "projection", own)
            if own.ndim != 2 or own.shape[1] != self.mixture.features:
                raise NetworkError(
                    f"The projection is of shape {own.shape}, and the mixture has "
                    f"{self.mixture.features} features; (channels, features) fits."
                )

    @property
    def channels(self) -> int:
        """Of the map that is scored."""
        return self.mixture.features if self.projection is None else len(self.projection)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the scores depend on."""
        own = self.mixture
        told = hashlib.sha256(
            f"{self.mean!r} {self.deviation!r} {self.window} {self.stride}".encode()
        )
        for each in (own.weights, own.means, own.covariances, self.projection):
            told.update(b"" if each is None else np.ascontiguousarray(each).tobytes())
        return told.hexdigest()

    def grid(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of scores of a map.

        Raises:
            NetworkError: it is smaller than one window.
        """
        if min(height, width) < self.window:
            raise NetworkError(
                f"A score averages {self.window} × {self.window} cells, and the map has "
                f"{height} × {width}; name an earlier layer or a smaller window."
            )
        rows, columns = (1 + (side - self.window) // self.stride for side in (height, width))
        return rows, columns

    def scored(
        self,
        features: Floats,
        size: tuple[int, int],
        window: int | None = None,
        stride: int | None = None,
    ) -> ScoreGrid:
        """Signed scores of maps of features.

        Args:
            features: (N, h, w, channels).
            size: height and width of the pictures that the maps are of.
            window: other than its own: smaller ones are finer and noisier.
            stride: other than its own.
        """
        window, stride = window or self.window, stride or self.stride
        seen = self._projected(windows_averaged(features, window, stride))
        scores = (self.mean - self.mixture.log_likelihood(seen)) / self.deviation
        count, height, width, _ = features.shape
        flat = np.abs(scores).reshape(count, -1)
        peaks = seen.reshape(count, flat.shape[1], -1)[np.arange(count), flat.argmax(axis=1)]
        shares = np.maximum(self.mixture.distance_shares(peaks), 0.0)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)  # of what makes it larger
        return ScoreGrid(
            scores.astype(np.float32),
            pooled_middles(height, window, stride),
            pooled_middles(width, window, stride),
            size,
            window,
            np.stack([shares.argmax(axis=1), shares.max(axis=1)], axis=1),
        )

    def outputs(self, features: Floats) -> Floats:
        """What Edge Impulse's network gives, row by row: (N, rows · columns) float32, absolute."""
        scores = self.scored(features, (1, 1)).scores
        return np.abs(scores).reshape(len(scores), -1)

    def rise(self, features: Floats, weights: Floats) -> Floats:
        """How weighted outputs rise with the features: (N, h, w, channels) float32.

        Args:
            features: (N, h, w, channels).
            weights: (N, rows · columns) over the outputs.
        """
        seen = self._projected(windows_averaged(features, self.window, self.stride))
        scores = (self.mean - self.mixture.log_likelihood(seen)) / self.deviation
        by_score = weights.reshape(scores.shape) * np.sign(scores) / -self.deviation
        rises = self.mixture.rise(seen) * by_score[..., None]
        if self.projection is not None:
            rises = rises @ self.projection.T
        return _spread_over_windows(rises, features.shape, self.window, self.stride)

    def _projected(self, averaged: Numbers) -> Numbers:
        # A projection and a mean may change places: fewer numbers are multiplied this way.
        return averaged if self.projection is None else averaged @ self.projection


def fitted_scoring(
    mixture: Mixture,
    features: Floats,
    projection: Numbers | None = None,
    window: int = 4,
    stride: int = 2,
) -> Scoring:
    """A scoring whose mean and deviation are those of some maps of features.

    Args:
        mixture: fitted to their windows.
        features: (N, h, w, channels) of normal pictures.
        projection: see `Scoring`.
        window: see `Scoring`.
        stride: see `Scoring`.
    """
    plain = Scoring(mixture, 0.0, 1.0, projection, window, stride)
    logs = -plain.scored(features, (1, 1)).scores.astype(np.float64)
    mean, deviation = float(logs.mean()), float(logs.std())
    return Scoring(mixture, mean, deviation, projection, window, stride)


def windows_averaged(features: Floats, window: int, stride: int) -> Numbers:
    """Means over windows that lie within the map: (N, rows, columns, C) float64."""
    seen = np.lib.stride_tricks.sliding_window_view(features, (window, window), axis=(1, 2))
    return seen[:, ::stride, ::stride].mean(axis=(-2, -1), dtype=np.float64)


def _spread_over_windows(
    rises: Numbers, shape: tuple[int, ...], window: int, stride: int
) -> Floats:
    """The way back through `windows_averaged`: each cell gets its part of every window's rise."""
    spread = np.zeros(shape)
    _, rows, columns, _ = rises.shape
    part = rises / window**2
    for down in range(window):
        for across in range(window):
            places = (
                slice(down, down + rows * stride, stride),
                slice(across, across + columns * stride, stride),
            )
            spread[:, *places][:, :rows, :columns] += part
    return spread.astype(np.float32)
