"""Eigen-CAM: the pattern that the layer's channels share most; it knows no class."""

from __future__ import annotations

import numpy as np

from gradcam.capture import Capture
from gradcam.methods.method import Method, Need
from gradcam.network import Floats


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
        _, vectors = np.linalg.eigh(cells.transpose(0, 2, 1) @ cells)
        projected = (cells @ vectors[:, :, -1:])[..., 0]
    else:
        values, vectors = np.linalg.eigh(cells @ cells.transpose(0, 2, 1))
        projected = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.0))
    against = np.einsum("nz,nz->n", projected, cells.sum(axis=2)) < 0
    projected[against] *= -1.0
    projected[broken] = np.nan
    return projected.reshape(count, height, width).astype(np.float32)


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
    function=eigen_cam,
)
