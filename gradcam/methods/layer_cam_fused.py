"""LayerCAM of several layers in one: the place from early ones, the class from late ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.heatmap import resize_heat
from gradcam.layers import Layer
from gradcam.methods.layer_cam import layer_cam
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.probe import Probe
from gradcam.rounding import apart_from_rounding

GAMMA = 2.0  # the paper's scale of early maps


def stages(layers: Sequence[Layer], last: Layer, most: int) -> list[Layer]:
    """The layer, and before it the last one of each larger map: at most so many, finest first."""
    fused = [last]
    for layer in reversed(layers[: layers.index(last)]):
        if layer.cells > fused[0].cells and len(fused) < most:
            fused.insert(0, layer)
    return fused


def fused(maps: Sequence[Floats]) -> Floats:
    r"""\(\max_l \tanh(\gamma M_l / \max M_l)\) of the positive parts, at the first map's size.

    Jiang et al. 2021, equations 7 and 8, with γ = 2. A map without positive part adds nothing; one
    that is not finite makes all of it NaN.

    Args:
        maps: of one picture, each (h, w) float32; the finest first.

    Returns:
        (h, w) float32 in 0..1, of the first map's size.
    """
    height, width = maps[0].shape
    together: Floats = np.zeros((height, width), np.float32)
    for raw in maps:
        if not np.isfinite(raw).all():
            return np.full((height, width), np.nan, np.float32)
        highest = float(raw.max())
        if highest > 0:
            warm = resize_heat(np.maximum(raw / np.float32(highest), 0.0), width, height)
            together = np.maximum(together, np.tanh(np.float32(GAMMA) * warm))
    return together


def layer_cam_fused(probe: Probe, layers: int = 3) -> Findings:
    """LayerCAM of the chosen layer and of the stages before it, fused.

    Args:
        probe: N pictures.
        layers: how many stages, the chosen layer included.

    Returns:
        Maps (N, h, w) at the finest stage's resolution.
    """
    chosen = stages(probe.network.layers, probe.layer, layers)
    probe.expect(len(chosen))
    maps = [apart_from_rounding(probe.capture(layer.name), layer_cam) for layer in chosen]
    return Findings(np.stack([fused(of_one) for of_one in zip(*maps, strict=True)]))


LAYER_CAM_FUSED = Method(
    name="layer-cam-fused",
    title="LayerCAM, several layers",
    help="LayerCAM of this layer and of finer ones before it in one map.",
    source="Jiang et al. 2021, doi:10.1109/TIP.2021.3089943",
    year=2021,
    need=Need.GRADIENTS,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=layer_cam_fused,
    parameters=(Parameter("layers", 3, "How many, this one included.", 2, 6),),
)
