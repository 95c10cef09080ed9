import json
import pickle
import shutil
import zipfile

import h5py
import numpy as np
import pytest
import tf_keras

from gradcam import load_network, loading
from gradcam.formats import Holds
from gradcam.loading import openable_said
from services.errors import ProjectError
from services.opening.opening import open_source
from services.sources.folder import read_folder
from services.sources.networks import DEEP, find_networks, named_network
from services.sources.reference import SourceKind, SourceReference
from services.sources.taken import take_network
from services.sources.tree import read_tree
from tests.services import projects


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files that people have of one network, by name."""
    folder = tmp_path_factory.mktemp("files")
    model = projects.blue_or_red()
    model.save(folder / "whole.keras")
    model.save(folder / "whole.h5")
    model.save_weights(folder / "new.weights.h5")
    (folder / "layers.json").write_text(model.to_json())
    inputs = tf_keras.Input((8, 8, 3))
    pooled = tf_keras.layers.GlobalAveragePooling2D()(tf_keras.layers.Conv2D(2, 1)(inputs))
    old = tf_keras.Model(inputs, tf_keras.layers.Dense(2, "softmax")(pooled))
    old.save_weights(folder / "old.h5", save_format="h5")
    with h5py.File(folder / "pictures.h5", "w") as file:
        file["train_set_x"] = np.zeros((2, 8, 8, 3))
    with zipfile.ZipFile(folder / "torch.pt", "w") as file:
        file.writestr("best/data.pkl", b"\x80\x02cnets\nNet\n)\x81.")
    with zipfile.ZipFile(folder / "inner.zip", "w") as file:
        file.write(folder / "whole.keras", "model.keras")
        file.writestr("labels.txt", "0 no colour\n1 colour\n")
    with zipfile.ZipFile(folder / "two.zip", "w") as file:
        file.writestr("boxes.json", '{"boxes": []}')
        file.write(folder / "layers.json", "net/model.json")
        file.write(folder / "new.weights.h5", "net/model.weights.h5")
    return folder


@pytest.fixture
def project(tmp_path, files):
    """Puts files into a project: where to, and which one or its bytes."""

    def put(**where):
        for place, content in where.items():
            path = tmp_path / "project" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                shutil.copyfile(files / content, path)
        (tmp_path / "project").mkdir(exist_ok=True)
        return read_tree(tmp_path / "project")

    return put


def named(tree):
    return [each.name for each in find_networks(tree)]


def refusal(tree):
    with pytest.raises(ProjectError) as caught:
        find_networks(tree)
    return str(caught.value)


# -------------------------------------------------------------------------------------- whole ones


@pytest.mark.parametrize(
    "name",
    ["model.h5", "MODEL.H5", "Model.Keras", "model.keras (1)", "model (1).keras", "model.h5.zip",
     "model.keras.zip", "model", "trained.bin", "net.hdf5", "converted_keras/keras_model.h5",
     "export/keras/model.keras"],
)  # fmt: skip
@pytest.mark.parametrize("content", ["whole.keras", "whole.h5"])
def test_a_network_is_known_by_its_bytes_whatever_its_name(project, name, content):
    assert named(project(**{name: content})) == [name]


def test_a_zip_with_a_network_in_it_is_one(project):
    assert named(project(**{"converted_keras.zip": "inner.zip"})) == ["converted_keras.zip"]


@pytest.mark.parametrize("weights", ["new.weights.h5", "old.h5"])
def test_weights_are_never_taken_before_a_whole_network(project, weights):
    tree = project(**{"model.weights.h5": weights, "model.h5": weights, "best.keras": "whole.h5"})
    assert named(tree) == ["best.keras"]


def test_what_lies_near_the_top_and_is_called_model_comes_first(project):
    tree = project(
        **dict.fromkeys(
            ["b.keras", "a.h5", "Model.h5", "model.keras", "sub/model.h5", "sub/a.h5"], "whole.h5"
        )
    )
    assert named(tree) == [
        "Model.h5", "model.keras", "a.h5", "b.keras", "sub/model.h5", "sub/a.h5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\x89HDF\r\n\x1a\n", b"PK\3\4"],
)
def test_what_is_only_named_like_a_network_is_the_last_resort(project, broken):
    tree = project(**{"model.h5": broken, "sub/net.keras": "whole.keras"})
    assert named(tree) == ["sub/net.keras"]
    assert named(project(**{"sub/net.keras": broken})) == ["model.h5", "sub/net.keras"]


def test_no_file_is_sought_deeper_than_people_put_one(project):
    deep = "/".join("d" * (DEEP + 1)) + "/model.h5"
    assert refusal(project(**{deep: "whole.h5"})).startswith("There is no model")


def test_a_download_that_did_not_end_is_opened_to_say_so(project):
    assert named(project(**{"model.keras.crdownload": b"PK\3\4"})) == ["model.keras.crdownload"]


def test_the_files_of_an_unpacked_keras_archive_make_one_network(project, files, tmp_path):
    with zipfile.ZipFile(files / "whole.keras") as archive:
        archive.extractall(tmp_path / "project" / "model")
    (network,) = find_networks(read_tree(tmp_path / "project"))
    assert (network.path.name, network.weights.name) == ("config.json", "model.weights.h5")


def test_data_in_hdf5_is_no_network(project):
    assert "There is no model" in refusal(project(**{"x.mat": "pictures.h5"}))
    assert named(project(**{"model.h5": "pictures.h5", "net.h5": "whole.h5"})) == ["net.h5"]


def test_nothing_of_a_pickle_runs(project):
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("it ran",)

    assert "a pickle" in refusal(project(**{"model.pkl": pickle.dumps(Bomb())}))


# ------------------------------------------------------------------------------- layers and weights


@pytest.mark.parametrize("weights", ["model.weights.h5", "model_weights.h5", "model.h5", "w.h5"])
def test_layers_and_weights_make_one_network(project, weights):
    tree = project(**{"model.json": "layers.json", weights: "new.weights.h5"})
    (network,) = find_networks(tree)
    assert (network.name, network.path.name) == (weights, "model.json")
    assert network.weights == tree.path / weights
    assert network.said == f"model.json with {weights}"


def test_a_whole_network_comes_before_one_in_two_files(project):
    tree = project(
        **{"model.json": "layers.json", "model.weights.h5": "new.weights.h5", "z/a.h5": "whole.h5"}
    )
    assert named(tree) == ["z/a.h5"]


def test_each_file_of_weights_goes_with_the_layers_of_its_name(project):
    tree = project(
        **dict.fromkeys(["a.json", "b.json"], "layers.json"),
        **dict.fromkeys(["epoch.weights.h5", "b.weights.h5", "a.weights.h5"], "new.weights.h5"),
    )
    assert [(each.name, each.path.name) for each in find_networks(tree)] == [
        ("a.weights.h5", "a.json"), ("b.weights.h5", "b.json"), ("epoch.weights.h5", "a.json"),
    ]  # fmt: skip


def test_a_network_of_two_files_opens_and_says_what_it_should(project):
    tree = project(**{"model.json": "layers.json", "model.weights.h5": "new.weights.h5"})
    projects.solid(tree.path / "test" / "blue" / "1.png", projects.BLUE)
    projects.solid(tree.path / "test" / "red" / "2.png", projects.RED)
    opened = open_source(SourceReference(SourceKind.FOLDER, str(tree.path)))
    assert opened.predictions.answers.correct().tolist() == [True, True]
    told = {fact.what: fact.value for fact in opened.project.facts}
    assert told["model"] == "model.json with model.weights.h5"


def test_layers_and_weights_in_one_zip_make_a_network(project):
    tree = project(**{"model.zip": "two.zip", "whole.keras": "whole.keras"})
    assert named(tree) == ["model.zip", "whole.keras"]
    pictures = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    both = load_network(tree.path / "model.zip"), load_network(tree.path / "whole.keras")
    np.testing.assert_array_equal(both[0].predict(pictures), both[1].predict(pictures))


def test_class_names_in_the_zip_of_a_network_count(project):
    tree = project(**{"converted_keras.zip": "inner.zip"})
    projects.solid(tree.path / "test" / "colour" / "1.png")
    assert read_folder(tree.path).class_lists[0].names == ("no colour", "colour")


@pytest.mark.parametrize("content", ["whole.keras", "whole.h5"])
def test_a_network_without_class_names_around_it_has_none(project, content):
    tree = project(net=content)
    projects.solid(tree.path / "test" / "colour" / "1.png")
    assert read_folder(tree.path).class_lists == ()


@pytest.mark.parametrize("one", ["model.json", "model.weights.h5"])
def test_whoever_names_one_of_two_files_has_named_both(project, one):
    tree = project(**{"model.json": "layers.json", "model.weights.h5": "new.weights.h5"})
    network = named_network(tree, tree.path / one, one)
    assert (network.path.name, network.weights.name) == ("model.json", "model.weights.h5")


def test_a_whole_network_that_was_named_is_taken_alone(project):
    tree = project(**{"net.h5": "whole.h5", "model.json": "layers.json", "w.h5": "new.weights.h5"})
    assert named_network(tree, tree.path / "net.h5", "net.h5").weights is None


# -------------------------------------------------------------------------- what lies there instead


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("net.onnx", b"\0cut", "net.onnx, a damaged ONNX model; export the network again"),
        ("best.pt", "torch.pt", "best.pt, a PyTorch model as a pickle, which runs code when it is"),
        ("best.bin", "torch.pt", "best.bin, a PyTorch model as a pickle, which runs code"),
        ("best.pth", pickle.dumps([1]), "best.pth, a PyTorch model, which only torch itself can"),
        ("best.pt (1)", b"PK\3\4 cut off", "best.pt (1), a PyTorch model, which only "),
        ("saved_model.pb.zip", b"PK", "saved_model.pb.zip, only a part of a SavedModel; open its "),
        ("cp/x.ckpt.index", b"\0", "cp/x.ckpt.index, a TensorFlow checkpoint, weights without"),
        ("graph.pb", b"\n", "graph.pb, a .pb file without a TensorFlow graph in it; "),
        ("model.weights.h5", "new.weights.h5", "model.weights.h5, weights without the network it"),
        ("model.h5", "old.h5", "model.h5, weights without the network itself; save the whole mode"),
        ("model.json", "layers.json", "model.json, a description of its layers without their wei"),
        ("net.pkl", pickle.dumps([1]), "net.pkl, a pickle, which runs code when it is opened; "),
        ("tfjs/model.json", json.dumps({"format": "layers-model", "modelTopology": {
            "class_name": "Functional"}, "weightsManifest": []}).encode(),
         "tfjs/model.json, a TensorFlow.js model; convert it with `tensorflowjs_converter "),
    ],
)  # fmt: skip
def test_what_there_is_instead_is_named_with_what_to_do(project, name, content, said):
    sentence = refusal(project(**{name: content}))
    assert sentence.startswith(f"There is no model ({openable_said()}) in project, only {said}")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_where_there_is_nothing_the_way_out_is_said(project):
    assert refusal(project(**{"notes.md": b"# x", "boxes.json": b'{"boxes": []}'})) == (
        f"There is no model ({openable_said()}) in project, "
        "only 1 .md file, which is not opened here; "
        "put one there or name it in project.toml."
    )


def test_a_pickle_is_named_only_where_nothing_else_is(project):
    tree = project(**{"classes.pkl": pickle.dumps([1]), "net.mlmodel": b"\n"})
    assert "only net.mlmodel" in refusal(tree)


# ------------------------------------------------------------------------- the best of several


class Other:
    """Opens another format, of which nothing but its first bytes is known."""

    endings = (".other", ".oth")

    def knows(self, seen):
        return seen.head.startswith(b"OTHER")

    def holds(self, _path, seen):
        return Holds.NETWORK if self.knows(seen) else None


@pytest.fixture
def other(monkeypatch):
    monkeypatch.setattr(loading, "READERS", (*loading.READERS, Other()))


def test_the_format_that_explains_best_comes_first_wherever_it_lies(project, other):
    where = {"a.other": b"OTHER", "model.other": b"OTHER", "deep/er/net.h5": "whole.h5"}
    assert named(project(**where)) == ["deep/er/net.h5", "model.other", "a.other"]


def test_of_one_format_real_numbers_come_before_rounded_ones(project, other):
    names = ("model_int8.other", "net_float16.other", "ei-quantized-model.oth", "sub/net.other")
    assert named(project(**dict.fromkeys(names, b"OTHER"))) == [
        "sub/net.other", "net_float16.other", "ei-quantized-model.oth", "model_int8.other",
    ]  # fmt: skip


def test_why_one_is_taken_is_said_where_the_format_decides(project, other):
    tree = project(**{"model.other": b"OTHER", "net.h5": "whole.h5"})
    (fact,) = take_network(tree, None, "").facts
    assert fact.why == (
        "the one that explains best (Keras' first, real numbers before rounded ones) of 2 models "
        "here; the other is model.other"
    )
    (choice,) = take_network(tree, None, "").alternatives
    assert list(choice.values) == ["net.h5", "model.other"]


def test_of_models_that_are_equally_good_the_first_is_taken(project):
    (fact,) = take_network(project(**{"b.h5": "whole.h5", "a.h5": "whole.h5"}), None, "").facts
    assert fact.why == "the first of 2 models here; the other is b.h5"
