"""Two small networks that exist in Keras and, with the same weights, in PyTorch."""

import numpy as np

from tests.gradcam import networks

HEIGHT, WIDTH = 10, 12
CLASSES = 3


def flattened(k):
    """Each cell has its own weight in the head, so that no two methods give the same map."""
    return _network(k, k.layers.Flatten())


def pooled(k):
    """The head takes means, so that at the last layer Grad-CAM, HiResCAM and CAM are one."""
    return _network(k, k.layers.GlobalAveragePooling2D())


NETWORKS = {"flattened": flattened, "pooled": pooled}
# Behind a ReLU no activation is negative; half of the middle ones are, and they count. The last
# layer has more channels than cells.
LAYERS = ("first_relu", "middle", "last_relu")
BEHIND_RELU = ("first_relu", "last_relu")
PLUS_PLUS = "grad-cam++"
LOUDER = 100.0  # what the logits are multiplied by for it


def pictures():
    shape = (CLASSES, HEIGHT, WIDTH, 3)
    return np.random.default_rng(5).uniform(-1.0, 1.0, shape).astype(np.float32)


def _network(k, gather):
    inputs = k.Input((HEIGHT, WIDTH, 3))
    x = k.layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    x = k.layers.ReLU(name="first_relu")(x)
    x = k.layers.MaxPooling2D(name="pool")(x)
    x = k.layers.Conv2D(5, 3, padding="same", name="middle")(x)
    x = k.layers.Conv2D(14, 3, name="last")(x)
    x = k.layers.ReLU(name="last_relu")(x)
    x = k.layers.Dense(CLASSES, name="logits")(gather(x))
    return networks.seeded(k.Model(inputs, x), seed=11)
