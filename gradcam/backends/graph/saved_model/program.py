"""What stands in the files: a graph, its functions, where pictures go in and answers come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcam.backends.graph.saved_model.allowed import CALLING_OPERATORS, PLACEHOLDERS
from gradcam.errors import NetworkError

SERVING = ("serving_default", "serve", "default")  # signatures that are looked for, in this order
_INIT = "__saved_model_init_op"
_SINKS = frozenset({"Const", "NoOp", "Assert"}) | PLACEHOLDERS  # whose end is no answer


@dataclass(frozen=True)
class Program:
    """A graph of operators as TensorFlow writes it.

    Attributes:
        nodes: of the main graph, by name.
        functions: by name, what nodes call.
        inputs: name of the node that each input is, with its shape where that is told apart.
        outputs: name of each, and the tensor that it is.
        objects: of variables the number in the file's list of objects, by their node's name.
    """

    nodes: Mapping[str, Any]
    functions: Mapping[str, Any]
    inputs: Mapping[str, Any]
    outputs: tuple[tuple[str, str], ...]
    objects: Mapping[str, int] = field(default_factory=dict)


def saved_model_program(content: bytes, name: str) -> Program:
    """What `saved_model.pb` says.

    Raises:
        NetworkError: it is damaged, or says not which of several graphs or signatures is meant.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString(content)
    graphs = [graph for graph in saved.meta_graphs if "serve" in graph.meta_info_def.tags]
    graphs = graphs or list(saved.meta_graphs)
    if len(graphs) != 1:
        raise NetworkError(f"{name} holds {len(graphs)} graphs; save it with one, for serving.")
    (graph,) = graphs
    signature = _signature(dict(graph.signature_def), name)
    nodes = {node.name: node for node in graph.graph_def.node}
    order = sorted(signature.outputs.items(), key=lambda each: (each[1].name, each[0]))
    return Program(
        nodes,
        {each.signature.name: each for each in graph.graph_def.library.function},
        {info.name.split(":")[0]: info.tensor_shape for info in signature.inputs.values()},
        tuple((key, info.name) for key, info in order),
        _objects(nodes, graph.object_graph_def.concrete_functions),
    )


def frozen_program(content: bytes, name: str) -> Program:
    """What a frozen graph says: what nothing reads is an output.

    Raises:
        NetworkError: it is damaged, or nothing comes out of it.
    """
    from tensorflow.core.framework import graph_pb2

    graph = graph_pb2.GraphDef.FromString(content)
    nodes = {node.name: node for node in graph.node}
    read = {tensor.split(":")[0].lstrip("^") for node in graph.node for tensor in node.input}
    ends = [node for node in graph.node if node.name not in read and node.op not in _SINKS]
    if not ends:
        raise NetworkError(f"{name} is a graph without an output.")
    functions = {each.signature.name: each for each in graph.library.function}
    inputs = {node.name: None for node in graph.node if takes_picture(node)}
    return Program(nodes, functions, inputs, tuple((node.name, node.name) for node in ends))


def takes_picture(node: Any) -> bool:  # noqa: ANN401 - a NodeDef
    """Whether a node may be what a picture is given to: no single number, such as a switch."""
    if node.op not in PLACEHOLDERS or node.op == "PlaceholderWithDefault":
        return False
    shape = node.attr["shape"].shape
    return shape.unknown_rank or len(shape.dim) > 0 or "shape" not in node.attr


def _signature(signatures: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - a SignatureDef
    for key in SERVING:
        if key in signatures:
            return signatures[key]
    own = [key for key in signatures if key != _INIT]
    if len(own) == 1:
        return signatures[own[0]]
    ways = f"has none but {', '.join(sorted(own)[:5])}" if own else "has no signature"
    raise NetworkError(
        f"{name} {ways}, so that nobody can tell where a picture goes in; save it with one that "
        'is called "serving_default".'
    )


def _objects(nodes: Mapping[str, Any], functions: Mapping[str, Any]) -> dict[str, int]:
    """Numbers of the objects that functions are called with behind their own arguments."""
    objects: dict[str, int] = {}
    for node in nodes.values():
        called = node.attr["f"].func.name if node.op in CALLING_OPERATORS else ""
        if called in functions:
            bound = list(functions[called].bound_inputs)
            given = [tensor for tensor in node.input if not tensor.startswith("^")]
            captured = given[len(given) - len(bound) :]
            for tensor, number in zip(captured, bound, strict=True):
                objects[tensor.split(":")[0]] = number
    return objects
