"""What every back end has to do, on a network that is worked out beside it in plain loops."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate

import gradcam
from gradcam import NetworkError, Target, truth
from gradcam.abilities import Ability
from gradcam.methods.grad_cam import grad_cam
from gradcam.network import Network
from gradcam.predicted import predicted_targets, predicted_weights
from gradcam.rounding import uncancelled
from gradcam.targets import target_weights
from tests.gradcam.backends.back_ends import (
    BACK_ENDS,
    OF_PICTURES,
    drawn_pictures,
    drawn_weights,
)
from tests.gradcam.backends.numpy_network import FIRST, LAST
from tests.gradcam.methods.quick import METHODS

WEIGHTS = drawn_weights()
SAID = {
    Ability.ACTIVATIONS: "a layer's activations",
    Ability.LAYER_GRADIENTS: "gradients with respect to a layer",
    Ability.INPUT_GRADIENTS: "gradients with respect to the input",
    Ability.REPLACEMENT: "runs with a layer's output replaced",
    Ability.KERNELS: "a layer's kernels",
    Ability.SHUFFLING: "copies with shuffled weights",
    Ability.STATISTICS: "what its batch normalisation saw in training",
}
FEW = {"rise": {"masks": 50}, "lime": {"samples": 60}, "smooth-grad": {"samples": 3},
       "integrated-gradients": {"steps": 8}}  # fmt: skip


@pytest.fixture(scope="module", params=BACK_ENDS, ids=lambda each: each.name)
def back_end(request):
    return request.param


@pytest.fixture(scope="module")
def network(back_end):
    return back_end.make(WEIGHTS)


@pytest.fixture(scope="module")
def batch():
    return drawn_pictures()


@pytest.fixture
def able(back_end):
    """Goes on where the back end lists none of some abilities among what it cannot."""

    def check(*abilities):
        if missing := back_end.cannot & set(abilities):
            pytest.skip(f"listed as what it cannot: {', '.join(sorted(missing))}")

    return check


# --------------------------------------------------------------- the same network, written out


def by_hand(given, start="picture", weights=WEIGHTS):
    """One picture, or what a layer gives instead, through the network in float64."""
    x, seen = np.asarray(given, np.float64), {start: np.asarray(given, np.float64)}
    order = ("picture", "first", "pool", "last", "relu", "y_pred")
    for name in order[order.index(start) + 1 :]:
        if name in {"first", "last"}:
            kernel, bias = (each.astype(np.float64) for each in weights[name])
            x = np.stack(
                [
                    correlate(x, kernel[..., number], mode="valid")[..., 0] + bias[number]
                    for number in range(kernel.shape[-1])
                ],
                axis=-1,
            )
            x = np.maximum(x, 0) if name == "first" else x
        elif name == "pool":
            rows, columns, channels = x.shape
            small = np.empty((rows // 2, columns // 2, channels))
            for row in range(rows // 2):
                for column in range(columns // 2):
                    small[row, column] = x[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max(
                        axis=(0, 1)
                    )
            x = small
        elif name == "relu":
            x = np.maximum(x, 0)
        else:
            kernel, bias = (each.astype(np.float64) for each in weights[name])
            x = x.ravel() @ kernel + bias
        seen[name] = x
    return seen


def softmax(logits):
    raised = np.exp(logits - logits.max())
    return raised / raised.sum()


def slope(given, place, start, weights, step=1e-5):
    """How the weighted logits rise with one number of a layer, between two points beside it."""
    ends = []
    for way in (step, -step):
        changed = np.asarray(given, np.float64).copy()
        changed[place] += way
        ends.append(by_hand(changed, start)["y_pred"] @ weights)
    return (ends[0] - ends[1]) / (2 * step)


def some_places(values, count, seed):
    rng = np.random.default_rng(seed)
    return [tuple(rng.integers(0, side) for side in values.shape) for _ in range(count)]


# ------------------------------------------------------------------------------------- the face


def test_it_lists_what_it_cannot(back_end, network):
    assert OF_PICTURES - network.abilities == back_end.cannot
    assert Ability.PREDICTIONS in network.abilities  # the least there is
    if Ability.LAYER_GRADIENTS in network.abilities:  # a capture has both
        assert Ability.ACTIVATIONS in network.abilities


def test_it_tells_what_it_takes_and_what_it_gives(network):
    assert (network.name, network.digest) == ("numpy", "numpy")
    assert network.batch_shape == (None, 12, 16, 3)
    assert (network.layout.own, network.layout.is_sequence) == ((12, 16, 3), False)
    (head,) = network.heads
    assert (head.squash, head.units, head.grid, network.units) == ("softmax", 3, None, 3)
    assert network.has_dense


def test_it_lists_its_layers(network):
    listed = [
        (each.name, each.kind, each.height, each.width, each.channels, each.parameters,
         each.receptive_field)
        for each in network.layers
    ]  # fmt: skip
    assert listed == [
        ("first", "Conv2D", 10, 14, FIRST, 3 * 3 * 3 * 4 + 4, (3, 3)),
        ("last", "Conv2D", 3, 5, LAST, 3 * 3 * 4 * 5 + 5, (8, 8)),
        ("relu", "ReLU", 3, 5, LAST, 0, (8, 8)),
    ]
    assert network.default_layer.name == "relu"
    assert network.layer(None) is network.default_layer


def test_it_sums_itself_up(network):
    summary = network.summary
    assert summary.picture == (12, 16, 3)
    assert summary.parameters == 112 + 185 + 75 * 3 + 3
    assert summary.size == 4 * summary.parameters
    assert summary.cost.multiply_adds == 140 * 3 * 27 * 4 // 3 + 15 * 36 * 5 + 75 * 3
    assert summary.uncounted == ()
    fields = {line.path: line.receptive_field for line in summary.lines}
    assert (fields["pool"], fields["y_pred"]) == ((4, 4), (12, 16))


@pytest.mark.parametrize("shape", [(1, 16, 12, 3), (1, 12, 16, 1), (12, 16, 3), (0, 12, 16, 3)])
def test_a_batch_that_does_not_fit_is_refused_by_every_operation(network, batch, shape):
    wrong, weights = np.zeros(shape, np.float32), np.zeros((1, 3), np.float32)
    asks = {
        Ability.PREDICTIONS: (network.run, network.predict, network.logits),
        Ability.ACTIVATIONS: (network.activations, network.channel_means),
        Ability.LAYER_GRADIENTS: (
            lambda wrong: network.captures(wrong, ["last"], weights, np.array([True])),
        ),
        Ability.INPUT_GRADIENTS: (lambda wrong: network.pixel_gradients(wrong, weights),),
        Ability.STATISTICS: (network.statistics,),
        Ability.REPLACEMENT: (
            lambda wrong: network.rest(wrong, "last", np.zeros((1, 3, 5, LAST), np.float32)),
            lambda wrong: network.ablated(
                wrong, "last", np.zeros((3, 5, LAST), np.float32), np.ones((1, LAST), np.float32)
            ),
        ),
    }
    for ability in network.abilities & set(asks):
        for ask in asks[ability]:
            with pytest.raises(NetworkError, match=r"^numpy (takes|was given)"):
                ask(wrong)


def test_a_layer_that_is_not_there_is_refused_by_every_operation(network, batch):
    weights = np.zeros((4, 3), np.float32)
    asks = {
        Ability.ACTIVATIONS: (network.activations, network.channel_means),
        Ability.LAYER_GRADIENTS: (
            lambda batch, name: network.captures(batch, [name], weights, np.ones(4, bool)),
        ),
        Ability.REPLACEMENT: (
            lambda batch, name: network.rest(batch[:1], name, np.zeros((1, 3, 5, 5), np.float32)),
            lambda batch, name: network.ablated(
                batch[:1], name, np.zeros((3, 5, 5), np.float32), np.ones((1, 5), np.float32)
            ),
        ),
        Ability.KERNELS: (lambda _, name: network.kernels(name),),
    }
    for ability in network.abilities & set(asks):
        for ask in asks[ability]:
            with pytest.raises(NetworkError, match="no explainable layer named 'pool'"):
                ask(batch, "pool")


def test_what_it_cannot_is_refused_in_words(back_end, network, batch):
    weights = np.zeros((4, 3), np.float32)
    asks = {
        Ability.ACTIVATIONS: lambda: network.activations(batch, "last"),
        Ability.INPUT_GRADIENTS: lambda: network.pixel_gradients(batch, weights),
        Ability.REPLACEMENT: lambda: network.rest(
            batch[:1], "last", np.zeros((1, 3, 5, LAST), np.float32)
        ),
        Ability.KERNELS: lambda: network.kernels("last"),
        Ability.SHUFFLING: network.shuffled,
        Ability.STATISTICS: lambda: network.statistics(batch),
    }
    for ability in back_end.cannot & set(asks):
        with pytest.raises(NetworkError) as refusal:
            asks[ability]()
        assert str(refusal.value) == f"numpy does not give {SAID[ability]}."


def test_it_is_like_no_family_and_does_nothing_to_its_picture(network):
    assert network.topology is None
    assert network.preprocessing is None


def test_without_batch_normalisation_there_are_no_statistics(network, batch, able):
    able(Ability.STATISTICS)
    assert network.statistics(batch) is None


# ---------------------------------------------------------------------------------- predictions


@pytest.mark.parametrize("count", [1, 3, 4])
def test_it_predicts_batches_of_any_size(network, batch, count):
    found = network.run(batch[:count])
    for number in range(count):
        seen = by_hand(batch[number])
        np.testing.assert_allclose(found.outputs[number], softmax(seen["y_pred"]), atol=1e-6)
        np.testing.assert_allclose(found.features[number], seen["relu"].ravel(), atol=1e-5)
    assert found.outputs.dtype == found.features.dtype == np.float32
    np.testing.assert_array_equal(network.predict(batch[:count]), found.outputs)


def test_logits_are_what_the_last_activation_gets(network, batch):
    expected = [by_hand(picture)["y_pred"] for picture in batch]
    np.testing.assert_allclose(network.logits(batch), expected, atol=1e-5)
    outputs = network.predict(batch)  # and they do not stay
    np.testing.assert_allclose(outputs, [softmax(each) for each in expected], atol=1e-6)


def test_what_it_says_itself_is_one_rule(network, batch):
    outputs = network.predict(batch)
    targets = predicted_targets(network, outputs)
    assert targets == [Target.for_class(int(np.argmax(each))) for each in outputs]
    assert len(set(targets)) == 3
    weights = [target_weights(network, each) for each in targets]
    np.testing.assert_array_equal(predicted_weights(network.heads, outputs), weights)


# ---------------------------------------------------------------------------- what a layer gives


@pytest.mark.parametrize("layer", ["first", "last", "relu", None])
def test_activations_are_what_a_layer_gives(network, batch, able, layer):
    able(Ability.ACTIVATIONS)
    expected = np.stack([by_hand(picture)[layer or "relu"] for picture in batch])
    found = network.activations(batch, layer)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.dtype == np.float32
    means = network.channel_means(batch, layer)
    np.testing.assert_allclose(means, expected.mean(axis=(1, 2)), atol=1e-5)


# ------------------------------------------------------------------------- gradients to a layer


def captured(network, batch, layers, weights, predicted=None):
    none = np.zeros(len(batch), bool)
    return network.captures(batch, layers, weights, none if predicted is None else predicted)


def test_what_a_run_adds_up_is_grad_cam_of_the_maps_it_gives(network, batch, able):
    able(Ability.LAYER_GRADIENTS)
    for whole in captured(network, batch, ["first", "last", "relu"], mixed(4)).values():
        maps = replace(whole, pooled=None)
        for made in (grad_cam, lambda each: uncancelled(each, grad_cam)):
            expected = made(maps)
            np.testing.assert_allclose(made(whole), expected, atol=1e-6 * np.abs(expected).max())


def mixed(count):
    return np.random.default_rng(3).normal(size=(count, 3)).astype(np.float32)


def test_gradients_behind_the_last_layer_are_the_weights_of_the_dense_one(network, batch, able):
    able(Ability.LAYER_GRADIENTS)
    weights = mixed(4)
    found = captured(network, batch, ["relu"], weights)["relu"]
    kernel = WEIGHTS["y_pred"][0]
    np.testing.assert_allclose(
        found.gradients, (weights @ kernel.T).reshape(4, 3, 5, LAST), atol=1e-5
    )
    np.testing.assert_array_equal(found.outputs, network.predict(batch))


@pytest.mark.parametrize("layer", ["first", "last"])
def test_gradients_are_the_slopes_beside_the_point(network, batch, able, layer):
    able(Ability.LAYER_GRADIENTS)
    weights = mixed(4)
    found = captured(network, batch, [layer], weights)[layer]
    compared = 0
    for number, picture in enumerate(batch):
        given = by_hand(picture)[layer]
        np.testing.assert_allclose(found.activations[number], given, atol=1e-5)
        for place in some_places(given, 25, seed=number):
            if abs(given[place]) < 1e-3:
                continue  # on the bend of a ReLU, or one of several equal ones of a window
            expected = slope(given, place, layer, weights[number])
            assert found.gradients[number][place] == pytest.approx(expected, abs=1e-4)
            compared += abs(expected) > 1e-3
    assert compared >= 10


def test_the_two_sides_of_a_relu(network, batch, able):
    able(Ability.LAYER_GRADIENTS)
    found = captured(network, batch, ["last", "relu"], mixed(4))
    passed = found["last"].activations > 0
    np.testing.assert_allclose(found["last"].gradients, found["relu"].gradients * passed, atol=1e-5)
    assert 0.1 < passed.mean() < 0.9


def test_several_layers_together_are_as_each_alone(network, batch, able):
    able(Ability.LAYER_GRADIENTS)
    weights = mixed(4)
    together = captured(network, batch, ["relu", "first"], weights)
    assert list(together) == ["relu", "first"]
    for name, one in together.items():
        alone = captured(network, batch, [name], weights)[name]
        np.testing.assert_allclose(one.activations, alone.activations, atol=1e-6)
        np.testing.assert_allclose(one.gradients, alone.gradients, atol=1e-6)
        np.testing.assert_allclose(one.outputs, alone.outputs, atol=1e-6)


def test_some_pictures_are_explained_by_what_the_network_says_itself(network, batch, able):
    able(Ability.LAYER_GRADIENTS)
    weights, predicted = mixed(4), np.array([True, False, True, False])
    own = predicted_weights(network.heads, network.predict(batch))
    told = np.where(predicted[:, None], own, weights)
    found = captured(network, batch, ["last"], weights, predicted)["last"]
    expected = captured(network, batch, ["last"], told.astype(np.float32))["last"]
    np.testing.assert_allclose(found.gradients, expected.gradients, atol=1e-6)
    assert np.abs(found.gradients[::2]).max() > 1e-3


def test_without_gradients_a_capture_has_the_activations_alone(back_end, network, batch):
    if Ability.LAYER_GRADIENTS not in back_end.cannot or Ability.ACTIVATIONS in back_end.cannot:
        pytest.skip("it gives both, or neither")
    found = captured(network, batch, ["last"], mixed(4))["last"]
    np.testing.assert_array_equal(found.activations, network.activations(batch, "last"))
    np.testing.assert_array_equal(found.outputs, network.predict(batch))
    assert np.isnan(found.gradients).all()


# ------------------------------------------------------------------- gradients to the picture


def test_pixel_gradients_are_the_slopes_beside_the_point(network, batch, able):
    able(Ability.INPUT_GRADIENTS)
    weights = mixed(4)
    found = network.pixel_gradients(batch, weights)
    assert found.shape == batch.shape
    for number, picture in enumerate(batch):
        for place in some_places(picture, 12, seed=number):
            expected = slope(picture, place, "picture", weights[number], step=1e-6)
            assert found[number][place] == pytest.approx(expected, abs=1e-4)


# ------------------------------------------------------------------------ something else instead


@pytest.mark.parametrize("layer", ["first", "last", "relu"])
def test_the_rest_goes_on_with_what_it_is_given(network, batch, able, layer):
    able(Ability.REPLACEMENT)
    own = np.stack([by_hand(picture)[layer] for picture in batch]).astype(np.float32)
    given = np.concatenate([own, own[:1] * np.float32(0.5), np.zeros_like(own[:1])])
    expected = [by_hand(each, layer)["y_pred"] for each in given]
    found = network.rest(batch[:1], layer, given)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    if layer == "relu":
        np.testing.assert_allclose(found[-1], WEIGHTS["y_pred"][1], atol=1e-6)
    np.testing.assert_allclose(network.logits(batch), expected[:4], atol=1e-5)  # it does not stay


@pytest.mark.parametrize("layer", ["first", "last", "relu"])
def test_channels_that_are_switched_off_give_zero(network, batch, able, layer):
    able(Ability.REPLACEMENT)
    own = by_hand(batch[0])[layer].astype(np.float32)
    kept = np.random.default_rng(5).integers(0, 2, (6, own.shape[-1])).astype(np.float32)
    expected = [by_hand(own * each, layer)["y_pred"] for each in kept]
    found = network.ablated(batch[:1], layer, own, kept)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found, Network.ablated(network, batch[:1], layer, own, kept), 1e-5)


# ------------------------------------------------------------------------ seen through masks


@pytest.fixture(params=[(12, 16), (3, 5), (1, 1)], ids=lambda size: "x".join(map(str, size)))
def masks(request):
    """Of the picture's size, of a layer's and of one cell; the last three nothing, all and half."""
    drawn = np.random.default_rng(2).random((7, *request.param), np.float32)
    drawn[-3:] = np.array([0, 1, 0.5], np.float32)[:, None, None]
    return drawn


def seen_by_hand(picture, fill, masks):
    """In float64, coarse masks enlarged number by number."""
    height, width = picture.shape[:2]
    rows, columns = (
        between(*sides) for sides in zip(masks.shape[1:], (height, width), strict=True)
    )
    for mask in masks:
        shown = (rows @ mask.astype(np.float64) @ columns.T)[..., None]
        yield picture.astype(np.float64) * shown + fill.astype(np.float64) * (1 - shown)


def between(few, many):
    """How much of each of a few cells is in each of many, half-pixel bilinear: (many, few)."""
    shares = np.zeros((many, few))
    for number in range(many):
        place = min(max((number + 0.5) * few / many - 0.5, 0), few - 1)
        low = int(place)
        shares[number, low] += 1 - (place - low)
        shares[number, min(low + 1, few - 1)] += place - low
    return shares


def test_a_picture_is_seen_through_masks_by_outputs_and_logits(network, batch, masks):
    picture, fill = batch[0], batch[1]
    expected = [by_hand(seen)["y_pred"] for seen in seen_by_hand(picture, fill, masks)]
    logits = network.perturbed(picture, fill, masks, logits=True)
    np.testing.assert_allclose(logits, expected, atol=2e-5)
    outputs = network.perturbed(picture, fill, masks)
    np.testing.assert_allclose(outputs, [softmax(each) for each in expected], atol=5e-6)
    assert logits.dtype == outputs.dtype == np.float32
    for answer, asked in ((logits, True), (outputs, False)):
        plain = Network.perturbed(network, picture, fill, masks, logits=asked)
        np.testing.assert_allclose(answer, plain, atol=1e-5)


@pytest.mark.parametrize("shape", [(16, 12, 3), (12, 16, 1)])
def test_a_picture_that_does_not_fit_is_not_looked_at_through_masks(network, able, shape):
    wrong, masks = np.zeros(shape, np.float32), np.ones((2, 3, 5), np.float32)
    with pytest.raises(NetworkError, match=r"^numpy takes"):
        network.perturbed(wrong, wrong, masks)
    able(Ability.INPUT_GRADIENTS)
    with pytest.raises(NetworkError, match=r"^numpy takes"):
        network.perturbed_gradients(wrong, wrong, masks, np.zeros(3, np.float32))


def test_what_is_wholly_seen_is_exactly_the_picture_and_what_is_not_the_fill(network, batch, masks):
    ends = masks[-3:-1]
    found = network.perturbed(batch[0], batch[1], ends, logits=True)
    np.testing.assert_array_equal(found, network.logits(batch[[1, 0]]))


def test_gradients_of_what_is_seen_are_the_slopes_there(network, batch, able, masks):
    able(Ability.INPUT_GRADIENTS)
    picture, fill, weights = batch[0], batch[1], mixed(1)[0]
    found = network.perturbed_gradients(picture, fill, masks, weights)
    assert found.shape == (len(masks), *picture.shape)
    for number, seen in enumerate(seen_by_hand(picture, fill, masks)):
        for place in some_places(seen, 5, seed=number):
            expected = slope(seen, place, "picture", weights, step=1e-6)
            assert found[number][place] == pytest.approx(expected, abs=1e-4)
    plain = Network.perturbed_gradients(network, picture, fill, masks, weights)
    np.testing.assert_allclose(found, plain, atol=1e-5)


# ------------------------------------------------------------------------ weights


def test_kernels_are_a_filter_for_each_output_channel(network, able):
    able(Ability.KERNELS)
    for name in ("first", "last"):
        kernel = WEIGHTS[name][0]
        found = network.kernels(name)
        assert found.shape == (kernel.shape[3], 3, 3, kernel.shape[2])
        for number, one in enumerate(found):
            np.testing.assert_array_equal(one, kernel[..., number])
    assert network.kernels("relu") is None


def test_a_shuffled_copy_is_the_same_until_it_is_shuffled(network, batch, able):
    able(Ability.SHUFFLING)
    copy = network.shuffled()
    assert copy.layers == ("y_pred", "last", "first") == network.learned
    np.testing.assert_allclose(copy.network.predict(batch), network.predict(batch), atol=1e-6)


def test_shuffling_permutes_one_layer_of_the_copy(back_end, network, batch, able):
    able(Ability.SHUFFLING)
    outputs, copy = network.predict(batch), network.shuffled()
    copy.shuffle("y_pred", np.random.default_rng(5))
    rng = np.random.default_rng(5)
    stored = [each.T if back_end.outputs_first else each for each in WEIGHTS["y_pred"]]
    permuted = [rng.permutation(each.ravel()).reshape(each.shape) for each in stored]
    as_used = [each.T if back_end.outputs_first else each for each in permuted]
    changed = {**WEIGHTS, "y_pred": tuple(as_used)}
    expected = [by_hand(picture, weights=changed)["y_pred"] for picture in batch]
    np.testing.assert_allclose(copy.network.logits(batch), expected, atol=1e-5)
    assert np.abs(copy.network.predict(batch) - outputs).max() > 0.01
    np.testing.assert_array_equal(network.predict(batch), outputs)


def test_shuffled_layers_add_up_until_they_are_restored(network, batch, able):
    able(Ability.SHUFFLING)
    copy, rng = network.shuffled(), np.random.default_rng(1)
    whole = copy.network.logits(batch)
    for layer in copy.layers:
        copy.shuffle(layer, rng)
    both = copy.network.logits(batch)
    copy.restore()
    np.testing.assert_allclose(copy.network.logits(batch), whole, atol=1e-6)
    copy.shuffle("y_pred", np.random.default_rng(1))
    assert np.abs(copy.network.logits(batch) - both).max() > 0.01


# ------------------------------------------------------------------------ people at once


def test_several_people_at_once_get_what_each_would_alone(back_end, batch):
    network, alone = back_end.make(WEIGHTS), back_end.make(WEIGHTS)
    layers, gate = [layer.name for layer in network.layers], threading.Barrier(6)
    shows = Ability.LAYER_GRADIENTS not in back_end.cannot
    weights = mixed(4)

    def work(number):
        gate.wait(timeout=60)
        if number % 2 and shows:
            name = layers[number // 2]
            return captured(network, batch, [name], weights)[name].gradients
        return network.predict(batch) if number % 3 else network.logits(batch)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(work, range(6)))
    for number, one in enumerate(found):
        if number % 2 and shows:
            name = layers[number // 2]
            expected = captured(alone, batch, [name], weights)[name].gradients
        else:
            expected = alone.predict(batch) if number % 3 else alone.logits(batch)
        np.testing.assert_allclose(one, expected, atol=1e-6)


# ------------------------------------------------------------------------ methods


@pytest.fixture(scope="module")
def reference():
    """Maps of the first back end, which all others have to give as well."""
    network, found = BACK_ENDS[0].make(WEIGHTS), {}

    def maps(method, batch):
        if method not in found:
            asked = dict(method=method, **FEW.get(method, {}))
            found[method] = gradcam.explain(network, batch[:2], "relu", 1, **asked).maps
        return found[method]

    return maps


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_fit_give_the_same_maps_everywhere(network, batch, reference, method):
    if not METHODS[method].fits(network):
        pytest.skip("refused, see below")
    asked = dict(method=method, **FEW.get(method, {}))
    found = gradcam.explain(network, batch[:2], "relu", 1, **asked).maps
    expected = reference(method, batch)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, atol=2e-4 * np.abs(expected).max())


@pytest.mark.parametrize("method", METHODS)
def test_methods_fit_by_what_they_ask_for(back_end, network, batch, method):
    asked = METHODS[method]
    fit = asked.fits(network)
    assert bool(fit) == (not asked.asks & back_end.cannot)
    if fit:
        assert fit.reason == ""
        return
    missing = " and ".join(SAID[each] for each in sorted(asked.asks & back_end.cannot))
    assert fit.reason == f"{asked.title} needs {missing}, which numpy does not give."
    with pytest.raises(NetworkError) as refusal:
        gradcam.explain(network, batch[:1], method=method)
    assert str(refusal.value) == fit.reason


def test_the_shuffled_weights_are_noticed_or_refused(back_end, network, batch):
    if Ability.SHUFFLING in back_end.cannot:
        with pytest.raises(NetworkError):
            truth.randomization(network, batch[:2], "uniform-map", times=1)
        return
    found = truth.randomization(network, batch, "hires-cam", "relu", times=3)
    assert [step.layer for step in found.steps] == ["y_pred", "last", "first"]
    assert found.sensitivity is truth.Sensitivity.FOLLOWS


# ------------------------------------------------------------------------------ its outputs


def test_the_only_output_is_the_network_and_there_is_no_other(network):
    assert network.only(0) is network
    for other in (1, -1):
        with pytest.raises(NetworkError, match=f"cannot be asked for output {other} alone"):
            network.only(other)
