"""TensorFlow Lite files of a few operators that a test writes, and what LiteRT answers to one."""

from dataclasses import dataclass

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

_TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "float16": schema.TensorType.FLOAT16,
    "int32": schema.TensorType.INT32,
    "int64": schema.TensorType.INT64,
    "int8": schema.TensorType.INT8,
    "uint8": schema.TensorType.UINT8,
}


@dataclass(frozen=True)
class Tensor:
    """A tensor to be written.

    Attributes:
        shape: of it.
        type: of its numbers, in numpy's words.
        scale, zero: of its levels; several scales are one a channel, on `axis`.
        data: of a constant.
        name: of it.
    """

    shape: tuple
    type: str = "int8"
    scale: object = None
    zero: int = 0
    axis: int = 0
    data: np.ndarray | None = None
    name: str = ""


@dataclass(frozen=True)
class Operator:
    """An operator: its name, the numbers of its tensors, its options by their names."""

    name: str
    inputs: tuple
    outputs: tuple
    options: object = None


def constant(data, scale=None, zero=0, axis=0, name=""):
    data = np.asarray(data)
    return Tensor(data.shape, data.dtype.name, scale, zero, axis, data, name)


def options(kind, **values):
    """Options such as `Conv2DOptions`; what is not given is the schema's default."""
    made = getattr(schema, f"{kind}T")()
    for name, value in values.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return kind, made


def written(tensors, operators, inputs, outputs):
    """The bytes of a file."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.subgraphs, model.description = 3, [graph], "of a test"
    model.buffers, model.operatorCodes = [schema.BufferT()], []
    graph.name, graph.inputs, graph.outputs = "main", list(inputs), list(outputs)
    graph.tensors = [_tensor(model, number, each) for number, each in enumerate(tensors)]
    graph.operators = [_operator(model, each) for each in operators]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _tensor(model, number, tensor):
    made = schema.TensorT()
    made.shape, made.type = list(tensor.shape), _TYPES[tensor.type]
    made.name, made.buffer = tensor.name or f"tensor_{number}", 0
    if tensor.scale is not None:
        scales = np.atleast_1d(np.asarray(tensor.scale, np.float32))
        own = schema.QuantizationParametersT()
        own.scale, own.zeroPoint = scales, np.full(len(scales), tensor.zero, np.int64)
        own.quantizedDimension = tensor.axis
        made.quantization = own
    if tensor.data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(tensor.data).tobytes(), np.uint8)
        model.buffers.append(buffer)
        made.buffer = len(model.buffers) - 1
    return made


def _operator(model, operator):
    code, made = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = getattr(schema.BuiltinOperator, operator.name)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    model.operatorCodes.append(code)
    made.opcodeIndex = len(model.operatorCodes) - 1
    made.inputs, made.outputs = list(operator.inputs), list(operator.outputs)
    if operator.options is not None:
        kind, made.builtinOptions = operator.options
        made.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
    return made


def cut(content, tensor):
    """The same file with another tensor as its output: the operators before it, and no others."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    (graph,) = model.subgraphs
    graph.outputs = [tensor]
    wanted, kept = {tensor}, []
    for operator in reversed(graph.operators):
        if wanted & set(operator.outputs):
            kept.insert(0, operator)
            wanted |= set(operator.inputs)
    graph.operators, model.signatureDefs = kept, None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def answers(content, *pictures, reference=False):
    """What LiteRT gives for each row of its inputs, as the file's own numbers (N, …).

    Args:
        content: of the file.
        pictures: of each input (N, …), in the file's own numbers.
        reference: by the reference kernels; else by its default ones, XNNPACK's.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kinds = OpResolverType
    kernels = kinds.BUILTIN_REF if reference else kinds.AUTO
    interpreter = Interpreter(
        model_content=content, num_threads=1, experimental_op_resolver_type=kernels
    )
    interpreter.allocate_tensors()
    inputs, (output, *_) = interpreter.get_input_details(), interpreter.get_output_details()
    given = []
    for row in zip(*pictures, strict=True):
        for each, numbers in zip(inputs, row, strict=True):
            interpreter.set_tensor(each["index"], numbers.reshape(each["shape"]))
        interpreter.invoke()
        given.append(interpreter.get_tensor(output["index"])[0])
    return np.stack(given)
