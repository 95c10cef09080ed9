"""Networks as TensorFlow writes them to folders and files; each test has its own."""

import numpy as np
import tensorflow as tf

from tests.gradcam.backends.numpy_network import COLOURS, HEIGHT, WIDTH


class Written(tf.Module):
    """A module whose function is what a test asks for."""

    def __init__(self, function, *arrays):
        super().__init__()
        self.held = [tf.Variable(each) for each in arrays]
        self.function = function

    @tf.function(autograph=False)
    def __call__(self, picture):
        return self.function(picture, *self.held)


def written_module(folder, function, *arrays, shape=(None, 8, 8, 3), dtype=tf.float32):
    """A SavedModel of a function of the picture and of variables."""
    module = Written(function, *arrays)
    signature = module.__call__.get_concrete_function(tf.TensorSpec(shape, dtype, name="picture"))
    tf.saved_model.save(module, str(folder), signatures=signature)
    return folder


def session_answers(folder, batch):
    """What a session of TensorFlow 1 gives, which loads all that `tf.saved_model.load` cannot."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        loaded = v1.saved_model.load(session, ["serve"], str(folder))
        signature = loaded.signature_def["serving_default"]
        (given,) = (each.name for each in signature.inputs.values())
        made = [each.name for each in sorted(signature.outputs.values(), key=lambda x: x.name)]
        return session.run(made, {given: batch})


def frozen(folder, path):
    """The graph of a SavedModel with its weights in it, as one file."""
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    loaded = tf.saved_model.load(str(folder))
    function = convert_variables_to_constants_v2(loaded.signatures["serving_default"])
    path.write_bytes(function.graph.as_graph_def().SerializeToString())
    return path


def small(folder, weights):
    """The network that the conformance suite knows, by its layers' names."""
    arrays = [each for name in ("first", "last", "y_pred") for each in weights[name]]

    def run(picture, kernel, bias, kernel_2, bias_2, kernel_3, bias_3):
        with tf.name_scope("first"):
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(picture, kernel, 1, "VALID"), bias))
        x = tf.nn.max_pool2d(x, 2, 2, "VALID", name="pool")
        with tf.name_scope("last"):
            x = tf.nn.bias_add(tf.nn.conv2d(x, kernel_2, 1, "VALID"), bias_2)
        x = tf.nn.relu(x, name="relu")
        x = tf.reshape(x, (-1, kernel_3.shape[0]), name="flatten")
        with tf.name_scope("y_pred"):
            x = tf.nn.bias_add(x @ kernel_3, bias_3)
        return tf.nn.softmax(x, name="softmax")

    return written_module(folder, run, *arrays, shape=(None, HEIGHT, WIDTH, COLOURS))


def noise(shape=(5, 8, 8, 3), seed=3):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
