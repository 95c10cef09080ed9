"""Every back end with the same small network on it, and what it cannot do."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcam.abilities import Ability
from gradcam.backends.keras.network import KerasNetwork
from gradcam.network import Network
from tests.gradcam.backends.numpy_network import (
    COLOURS,
    FIRST,
    HEIGHT,
    LAST,
    SHAPES,
    WIDTH,
    NumpyNetwork,
    limited_to,
)


@dataclass(frozen=True)
class BackEnd:
    """A back end.

    Attributes:
        name: of it.
        make: the network of given weights, see `NumpyNetwork`.
        cannot: the abilities that it lacks.
    """

    name: str
    make: Callable[[dict], Network]
    cannot: frozenset = frozenset()


def drawn_weights(seed=7):
    """Weights with which no unit is dead and every class is said of some picture."""
    rng, weights = np.random.default_rng(seed), {}
    for path, (kernel, bias) in SHAPES.items():
        drawn = rng.normal(0, 2 * np.prod(kernel[:-1]) ** -0.5, kernel), rng.normal(0, 0.1, bias)
        weights[path] = tuple(each.astype(np.float32) for each in drawn)
    return weights


def drawn_pictures(count=4, seed=7):
    """Grain on a colour of its own, each."""
    rng = np.random.default_rng(seed)
    colours, grain = rng.uniform(-1, 1, (count, 1, 1, COLOURS)), (count, HEIGHT, WIDTH, COLOURS)
    return (colours + rng.uniform(-0.5, 0.5, grain)).astype(np.float32)


def keras_network(weights):
    import keras

    k = keras.layers
    inputs = keras.Input((HEIGHT, WIDTH, COLOURS))
    x = k.Conv2D(FIRST, 3, activation="relu", name="first")(inputs)
    x = k.MaxPooling2D(name="pool")(x)
    x = k.ReLU(name="relu")(k.Conv2D(LAST, 3, name="last")(x))
    x = k.Dense(3, activation="softmax", name="y_pred")(k.Flatten()(x))
    model = keras.Model(inputs, x)
    for path, both in weights.items():
        model.get_layer(path).set_weights(both)
    return KerasNetwork(model, "numpy", "numpy")


BACK_ENDS = (
    BackEnd("keras", keras_network),
    BackEnd("numpy", NumpyNetwork, frozenset({Ability.STATISTICS})),
    BackEnd(
        "numpy without gradients",
        limited_to(Ability.ACTIVATIONS),
        frozenset(Ability) - {Ability.PREDICTIONS, Ability.ACTIVATIONS},
    ),
    BackEnd("numpy that only predicts", limited_to(), frozenset(Ability) - {Ability.PREDICTIONS}),
)
