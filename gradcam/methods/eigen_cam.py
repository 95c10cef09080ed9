"""Eigen-CAM: the pattern that the layer's channels share most; it knows no class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture

STEPS = 300  # at most, before LAPACK is asked
SETTLED = 1e-10  # a unit vector that moves less in a step has arrived


def first_component(features: Floats) -> Floats:
    r"""Projection of each cell on the first principal component of a picture's cells.

    \(X v_1 = u_1 s_1\) of the centred cells X = U S Vᵀ, by the smaller of the two Gram matrices.
    A singular vector has no sign: it is turned so that the projection goes with the sum over the
    channels, since a map upside down would show the background.

    Args:
        features: (N, h, w, C) float32.

    Returns:
        (N, h, w) float32, of mean zero; zeros where all cells are alike, NaN where any is.
    """
    count, height, width, channels = features.shape
    cells = features.reshape(count, height * width, channels).astype(np.float64)
    broken = ~np.isfinite(cells).all(axis=(1, 2))
    cells[broken] = 0.0  # one broken picture must not stop the others
    cells -= cells.mean(axis=1, keepdims=True)
    if channels < height * width:
        _, vectors = _strongest(cells.transpose(0, 2, 1) @ cells)
        projected = np.einsum("nzk,nk->nz", cells, vectors)
    else:
        values, vectors = _strongest(cells @ cells.transpose(0, 2, 1))
        projected = vectors * np.sqrt(np.maximum(values, 0.0))[:, None]
    against = np.einsum("nz,nz->n", projected, cells.sum(axis=2)) < 0
    projected[against] *= -1.0
    projected[broken] = np.nan
    return projected.reshape(count, height, width).astype(np.float32)


def _strongest(grams: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The largest eigenvalue of each Gram matrix (N, m, m), and its unit vector: (N,), (N, m).

    By the power method, and by LAPACK where two eigenvalues are too close for that: on a busy
    machine LAPACK's threads wait for each other, and small matrices take a hundred times as long.
    """
    # Of a vector drawn at random a share points the right way, so none settles elsewhere.
    start = np.random.default_rng(0).standard_normal(grams.shape[1])
    vectors = np.tile(start / np.linalg.norm(start), (len(grams), 1))
    for _ in range(STEPS):
        turned = np.einsum("nij,nj->ni", grams, vectors)
        values = np.linalg.norm(turned, axis=1)
        before, vectors = vectors, turned / np.where(values > 0, values, 1.0)[:, None]
        moving = np.abs(vectors - before).max(axis=1) > SETTLED
        if not moving.any():
            break
    for number in np.flatnonzero(moving):
        powers, turned = np.linalg.eigh(grams[number])
        values[number], vectors[number] = powers[-1], turned[:, -1]
    return values, vectors


def lengths(features: Floats) -> Floats:
    """(N, h, w) how long the cells' vectors (N, h, w, C) are: no projection of them is longer."""
    return np.linalg.norm(features, axis=-1)


def eigen_cam(capture: Capture) -> Floats:
    """Eigen-CAM: the activations' first principal component, its sign fixed.

    Muhammad and Yeasin 2020 (arXiv:2008.00299). The target does not enter.

    Args:
        capture: activations of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return first_component(capture.activations)


EIGEN_CAM = Method(
    name="eigen-cam",
    title="Eigen-CAM",
    help="The strongest common pattern of the layer's channels; the same for every class.",
    source="Muhammad and Yeasin 2020, arXiv:2008.00299",
    year=2020,
    need=Need.CAPTURE,
    asks=frozenset({Ability.ACTIVATIONS}),
    function=eigen_cam,
    uncancelled=lambda bare: lengths(bare.activations),
)
