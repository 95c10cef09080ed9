import keras
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.tensorflow.heads import linear
from gradcam.head import Squash
from tests.gradcam import networks


def found(tail):
    return KerasNetwork(networks.headed(tail)).heads


@pytest.mark.parametrize("tail", networks.SOFTMAX_HEADS.values(), ids=networks.SOFTMAX_HEADS)
def test_a_softmax_is_found_wherever_it_stands(tail):
    (head,) = found(tail)
    assert (head.squash, head.units) == (Squash.SOFTMAX, 3)


@pytest.mark.parametrize(
    "tail", networks.LOG_SOFTMAX_HEADS.values(), ids=networks.LOG_SOFTMAX_HEADS
)
def test_logarithms_of_a_softmax_are_told_apart(tail):
    (head,) = found(tail)
    assert (head.squash, head.units) == (Squash.LOG_SOFTMAX, 3)


def test_a_softmax_object_over_another_axis_is_no_class_score():
    def over_pictures(k, x):
        return k.layers.Dense(3, activation=k.layers.Softmax(axis=0))(x)

    (head,) = found(over_pictures)
    assert head.squash is Squash.LINEAR


@pytest.mark.parametrize("tail", networks.SIGMOID_HEADS.values(), ids=networks.SIGMOID_HEADS)
def test_a_sigmoid_is_found_wherever_it_stands(tail):
    (head,) = found(tail)
    assert (head.squash, head.units) == (Squash.SIGMOID, 1)


@pytest.mark.parametrize(
    ("tail", "units"),
    [
        (networks.LINEAR, 3),
        (networks.ONE_VALUE, 1),
        (networks.TWO_VALUES, 2),
        (networks.softmax_by_arithmetic, 3),
    ],
)
def test_what_ends_in_no_activation_is_linear(tail, units):
    (head,) = found(tail)
    assert (head.squash, head.units) == (Squash.LINEAR, units)


def test_a_tanh_or_relu_is_not_taken_off():
    for activation in ("tanh", "relu"):
        (head,) = found(lambda k, x, a=activation: k.layers.Dense(2, activation=a)(x))
        assert head.squash is Squash.LINEAR


def test_each_output_has_its_own_head():
    heads = found(networks.two_outputs)
    assert [(head.squash, head.units) for head in heads] == [
        (Squash.SOFTMAX, 3),
        (Squash.LINEAR, 1),
    ]


def test_a_softmax_inside_the_network_is_left_alone():
    def attention(k, x):
        gate = k.layers.Dense(4, activation="softmax", name="gate")(x)
        return k.layers.Dense(3, activation="softmax", name="y_pred")(gate)

    network = KerasNetwork(networks.headed(attention))
    assert network._body.ends[0].operation.path == "y_pred"
    with linear(network._body.ends):
        gate = network.operation("gate").details
        assert gate.activation is keras.activations.softmax


@pytest.mark.parametrize("name", ["dense", "softmax_layer", "softmax_operation", "softmax_object"])
def test_the_activation_is_off_inside_the_block_only(name, batch):
    network = KerasNetwork(networks.headed(networks.SOFTMAX_HEADS[name]))
    twin = networks.headed(networks.LINEAR)
    before = network.model.own(batch).numpy()

    def block_that_fails():
        with linear(network._body.ends):
            assert abs(network.model.own(batch).numpy() - twin(batch).numpy()).max() <= 1e-6
            raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        block_that_fails()
    assert (network.model.own(batch).numpy() == before).all()
    assert "call" not in network._body.ends[0].operation.details.__dict__
