import warnings

import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.gradcam.networks import grad_cam_by_hand, relative

# ------------------------------------------------------------- the matrix of architectures

STATES = ("memory", "keras", "h5", "keras_2_h5")
MATRIX = [(name, state) for name in networks.ARCHITECTURES for state in STATES]


@pytest.fixture(scope="module", params=MATRIX, ids=["-".join(pair) for pair in MATRIX])
def case(request, tmp_path_factory):
    """A network in one of its states, the model that wrote it, and the layers it must list."""
    name, state = request.param
    model = networks.ARCHITECTURES[name](tf_keras if state == "keras_2_h5" else keras)
    if state == "memory":
        return KerasNetwork(model), model, networks.EXPLAINABLE[name]
    path = tmp_path_factory.mktemp(name) / ("model.keras" if state == "keras" else "model.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both Keras advise against .h5
        model.save(path)
    return gradcam.load_network(path), model, networks.EXPLAINABLE[name]


def test_outputs_equal_those_of_the_library_that_wrote_the_file(case, batch):
    network, model, _ = case
    expected = model.predict(batch, verbose=0)
    np.testing.assert_allclose(network.predict(batch), expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(gradcam.explain(network, batch).outputs, expected, rtol=0, atol=1e-6)


def test_the_default_map_of_every_class_equals_one_worked_out_by_hand(case, batch):
    network, model, layers = case
    for index in range(networks.CLASSES):
        result = gradcam.explain(network, batch, target=index)
        expected = grad_cam_by_hand(model, batch, layers[-1].rpartition("/")[2], index)
        assert result.layer.name == layers[-1]
        assert np.abs(expected).max() > 1e-4
        assert relative(result.maps, expected) <= 1e-5


def test_the_first_layer_s_map_equals_one_worked_out_by_hand(case, batch):
    network, model, layers = case
    assert tuple(layer.name for layer in network.layers) == layers
    result = gradcam.explain(network, batch, layers[0], target=2)
    expected = grad_cam_by_hand(model, batch, layers[0].rpartition("/")[2], 2)
    assert relative(result.maps, expected) <= 1e-5


# --------------------------------------------------------------------------- the identity


@pytest.mark.parametrize("index", range(networks.CLASSES))
def test_with_global_average_pooling_grad_cam_is_cam_over_z(flat_network, batch, index):
    model = flat_network.model.own
    last = keras.Model(model.inputs, model.get_layer("last").output)
    activations = last.predict(batch, verbose=0)
    kernel = model.get_layer("y_pred").kernel.numpy()
    cam = activations @ kernel[:, index]
    result = gradcam.explain(flat_network, batch, "last", index)
    assert relative(result.maps, cam / 36) <= 1e-6  # Z = 6 x 6


@pytest.mark.parametrize("index", range(networks.CLASSES))
def test_the_cells_of_that_map_add_up_to_the_logit(flat_network, batch, index):
    result = gradcam.explain(flat_network, batch, "last", index)
    logits, _ = networks.logits_by_hand(flat_network.model.own, batch)
    bias = flat_network.model.own.get_layer("y_pred").bias.numpy()
    np.testing.assert_allclose(
        result.maps.sum(axis=(1, 2)) + bias[index], logits[:, index], atol=1e-6
    )


# -------------------------------------------------------------------------- what changes nothing


def test_a_constant_added_to_all_logits_changes_no_map(batch):
    model = networks.flat(keras)
    before = gradcam.explain(KerasNetwork(model), batch, target=1).maps
    bias = model.get_layer("y_pred").bias
    bias.assign(bias + 5.0)
    after = gradcam.explain(KerasNetwork(model), batch, target=1).maps
    assert relative(after, before) <= 1e-6


def test_a_network_sure_of_itself_is_explained_as_well():
    model = networks.flat(keras)
    batch = networks.pictures(4)
    before = gradcam.explain(KerasNetwork(model), batch, target=1).maps
    for variable in model.get_layer("y_pred").weights:
        variable.assign(variable * 1e3)
    network = KerasNetwork(model)
    result = gradcam.explain(network, batch, target=1)
    assert result.outputs.max(axis=1).min() > 0.999999  # gradients of this softmax are zero
    assert relative(result.maps, before * 1e3) <= 1e-5
    heat, expected = gradcam.normalize(result.maps[0]), gradcam.normalize(before[0])
    np.testing.assert_allclose(heat, expected, atol=1e-5)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_a_picture_s_map_is_the_same_in_every_batch(flat_network, mobile_network, count):
    batch = networks.pictures(7)
    for network in (flat_network, mobile_network):
        alone = gradcam.explain(network, batch[:1], target=2)
        together = gradcam.explain(network, batch[:count], target=2)
        assert len(together.maps) == len(together.outputs) == count
        assert relative(together.maps[:1], alone.maps) <= 1e-6
        np.testing.assert_allclose(together.outputs[:1], alone.outputs, atol=1e-6)


def test_a_mirrored_picture_has_a_mirrored_map():
    model = networks.flat(keras)
    for layer in (model.get_layer("first"), model.get_layer("last")):
        layer.kernel.assign((layer.kernel + layer.kernel.numpy()[:, ::-1]) / 2)
    network = KerasNetwork(model)
    batch = networks.pictures(2)
    maps = gradcam.explain(network, batch, target=0).maps
    mirrored = gradcam.explain(network, np.ascontiguousarray(batch[:, :, ::-1]), target=0).maps
    assert relative(mirrored[:, :, ::-1], maps) <= 1e-5
    assert relative(maps[:, :, ::-1], maps) > 0.1


def test_the_batch_stays_as_it_was(flat_network):
    batch = networks.pictures(2)
    gradcam.explain(flat_network, batch)
    np.testing.assert_array_equal(batch, networks.pictures(2))


# ------------------------------------------------------------------- what every argument changes


def differ(one, other):
    return one.shape != other.shape or np.abs(one - other).max() > 0.01 * np.abs(other).max()


@pytest.mark.parametrize(
    "change",
    [
        {"layer": "depthwise"},
        {"target": 0},
        {"target": gradcam.Target.for_class(0)},
        {"target": [gradcam.Target.for_class(index) for index in (1, 0, 2, 1)]},
        {"pooling": "sum_abs"},
        {"method": "eigen-cam"},
        {"method": gradcam.METHODS["score-cam"]},
        {"batch": networks.pictures(4, seed=8)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_argument_changes_the_maps(mobile_network, batch, change):
    given = {"batch": batch, "target": 1}
    plain = gradcam.explain(mobile_network, **given).maps
    assert differ(gradcam.explain(mobile_network, **{**given, **change}).maps, plain)


def test_another_network_gives_other_maps(flat_network, batch):
    other = KerasNetwork(networks.seeded(networks.flat(keras), seed=5))
    assert differ(gradcam.explain(other, batch).maps, gradcam.explain(flat_network, batch).maps)


def test_a_method_is_one_of_the_registry_or_its_name(flat_network, batch):
    plain = gradcam.explain(flat_network, batch).maps
    for method in ("grad-cam", gradcam.GRAD_CAM, gradcam.METHODS["grad-cam"]):
        found = gradcam.explain(flat_network, batch, method=method).maps
        np.testing.assert_array_equal(found, plain)
    with pytest.raises(gradcam.GradcamError, match=r"no method 'magic'; there are grad-cam, "):
        gradcam.explain(flat_network, batch, method="magic")


@pytest.mark.parametrize("method", ["grad-cam", "ablation-cam"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"gamma": 2}, "has no setting 'gamma'"),
        ({"layer": "nowhere"}, "no explainable layer named 'nowhere'"),
        ({"target": 3}, r"3 classes, numbered from 0; there is no number 3\."),
        ({"target": [0, 1]}, "2 targets were given for 4 pictures"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(flat_network, batch, method, settings, words):
    with pytest.raises(gradcam.GradcamError, match=words):
        gradcam.explain(flat_network, batch, method=method, **settings)


def test_methods_that_change_the_picture_have_maps_of_its_size(mobile_network, batch):
    result = gradcam.explain(mobile_network, batch, "stem", 1, "occlusion", size=0.5)
    assert result.maps.shape == (4, 16, 16)
    assert result.layer == mobile_network.layer("stem")
    np.testing.assert_allclose(result.outputs, mobile_network.predict(batch), atol=1e-6)
    assert result.notes == ("",) * 4


def test_notes_are_empty_but_for_methods_that_have_something_to_say(flat_network, batch):
    assert gradcam.explain(flat_network, batch).notes == ("",) * 4
    notes = gradcam.explain(flat_network, batch, method="lime", samples=50, segments=9).notes
    assert len(notes) == 4
    assert all("segments" in note for note in notes)


def test_the_chunk_is_how_many_versions_go_through_at_once(flat_network):
    batch, passes = networks.pictures(1), {}
    for chunk in (4, 16):
        told = []
        gradcam.explain(
            flat_network, batch, target=1, method="rise", masks=50,
            chunk=chunk, tell=lambda done, total, told=told: told.append((done, total)),
        )  # fmt: skip
        passes[chunk] = told
    assert passes[4] == [(min(done, 50), 50) for done in range(4, 53, 4)]
    assert passes[16] == [(16, 50), (32, 50), (48, 50), (50, 50)]


def test_a_method_of_one_capture_runs_the_network_once_and_has_nothing_to_tell(flat_network):
    told = []
    gradcam.explain(flat_network, networks.pictures(2), tell=lambda *said: told.append(said))
    assert told == []


@pytest.mark.parametrize("method", ["hires-cam", "integrated-gradients", "score-cam"])
def test_each_picture_may_have_its_own_target(batch, method):
    network = KerasNetwork(networks.staged())
    targets = [2, None, np.int64(0), gradcam.Target.contrast(1, 0)]
    found = gradcam.explain(network, batch, target=targets, method=method).maps
    chosen = int(network.predict(batch)[1].argmax())
    for number, target in enumerate([2, chosen, 0, gradcam.Target.contrast(1, 0)]):
        alone = gradcam.explain(network, batch[[number]], target=target, method=method).maps
        assert relative(found[[number]], alone) <= 1e-5


def test_classes_differ_in_their_maps(mobile_network, batch):
    maps = [gradcam.explain(mobile_network, batch, target=index).maps for index in range(3)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert differ(maps[one], maps[other])


def test_a_number_means_a_class(flat_network, batch):
    for index in range(3):
        np.testing.assert_array_equal(
            gradcam.explain(flat_network, batch, target=index).maps,
            gradcam.explain(flat_network, batch, target=gradcam.Target.for_class(index)).maps,
        )


def test_a_numpy_number_means_a_class_too(flat_network, batch):
    # What a notebook would write.
    index = flat_network.predict(batch)[0].argmax()
    np.testing.assert_array_equal(
        gradcam.explain(flat_network, batch, target=index).maps,
        gradcam.explain(flat_network, batch, target=int(index)).maps,
    )


def test_explaining_is_capture_and_method_put_together(mobile_network, batch):
    target = gradcam.Target.for_class(1)
    for pooling in gradcam.Pooling:
        result = gradcam.explain(mobile_network, batch, "stem_relu", target, pooling=pooling)
        captured = gradcam.capture(mobile_network, batch, "stem_relu", target)
        expected = gradcam.compute_maps(captured, "grad-cam", pooling=pooling)
        np.testing.assert_array_equal(result.maps, expected)
        np.testing.assert_array_equal(result.outputs, captured.outputs)
        assert result.layer == mobile_network.layer("stem_relu")


def test_the_class_a_sigmoid_did_not_take_has_the_negated_map(batch):
    network = KerasNetwork(networks.headed(networks.ONE_SIGMOID))
    yes, no = (gradcam.explain(network, batch, target=index).maps for index in (1, 0))
    np.testing.assert_array_equal(no, -yes)
    assert np.abs(yes).max() > 1e-4


@pytest.mark.parametrize("target", [3, -1])
def test_a_class_that_does_not_exist_is_refused(flat_network, batch, target):
    with pytest.raises(gradcam.GradcamError, match=rf"3 classes.* no number {target}\."):
        gradcam.explain(flat_network, batch, target=target)


def test_from_a_picture_to_a_picture(flat_network):
    """The example of the package's first page, checked against its own parts."""
    image = np.random.default_rng(4).integers(0, 256, (20, 30, 3), np.uint8)
    spec = gradcam.InputSpec(16, 16, gradcam.Resize.FIT_SHORT)
    result = gradcam.explain(flat_network, gradcam.to_tensor(image, spec)[None], target=0)
    raw = result.maps[0] if result.maps[0].max() > 0 else -result.maps[0]
    heat = gradcam.place(gradcam.normalize(raw), spec, 30, 20)
    picture = gradcam.overlay(image, heat, alpha=0.0)
    seen = ~np.isnan(heat)
    np.testing.assert_array_equal(
        seen, np.broadcast_to((np.arange(30) // 5) % 6 > 0, (20, 30)) & (np.arange(30) < 25)
    )
    np.testing.assert_array_equal(picture[seen], image[seen])
    assert (picture[~seen] != image[~seen]).any()


def test_class_numbers_for_each_picture_are_targets():
    network, batch = KerasNetwork(networks.flat(keras)), networks.pictures(count=2)
    both = gradcam.explain(network, batch, target=[0, np.int64(1)]).maps
    np.testing.assert_array_equal(both[0], gradcam.explain(network, batch[:1], target=0).maps[0])
    np.testing.assert_allclose(
        both[1], gradcam.explain(network, batch[1:], target=1).maps[0], atol=1e-6
    )


def test_an_empty_batch_is_refused_in_words():
    network = KerasNetwork(networks.flat(keras))
    with pytest.raises(gradcam.NetworkError, match="was given an empty batch"):
        gradcam.explain(network, networks.pictures(count=1)[:0])
