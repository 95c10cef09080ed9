"""SavedModels and frozen graphs answer as TensorFlow does, and are explained as the `.h5` is."""

import shutil

import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam.backends.folders import folder_digest
from gradcam.backends.keras.network import KerasNetwork
from gradcam.loading import network_files
from tests.gradcam import networks
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.graph.saved_model.written import frozen, session_answers, small
from tests.gradcam.methods.quick import METHODS


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """SavedModels of each kind of author, by name, and the `.h5` of the same network."""
    folder = tmp_path_factory.mktemp("written")
    made = {}
    model = networks.mobile(keras)
    model.export(str(folder / "keras-3"), verbose=False)
    made["keras-3"] = folder / "keras-3", KerasNetwork(model, "mobile")
    for name, trained in (("keras-2", False), ("keras-2-trained", True)):
        old = networks.mobile(tf_keras)
        if trained:
            old.compile("adam", "categorical_crossentropy")
            old.fit(networks.pictures(6), np.eye(3)[[0, 1, 2] * 2], verbose=0)
        old.save(str(folder / name), save_format="tf")
        old.save(str(folder / f"{name}.h5"))
        made[name] = folder / name, gradcam.load_network(folder / f"{name}.h5", fold=False)
    return made


@pytest.fixture(params=["keras-3", "keras-2", "keras-2-trained"])
def pair(request, written):
    folder, twin = written[request.param]
    return folder, gradcam.load_network(folder, fold=False), twin


def test_answers_are_those_of_a_session(pair, batch):
    folder, network, _ = pair
    (expected,) = session_answers(folder, batch)
    np.testing.assert_array_equal(network.predict(batch), expected)


def test_it_is_the_network_of_the_h5(pair, batch):
    _, network, twin = pair
    np.testing.assert_allclose(network.predict(batch), twin.predict(batch), atol=1e-6)
    assert network.heads[0].squash is twin.heads[0].squash
    assert network.topology == twin.topology
    kinds = [(layer.kind, layer.height, layer.channels, layer.parameters, layer.receptive_field)
             for layer in network.layers]  # fmt: skip
    assert kinds == [(layer.kind, layer.height, layer.channels, layer.parameters,
                      layer.receptive_field) for layer in twin.layers]  # fmt: skip
    own, other = network.summary, twin.summary
    assert own.cost == other.cost
    assert own.parameters == other.parameters


@pytest.mark.parametrize("method", sorted(METHODS))
def test_maps_are_those_of_the_h5(pair, batch, method):
    _, network, twin = pair
    options = {"rise": {"masks": 50}, "lime": {"samples": 60}}.get(method, {})
    own, other = (
        gradcam.explain(each, batch[:2], method=method, **options) for each in (network, twin)
    )
    scale = np.abs(other.maps).max()
    np.testing.assert_allclose(own.maps, other.maps, atol=1e-5 * max(scale, 1))
    assert method == "uniform-map" or own.maps.std() > 0


def test_layers_of_keras_2_have_the_names_of_the_h5(written):
    folder, twin = written["keras-2"]
    network = gradcam.load_network(folder)
    assert [layer.name for layer in network.layers] == [layer.name for layer in twin.layers]


def test_batch_normalisation_is_folded(pair, batch):
    folder, network, _ = pair
    folded = gradcam.load_network(folder)
    assert folded.is_folded
    np.testing.assert_allclose(folded.predict(batch), network.predict(batch), atol=1e-6)
    for layer in network.layers:
        np.testing.assert_allclose(
            folded.activations(batch, layer.name), network.activations(batch, layer.name),
            atol=1e-5,
        )  # fmt: skip


def test_what_batch_normalisation_saw_in_training_is_known(pair, batch):
    _, network, twin = pair
    own, other = network.statistics(batch), twin.statistics(batch)
    np.testing.assert_allclose(own.stored_mean, other.stored_mean)
    np.testing.assert_allclose(own.total, other.total, rtol=1e-4, atol=1e-4)


def test_plain_tensorflow_answers_as_a_session_does(tmp_path):
    folder = small(tmp_path / "small", drawn_weights())
    batch = drawn_pictures()
    (expected,) = session_answers(folder, batch)
    np.testing.assert_array_equal(gradcam.load_network(folder, fold=False).predict(batch), expected)


def test_a_frozen_graph_is_the_folder_it_was_made_of(tmp_path, written, batch):
    folder, _ = written["keras-2"]
    network = gradcam.load_network(frozen(folder, tmp_path / "frozen.pb"), fold=False)
    whole = gradcam.load_network(folder, fold=False)
    np.testing.assert_allclose(network.predict(batch), whole.predict(batch), atol=1e-6)
    assert [layer.name for layer in network.layers] == [layer.name for layer in whole.layers]


def test_a_zip_with_a_folder_in_it_is_opened(tmp_path, written, batch):
    folder, _ = written["keras-2-trained"]
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", folder.parent, folder.name)
    network = gradcam.load_network(packed, fold=False)
    assert network.name == "packed.zip"
    whole = gradcam.load_network(folder, fold=False)
    np.testing.assert_array_equal(network.predict(batch), whole.predict(batch))


def test_a_digest_is_of_the_graph_and_its_weights(tmp_path, written):
    folder, _ = written["keras-2"]
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "keras_metadata.pb").unlink()
    assert gradcam.load_network(copy).digest == gradcam.load_network(folder).digest
    data = copy / "variables" / "variables.data-00000-of-00001"
    numbers = bytearray(data.read_bytes())
    numbers[0] ^= 1
    data.write_bytes(numbers)
    assert network_digest(copy) != network_digest(folder)


def network_digest(folder):
    return folder_digest(folder, network_files(folder))
