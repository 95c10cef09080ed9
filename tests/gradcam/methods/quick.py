"""Every method at its quickest, so that all of them can be held to the same rules."""

import numpy as np

import gradcam
from gradcam.abilities import OF_ANOMALY

QUICK = {
    "smooth-grad": {"samples": 2},
    "integrated-gradients": {"steps": 8},
    "occlusion": {"size": 0.5},
    "rise": {"masks": 50, "cells": 4},
    "lime": {"samples": 50, "segments": 9},
}
# Of networks that end in classes or values; those of anomaly scores have tests of their own.
METHODS = {name: method for name, method in gradcam.METHODS.items() if not method.asks & OF_ANOMALY}
SLOW = [name for name, method in gradcam.METHODS.items() if method.slow]
DRAWN = [  # with a seed: a mirrored picture gets the same draw, not the mirrored one
    name
    for name, method in gradcam.METHODS.items()
    if "seed" in {parameter.name for parameter in method.parameters}
]
BLIND = [  # knows no class
    name for name, method in gradcam.METHODS.items() if method.control or name == "eigen-cam"
]


def explained(network, batch, method, target=1, layer=None, **settings):
    """`gradcam.explain` with quick settings, but for those that are given."""
    names = {parameter.name for parameter in gradcam.METHODS[method].parameters}
    quick = {k: v for k, v in QUICK.get(method, {}).items() if k in names}
    return gradcam.explain(network, batch, layer, target, method, **{**quick, **settings})


def off(ours, theirs):
    """The largest difference as a share of the largest value; infinite for other shapes."""
    if ours.shape != theirs.shape:
        return np.inf
    highest = np.abs(theirs).max()
    return float(np.abs(ours - theirs).max() / (highest or 1.0))
