"""Drawn material with planted defects, and a mixture fitted to what a trunk sees of sound ones.

`python -m tests.gradcam.anomaly.textures [FILE LAYER]` prints how often the hottest point of the
plain and of the finer grid lies at the defect; without a file it is the demo's network.
"""

import sys
from dataclasses import dataclass
from math import comb
from pathlib import Path

import cv2
import numpy as np
from sklearn.mixture import GaussianMixture

import gradcam
from gradcam.anomaly.mixture import Mixture
from gradcam.anomaly.network import scored_network
from gradcam.anomaly.scoring import fitted_scoring, windows_averaged

SIDE, NEAR = 96, 4  # pixels; as far from a defect its hottest point may lie
DEMO = Path(__file__).parents[3] / "demo" / "cars" / "model.h5"
LAYER = "things_relu"
PROJECTED = 16
KINDS = ("scratch", "spot", "blur")


def sound(rng):
    """Cloudy material, noise at two scales: (96, 96, 3) float32 in 0..1."""
    grey = np.full((SIDE, SIDE), 0.55)
    for scale, share in ((1.5, 0.06), (6, 0.036)):
        noise = cv2.GaussianBlur(rng.normal(size=(SIDE + 64, SIDE + 64)), (0, 0), scale)[
            32:-32, 32:-32
        ]
        grey += share * noise / noise.std()
    return np.clip(grey[..., None] * np.array([0.95, 0.8, 0.65]), 0, 1).astype(np.float32)


def defective(rng, kind):
    """The same with one defect, and where it is: (96, 96) bool."""
    picture, mask = sound(rng), np.zeros((SIDE, SIDE), np.uint8)
    x, y = (int(v) for v in rng.integers(12, SIDE - 12, 2))
    if kind == "scratch":
        angle, half = rng.uniform(0, np.pi), rng.uniform(5, 8)
        ends = [
            (int(x + s * half * np.cos(angle)), int(y + s * half * np.sin(angle))) for s in (-1, 1)
        ]
        cv2.line(mask, *ends, 1, 2)
        other = np.full_like(picture, 0.95)
    else:
        radius = int(rng.integers(3, 6) if kind == "spot" else rng.integers(7, 10))
        cv2.circle(mask, (x, y), radius, 1, -1)
        other = picture * 0.2 if kind == "spot" else cv2.GaussianBlur(picture, (0, 0), 5)
    there = mask > 0
    return np.where(there[..., None], other, picture).astype(np.float32), there


def scored_textures(trunk, layer, seed=1, sheets=60):
    """The trunk with a mixture fitted to sound material."""
    rng = np.random.default_rng(seed)
    features = trunk.activations(np.stack([sound(rng) for _ in range(sheets)]), layer)
    matrix = rng.normal(size=(features.shape[-1], PROJECTED)) / np.sqrt(PROJECTED)
    cells = (windows_averaged(features, 4, 2) @ matrix).reshape(-1, PROJECTED)
    own = GaussianMixture(1, random_state=0, reg_covar=1e-4 * cells.var(axis=0).mean()).fit(cells)
    mixture = Mixture(own.weights_, own.means_, own.covariances_)
    return scored_network(trunk, fitted_scoring(mixture, features, matrix), layer)


@dataclass(frozen=True)
class Compared:
    """How often each grid's hottest point lies at the defect, of N pictures.

    Attributes:
        plain, finer: (N,) whether it does.
        inside: the shares that lie in the defect itself, plain and finer.
    """

    plain: np.ndarray
    finer: np.ndarray
    inside: tuple[float, float]

    @property
    def chance(self):
        """Of such a difference by luck: McNemar's exact test, two-sided."""
        better, worse = int((self.finer & ~self.plain).sum()), int((self.plain & ~self.finer).sum())
        differ, most = better + worse, max(better, worse)
        tail = sum(comb(differ, k) for k in range(most, differ + 1)) / 2**differ
        return min(1.0, 2 * tail)


def compared(network, count=75, seed=2):
    """Both grids on pictures with a defect each, the kinds in turn."""
    rng = np.random.default_rng(seed)
    drawn = [defective(rng, KINDS[n % len(KINDS)]) for n in range(count)]
    batch = np.stack([picture for picture, _ in drawn])
    near, inside = [], []
    kernel = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    for method in ("anomaly-score", "finer-anomaly-score"):
        maps = gradcam.explain(network, batch, method=method).maps
        peaks = [np.unravel_index(one.argmax(), one.shape) for one in maps]
        wide = [cv2.dilate(there.astype(np.uint8), kernel) > 0 for _, there in drawn]
        near.append(np.array([there[peak] for there, peak in zip(wide, peaks, strict=True)]))
        own = [there[peak] for (_, there), peak in zip(drawn, peaks, strict=True)]
        inside.append(float(np.mean(own)))
    return Compared(*near, tuple(inside))


def main():
    """Print both figures."""
    file, layer = sys.argv[1:3] or (DEMO, LAYER)
    network = scored_textures(gradcam.load_network(file), layer)
    result = compared(network)
    print(f"{layer}, {len(result.plain)} defects: hottest point within {NEAR} px")
    print(
        f"plain {result.plain.mean():.2f}, finer {result.finer.mean():.2f}, p = {result.chance:.1g}"
    )
    print(f"in the defect itself: plain {result.inside[0]:.2f}, finer {result.inside[1]:.2f}")


if __name__ == "__main__":
    main()
