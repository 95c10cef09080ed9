"""A SavedModel is untrusted: what does more than compute is refused by name, with nothing run."""

import ctypes
import os
import shutil
import struct

import pytest
import tensorflow as tf
from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

import gradcam
from gradcam import NetworkError
from tests.gradcam.backends.back_ends import drawn_weights
from tests.gradcam.backends.graph.saved_model.written import noise, small, written_module

KERNEL = noise((3, 3, 3, 4))


def refusal(path):
    with pytest.raises(NetworkError) as caught:
        gradcam.load_network(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def scores(x):
    return tf.nn.softmax(tf.reduce_mean(x, (1, 2)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small(tmp_path_factory.mktemp("small") / "small", drawn_weights())


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def changed(folder, change):
    """A SavedModel after something was done to its graph."""
    path = folder / "saved_model.pb"
    saved = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    change(saved.meta_graphs[0])
    path.write_bytes(saved.SerializeToString())
    return folder


def bodies_of(meta):
    """The functions that hold the network: TensorFlow traces it more than once."""
    every = meta.graph_def.library.function
    return [each for each in every if any(node.op == "Conv2D" for node in each.node_def)]


# ------------------------------------------------------------------ what would reach out of it


class Watched:
    """Counts who opens a file, reads it or writes to it."""

    def __init__(self, path):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._libc.inotify_add_watch(self._handle, os.fsencode(path), 0xFFF) > 0

    def events(self):
        try:
            return len(os.read(self._handle, 1 << 16)) // struct.calcsize("iIII")
        except BlockingIOError:
            return 0


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "canary.txt"
    path.write_text("1.0")
    return path


def test_the_canary_would_sing(canary):
    watched = Watched(canary)
    canary.read_text()
    assert watched.events() > 0


def test_a_graph_that_reads_files_is_refused_with_nothing_read(tmp_path, canary):
    def run(picture, kernel):
        held = tf.strings.to_number(tf.io.read_file(str(canary)))
        return scores(tf.nn.conv2d(picture, kernel, 1, "SAME") * held)

    folder = written_module(tmp_path / "reads", run, KERNEL)
    watched = Watched(canary)
    sentence = refusal(folder)
    assert watched.events() == 0
    assert sentence.startswith("reads holds the operator StringToNumber (StringToNumber), which is")


def test_a_graph_that_reads_a_file_of_numbers_is_refused_by_name(tmp_path, canary):
    def run(picture):
        held = tf.io.decode_raw(tf.io.read_file(str(canary)), tf.float32)
        return scores(picture * held[0])

    folder = written_module(tmp_path / "reads", run)
    watched = Watched(canary)
    assert "holds the operator DecodeRaw (DecodeRaw), which is not run here" in refusal(folder)
    assert watched.events() == 0


def test_a_graph_that_writes_files_opens_without_writing(tmp_path):
    """It stands beside what the answers depend on, so that nobody runs it."""
    place = tmp_path / "written.txt"

    def run(picture, kernel):
        with tf.control_dependencies([tf.io.write_file(str(place), "x")]):
            return tf.identity(scores(tf.nn.conv2d(picture, kernel, 1, "SAME")))

    network = gradcam.load_network(written_module(tmp_path / "writes", run, KERNEL))
    network.predict(noise())
    assert not place.exists()


def python_code(picture):
    def code(x):
        raise AssertionError

    return scores(tf.ensure_shape(tf.py_function(code, [picture], tf.float32), picture.shape))


def loop(picture):
    return scores(tf.while_loop(lambda x: tf.reduce_sum(x) < 0, lambda x: [x + 1], [picture])[0])


def branch(picture):
    return scores(tf.cond(tf.reduce_sum(picture) > 0, lambda: picture, lambda: -picture))


def chance(picture):
    return scores(picture + tf.random.uniform((8, 8, 3)))


def words(picture):
    return scores(picture * tf.strings.to_number(tf.strings.as_string(picture)))


@pytest.mark.parametrize(
    ("run", "named"),
    [
        (python_code, "EagerPyFunc"),
        (loop, "StatelessWhile"),
        (branch, "StatelessIf"),
        (chance, "RandomUniform"),
        (words, "StringToNumber"),
    ],
)
def test_operators_that_do_more_than_compute_are_refused_by_name(tmp_path, run, named):
    sentence = refusal(written_module(tmp_path / "other", run))
    assert f"other holds the operator {named} (" in sentence


def test_pictures_as_files_inside_a_network_are_refused_by_name(tmp_path):
    def run(content, kernel):
        picture = tf.image.decode_jpeg(content, channels=3)[None]
        picture = tf.image.resize(tf.cast(picture, tf.float32), (8, 8))
        return scores(tf.nn.conv2d(picture, kernel, 1, "SAME"))

    folder = written_module(tmp_path / "jpeg", run, KERNEL, shape=(), dtype=tf.string)
    assert "holds the operator DecodeJpeg (" in refusal(folder)


def test_a_table_of_names_is_refused_by_name(tmp_path):
    class Named(tf.Module):
        def __init__(self):
            super().__init__()
            values = tf.lookup.KeyValueTensorInitializer(tf.range(3), tf.range(3.0))
            self.table = tf.lookup.StaticHashTable(values, 0.0)

        @tf.function
        def __call__(self, picture):
            index = tf.argmax(scores(picture), axis=1, output_type=tf.int32)
            return self.table.lookup(index)

    module = Named()
    signature = module.__call__.get_concrete_function(tf.TensorSpec((None, 8, 8, 3)))
    tf.saved_model.save(module, str(tmp_path / "table"), signatures=signature)
    assert "holds the operator LookupTableFindV2 (" in refusal(tmp_path / "table")


# ------------------------------------------------------------------ graphs that lead nowhere


def test_a_function_that_calls_itself_is_refused(copy):
    def change(meta):
        for body in bodies_of(meta):
            (key,) = body.ret
            node = body.node_def.add(name="again", op="PartitionedCall")
            node.input.extend(each.name for each in body.signature.input_arg)
            node.attr["f"].func.name = body.signature.name
            body.ret[key] = "again:output:0"

    sentence = refusal(changed(copy, change))
    assert "calls itself, or calls go deeper than 50; it was not opened." in sentence


def test_a_graph_that_goes_round_is_refused(copy):
    def change(meta):
        for body in bodies_of(meta):
            nodes = {node.name: node for node in body.node_def}
            nodes["pool"].input[0] = "relu:activations:0"

    assert refusal(changed(copy, change)) == "The graph in copy goes round in a circle."


def test_constants_that_would_fill_memory_are_refused(copy):
    def change(meta):
        for node in (each for body in bodies_of(meta) for each in body.node_def):
            if node.name == "flatten/shape":
                node.attr["value"].tensor.tensor_shape.dim[0].size = 2**40

    assert refusal(changed(copy, change)) == "copy holds more numbers than can be kept."


def test_maps_that_would_fill_memory_are_refused(tmp_path):
    folder = written_module(
        tmp_path / "large", lambda picture: scores(tf.tile(picture, (1, 2**13, 2**12, 1)))
    )
    assert refusal(folder) == "large makes more numbers of a picture than can be held."


def test_filled_constants_are_looked_at_before_they_are_made(tmp_path):
    def run(picture, side):
        return scores(
            picture * tf.reduce_mean(tf.fill(tf.cast(tf.stack([side, side]), "int32"), 1.0))
        )

    folder = written_module(tmp_path / "filled", run, noise(()) * 0 + 1e6)
    assert refusal(folder) == "filled holds more numbers than can be kept."


# ------------------------------------------------------------------ what goes in and comes out


def test_several_pictures_are_refused(tmp_path):
    class Two(tf.Module):
        @tf.function
        def __call__(self, left, right):
            return scores(left - right)

    module, spec = Two(), tf.TensorSpec((None, 8, 8, 3))
    signature = module.__call__.get_concrete_function(spec, spec)
    tf.saved_model.save(module, str(tmp_path / "two"), signatures=signature)
    assert refusal(tmp_path / "two").startswith("two has several inputs; only networks that take")


def test_what_is_no_picture_is_refused(tmp_path):
    folder = written_module(tmp_path / "row", tf.nn.softmax, shape=(None, 9))
    assert "not a picture (height × width × channels)" in refusal(folder)


def test_without_a_signature_nobody_can_tell_what_to_run(tmp_path):
    tf.saved_model.save(tf.Module(), str(tmp_path / "bare"))
    assert refusal(tmp_path / "bare").startswith("bare has no signature, so that nobody can tell")


# ------------------------------------------------------------------ files


def test_weights_that_lie_elsewhere_are_refused(copy, tmp_path):
    data = copy / "variables" / "variables.data-00000-of-00001"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    sentence = refusal(copy)
    assert sentence.startswith("variables.data-00000-of-00001 in copy leads to another place")


def test_a_folder_of_weights_that_is_a_link_is_refused(copy, tmp_path):
    (copy / "variables").rename(tmp_path / "elsewhere")
    (copy / "variables").symlink_to(tmp_path / "elsewhere")
    assert "in copy leads to another place" in refusal(copy)


def test_missing_weights_are_named(copy):
    shutil.rmtree(copy / "variables")
    assert refusal(copy).startswith("The weights of copy do not stand in it; ")


def test_half_the_weights_are_not_enough(copy):
    data = copy / "variables" / "variables.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:100])
    assert refusal(copy) == "copy is damaged: its weights are not all there."


def test_the_graph_alone_is_half_a_network(copy):
    sentence = refusal(copy / "saved_model.pb")
    assert sentence.startswith("saved_model.pb is a SavedModel without its weights; open the whole")


def test_a_frozen_graph_without_an_answer_is_refused(tmp_path):
    graph = graph_pb2.GraphDef()
    graph.node.add(name="picture", op="Placeholder")
    (tmp_path / "a.pb").write_bytes(graph.SerializeToString())
    assert refusal(tmp_path / "a.pb") == "a.pb is a graph without an output."


def test_training_mode_is_refused(tmp_path):
    def run(picture, kernel, ones):
        made = tf.nn.conv2d(picture, kernel, 1, "SAME")
        return scores(tf.compat.v1.nn.fused_batch_norm(made, ones, ones, is_training=True)[0])

    folder = written_module(tmp_path / "training", run, KERNEL, noise((4,)))
    assert "normalises as in training; save the network for prediction." in refusal(folder)
