"""What a layer covers, and which map is the default, where several ways lead to the output."""

from dataclasses import replace

import keras
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.layers import Coverage
from tests.gradcam import networks

k = keras.layers


def network_of(build, classes=3):
    inputs = keras.Input((12, 12, 3))
    x = k.Dense(classes, activation="softmax", name="y_pred")(build(inputs))
    return KerasNetwork(networks.seeded(keras.Model(inputs, x)))


def conv(name, **options):
    return k.Conv2D(4, 3, padding="same", activation="relu", name=name, **options)


def pooled():
    return k.GlobalAveragePooling2D()


def covered_by(layer):
    """What is said of it: how many branches there are is, where some lead past it."""
    coverage = replace(layer.coverage, is_last=False)
    return coverage if coverage.bypassed else replace(coverage, branches=1, seen=1)


def coverage(network):
    return {layer.name: covered_by(layer) for layer in network.layers}


def ends(network):
    return [layer.name for layer in network.layers if layer.coverage.is_last]


ALL, SHORTCUT = Coverage(), Coverage(bypassed=True)
ONE_OF_TWO = Coverage(bypassed=True, branches=2, seen=1)


def test_of_two_branches_joined_behind_their_pooling_each_layer_sees_one():
    def build(x):
        trunk = conv("trunk")(x)
        left = pooled()(k.MaxPooling2D()(conv("left")(conv("before")(trunk))))
        right = pooled()(conv("right")(trunk))
        return k.Concatenate()([left, right])

    network = network_of(build)
    assert coverage(network) == {"trunk": ALL} | dict.fromkeys(
        ("before", "left", "right"), ONE_OF_TWO
    )
    assert network.default_layer.name == "right"
    assert ends(network) == ["left", "right"]


def test_two_nested_backbones_see_one_branch_each():
    def base(name):
        inputs = keras.Input((12, 12, 3))
        return keras.Model(inputs, pooled()(conv("last")(inputs)), name=name)

    network = network_of(lambda x: k.Concatenate()([base("a")(x), base("b")(x)]))
    assert coverage(network) == {"a/last": ONE_OF_TWO, "b/last": ONE_OF_TWO}


def test_branches_that_are_joined_as_maps_are_seen_whole_in_the_join():
    def build(x):
        left, right = conv("left")(x), conv("right")(x)
        return pooled()(k.Concatenate(name="both")([left, k.MaxPooling2D(1)(right)]))

    assert coverage(network_of(build)) == {"left": SHORTCUT, "right": SHORTCUT, "both": ALL}


def test_a_shortcut_leads_past_what_it_shortens():
    def build(x):
        x = conv("before")(x)
        return pooled()(k.Add(name="sum")([x, conv("inside")(x)]))

    assert coverage(network_of(build)) == {"before": ALL, "inside": SHORTCUT, "sum": ALL}


def test_a_gate_leads_past_nothing():
    def build(x):
        x = conv("seen")(x)
        gate = k.Dense(4, activation="sigmoid")(k.GlobalAveragePooling2D(keepdims=True)(x))
        return pooled()(k.Multiply(name="gated")([x, gate]))

    covered = coverage(network_of(build))
    assert covered["seen"] == covered["gated"] == ALL


def test_maps_of_several_stages_that_are_pooled_each_are_branches():
    def build(x):
        early = conv("early")(x)
        late = conv("late")(k.MaxPooling2D()(early))
        return k.Concatenate()([pooled()(early), pooled()(late)])

    covered = coverage(network_of(build))
    assert covered == {"early": ALL, "late": ONE_OF_TWO}


def test_ways_are_counted_however_many_there_are():
    def build(x):
        for number in range(70):  # 2 to the 70 ways
            x = k.Add(name=f"sum{number}")([x, conv_of_three(number)(x)])
        return pooled()(x)

    def conv_of_three(number):
        return k.Conv2D(3, 1, name=f"inside{number}")

    covered = coverage(network_of(build))
    assert covered["sum69"] == ALL
    assert covered["inside40"] == SHORTCUT


def test_an_activation_that_only_hands_a_map_on_covers_what_its_layer_does():
    def build(x):
        return pooled()(k.Activation("linear", name="same")(conv("last")(x)))

    network = network_of(build)
    assert coverage(network) == {"last": ALL, "same": ALL}
    assert network.default_layer.name == "same"


def flat_score(x):
    scores = k.Softmax(axis=1, name="shares")(k.Reshape((144, 1))(k.Conv2D(1, 1, name="score")(x)))
    return k.Flatten()(k.Dot(axes=1)([k.Reshape((144, 4))(x), scores]))


def map_score(x):
    scores = k.Softmax(axis=(1, 2), name="shares")(k.Conv2D(1, 1, name="score")(x))
    return keras.ops.sum(x * scores, axis=(1, 2))


def token_score(x):
    tokens = k.Reshape((144, 4))(x)
    scores = k.Softmax(axis=1, name="shares")(k.Dense(1, activation="tanh", name="score")(tokens))
    return k.Flatten()(k.Dot(axes=1)([tokens, scores]))


def row_score(x):
    scores = k.Flatten()(k.Conv2D(1, 1, name="score")(x))
    scores = k.Reshape((144, 1))(k.Activation("softmax", name="shares")(scores))
    return k.Flatten()(k.Dot(axes=1)([k.Reshape((144, 4))(x), scores]))


def several_heads(x):
    scores = k.Softmax(axis=1, name="shares")(k.Reshape((144, 3))(k.Conv2D(3, 1, name="score")(x)))
    return k.Flatten()(k.Dot(axes=1)([k.Reshape((144, 4))(x), scores]))


@pytest.mark.parametrize("pool", [flat_score, token_score, row_score, several_heads])
def test_an_attention_map_is_no_default(pool):
    network = network_of(lambda x: pool(conv("features")(x)))
    assert network.default_layer.name == "features"
    assert "score" in network.passed_over
    assert covered_by(network.layer("features")) == ALL
    assert covered_by(network.layer("score")) == Coverage(bypassed=True, branches=1, seen=0)


def test_features_weighed_by_attention_are_the_default():
    network = network_of(lambda x: map_score(conv("features")(x)))
    assert network.default_layer.kind == "Multiply"
    assert network.passed_over == {"score", "shares"}


def test_where_every_map_ends_in_a_softmax_over_places_the_last_is_the_default():
    """As a robot's spatial softmax, which hands on where each feature is."""

    def build(x):
        return k.Flatten()(k.Softmax(axis=(1, 2), name="where")(conv("features")(x)))

    assert network_of(build).default_layer.name == "where"


def test_a_softmax_over_channels_is_no_attention():
    network = network_of(lambda x: pooled()(k.Softmax(name="shares")(conv("features")(x))))
    assert network.default_layer.name == "shares"


def test_a_last_map_of_one_channel_stays_the_default():
    """A map of scores whose mean is the answer says itself where it comes from."""
    network = network_of(lambda x: pooled()(k.Conv2D(1, 3, name="scores")(conv("features")(x))))
    assert network.default_layer.name == "scores"
