"""What is shown of a network where nobody chose: a layer and a method, and why these."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcam.layers import Layer
from gradcam.methods import Method, fitting_methods
from gradcam.methods.anomaly_score import ANOMALY_SCORE
from gradcam.methods.grad_cam import GRAD_CAM
from gradcam.methods.hires_cam import HIRES_CAM
from gradcam.methods.integrated_gradients import INTEGRATED_GRADIENTS
from gradcam.network import Network

FEWEST, MOST_COEFFICIENTS = 2, 64  # a raw wave has one; hundreds are an embedding, not cepstra


@dataclass(frozen=True)
class Usual:
    """A layer and a method.

    Attributes:
        layer: the network's default one.
        method: at that layer.
        why: a sentence, where it is not Grad-CAM at the last layer; else "".
        finer: a method of many runs that shows what no map of a layer can; None where there is
            none.
        why_finer: a sentence, where there is.
    """

    layer: Layer
    method: Method
    why: str = ""
    finer: Method | None = None
    why_finer: str = ""


def usual(network: Network, *, fixed_places: bool = False) -> Usual:
    """The default layer and method of a network.

    Of pictures Grad-CAM at the last layer. Of a grid of cells HiResCAM, at the last layer of twice
    its sides if there is one: Grad-CAM weighs channels by their mean slope over a map of which one
    cell asks for a small part only. Of sounds and sequences HiResCAM where a Flatten follows the
    layer: then a place has weights of its own, which Grad-CAM takes the mean of. Of a grid of
    anomaly scores the scores themselves.

    Layers of a sequence have lost its coefficients: their maps are strips over time. Integrated
    gradients keep them, and are the finer method there.

    Args:
        network: to be explained.
        fixed_places: whether a place of the input means something by itself, as a frequency does;
            of pictures, whose things may lie anywhere, it does not. A sequence has such places.

    Raises:
        NoLayerError: no layer has a spatial output.
    """
    own, finer = _usual(network, fixed_places=fixed_places), INTEGRATED_GRADIENTS
    layout = network.layout
    few = layout.is_sequence and FEWEST <= layout.channels <= MOST_COEFFICIENTS
    if not few or not finer.fits(network):
        return own
    why = (
        f"The network takes {layout.channels} coefficients a step and its layers only know steps, "
        f"so that their maps are strips over time. {finer.title} shows the coefficients as well."
    )
    return replace(own, finer=finer, why_finer=why)


def _usual(network: Network, *, fixed_places: bool) -> Usual:
    layer = network.require_layer()
    if network.heads[0].is_of_values and ANOMALY_SCORE.fits(network):
        return Usual(
            layer,
            ANOMALY_SCORE,
            "The default is the anomaly score: the grid that decides is a map already.",
        )
    name = layer.name.rpartition("/")[2]
    if HIRES_CAM.fits(network):
        grid = network.heads[0].grid
        if grid is not None and grid != (1, 1):
            if layer == network.last_layer:
                where, why = "", ""
            else:
                where = f" at {name}, the last layer of twice the grid's sides"
                why = "at the grid's own resolution a cell shows nothing but itself, and "
            words = f"{where}: {why}Grad-CAM's weights are means over all cells."
            return Usual(layer, HIRES_CAM, f"The default is HiResCAM{words}")
        if layer.flattened and (fixed_places or network.layout.is_sequence):
            return Usual(
                layer,
                HIRES_CAM,
                f"The default is HiResCAM: a Flatten follows the layer {name}, so that each place "
                "has weights of its own, which Grad-CAM takes the mean of.",
            )
    if GRAD_CAM.fits(network):
        return Usual(layer, GRAD_CAM)
    known = next((each for each in fitting_methods(network) if not each.control), GRAD_CAM)
    return Usual(layer, known)
