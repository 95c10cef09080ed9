"""LIME: the picture in segments, switched off at random; a linear fit tells what each is worth."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.masks import Masks
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import SCALE, SEED
from gradcam.probe import Probe, Scale

FEWEST = 4  # segments: with fewer there is nothing to tell apart
THIN = 4  # rows or columns: a strip of fewer has no segments to be seen
LEAST_FIT = 0.5  # R²: a worse fit is called one
LIME_FILL = Parameter(
    "fill",
    "segment",
    "What stands in a segment that is off: its own mean, the input's, a blur, zero, each "
    "coefficient's lowest value (silence), or frames of the quietest tenth (low noise).",
    options=("segment", *Baseline),
)


def segments_of(picture: Floats, wanted: int) -> NDArray[np.intp]:
    """Connected parts of a picture that look alike; never a single one.

    Superpixels (SLIC, Achanta et al. 2012) of a picture enlarged to at least 64 pixels, since of
    a small one they would be single pixels or all of it; firmer ones where fewer than half as
    many come out, and squares where there is nothing to see. A strip is cut into stretches.

    Args:
        picture: (height, width, channels) float32 of any scaling.
        wanted: about how many.

    Returns:
        (height, width) integers from 0 on, none left out.
    """
    from skimage.segmentation import slic

    height, width = picture.shape[:2]
    if min(height, width) < THIN:
        return _stretches(height, width, wanted)
    wanted = min(wanted, height * width // 4)
    larger = max(1, -(-64 // min(height, width)))
    size = (width * larger, height * larger)
    shown = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR).reshape(size[1], size[0], -1)
    if picture.shape[2] == 1:
        shown = np.repeat(shown, 3, axis=-1)  # its compactness is of colours as an eye sees them
    for compactness in (10.0, 40.0, 160.0):  # grain melts soft segments into a few
        segments = slic(
            shown, n_segments=wanted, compactness=compactness, sigma=1.0, channel_axis=-1
        )
        segments = segments[larger // 2 :: larger, larger // 2 :: larger]
        numbers = np.unique(segments, return_inverse=True)[1].reshape(height, width)
        if numbers.max() + 1 >= max(FEWEST, wanted // 2):
            return numbers
    return _squares(height, width, wanted)


def _squares(height: int, width: int, wanted: int) -> NDArray[np.intp]:
    side = max(2, round((max(wanted, FEWEST)) ** 0.5))
    rows = np.arange(height) * min(side, height) // height
    columns = np.arange(width) * min(side, width) // width
    return rows[:, None] * (columns.max() + 1) + columns[None]


def _stretches(height: int, width: int, wanted: int) -> NDArray[np.intp]:
    """Of each of its few rows, or columns, equal parts."""
    thin, long = sorted((height, width))
    count = min(max(-(-max(wanted, FEWEST) // thin), 1), long)
    parts = np.arange(long) * count // long + count * np.arange(thin)[:, None]
    return parts if height < width else parts.T


def lime(
    probe: Probe,
    scale: Scale | str = Scale.SCORE,
    fill: str = "segment",
    segments: int = 40,
    samples: int = 500,
    seed: int = 0,
) -> Findings:
    """LIME: each pixel has the weight of its segment in the locally weighted linear fit.

    Ribeiro et al. 2016 (arXiv:1602.04938), equation 1 and algorithm 1, by the authors' package
    `lime`. The network's scaling is affine, so that pictures changed in its tensor are those that
    would come of changed pictures.

    Args:
        probe: N pictures.
        scale: whether the score or the logit is fitted.
        fill: what stands in a segment that is switched off.
        segments: about how many.
        samples: how many predictions for each picture.
        seed: of the samples.

    Returns:
        Maps (N, height, width) at the picture's resolution, of a sequence (N, frames,
        coefficients), and as note the number of segments
        and how well the fit holds (R², weighted).
    """
    probe.expect(samples)
    maps, notes = [], []
    for number, picture in enumerate(probe.batch):
        parts = segments_of(probe.on_plane(picture), segments)
        weights, fit = _fitted(probe, number, parts, scale, fill, samples, seed)
        maps.append(weights[parts])
        notes.append(_said(weights, fit))
    return Findings(np.stack(maps), tuple(notes), probe.rounding)


def _said(weights: Floats, fit: float) -> str:
    if not weights.any():
        return f"{len(weights)} segments; whichever were switched off, the target stayed the same."
    words = (
        f"{len(weights)} segments; the linear fit explains {100 * fit:.0f}\u00a0% of what it saw"
    )
    return words + (", so read it with care." if fit < LEAST_FIT else ".")


def _fitted(
    probe: Probe,
    number: int,
    parts: NDArray[np.intp],
    scale: Scale | str,
    fill: str,
    samples: int,
    seed: int,
) -> tuple[Floats, float]:
    """The weight of each segment, and R² of the fit."""
    from lime.lime_image import LimeImageExplainer

    class Counted(LimeImageExplainer):  # type: ignore[misc]
        """The package's explainer, its neighbourhood made in the probe's chunks, without a bar."""

        def data_labels(
            self, *_given: object, **_named: object
        ) -> tuple[NDArray[np.int64], Floats]:
            data = self.random_state.randint(0, 2, (samples, int(parts.max()) + 1))
            data[0] = 1  # the first is the picture itself
            on = data.astype(np.float32)
            masks = Masks(samples, lambda part: on[part][:, parts])
            fill = hidden.reshape(probe.batch.shape[1:])
            values = probe.values_through(number, masks, fill, scale)[:, None]
            # Exactly zero where nothing changes; the fit has an intercept.
            return data, values - values[0]

    hidden = _hidden(probe, number, parts, fill)
    explained = Counted(random_state=seed, feature_selection="none").explain_instance(
        probe.on_plane(probe.batch[number]),
        None,  # whom it would ask itself
        labels=(0,),
        top_labels=None,
        hide_color=hidden,
        num_samples=samples,
        segmentation_fn=lambda _: parts,
    )
    weights = np.zeros(int(parts.max()) + 1, np.float32)
    for segment, weight in explained.local_exp[0]:
        weights[segment] = weight
    return weights, float(explained.score)


def _hidden(probe: Probe, number: int, parts: NDArray[np.intp], fill: str) -> Floats:
    if fill != "segment":
        return probe.on_plane(probe.fill(number, fill))
    picture = probe.on_plane(probe.batch[number])
    often = np.bincount(parts.ravel())
    means = [np.bincount(parts.ravel(), plane.ravel()) for plane in np.moveaxis(picture, -1, 0)]
    return np.stack([(mean / often)[parts] for mean in means], axis=-1).astype(np.float32)


LIME = Method(
    name="lime",
    title="LIME",
    help="Switches segments of the input off and fits a linear model to the predictions; "
    "says how well the fit holds.",
    source="Ribeiro et al. 2016, arXiv:1602.04938",
    year=2016,
    need=Need.PASSES,
    asks=frozenset({Ability.PREDICTIONS}),
    function=lime,
    parameters=(
        SCALE,
        LIME_FILL,
        Parameter("segments", 40, "About how many segments.", 4, 400),
        Parameter("samples", 500, "Predictions for each input.", 50, 5000),
        SEED,
    ),
    uses_layer=False,
)
