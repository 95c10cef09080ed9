"""Reading the clues: what a network tells of its own input, in the order in which they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from gradcam import Network, Scaling
from gradcam.abilities import Ability
from gradcam.arrived import Arrived, distance
from services.media.input_options import COLOR, SCALING
from services.media.medium import Medium
from services.opening.check.clues import Assurance, Clue, but_for_colour, is_seldom
from services.opening.check.pictures import Handful

FITS = 2.0  # a distance above it is no fit: 0.02 to 0.5 were measured for the right scaling
EXACT = 0.05  # nearer than this is as near as pictures of another day can be
CLOSE = 2.0  # what is seldom done has to be so many times nearer than all that is usual
FARTHER = 5.0  # so many times as far is ruled out: 9 to 300 were measured for the next one
COLOUR_FARTHER = 4.0  # so many times as far tells the order of colours, which seldom happens
# Of the range that pictures have in a scaling: a zero point is rounded to a level of 256, and a
# range that was measured on some pictures may not reach both ends.
NARROW, WIDE = 0.02, 0.12
QUANTISED = "input quantisation"
NORMALISATION = "first batch normalisation"


def read_clues(
    network: Network, variants: Sequence[Medium], handful: Handful, from_studio: bool
) -> tuple[Clue, ...]:
    """All that a network tells without labels, the strongest first.

    Args:
        network: is asked.
        variants: the ways that pictures may reach it.
        handful: some pictures.
        from_studio: whether it was trained in Edge Impulse.
    """
    clues = (
        input_range(network, variants, handful),
        first_layers(network, variants),
        first_normalisation(network, variants, handful),
        family(network, variants, from_studio),
    )
    return tuple(clue for clue in clues if clue is not None)


def input_range(network: Network, variants: Sequence[Medium], handful: Handful) -> Clue | None:
    """Which numbers its input can hold, where it holds whole ones; what is beyond is cut off."""
    told, cuts = network.told.input_range, handful.cuts[:1]
    if told is None or cuts.dtype != np.uint8:
        return None
    off = {way: _off(told, way, cuts) for way in variants if not is_seldom(way)}
    figure = f"it holds numbers from {told[0]:.3g} to {told[1]:.3g}"
    best = min(off, key=off.__getitem__)  # of equals the usual one comes first
    if off[best] > WIDE:
        return Clue(QUANTISED, figure, "no usual scaling has these, so it says nothing")
    same = frozenset(way for way in variants if but_for_colour(way) == but_for_colour(best))
    usual = frozenset(way for way in same if not way.blue_first)
    sure = Assurance.CERTAIN if off[best] <= NARROW else Assurance.LIKELY
    return Clue(QUANTISED, figure, f"pictures come in as {said_of(best)}", same, usual, sure)


def _off(told: tuple[float, float], way: Medium, cuts: NDArray[np.uint8]) -> float:
    """How far the range of what pictures become is from another one, as a share of it."""
    ends = [way.tensors(np.full_like(cuts, level)) for level in (0, 255)]
    low, high = (float(end(ends)) for end in (np.min, np.max))
    return max(abs(told[0] - low), abs(told[1] - high)) / (high - low)


def first_layers(network: Network, variants: Sequence[Medium]) -> Clue | None:
    """What it does to the picture by itself; None where it does nothing."""
    own = network.preprocessing
    if own is None:
        return None
    figure = f"{own.formula} ({', '.join(dict.fromkeys(own.kinds))})"
    says = f"pixels of {own.outside} come in" if own.outside else "it tells no scaling outside"
    if own.turns_colors:
        says += ", red first, and are turned round"
    red_first = frozenset(way for way in variants if own.turns_colors and not way.blue_first)
    fitting = None if own.outside is None else _of_scaling(variants, own.outside)
    return Clue("first layers", figure, says, fitting, red_first, Assurance.CERTAIN)


def first_normalisation(
    network: Network, variants: Sequence[Medium], handful: Handful
) -> Clue | None:
    """What the first batch normalisation saw in training beside what arrives; see `Arrived`."""
    if Ability.STATISTICS not in network.abilities:
        return None
    distances: dict[Medium, float] = {}
    for way in variants:
        arrived = _arrived(network, way, handful)
        if arrived is None:
            return None
        if not arrived.is_trained:
            says = "it was never trained, so it says nothing"
            return Clue(NORMALISATION, "mean 0, variance 1 everywhere", says)
        far = distance(arrived)
        distances[way] = far if isfinite(far) else inf
    return _read_distances(distances)


def _arrived(network: Network, way: Medium, handful: Handful) -> Arrived | None:
    whole: Arrived | None = None
    for batch in handful.tensors(way, 0, len(handful)):
        arrived = network.statistics(batch)
        if arrived is None:
            return None
        whole = arrived if whole is None else whole + arrived
    return whole


def _read_distances(distances: Mapping[Medium, float]) -> Clue:
    """What follows from how far each way is; the usual ones first."""
    ways = sorted(distances, key=distances.__getitem__)  # of equals the usual one comes first
    best = next(way for way in ways if not is_seldom(way))
    if max(distances[ways[0]], EXACT) * CLOSE <= distances[best]:
        best = ways[0]
    near = max(distances[best], EXACT)
    own = [way for way in ways if but_for_colour(way) == but_for_colour(best)]
    others = [way for way in ways if way not in own and not is_seldom(way)]
    figure = f"{said_of(best)} is {distances[own[0]]:.2g} away"
    if others:
        figure += f", the next, {said_of(others[0])}, {distances[others[0]]:.2g}"
    if near > FITS:
        return Clue(NORMALISATION, figure, "none fits, so it says nothing")
    # A scaling stays with both orders of colours: what is far by colour alone is not ruled out.
    groups = {but_for_colour(way) for way in ways if distances[way] <= FARTHER * near}
    allowed = frozenset(way for way in ways if but_for_colour(way) in groups)
    preferred, says = frozenset(own), f"it saw {said_of(best)} in training"
    if len(own) > 1:
        one, other = own[:2]
        if distances[other] >= COLOUR_FARTHER * max(distances[one], EXACT):
            preferred, says = frozenset({one}), f"{says}, {one.chosen[COLOR.word]}"
        else:
            says += "; the order of colours is not told by it"
    rivals = {but_for_colour(way) for way in allowed if way not in own and not is_seldom(way)}
    if rivals:
        says += "; others are not far"
    sure = Assurance.LIKELY if rivals else Assurance.CERTAIN
    return Clue(NORMALISATION, figure, says, allowed, preferred, sure)


def family(network: Network, variants: Sequence[Medium], from_studio: bool) -> Clue | None:
    """How the family that it is built like is fed by its authors; None for a network of its own."""
    topology, own = network.topology, network.preprocessing
    if topology is None:
        return None
    scaling, says = topology.scaling, "networks that begin with its weights take {}"
    if from_studio and topology.name.startswith("MobileNet"):
        scaling, says = Scaling.UNIT, "Edge Impulse trains it with {}"
    elif own is not None and own.outside is not None:  # that is what counts outside
        return None
    fitting = _of_scaling(variants, scaling)
    usual = frozenset(way for way in fitting if not way.blue_first)
    return Clue("built like", topology.name, says.format(scaling), None, usual, Assurance.LIKELY)


def _of_scaling(variants: Sequence[Medium], scaling: Scaling) -> frozenset[Medium]:
    return frozenset(way for way in variants if way.chosen.get(SCALING.word) == scaling)


def said_of(way: Medium) -> str:
    """A way in few words, without the order of its colours."""
    return ", ".join(value for word, value in way.chosen.items() if word != COLOR.word)
