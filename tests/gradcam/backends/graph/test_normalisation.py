"""Normalisations of graphs against numbers worked out in numpy."""

import numpy as np
import pytest

from gradcam.backends.graph.model import GraphOperation
from gradcam.backends.graph.operators.normalisation import (
    batch_normalisation,
    group_normalisation,
    layer_normalisation,
)

RNG = np.random.default_rng(5)
MAPS = RNG.normal(3, 2, (2, 4, 5, 6)).astype(np.float32)
GAMMA, BETA, MEAN = (RNG.normal(size=6).astype(np.float32) for _ in range(3))
VARIANCE = RNG.uniform(0.5, 2, 6).astype(np.float32)
EPSILON = 0.1  # large enough to be seen where it is forgotten


def run(node, maps=MAPS):
    return GraphOperation(node).call(maps).numpy()


def by_itself(maps, axes):
    mean = maps.mean(axes, keepdims=True)
    return (maps - mean) / np.sqrt(maps.var(axes, keepdims=True) + EPSILON)


def close(one, two):
    np.testing.assert_allclose(one, two, rtol=0, atol=2e-5)


def test_a_batch_normalisation_is_by_what_it_remembers():
    stored = [GAMMA.astype(np.float16), BETA, MEAN, VARIANCE]
    node = batch_normalisation("n", "a", "b", stored, EPSILON)
    expected = (MAPS - MEAN) / np.sqrt(VARIANCE + EPSILON) * stored[0].astype(np.float32) + BETA
    close(run(node), expected)
    scale, offset = node.affine(stored)
    close(MAPS * scale + offset, expected)


@pytest.mark.parametrize(
    ("gamma", "beta"), [(GAMMA, BETA), (GAMMA, None), (None, BETA), (None, None)]
)
def test_a_layer_normalisation_is_by_each_place(gamma, beta):
    node = layer_normalisation("n", "a", "b", gamma, beta, EPSILON)
    expected = by_itself(MAPS, -1) * (1 if gamma is None else gamma) + (0 if beta is None else beta)
    close(run(node), expected)


def test_a_group_normalisation_is_by_each_group_of_channels():
    expected = np.concatenate(
        [by_itself(MAPS[..., own : own + 3], (1, 2, 3)) for own in (0, 3)], -1
    )
    close(run(group_normalisation("n", "a", "b", 2, GAMMA, BETA, EPSILON)), expected * GAMMA + BETA)


def test_as_many_groups_as_channels_take_each_map_by_itself():
    node = group_normalisation("n", "a", "b", 6, None, None, EPSILON)
    close(run(node), by_itself(MAPS, (1, 2)))
