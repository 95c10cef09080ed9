import numpy as np
import pytest

import gradcam
from gradcam.targets import target_weights
from tests.gradcam import networks


@pytest.fixture(scope="module")
def heads():
    tails = {
        "softmax": networks.SOFTMAX_HEADS["dense"],
        "softmax_operation": networks.SOFTMAX_HEADS["softmax_operation"],
        "softmax_by_arithmetic": networks.softmax_by_arithmetic,
        "logits": networks.LINEAR,
        "one_sigmoid": networks.ONE_SIGMOID,
        "sigmoids": lambda k, x: k.layers.Dense(3, activation="sigmoid")(x),
        "one_value": networks.ONE_VALUE,
        "two_values": networks.TWO_VALUES,
    }
    return {name: gradcam.Network(networks.headed(tail), "n.h5") for name, tail in tails.items()}


@pytest.mark.parametrize(
    ("head", "target", "expected"),
    [
        ("softmax", gradcam.Target.for_class(1), [0, 1, 0]),
        ("softmax", gradcam.Target.for_output(2), [0, 0, 1]),
        ("sigmoids", gradcam.Target.for_class(0), [1, 0, 0]),
        ("one_sigmoid", gradcam.Target.for_class(1), [1]),
        ("one_sigmoid", gradcam.Target.for_class(0), [-1]),
        ("one_sigmoid", gradcam.Target.for_output(0), [1]),
        ("one_value", gradcam.Target.for_output(), [1]),
        ("two_values", gradcam.Target.for_output(1), [0, 1]),
    ],
)
def test_a_target_is_weights_over_the_logits(heads, head, target, expected):
    weights = target_weights(heads[head], target)
    np.testing.assert_array_equal(weights, expected)
    assert weights.dtype == np.float32


@pytest.mark.parametrize(
    ("head", "target", "sentence"),
    [
        ("softmax", gradcam.Target.for_class(3), "n.h5 has 3 classes, numbered from 0; "),
        ("softmax", gradcam.Target.for_class(-1), "n.h5 has 3 classes, numbered from 0; "),
        ("one_sigmoid", gradcam.Target.for_class(2), "n.h5 has 2 classes, numbered from 0; "),
        ("one_sigmoid", gradcam.Target.for_output(1), "n.h5 has 1 outputs, numbered from 0; "),
        ("two_values", gradcam.Target.for_output(2), "n.h5 has 2 outputs, numbered from 0; "),
    ],
)
def test_a_target_that_does_not_exist_is_refused(heads, head, target, sentence):
    with pytest.raises(gradcam.GradcamError) as refusal:
        target_weights(heads[head], target)
    assert str(refusal.value) == f"{sentence}there is no number {target.index}."


def test_equal_targets_are_one_key():
    assert len({gradcam.Target.for_class(1), gradcam.Target.for_class(1)}) == 1
    assert gradcam.Target.for_class(1) != gradcam.Target.for_output(1)
    assert gradcam.Target.for_output() == gradcam.Target(gradcam.TargetKind.OUTPUT, 0)


@pytest.mark.parametrize(
    ("head", "count"), [("softmax", 3), ("one_sigmoid", 2), ("sigmoids", 3), ("one_value", 2)]
)
def test_one_unit_stands_for_two_classes(heads, head, count):
    assert gradcam.class_count(heads[head]) == count


def rows(*values):
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("head", "outputs", "expected"),
    [
        ("softmax", rows([0.5, 0.25, 0.25]), [[0.5, 0.25, 0.25]]),
        ("softmax_by_arithmetic", rows([0.5, 0.25, 0.25]), [[0.5, 0.25, 0.25]]),
        ("sigmoids", rows([0.9, 0.8, 0.1]), [[0.9, 0.8, 0.1]]),
        ("one_sigmoid", rows([0.9], [0.25]), [[0.1, 0.9], [0.75, 0.25]]),
        ("logits", rows(np.log([2, 1, 1])), [[0.5, 0.25, 0.25]]),
        ("logits", rows([1000, 0, -1000]), [[1, 0, 0]]),
        (
            "logits",
            rows([0.5, 0.75, 0.25]),
            np.exp([[0.5, 0.75, 0.25]]) / np.exp([0.5, 0.75, 0.25]).sum(),
        ),
        ("logits", rows([1.5, -0.5, 0]), np.exp([[1.5, -0.5, 0]]) / np.exp([1.5, -0.5, 0]).sum()),
        ("one_value", rows([0], [np.log(3)]), [[0.5, 0.5], [0.25, 0.75]]),
        ("one_value", rows([1]), [[1 / (1 + np.e), np.e / (1 + np.e)]]),
    ],
)
def test_class_scores_by_hand(heads, head, outputs, expected):
    np.testing.assert_allclose(
        gradcam.class_scores(heads[head], outputs), expected, rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize(
    "head", ["softmax", "softmax_operation", "softmax_by_arithmetic", "logits"]
)
def test_the_same_weights_give_the_same_scores_whatever_the_head(heads, head, batch):
    network = heads[head]
    scores = gradcam.class_scores(network, network.predict(batch))
    expected = heads["softmax"].predict(batch)
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_scores_of_a_squeezed_sigmoid_are_its_own(heads, batch):
    # Fails: an output of shape (N,) is expanded before its head is looked up, so the sigmoid is
    # not found and is squashed a second time.
    network = gradcam.Network(networks.headed(networks.SIGMOID_HEADS["squeezed"]))
    scores = gradcam.class_scores(network, network.predict(batch))
    np.testing.assert_allclose(scores[:, 1:], heads["one_sigmoid"].predict(batch), atol=1e-6)
