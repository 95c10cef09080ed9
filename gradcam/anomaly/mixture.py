"""A mixture of Gaussian distributions: how likely features are, and what makes them unlikely."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.arrays import Numbers
from gradcam.errors import NetworkError

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Mixture:
    r"""M Gaussian distributions over D features, each with a full covariance.

    \(p(x)=\sum_k w_k\,N(x;\mu_k,\Sigma_k)\) (Bishop 2006, *Pattern Recognition and Machine
    Learning*, eq. 9.7).

    Attributes:
        weights: (M,) how much of the features each explains; they add up to 1.
        means: (M, D).
        covariances: (M, D, D), symmetric and positive definite.

    Raises:
        NetworkError: the arrays do not fit together, or are no such distributions.
    """

    weights: Numbers
    means: Numbers
    covariances: Numbers

    def __post_init__(self) -> None:
        for name in ("weights", "means", "covariances"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        _refuse_unfit(self.weights, self.means, self.covariances)
        _ = self._factors  # refuses what is not positive definite

    @property
    def features(self) -> int:
        """D."""
        return self.means.shape[1]

    @cached_property
    def _factors(self) -> Numbers:
        """(M, D, D) L⁻¹ of each covariance L·Lᵀ: it makes distances plain lengths."""
        try:
            lower = np.linalg.cholesky(self.covariances)
            return np.linalg.solve(lower, np.broadcast_to(np.eye(self.features), lower.shape))
        except np.linalg.LinAlgError as error:
            raise NetworkError(
                "The covariances of the mixture are not positive definite; save those of a fitted "
                "mixture with full covariances."
            ) from error

    def log_likelihood(self, features: Numbers) -> Numbers:
        """The logarithm of the density: (...,), of features (..., D)."""
        logs = self._logs(features)
        highest = logs.max(axis=-1, keepdims=True)
        total = np.log(np.exp(logs - highest).sum(axis=-1))
        return np.asarray(total + highest[..., 0], np.float64)

    def rise(self, features: Numbers) -> Numbers:
        r"""How the log-likelihood rises with each feature: (..., D).

        \(\nabla\log p=-\sum_k r_k\,\Sigma_k^{-1}(x-\mu_k)\), \(r_k\) the share of component k.
        """
        logs = self._logs(features)
        shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        pulls = np.einsum("...ki,kij->...kj", self._whitened(features), self._factors)
        return -np.einsum("...k,...kj->...j", shares, pulls)

    def distance_shares(self, features: Numbers) -> Numbers:
        r"""Which share of the Mahalanobis distance each feature holds: (..., D), of (..., D).

        \(d_j\,(\Sigma^{-1}d)_j\,/\,d^\top\Sigma^{-1}d\) with \(d=x-\mu\) of the component that
        explains the features best. They add up to 1; one may be below zero.
        """
        best = self._logs(features).argmax(axis=-1)
        away = features - self.means[best]
        factors = self._factors[best]
        white = np.einsum("...ij,...j->...i", factors, away)
        held = away * np.einsum("...ij,...i->...j", factors, white)
        whole = held.sum(axis=-1, keepdims=True)
        return np.divide(held, whole, out=np.zeros_like(held), where=whole > 0)

    def _whitened(self, features: Numbers) -> Numbers:
        """(..., M, D) features as each component sees them, its deviations as units."""
        away = np.asarray(features, np.float64)[..., None, :] - self.means
        return np.einsum("kij,...kj->...ki", self._factors, away)

    def _logs(self, features: Numbers) -> Numbers:
        """(..., M) the logarithm of each component's weighted density."""
        squares = (self._whitened(features) ** 2).sum(axis=-1)
        volumes = np.log(np.einsum("kii->ki", self._factors)).sum(axis=-1)
        with np.errstate(divide="ignore"):  # a component of weight 0 explains nothing
            shares = np.log(self.weights)
        return shares + volumes - 0.5 * (self.features * _LOG_2PI + squares)


def _refuse_unfit(weights: Numbers, means: Numbers, covariances: Numbers) -> None:
    count, features = means.shape if means.ndim == 2 else (0, 0)
    fits = weights.shape == (count,) and covariances.shape == (count, features, features)
    if not count or not features or not fits:
        raise NetworkError(
            f"The mixture has weights of shape {weights.shape}, means of {means.shape} and "
            f"covariances of {covariances.shape}, which do not fit together; (M,), (M, D) and "
            "(M, D, D) do."
        )
    if not all(np.isfinite(each).all() for each in (weights, means, covariances)):
        raise NetworkError("The mixture holds numbers that are not finite; fit it again.")
    if (weights < 0).any() or not np.isclose(weights.sum(), 1.0, atol=1e-3):
        raise NetworkError("The weights of the mixture do not add up to 1.")
    if not np.allclose(covariances, covariances.transpose(0, 2, 1), rtol=1e-3, atol=1e-8):
        raise NetworkError("The covariances of the mixture are not symmetric.")
