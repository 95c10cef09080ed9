"""Tiny seeded networks, the same for Keras 3 and for tf_keras, and Grad-CAM worked out by hand."""

import numpy as np
import tensorflow as tf

SIZE = 16
CLASSES = 3


def pictures(count=2, size=SIZE, channels=3, seed=7):
    shape = (count, size, size, channels)
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape).astype(np.float32)


def seeded(model, seed=0):
    """Give a model the same weights each time, whichever Keras it belongs to."""
    rng = np.random.default_rng(seed)
    weights = []
    for variable in model.weights:
        shape = tuple(variable.shape)
        fan_in = int(np.prod(shape[:-1])) or 1
        value = rng.normal(size=shape) * (0.3 if len(shape) < 2 else fan_in**-0.5)
        positive = "variance" in variable.name or "gamma" in variable.name
        weights.append(np.abs(value) + 0.5 if positive else value)
    model.set_weights(weights)
    return model


def flat(k, size=SIZE, channels=3, classes=CLASSES, activation="softmax"):
    """Functional, global average pooling: the network for which Grad-CAM equals CAM / Z."""
    inputs = k.Input((size, size, channels))
    x = k.layers.Conv2D(4, 3, activation="relu", padding="same", name="first")(inputs)
    x = k.layers.MaxPooling2D(name="pool")(x)
    x = k.layers.Conv2D(5, 3, activation="relu", name="last")(x)
    x = k.layers.GlobalAveragePooling2D()(x)
    x = k.layers.Dense(classes, activation=activation, name="y_pred")(x)
    return seeded(k.Model(inputs, x, name="flat"))


def flat_before_pooling(k):
    """As the water meters' network: a convolution with no activation, then pooling."""
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.MaxPooling2D()(k.layers.Conv2D(4, 3, name="last")(inputs))
    x = k.layers.Dense(CLASSES, activation="softmax")(k.layers.Flatten()(x))
    return seeded(k.Model(inputs, x, name="flat_before_pooling"))


def sequential(k):
    """The shape of Edge Impulse's own: Sequential, Flatten, Dropout."""
    return seeded(
        k.Sequential(
            [
                k.Input((SIZE, SIZE, 3)),
                k.layers.Conv2D(4, 3, activation="relu", padding="same", name="first"),
                k.layers.MaxPooling2D(name="pool"),
                k.layers.Conv2D(4, 3, activation="relu", padding="same", name="last"),
                k.layers.MaxPooling2D(name="pool_again"),
                k.layers.Flatten(),
                k.layers.Dropout(0.25),
                k.layers.Dense(CLASSES, activation="softmax", name="y_pred"),
            ],
            name="sequential",
        )
    )


def mobile_base(k, inputs):
    """A MobileNet in small: depthwise convolutions, batch normalisation, ReLU6."""
    x = k.layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="stem")(inputs)
    x = k.layers.BatchNormalization(name="stem_bn")(x)
    x = k.layers.ReLU(6.0, name="stem_relu")(x)
    x = k.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = k.layers.BatchNormalization(name="depthwise_bn")(x)
    x = k.layers.ReLU(6.0, name="depthwise_relu")(x)
    x = k.layers.Conv2D(6, 1, use_bias=False, name="pointwise")(x)
    x = k.layers.BatchNormalization(name="pointwise_bn")(x)
    return k.layers.ReLU(6.0, name="pointwise_relu")(x)


def mobile(k):
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.GlobalAveragePooling2D()(mobile_base(k, inputs))
    x = k.layers.Dense(CLASSES, activation="softmax", name="y_pred")(x)
    return seeded(k.Model(inputs, x, name="mobile"))


def nested_once(k):
    """Transfer learning: a functional base inside a Sequential."""
    inner = k.Input((SIZE, SIZE, 3))
    base = k.Model(inner, mobile_base(k, inner), name="base")
    return seeded(
        k.Sequential(
            [
                k.Input((SIZE, SIZE, 3)),
                base,
                k.layers.GlobalAveragePooling2D(),
                k.layers.Dense(CLASSES, activation="softmax", name="y_pred"),
            ],
            name="nested_once",
        )
    )


def nested_twice(k):
    """Teachable Machine's shape: Sequentials in a Sequential around a functional base."""
    inner = k.Input((SIZE, SIZE, 3))
    base = k.Model(inner, mobile_base(k, inner), name="base")
    front = k.Sequential(
        [k.Input((SIZE, SIZE, 3)), base, k.layers.GlobalAveragePooling2D()], name="front"
    )
    back = k.Sequential(
        [
            k.Input((6,)),
            k.layers.Dense(5, activation="relu", name="hidden"),
            k.layers.Dense(CLASSES, activation="softmax", name="y_pred"),
        ],
        name="back",
    )
    model = k.Sequential([k.Input((SIZE, SIZE, 3)), front, back], name="nested_twice")
    return seeded(model)


ARCHITECTURES = {
    "flat": flat,
    "sequential": sequential,
    "mobile": mobile,
    "nested_once": nested_once,
    "nested_twice": nested_twice,
}

# For each: the layers that can be explained, in order of execution.
_BASE = (
    "stem", "stem_bn", "stem_relu", "depthwise", "depthwise_bn", "depthwise_relu",
    "pointwise", "pointwise_bn", "pointwise_relu",
)  # fmt: skip
EXPLAINABLE = {
    "flat": ("first", "last"),
    "sequential": ("first", "last"),
    "mobile": _BASE,
    "nested_once": tuple(f"base/{name}" for name in _BASE),
    "nested_twice": tuple(f"front/base/{name}" for name in _BASE),
}


def chain(model):
    """The layers of a model without branches, nested ones opened up, first to last."""
    found = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found += chain(layer)
        elif type(layer).__name__ != "InputLayer":
            found.append(layer)
    return found


def logits_by_hand(model, batch, layer=None, tape=None):
    """Run a model layer by layer up to the logits of its last Dense; watch one layer's output."""
    *front, last = chain(model)
    x, seen = tf.constant(batch), None
    for each in front:
        x = each(x, training=False)
        if each.name == layer:
            tape.watch(x)
            seen = x
    return tf.matmul(tf.cast(x, tf.float32), last.kernel) + last.bias, seen


def grad_cam_by_hand(model, batch, layer, index):
    """Grad-CAM written out, with nothing of ours: the oracle for whole networks."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        logits, seen = logits_by_hand(model, batch, layer, tape)
        explained = tf.reduce_sum(logits[:, index])
    gradients = tape.gradient(explained, seen)
    weights = tf.reduce_mean(tf.cast(gradients, tf.float32), axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * tf.cast(seen, tf.float32), axis=-1).numpy()


def relative(ours, theirs):
    """The largest difference, as a share of the largest value."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def headed(tail, k=None):
    """A convolution and whatever `tail` makes of its flattened output."""
    import keras

    k = k or keras
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.Conv2D(4, 3, strides=2, activation="relu", name="last")(inputs)
    return seeded(k.Model(inputs, tail(k, k.layers.Flatten()(x)), name="headed"))


def _softmax_layer(k, x):
    return k.layers.Softmax(name="softmax")(k.layers.Dense(CLASSES)(x))


def _softmax_activation_layer(k, x):
    return k.layers.Activation("softmax", name="softmax")(k.layers.Dense(CLASSES)(x))


def _dropout_after_softmax(k, x):
    return k.layers.Dropout(0.5)(k.layers.Dense(CLASSES, activation="softmax")(x))


def _reshape_after_softmax(k, x):
    return k.layers.Reshape((CLASSES,))(k.layers.Dense(CLASSES, activation="softmax")(x))


def _softmax_operation(k, x):
    return k.ops.softmax(k.layers.Dense(CLASSES)(x))


def _linear_after_softmax(k, x):
    return k.layers.Activation("linear")(k.layers.Dense(CLASSES, activation="softmax")(x))


def _dense(units, activation=None):
    return lambda k, x: k.layers.Dense(units, activation=activation)(x)


def two_outputs(k, x):
    steering = k.layers.Dense(1, name="steering")(x)
    return [k.layers.Dense(CLASSES, activation="softmax", name="sign")(x), steering]


def main_and_auxiliary(k, size=SIZE):
    """As GoogLeNet: an auxiliary classifier with a convolution of its own leaves in the middle."""
    inputs = k.Input((size, size, 3))
    x = k.layers.Conv2D(4, 3, activation="relu", padding="same", name="first")(inputs)
    aside = k.layers.Conv2D(3, 3, activation="relu", name="aside")(x)
    aside = k.layers.Dense(2, activation="softmax", name="aux")(
        k.layers.GlobalAveragePooling2D()(aside)
    )
    x = k.layers.Conv2D(5, 3, activation="relu", name="last")(k.layers.MaxPooling2D(name="pool")(x))
    main = k.layers.Dense(CLASSES, activation="softmax", name="main")(
        k.layers.GlobalAveragePooling2D()(x)
    )
    return seeded(k.Model(inputs, [aside, main], name="main_and_auxiliary"))


def softmax_by_arithmetic(k, x):
    raised = k.ops.exp(k.layers.Dense(CLASSES)(x))
    return raised / k.ops.sum(raised, axis=-1, keepdims=True)


LINEAR = _dense(CLASSES)
ONE_VALUE = _dense(1)
TWO_VALUES = _dense(2)
ONE_SIGMOID = _dense(1, "sigmoid")

# Heads with the same weights as LINEAR, so that their logits are LINEAR's outputs.
SOFTMAX_HEADS = {
    "dense": _dense(CLASSES, "softmax"),
    "activation_layer": _softmax_activation_layer,
    "softmax_layer": _softmax_layer,
    "dropout_after": _dropout_after_softmax,
    "reshape_after": _reshape_after_softmax,
    "softmax_operation": _softmax_operation,
    "linear_after": _linear_after_softmax,
    "softmax_object": lambda k, x: k.layers.Dense(CLASSES, activation=k.layers.Softmax())(x),
    "softmax_object_in_a_layer": lambda k, x: k.layers.Activation(k.layers.Softmax())(LINEAR(k, x)),
    "activation_object": lambda k, x: k.layers.Dense(
        CLASSES, activation=k.layers.Activation("softmax")
    )(x),
    "tensorflow": _dense(CLASSES, tf.nn.softmax),
    "keras_ops": lambda k, x: k.layers.Dense(CLASSES, activation=k.ops.softmax)(x),
}  # fmt: skip
LOG_SOFTMAX_HEADS = {
    "dense": _dense(CLASSES, "log_softmax"),
    "activation_layer": lambda k, x: k.layers.Activation("log_softmax")(LINEAR(k, x)),
    "operation": lambda k, x: k.ops.log_softmax(LINEAR(k, x)),
    "tensorflow": _dense(CLASSES, tf.nn.log_softmax),
}
SIGMOID_HEADS = {
    "dense": ONE_SIGMOID,
    "activation_layer": lambda k, x: k.layers.Activation("sigmoid")(k.layers.Dense(1)(x)),
    "sigmoid_operation": lambda k, x: k.ops.sigmoid(k.layers.Dense(1)(x)),
    "squeezed": lambda k, x: k.ops.squeeze(k.layers.Dense(1, activation="sigmoid")(x), axis=-1),
    "hard": _dense(1, "hard_sigmoid"),
    "hard_activation_layer": lambda k, x: k.layers.Activation("hard_sigmoid")(ONE_VALUE(k, x)),
    "hard_operation": lambda k, x: k.ops.hard_sigmoid(ONE_VALUE(k, x)),
}


# ------------------------------------------------- networks whose answers are sums on paper


def of_pixels(weights, bias=0.0, power=1, activation=None):
    """y_c = sum over all pixels of weights_c * pixel ** power, plus a bias.

    `weights` is (classes, height, width, channels). The one layer, `copy`, is the picture again.
    """
    import keras

    weights = np.asarray(weights, np.float32)
    inputs = keras.Input(weights.shape[1:])
    copy = keras.layers.Conv2D(weights.shape[3], 1, use_bias=False, name="copy")(inputs)
    x = keras.layers.Multiply()([copy] * power) if power > 1 else copy
    x = keras.layers.Flatten()(x)
    outputs = keras.layers.Dense(len(weights), activation=activation, name="y_pred")(x)
    model = keras.Model(inputs, outputs, name="of_pixels")
    model.get_layer("copy").set_weights([np.eye(weights.shape[3], dtype=np.float32)[None, None]])
    kernel = weights.reshape(len(weights), -1).T
    model.get_layer("y_pred").set_weights([kernel, np.broadcast_to(bias, len(weights))])
    return model


def of_channels(kernel, weights, bias=0.0, activation=None, size=2):
    """A_k = ReLU(kernel_k * pixel); y_c = sum over k of weights_ck * the sum of A_k, plus a bias.

    Grey pictures of size x size; `kernel` is (K,), `weights` (classes, K).
    """
    import keras

    kernel, weights = np.asarray(kernel, np.float32), np.asarray(weights, np.float32)
    inputs = keras.Input((size, size, 1))
    x = keras.layers.Conv2D(len(kernel), 1, use_bias=False, activation="relu", name="last")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    outputs = keras.layers.Dense(len(weights), activation=activation, name="y_pred")(x)
    model = keras.Model(inputs, outputs, name="of_channels")
    model.get_layer("last").set_weights([kernel[None, None, None]])
    head = [weights.T * size**2, np.broadcast_to(bias, len(weights))]
    model.get_layer("y_pred").set_weights(head)
    return model


GRID = (8, 12)


def fomo(end, classes=CLASSES):
    """FOMO in small: class scores for each cell of a grid that is wider than high."""
    import keras

    inputs = keras.Input((16, 24, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="stem")(inputs)
    x = keras.layers.Conv2D(5, 3, padding="same", activation="relu", name="features")(x)
    return seeded(keras.Model(inputs, end(keras, x, classes), name="fomo"))


def _cells(k, x, classes):
    return k.layers.Conv2D(classes, 1, name="cells")(x)


# Ways to write a grid with the same weights, so that LOGITS gives the logits of the others.
GRID_LOGITS = _cells
GRID_SOFTMAXES = {
    "convolution": lambda k, x, n: k.layers.Conv2D(n, 1, activation="softmax", name="cells")(x),
    "dense": lambda k, x, n: k.layers.Dense(n, activation="softmax", name="cells")(x),
    "softmax_layer": lambda k, x, n: k.layers.Softmax(name="softmax")(_cells(k, x, n)),
    "activation_layer": lambda k, x, n: k.layers.Activation("softmax")(_cells(k, x, n)),
    "operation": lambda k, x, n: k.ops.softmax(_cells(k, x, n)),
}


def grid_sigmoids(k, x, classes):
    return k.layers.Conv2D(classes, 1, activation="sigmoid", name="cells")(x)


def grid_by_arithmetic(k, x, classes):
    raised = k.ops.exp(_cells(k, x, classes))
    return raised / k.ops.sum(raised, axis=-1, keepdims=True)


def wide_pictures(count=4, seed=7):
    shape = (count, 16, 24, 3)
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape).astype(np.float32)


def sequence(shape=(20, 13), reshape=None):
    """Sound or motion: steps and features, convolved along the steps."""
    import keras

    layers = keras.layers
    front = [layers.Reshape(reshape, name="reshape")] if reshape else []
    return seeded(
        keras.Sequential(
            [
                keras.Input(shape),
                *front,
                layers.Conv1D(4, 3, padding="same", activation="relu", name="first"),
                layers.MaxPooling1D(2, name="pool"),
                layers.Dropout(0.25),
                layers.Conv1D(5, 3, activation="relu", name="last"),
                layers.Flatten(),
                layers.Dense(CLASSES, activation="softmax", name="y_pred"),
            ],
            name="sequence",
        )
    )


def staged(activation="leaky_relu"):
    """Three convolutions, `fine`, `middle` and `coarse`: maps of 16, 8 and 4 cells a side.

    Leaky, unless told otherwise, so that no channel is dead and activations may be negative.
    """
    import keras

    inputs = keras.Input((SIZE, SIZE, 3))
    x = inputs
    for name, strides in (("fine", 1), ("middle", 2), ("coarse", 2)):
        layer = keras.layers.Conv2D(
            4, 3, strides=strides, padding="same", activation=activation, name=name
        )
        x = layer(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(CLASSES, activation="softmax", name="y_pred")(x)
    return seeded(keras.Model(inputs, x, name="staged"))
