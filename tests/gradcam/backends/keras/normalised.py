"""Small networks with a batch normalisation in every place where one may stand."""

import keras
import numpy as np

from gradcam.backends.keras.model import KerasModel

SIZE = 12
CLASSES = 3
k = keras.layers


def pictures(count=3, seed=7):
    return np.random.default_rng(seed).normal(size=(count, SIZE, SIZE, 3)).astype(np.float32)


def drawn(model, seed=0):
    """Give a model weights, and its normalisations whatever training may leave.

    Scales of either sign and none, means away from 0, variances of many sizes and near 0.
    """
    rng = np.random.default_rng(seed)
    for operation in KerasModel(model).operations:
        for variable in operation.weights:
            shape = tuple(variable.shape)
            values = rng.normal(0, (np.prod(shape[:-1]) or 1) ** -0.5, shape)
            if variable.name == "moving_variance":
                values = np.concatenate([[1e-9], rng.lognormal(0, 2, shape[0] - 1)])
            if variable.name == "gamma":
                values[1] = 0.0
            variable.assign(values)
    return model


def ended(inputs, x):
    """A classifier of three classes on a map."""
    x = k.ReLU(name="relu")(x)
    x = k.Dense(CLASSES, activation="softmax", name="y_pred")(k.Flatten()(x))
    return drawn(keras.Model(inputs, x))


def after(*layers):
    """A chain of layers, and a classifier."""
    inputs = x = keras.Input((SIZE, SIZE, 3))
    for layer in layers:
        x = layer(x)
    return ended(inputs, x)


def normalised(**settings):
    return k.BatchNormalization(name="bn", **settings)


def steps(layer):
    """A layer on sequences between two on pictures."""
    rows = k.Reshape((SIZE, SIZE * 4)), layer, normalised(), k.Reshape((SIZE, -1, 2))
    return after(k.Conv2D(4, 3, padding="same"), *rows)


def nested():
    inner = keras.Input((SIZE, SIZE, 3))
    base = keras.Model(inner, normalised()(k.Conv2D(4, 3, name="conv")(inner)), name="base")
    return after(keras.Sequential([keras.Input((SIZE, SIZE, 3)), base]))


def across_a_border():
    """The convolution is the last of an inner model, its normalisation stands outside."""
    inner = keras.Input((SIZE, SIZE, 3))
    return after(keras.Model(inner, k.Conv2D(4, 3, name="conv")(inner)), normalised())


def twice():
    """A convolution with its normalisation in two places."""
    conv, bn = k.Conv2D(3, 3, padding="same", name="conv"), normalised()
    return after(conv, bn, k.ReLU(), conv, bn)


def convolution_twice():
    conv = k.Conv2D(3, 3, padding="same", name="conv")
    return after(conv, normalised(), k.ReLU(), conv)


def also_wanted():
    """What stands between the two is added again later."""
    inputs = keras.Input((SIZE, SIZE, 3))
    x = k.Conv2D(4, 3, name="conv")(inputs)
    return ended(inputs, k.Add()([x, normalised()(x)]))


def also_an_output():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = k.Dense(4, name="conv")(k.GlobalAveragePooling2D()(k.Conv2D(4, 3)(inputs)))
    return drawn(keras.Model(inputs, [x, k.Dense(2)(normalised()(x))]))


def after_a_join():
    inputs = keras.Input((SIZE, SIZE, 3))
    both = [k.Conv2D(2, 3, name="conv")(inputs), k.Conv2D(3, 3)(inputs)]
    return ended(inputs, normalised()(k.Concatenate()(both)))


class ByThePictures(keras.Model):
    """It normalises by the pictures at hand, at prediction too."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = k.Conv2D(4, 3, name="conv"), normalised()

    def call(self, inputs):
        return self.bn(self.conv(inputs), training=True)


class Standardised(k.Conv2D):
    """A convolution of its own kind: its kernel is not what is stored."""

    def convolution_op(self, inputs, kernel):
        kernel = kernel - keras.ops.mean(kernel, axis=(0, 1, 2))
        return super().convolution_op(inputs, kernel / keras.ops.std(kernel, axis=(0, 1, 2)))


def adapted():
    model = after(k.Conv2D(4, 3, name="conv"), normalised())
    model.get_layer("conv").enable_lora(2)
    return drawn(model)


def conv(filters=4, **settings):
    return k.Conv2D(filters, 3, name="conv", **settings)


def padded(around=((0, 1), (0, 1)), strides=2, **settings):
    """A depthwise convolution behind a padding, as MobileNet has it: of 10 × 10 cells."""
    last = k.DepthwiseConv2D(3, strides=strides, name="depthwise", **settings)
    return conv(), k.ReLU(), k.ZeroPadding2D(around), last


def padded_for_two():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = k.ZeroPadding2D()(conv()(inputs))
    both = [k.DepthwiseConv2D(3)(x), k.DepthwiseConv2D(3, use_bias=False)(x)]
    return ended(inputs, k.Add()(both))


WIDENED = {
    "strides": lambda: after(*padded()),
    "no bias": lambda: after(*padded(use_bias=False)),
    "on all sides": lambda: after(*padded(1, strides=1)),
    "of an odd size": lambda: after(k.Conv2D(4, 2), *padded(1)[2:]),
    "two each, activated": lambda: after(*padded(depth_multiplier=2, activation="relu")),
    "normalised": lambda: after(*padded(), normalised()),
}
PADDED = {
    "on the other side": lambda: after(*padded(((1, 0), (1, 0)))),
    "more than needed": lambda: after(*padded(1)),
    "padded again": lambda: after(*padded(padding="same")),
    "dilated": lambda: after(*padded(1, strides=1, dilation_rate=2)),
    "for two": padded_for_two,
}

FOLDED = {
    "convolution": lambda: after(conv(use_bias=False), normalised()),
    "with a bias": lambda: after(conv(), normalised()),
    "linear by name": lambda: after(conv(activation="linear"), normalised()),
    "no scale": lambda: after(conv(), normalised(scale=False)),
    "no centre": lambda: after(conv(), normalised(center=False)),
    "neither": lambda: after(conv(), normalised(scale=False, center=False)),
    "the last axis by number": lambda: after(conv(), normalised(axis=3)),
    "a large epsilon": lambda: after(conv(), normalised(epsilon=0.5)),
    "strides and padding": lambda: after(conv(strides=2, padding="same"), normalised()),
    "dilated": lambda: after(conv(dilation_rate=2), normalised()),
    "in groups": lambda: after(k.Conv2D(4, 3), k.Conv2D(6, 3, groups=2), normalised()),
    "depthwise": lambda: after(k.DepthwiseConv2D(3, use_bias=False), normalised()),
    "depthwise, two each": lambda: after(k.DepthwiseConv2D(3, depth_multiplier=2), normalised()),
    "separable": lambda: after(k.SeparableConv2D(4, 3, depth_multiplier=2), normalised()),
    "transposed": lambda: after(k.Conv2DTranspose(4, 3, strides=2), normalised()),
    "dense on a map": lambda: after(k.Dense(5), normalised()),
    "dense": lambda: after(conv(), k.Flatten(), k.Dense(5), normalised()),
    "steps": lambda: steps(k.Conv1D(6, 3, padding="causal")),
    "steps, depthwise": lambda: steps(k.DepthwiseConv1D(3, padding="same")),
    "steps, separable": lambda: steps(k.SeparableConv1D(6, 3, padding="same")),
    "steps, transposed": lambda: steps(k.Conv1DTranspose(6, 3, padding="same")),
    "frozen": lambda: after(conv(trainable=False), normalised(trainable=False)),
    "nested": nested,
    "across a border": across_a_border,
}

# No layer can take it over: one operator does it.
FUSED = {
    "activated before": lambda: after(conv(activation="relu"), normalised()),
    "no scale": lambda: after(conv(activation="relu"), normalised(scale=False)),
    "no centre": lambda: after(conv(activation="relu"), normalised(center=False)),
    "dropout between": lambda: after(conv(), k.Dropout(0.5), normalised()),
    "padding between": lambda: after(conv(), k.ZeroPadding2D(), normalised()),
    "first": lambda: after(normalised(), conv()),
    "a layer of its own kind": lambda: after(Standardised(4, 3, name="conv"), normalised()),
    "adapted": adapted,
    "twice": twice,
    "the convolution twice": convolution_twice,
    "wanted elsewhere": also_wanted,
    "after a join": after_a_join,
}

KEPT = {
    "the rows' axis": lambda: after(conv(), normalised(axis=1)),
    "half precision": lambda: after(
        conv(dtype="mixed_float16"), k.BatchNormalization(name="bn", dtype="mixed_float16")
    ),
    "double precision": lambda: after(conv(dtype="float64"), normalised(dtype="float64")),
    "no map, and an output": also_an_output,
    "steps, activated before": lambda: steps(k.Conv1D(6, 3, padding="same", activation="relu")),
    "in training": lambda: after(ByThePictures()),
}


def several():
    """As MobileNetV2: expanded, depthwise, projected, added; then one normalisation by itself."""
    inputs = keras.Input((SIZE, SIZE, 3))
    x = k.Conv2D(6, 3, padding="same", use_bias=False, name="stem")(inputs)
    x = start = k.ReLU(6.0, name="stem_relu")(k.BatchNormalization(name="stem_bn")(x))
    x = k.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = k.ReLU(6.0)(k.BatchNormalization(name="depthwise_bn")(x))
    x = k.Conv2D(6, 1, use_bias=False, name="project")(x)
    x = k.Add(name="add")([start, k.BatchNormalization(name="project_bn")(x)])
    x = k.ReLU(name="relu")(k.BatchNormalization(name="alone")(x))
    x = k.Conv2D(5, 3, name="last")(x)
    x = k.ReLU(name="last_relu")(k.BatchNormalization(name="last_bn")(x))
    x = k.Dense(CLASSES, activation="softmax", name="y_pred")(k.GlobalAveragePooling2D()(x))
    return drawn(keras.Model(inputs, x))
