"""Names of layers: the author's own, whatever converters put around them."""

import pytest

from gradcam.backends.graph.tensorflow_lite.names import name_layers


@pytest.mark.parametrize(
    ("tensors", "paths"),
    [
        (
            [
                "model/conv1_relu/Relu;model/conv1_bn/FusedBatchNormV3;model/conv2/Conv2D",
                "model/conv2/BiasAdd",
                "StatefulPartitionedCall:0",
            ],
            ["conv1_relu", "conv2", "conv_2d"],
        ),
        (["sequential_1/block/dense/MatMul", "Identity"], ["block/dense", "conv_2d"]),
        # Not fused: the layer is what comes after its activation.
        (["model/conv/BiasAdd", "model/conv/Relu6", "x/y"], ["conv_BiasAdd", "conv", "x"]),
        # Keras 3 numbers each layer once more.
        (["functional_1/stem_1/Relu;f/a", "functional_1/conv2d_1_1/Add"], ["stem", "conv2d_1"]),
        (
            ["functional_1/net_1.0_1/stem_1/Relu;f/a", "functional_1/dense_1/MatMul"],
            ["net_1.0/stem", "dense"],
        ),
        (["functional_1/bn_1/batchnorm/add_1", "functional_1/c_1/Relu"], ["bn", "c"]),
        # All are in the network's own scope, where an operation may stand outside of any layer.
        (
            ["Net_1/conv_1/Relu", "Net_1/re_lu_1_2/Relu6", "Net_1/Mul", "Net_1/re_lu_2_1/Relu"],
            ["conv", "re_lu_1", "Mul", "re_lu_2"],
        ),
        (["Net_1/conv_1/Relu", "Net_1/Mul_1", "Net_1/bn_1/add"], ["conv", "Mul_1", "bn"]),
        (
            ["net_0.35/stem/Relu", "net_0.35/block/conv/Add", "Identity"],
            ["stem", "block/conv", "conv_2d"],
        ),
        (["model/conv2d/Relu", "model/conv2d_1/Relu"], ["conv2d", "conv2d_1"]),
        (
            ["tfl.conv_2d6", "std.constant", "arith.constant7"],
            ["conv_2d", "conv_2d_1", "conv_2d_2"],
        ),
        (["input.9_te_transform", "x.1", "layer4.1.relu"], ["conv_2d", "conv_2d_1", "layer4/1"]),
        (["a/b;c", "a/b:0", "a/b"], ["a_b", "a_b_1", "a"]),
        (["", ";", "/", "a:b:c/d"], ["conv_2d", "conv_2d_1", "conv_2d_2", "a_b_c"]),
        # What a layer is called already is no other one's fallback.
        (["conv_2d/Relu", "tfl.x"], ["conv_2d", "conv_2d_1"]),
    ],
)
def test_layers_are_called_what_their_author_called_them(tensors, paths):
    assert name_layers(tensors, ["CONV_2D"] * len(tensors)) == paths
    assert not any(mark in path for path in paths for mark in ";:")
