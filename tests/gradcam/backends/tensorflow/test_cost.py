"""Work of single layers, against counts by hand and against TensorFlow's own profiler."""

import keras
import pytest
import tensorflow as tf

from gradcam.backends.keras.network import KerasNetwork
from gradcam.summary import Cost
from tests.gradcam import networks

k = keras.layers
PICTURE, STEPS = (8, 10, 3), (12, 4)  # 80 cells and 240 numbers; 12 steps and 48 numbers

# Each with its multiply-adds and other operations, counted by hand.
ON_PICTURES = {
    "convolution": (k.Conv2D(5, 3, padding="same"), 80 * 27 * 5, 400),
    "activated": (k.Conv2D(5, 3, padding="same", activation="relu"), 10800, 800),
    "softmax": (k.Conv2D(2, 1, use_bias=False, activation="softmax"), 480, 5 * 160),
    "strides": (k.Conv2D(5, 3, strides=2, use_bias=False), 12 * 27 * 5, 0),
    "dilated": (k.Conv2D(5, 3, dilation_rate=2, use_bias=False), 24 * 27 * 5, 0),
    "groups": (k.Conv2D(6, 1, groups=3, use_bias=False), 80 * 6, 0),
    "depthwise": (k.DepthwiseConv2D(3, depth_multiplier=2), 48 * 9 * 6, 48 * 6),
    "separable": (k.SeparableConv2D(4, 3, padding="same"), 80 * (27 + 12), 320),
    "transposed": (k.Conv2DTranspose(4, 2, 2), 80 * 48, 16 * 20 * 4),
    "dense": (lambda x: k.Dense(7)(k.Flatten()(x)), 240 * 7, 7),
    "dense_on_cells": (k.Dense(4, activation="tanh"), 80 * 12, 640),
    "batch_normalization": (k.BatchNormalization(), 0, 480),
    "layer_normalization": (k.LayerNormalization(), 0, 7 * 240),
    "layer_normalization_alone": (k.LayerNormalization(center=False), 0, 6 * 240),
    "group_normalization": (k.GroupNormalization(3, scale=False), 0, 6 * 240),
    "rescaling": (k.Rescaling(0.5, 1.0), 0, 480),
    "largest": (k.MaxPooling2D(2), 0, 60 * 4),
    "mean": (k.AveragePooling2D((3, 2), 2, "same"), 0, 60 * 6),
    "mean_of_all": (k.GlobalAveragePooling2D(), 0, 240),
    "relu": (k.ReLU(), 0, 240),
    "softmax_layer": (k.Softmax(), 0, 1200),
    "activation": (k.Activation("sigmoid"), 0, 240),
    "activation_softmax": (k.Activation("softmax"), 0, 1200),
    "activation_linear": (k.Activation("linear"), 0, 0),
    "sum_of_three": (lambda x: k.Add()([x, x, x]), 0, 480),
    "average_of_two": (lambda x: k.Average()([x, x]), 0, 480),
    "numbers": (lambda x: x * 2.0 + 1.0, 0, 480),
    "moved_only": (lambda x: k.Concatenate()([k.ZeroPadding2D(1)(x), k.ZeroPadding2D(1)(x)]), 0, 0),
    "enlarged": (k.UpSampling2D(2), 0, 0),
    "dropped": (k.Dropout(0.5), 0, 0),
}  # fmt: skip
ON_STEPS = {
    "convolution": (k.Conv1D(5, 3, padding="causal"), 12 * 12 * 5, 60),
    "depthwise": (k.DepthwiseConv1D(3), 10 * 12, 40),
    "separable": (k.SeparableConv1D(6, 3, padding="same", use_bias=False), 432, 0),
    "transposed": (k.Conv1DTranspose(2, 3, 2), 12 * 24, 50),
    "largest": (k.MaxPooling1D(3), 0, 16 * 3),
    "attention": (lambda x: k.Attention()([x, k.MaxPooling1D(2)(x)]), 72 * 8, 5 * 72 + 48),
    # Queries, keys, values: 12·4·6 each, back 12·6·4; 2 heads of 144 pairs, 3 and 3 wide.
    "heads": (lambda x: k.MultiHeadAttention(2, 3)(x, x), 4 * 288 + 288 * 6,
              5 * 288 + 72 + 3 * 72 + 48),
    "heads_by_name": (lambda x: k.MultiHeadAttention(2, 3)(value=k.MaxPooling1D(2)(x), query=x),
              2 * 288 + 2 * 144 + 144 * 6, 5 * 144 + 72 + 72 + 2 * 36 + 48 + 48),
    # Twelve queries of 4 on six keys and values of 4; the value is 5 wide.
    "heads_on_others": (
        lambda x: k.MultiHeadAttention(2, 3, value_dim=5, use_bias=False)(
            x, k.MaxPooling1D(2)(x)
        ),
        12 * 24 + 6 * 24 + 6 * 40 + 12 * 40 + 144 * 8, 5 * 144 + 72 + 48,
    ),
}  # fmt: skip
UNKNOWN = {
    "LSTM": k.LSTM(3, return_sequences=True),
    "Attention": lambda x: k.Attention(score_mode="concat")([x, x]),
    "GroupedQueryAttention": lambda x: k.GroupQueryAttention(3, 2, 1)(x, x),
}


def summary_of(shape, build):
    """Of what is built on an input of that shape, with nothing else that is any work."""
    inputs = keras.Input(shape)
    outputs = k.Flatten()(build(inputs))
    return KerasNetwork(keras.Model(inputs, outputs)).summary


@pytest.mark.parametrize("name", ON_PICTURES)
def test_work_on_a_picture_is_as_counted_by_hand(name):
    build, multiply_adds, other = ON_PICTURES[name]
    summary = summary_of(PICTURE, build)
    assert summary.cost == Cost(multiply_adds, other)
    assert summary.cost.flops == 2 * multiply_adds + other
    assert summary.uncounted == ()


@pytest.mark.parametrize("name", ON_STEPS)
def test_work_on_steps_is_as_counted_by_hand(name):
    build, multiply_adds, other = ON_STEPS[name]
    assert summary_of(STEPS, build).cost == Cost(multiply_adds, other)


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_not_counted_is_said(kind):
    summary = summary_of(STEPS, lambda x: k.Conv1D(4, 1, use_bias=False)(UNKNOWN[kind](x)))
    assert summary.uncounted == (kind,)
    channels = 3 if kind == "LSTM" else 4
    assert summary.cost == Cost(12 * channels * 4)  # the rest is counted all the same


def test_a_smooth_enlargement_is_not_counted():
    summary = summary_of(PICTURE, k.UpSampling2D(2, interpolation="bilinear"))
    assert summary.uncounted == ("UpSampling2D",)


def profiled(model, shape, kinds):
    """Floating-point operations of one picture in operations of some kinds, by TensorFlow."""
    run = tf.function(lambda x: model(x, training=False), autograph=False)
    graph = run.get_concrete_function(tf.TensorSpec((1, *shape), tf.float32)).graph
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    options = options.with_empty_output().build()
    todo, counts = [profiler.profile(graph, cmd="op", options=options)], {}
    while todo:
        node = todo.pop()
        counts[node.name] = node.float_ops
        todo += node.children
    return sum(counts.get(kind, 0) for kind in kinds)


@pytest.mark.parametrize("name", ["flat", "sequential", "mobile", "nested_twice"])
def test_multiply_adds_are_half_of_what_tensorflow_s_profiler_counts(name):
    model = networks.ARCHITECTURES[name](keras)
    kinds = ("Conv2D", "DepthwiseConv2dNative", "MatMul")
    theirs = profiled(model, (networks.SIZE, networks.SIZE, 3), kinds)
    assert KerasNetwork(model).summary.cost.multiply_adds == theirs / 2
