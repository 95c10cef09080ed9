"""ONNX files, written by the format's own package."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

NEWEST = 24


def written(
    nodes,
    constants,
    shape,
    *,
    outputs=("output",),
    opset=NEWEST,
    input_type=TensorProto.FLOAT,
    ir_version=10,
):
    """A file's message: an input `picture` of a shape, operators, and arrays by name."""
    inputs = [helper.make_tensor_value_info("picture", input_type, shape)]
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    arrays = [numpy_helper.from_array(np.asarray(own), name) for name, own in constants.items()]
    graph = helper.make_graph(nodes, "network", inputs, given, arrays)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)


def saved(folder, model, name="network.onnx"):
    """A path with a message in it."""
    path = folder / name
    path.write_bytes(model.SerializeToString())
    return path


def small_network(weights):
    """The small network of all back ends as Keras' export writes it: channels first inside."""
    (first, first_bias), (last, last_bias), (dense, dense_bias) = (
        weights[path] for path in ("first", "last", "y_pred")
    )
    constants = {
        "a": first.transpose(3, 2, 0, 1),
        "b": first_bias,
        "c": last.transpose(3, 2, 0, 1),
        "d": last_bias,
        "e": dense,
        "f": dense_bias,
    }
    node = helper.make_node
    nodes = [
        node("Conv", ["picture", "a", "b"], ["/first/Conv_output_0"]),
        node("Relu", ["/first/Conv_output_0"], ["/first/Relu_output_0"]),
        node("MaxPool", ["/first/Relu_output_0"], ["/pool/MaxPool_output_0"],
             kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["/pool/MaxPool_output_0", "c", "d"], ["/last/Conv_output_0"]),
        node("Relu", ["/last/Conv_output_0"], ["/relu/Relu_output_0"]),
        node("Transpose", ["/relu/Relu_output_0"], ["turned"], perm=[0, 2, 3, 1]),
        node("Flatten", ["turned"], ["/flatten/Flatten_output_0"]),
        node("Gemm", ["/flatten/Flatten_output_0", "e", "f"], ["/y_pred/Gemm_output_0"]),
        node("Softmax", ["/y_pred/Gemm_output_0"], ["output"]),
    ]  # fmt: skip
    return nodes, constants


def peer(model, batch):
    """What onnxruntime gives for a batch."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"picture": batch})
