"""Families are told by how they are built: flat, nested, cut or renamed; and no others."""

from functools import cache

import keras
import pytest

from gradcam.backends.keras.model import KerasModel
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.tensorflow.planning import plan_of
from gradcam.backends.tensorflow.tracing import record_calls
from gradcam.input_spec import Resize, Scaling
from gradcam.topology import Plan, family_of
from tests.gradcam import networks

k = keras.layers
APPLICATIONS = keras.applications

# One small network a family: how it is made, what it is, and how its preprocess_input scales.
FAMILIES = {
    "VGG16": ("VGG", Scaling.CAFFE),
    "ResNet50": ("ResNet", Scaling.CAFFE),
    "ResNet50V2": ("ResNetV2", Scaling.SYMMETRIC),
    "MobileNet": ("MobileNet", Scaling.SYMMETRIC),
    "MobileNetV2": ("MobileNetV2", Scaling.SYMMETRIC),
    "MobileNetV3Small": ("MobileNetV3", Scaling.SYMMETRIC),
    "MobileNetV3Large": ("MobileNetV3", Scaling.SYMMETRIC),
    "EfficientNetB0": ("EfficientNet", Scaling.TORCH),
    "EfficientNetV2B0": ("EfficientNetV2", Scaling.SYMMETRIC),
    "DenseNet121": ("DenseNet", Scaling.TORCH),
    "InceptionV3": ("Inception", Scaling.SYMMETRIC),
    "Xception": ("Xception", Scaling.SYMMETRIC),
    "ConvNeXtTiny": ("ConvNeXt", Scaling.TORCH),
}


@cache
def family(name, **settings):
    size = 96 if name in {"InceptionV3", "Xception"} else 64
    make = getattr(APPLICATIONS, name)
    return make(weights=None, include_top=False, input_shape=(size, size, 3), **settings)


def decided(model, *front):
    """Transfer learning: a network nested behind some layers, and a head of one's own."""
    inputs = keras.Input(model.input_shape[1:])
    x = inputs
    for layer in (*front, model):
        x = layer(x)
    return keras.Model(inputs, k.Dense(5, activation="softmax")(k.GlobalAveragePooling2D()(x)))


@cache
def behind_augmentation(name):
    return KerasNetwork(decided(family(name), k.RandomFlip(), k.RandomRotation(0.1)))


def topology_of(model):
    return KerasNetwork(model).topology


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_recognised_nested_behind_augmentation(name):
    topology = behind_augmentation(name).topology
    assert (topology.name, topology.scaling) == FAMILIES[name]
    assert topology.resize is None


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("MobileNet", {"alpha": 0.25}),
        ("MobileNetV2", {"alpha": 0.35}),
        ("MobileNetV3Small", {"include_preprocessing": False}),
        ("MobileNetV3Large", {"minimalistic": True}),
        ("VGG19", {}),
    ],
)
def test_other_widths_depths_and_parts_are_the_same_family(name, settings):
    kind = {"VGG19": "VGG16"}.get(name, name)
    assert topology_of(decided(family(name, **settings))).name == FAMILIES[kind][0]


@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0", "VGG16"])
def test_names_do_not_matter(name):
    model = family(name)
    numbers = {layer.name: f"l{number}" for number, layer in enumerate(model.layers[1:])}
    renamed = keras.models.clone_model(
        model,
        clone_function=lambda layer: type(layer).from_config(
            layer.get_config() | {"name": numbers[layer.name]}
        ),
    )
    assert [layer.name for layer in renamed.layers[1:]] == list(numbers.values())
    assert topology_of(decided(renamed)).name == FAMILIES[name][0]


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("VGG16", "block3_conv3"),
        ("ResNet50", "conv3_block1_out"),
        ("MobileNetV2", "block_6_expand_relu"),  # as FOMO does
        ("MobileNet", "conv_pw_6_relu"),
        ("DenseNet121", "pool2_relu"),
        ("InceptionV3", "mixed3"),
    ],
)
def test_one_that_was_cut_is_recognised(name, cut):
    model = family(name)
    cut = keras.Model(model.inputs, model.get_layer(cut).output)
    assert topology_of(decided(cut)).name == FAMILIES[name][0]


def test_what_preprocess_input_does_in_front_is_no_part_of_it():
    model = family("MobileNetV2", alpha=0.35)
    inputs = keras.Input(model.input_shape[1:])
    x = model(APPLICATIONS.mobilenet_v2.preprocess_input(inputs))
    network = KerasNetwork(keras.Model(inputs, k.Dense(3)(k.GlobalAveragePooling2D()(x))))
    assert (network.topology.name, network.topology.scaling) == ("MobileNetV2", Scaling.SYMMETRIC)
    assert network.preprocessing.outside is Scaling.RAW


@pytest.mark.parametrize("name", ["EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny"])
def test_families_with_their_preprocessing_inside_take_raw_pixels(name):
    assert behind_augmentation(name).preprocessing.outside is Scaling.RAW


# ---------------------------------------------------------------------------- Teachable Machine


def teachable_machine(units=100, bias=False, nested=True, alpha=0.35):
    base = APPLICATIONS.MobileNetV2(
        weights=None, include_top=False, input_shape=(96, 96, 3), alpha=alpha
    )
    features = keras.Sequential([base, k.GlobalAveragePooling2D()])
    head = [
        k.Dense(units, activation="relu"),
        k.Dense(2, activation="softmax", use_bias=bias),
    ]
    if nested:
        return keras.Sequential([keras.Input((96, 96, 3)), features, keras.Sequential(head)])
    return keras.Sequential([keras.Input((96, 96, 3)), *features.layers, *head])


def test_teachable_machine_crops_its_pictures():
    topology = topology_of(teachable_machine())
    assert (topology.name, topology.scaling) == ("Teachable Machine", Scaling.SYMMETRIC)
    assert topology.resize is Resize.CROP


@pytest.mark.parametrize("settings", [{"bias": True}, {"nested": False}, {"alpha": 1.0}])
def test_a_mobilenet_of_another_make_is_none_of_teachable_machine(settings):
    topology = topology_of(teachable_machine(**settings))
    assert (topology.name, topology.resize) == ("MobileNetV2", None)


# ------------------------------------------------------------------------------ none of them


def of(*layers, size=64):
    back = [k.GlobalAveragePooling2D(), k.Dense(3, activation="softmax")]
    return keras.Sequential([keras.Input((size, size, 3)), *layers, *back])


def stack(*widths):
    """Convolutions of 3 × 3 in twos, pooled."""
    for width in widths:
        yield k.Conv2D(width, 3, padding="same", activation="relu")
        yield k.Conv2D(width, 3, padding="same", activation="relu")
        yield k.MaxPooling2D()


def normalised(*layers, activation="relu"):
    for layer in layers:
        yield from (layer, k.BatchNormalization(), k.Activation(activation))


def separable(activation):
    """As MobileNets of one's own, and of MLPerf Tiny, have it."""
    front = [k.Conv2D(8, 3, strides=2, use_bias=False)]
    for width in (16, 32, 32, 64):
        front += [k.DepthwiseConv2D(3, use_bias=False), k.Conv2D(width, 1, use_bias=False)]
    return normalised(*front, activation=activation)


def residual(stem, bias=False):
    """A small ResNet of plain blocks, as for CIFAR."""
    inputs = keras.Input((64, 64, 3))
    x = inputs
    for layer in normalised(*stem):
        x = layer(x)
    x = k.MaxPooling2D(3, 2)(x)
    for _ in range(3):
        *layers, _ = normalised(*(k.Conv2D(64, 3, padding="same", use_bias=bias) for _ in "12"))
        y = x
        for layer in layers:
            y = layer(y)
        x = k.ReLU()(k.Add()([x, y]))
    return decided(keras.Model(inputs, x))


NONE_OF_THEM = {
    "half a VGG": lambda: of(*stack(64, 128)),
    "a narrow VGG": lambda: of(*stack(32, 64, 128), *stack(128)),
    "a VGG of twos": lambda: of(*stack(64, 128, 256)),
    "a VGG with batch normalisation": lambda: of(
        *(layer for width in (64, 64, 128, 128, 256, 256, 256)
          for layer in normalised(k.Conv2D(width, 3)))
    ),
    "one depthwise block": lambda: networks.mobile(keras),
    "a MobileNet with ReLU": lambda: of(*separable("relu")),
    "the stem of a ResNet": lambda: of(
        *normalised(k.Conv2D(64, 7, strides=2)), k.MaxPooling2D(3, 2)
    ),
    "a ResNet of plain blocks": lambda: residual([k.Conv2D(64, 7, strides=2)], bias=True),
    "a ResNet for CIFAR": lambda: residual([k.Conv2D(16, 3), k.Conv2D(64, 1)]),
    "swish": lambda: of(*normalised(*(k.Conv2D(8, 3, use_bias=False) for _ in range(4)),
                                    activation="swish")),
    "separable convolutions": lambda: of(
        *normalised(k.Conv2D(32, 3, strides=2), k.Conv2D(64, 3),
                    k.SeparableConv2D(64, 3), k.SeparableConv2D(64, 3))
    ),
    "patches": lambda: of(k.Conv2D(32, 4, strides=4), k.LayerNormalization(), k.Dense(8)),
    "no convolution": lambda: of(k.Dense(4)),
}  # fmt: skip


@pytest.mark.parametrize("name", NONE_OF_THEM)
def test_networks_of_ones_own_are_none_of_them(name):
    assert topology_of(NONE_OF_THEM[name]()) is None


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_small_networks_are_none_of_them(name):
    assert topology_of(networks.ARCHITECTURES[name](keras)) is None


# ------------------------------------------------------------------------------------- the plan


def planned(text, widths=(), depth=0):
    return family_of(Plan(tuple(text.split()), widths, depth))


# As tf_keras writes them, with arithmetic in place of hard swish and hard sigmoid.
SE, HARD, BLOCK = "G C1 r C1 S *", "+ 6 *", "c1 b r d3/2 b r c1 b"
PLANS = {
    "MobileNetV3": (
        f"c3/2 b {HARD} * d3/2 b r G C1 r C1 {HARD} * c1 b {BLOCK} {BLOCK} + c1 b {HARD} *",
        (16,),
    ),
    "RegNet": (
        f"c3/2 b r c1 b r c3g/2 b r c1/2 c1 b b + r c1 b r c3g b r {SE} c1 b + r",
        (32,),
    ),
    "ResNet-RS": (
        f"c3/2 b r c3 b r c3 b r c3/2 b r c1 b r c3 b r c1 b {SE} + r",
        (32, 32, 64, 64),
    ),
    "NASNet": ("c3/2 b r c1 b r r s7/2 s5/2 b b r r s7 s5 b b + |", (32, 11)),
    "Inception-ResNet": (
        "c3/2 b r c3 b r c3 b r m3/2 c1 b r c3 b r m3/2 c1 b r c1 b r | c1 b r c1 b r | C1 + r",
        (32, 32, 64, 80, 192),
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_plans_of_other_writers(name):
    text, widths = PLANS[name]
    assert planned(text, widths).name == name
    assert planned(f"C1 {text}", (3, *widths)) is None  # something learned stands in front


def test_a_plan_has_the_words_for_what_stands_there():
    model = of(
        k.Rescaling(1 / 255),
        k.Conv2D(4, (1, 7), strides=2),
        k.ReLU(6.0),
        k.Conv2D(6, 3, use_bias=False, groups=2, activation="gelu"),
        k.Dropout(0.5),
        k.SeparableConv2D(5, 3, strides=2),
        k.AveragePooling2D(2),
        k.LeakyReLU(),
    )

    plan = plan_of(record_calls(KerasModel(model), (64, 64, 3)).calls)
    assert plan.text == "C1x7/2 6 c3g e s3/2 a2/2 ? G D P "
    assert (plan.widths, plan.depth) == ((4, 6), 0)
