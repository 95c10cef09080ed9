"""tf-keras-vis and xplique on the same network, layer, class and pictures."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

import gradcam
from benchmarks.networks import BATCH, CLASSES, TARGET, mobilenet, pictures
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from gradcam.arrays import Floats
from services.opening.side_by_side import decide
from services.work.progress import Progress

SIZE = 96
MANY_AT_LEAST = 1.8  # of RISE and of occlusion
TF_KERAS_VIS_AT_LEAST, XPLIQUE_AT_LEAST = 3.0, 1.5
SAME = 0.9999  # correlation of maps that mean the same
RESIZED = 0.7  # of 3 x 3 cells enlarged: half-pixel centres here, aligned corners there
OTHER = -1.0  # maps that differ by what the peer means, or by chance: the work is the same
FEW, PASSES = 2, 64  # pictures, and passes for each, of methods of many passes
PATCH = 12  # pixels, side by side: 64 on a picture


@dataclass(frozen=True)
class Contest:
    """One way to call a peer, and ours that gives the same.

    Attributes:
        name: of the peer and the call.
        theirs, ours: give the (N, h, w) maps of the batch.
        alike: the least correlation at which both did the same work.
        at_least: how many times faster ours has to be; None to tell only.
        pictures: how many of them.
    """

    name: str
    theirs: Callable[[], Floats]
    ours: Callable[[], Floats]
    alike: float
    at_least: float | None = None
    pictures: int = BATCH


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Each peer that can be imported."""
    # With a linear head: then all three differentiate the same number, the logit.
    ours, theirs, others = mobilenet(SIZE, activation=None, copies=3)
    batch = pictures(SIZE)
    decide(ours, SIZE, SIZE, Progress())
    peers = {
        "tf-keras-vis": lambda: _tf_keras_vis(ours, theirs, batch),
        "xplique": lambda: _xplique(ours, others, batch),
    }
    for name, contests in peers.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                entered = contests()
        except ImportError as error:
            yield Note(f"{name} was left out: {error}.")
            continue
        for contest in entered:
            yield from _compete(contest, effort)
    yield Note(
        f"Peers: flat functional MobileNetV2, {SIZE} px, linear head, batch {BATCH}, one class; "
        "“at picture size” is resized to the input: ours and tf-keras-vis' linear and normalised "
        "to 0..1, xplique's bicubic after a ReLU and not normalised (ours is then not either). "
        "tf-keras-vis builds a sub-model and runs eagerly at every call; xplique traces as we do."
    )
    yield Note(
        f"Methods of many passes: {FEW} pictures (one for Score-CAM), {PASSES} passes each, in "
        f"batches of {BATCH}. "
        "Maps of RISE differ by chance, those of Score-CAM since tf-keras-vis sends scores through "
        "a softmax; both are timed for the same number of passes."
    )


def _compete(contest: Contest, effort: Effort) -> Iterator[Row | Note]:
    alike = _likeness(contest.theirs(), contest.ours())
    if alike < contest.alike:
        yield Note(f"{contest.name}: maps differ (correlation {alike:.3f}), so nothing was timed.")
        return
    pairs = in_turns(contest.theirs, contest.ours, effort)
    yield Row.of(
        f"times faster than {contest.name} (theirs : ours {pairs.said(contest.pictures)} a "
        f"picture; maps correlate {alike:.4f})",
        pairs.ratios,
        at_least=contest.at_least,
    )


def _likeness(theirs: Floats, ours: Floats) -> float:
    """The least correlation of two pictures' positive maps."""
    found = []
    for a, b in zip(np.maximum(theirs, 0.0), np.maximum(ours, 0.0), strict=True):
        if a.std() > 0 and b.std() > 0:
            found.append(float(np.corrcoef(a.ravel(), b.ravel())[0, 1]))
    return min(found, default=0.0)


def _maps(
    network: gradcam.Network, batch: Floats, method: str = "grad-cam", **settings: object
) -> Floats:
    explained = gradcam.explain(
        network, batch, target=TARGET, method=method, chunk=BATCH, **settings
    )
    return explained.maps


def _resized(heats: list[Floats]) -> Floats:
    return np.stack([gradcam.resize_heat(heat, SIZE, SIZE) for heat in heats])


def _heats(network: gradcam.Network, batch: Floats) -> Floats:
    return _resized([gradcam.normalize(raw) for raw in _maps(network, batch)])


def _tf_keras_vis(
    ours: gradcam.Network, theirs: gradcam.Network, batch: Floats
) -> tuple[Contest, ...]:
    import keras
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.scorecam import Scorecam
    from tf_keras_vis.utils.scores import CategoricalScore

    layer_cam, score_cam = (each(theirs.model.own, clone=False) for each in (Layercam, Scorecam))
    peer, layer = Gradcam(theirs.model.own, clone=False), ours.default_layer.name
    score = CategoricalScore([TARGET] * BATCH)
    raw = {"activation_modifier": None, "expand_cam": False, "normalize_cam": False}
    given = {"penultimate_layer": layer, "seek_penultimate_conv_layer": False}
    many = {"max_N": PASSES, "batch_size": BATCH}
    one = batch[:1]  # of several it takes the channels that any of them asks for
    keras.utils.disable_interactive_logging()  # a bar for each of its predictions
    return (
        Contest(
            "tf-keras-vis, map only",
            lambda: np.asarray(peer(score, batch, **given, **raw)),
            lambda: _maps(ours, batch),
            SAME,
            TF_KERAS_VIS_AT_LEAST,
        ),
        Contest(
            "tf-keras-vis, at picture size",
            lambda: np.asarray(peer(score, batch, **given)),
            lambda: _heats(ours, batch),
            RESIZED,
            TF_KERAS_VIS_AT_LEAST,
        ),
        Contest(
            "tf-keras-vis, LayerCAM, map only",
            lambda: np.asarray(layer_cam(score, batch, **given, **raw)),
            lambda: _maps(ours, batch, "layer-cam"),
            SAME,
            TF_KERAS_VIS_AT_LEAST,
        ),
        Contest(
            "tf-keras-vis, Score-CAM",
            lambda: np.asarray(score_cam(CategoricalScore(TARGET), one, **given, **raw, **many)),
            lambda: _maps(ours, one, "score-cam", channels=PASSES),
            OTHER,
            pictures=1,
        ),
    )


def _xplique(ours: gradcam.Network, theirs: gradcam.Network, batch: Floats) -> tuple[Contest, ...]:
    from xplique.attributions import GradCAM, IntegratedGradients, Occlusion, Rise

    model, few = theirs.model.own, batch[:FEW]
    grad_cam = GradCAM(model, batch_size=BATCH, conv_layer=ours.default_layer.name)
    targets = np.zeros((BATCH, CLASSES), np.float32)
    targets[:, TARGET] = 1.0
    largest = np.abs(_maps(ours, batch)).max()  # of a random network so small that a clip is far

    def explained_by(peer: Callable[..., Floats], pictures: Floats) -> Callable[[], Floats]:
        return lambda: np.asarray(peer(pictures, targets[: len(pictures)]))[..., 0]

    return (
        Contest(
            "xplique, at picture size",
            explained_by(grad_cam, batch),
            lambda: _resized(list(np.maximum(_maps(ours, batch), 0.0) / largest)),
            RESIZED,
            XPLIQUE_AT_LEAST,
        ),
        Contest(
            "xplique, integrated gradients",
            explained_by(IntegratedGradients(model, batch_size=BATCH, steps=PASSES), few),
            lambda: _maps(ours, few, "integrated-gradients", fill="zero", steps=PASSES - 1),
            SAME,
            pictures=FEW,
        ),
        Contest(
            "xplique, occlusion",
            explained_by(Occlusion(model, BATCH, patch_size=PATCH, patch_stride=PATCH), few),
            lambda: _maps(
                ours, few, "occlusion", scale="logit", fill="zero", size=PATCH / SIZE, step=1.0
            ),
            SAME,
            MANY_AT_LEAST,
            pictures=FEW,
        ),
        Contest(
            "xplique, RISE",
            explained_by(Rise(model, BATCH, nb_samples=PASSES), few),
            lambda: _maps(ours, few, "rise", scale="logit", masks=PASSES),
            OTHER,
            MANY_AT_LEAST,
            pictures=FEW,
        ),
    )
