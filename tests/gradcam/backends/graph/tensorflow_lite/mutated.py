"""Files that were changed: bytes flipped, lengths and indices changed, contents that contradict."""

import struct

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

LARGE = (0, 1, -1, 2, 3, 7, 255, 4096, 65_537, 2**24, 2**30, 2**31 - 1, -(2**31))


def flipped(content, rng):
    """A few bits anywhere."""
    changed = bytearray(content)
    for place in rng.integers(0, len(changed), rng.integers(1, 9)):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def shortened(content, rng):
    """The end is missing."""
    return content[: int(rng.integers(8, len(content)))]


def other_words(content, rng):
    """Offsets, lengths and indices among the tables, which come first, are others."""
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(2, len(changed) // 4)) * 4
        changed[place : place + 4] = int(rng.choice(LARGE)).to_bytes(4, "little", signed=True)
    return bytes(changed)


def contradicting(content, rng):
    """A file in good order that says something else in one place."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    (graph,) = model.subgraphs
    for _ in range(int(rng.integers(1, 3))):
        _CHANGES[int(rng.integers(len(_CHANGES)))](model, graph, rng)
    builder = flatbuffers.Builder(len(content))
    try:
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    except (ValueError, TypeError, OverflowError, struct.error):  # what nobody can write
        return flipped(content, rng)
    return bytes(builder.Output())


MUTATIONS = (flipped, shortened, other_words, contradicting, contradicting)


def _other_index(model, graph, rng):
    operator = _one(graph.operators, rng)
    numbers = np.array(operator.inputs if rng.random() < 0.7 else operator.outputs)
    if len(numbers):
        numbers[rng.integers(len(numbers))] = rng.integers(-2, len(graph.tensors) + 2)
    if rng.random() < 0.7:
        operator.inputs = numbers
    else:
        operator.outputs = numbers


def _other_shape(model, graph, rng):
    tensor = _one(graph.tensors, rng)
    shape = list(tensor.shape)
    if shape and rng.random() < 0.8:
        shape[rng.integers(len(shape))] = int(rng.choice(LARGE))
    else:
        shape = shape[1:] if rng.random() < 0.5 else [*shape, 2]
    tensor.shape = shape


def _other_type(model, graph, rng):
    _one(graph.tensors, rng).type = int(rng.integers(0, 20))


def _other_buffer(model, graph, rng):
    _one(graph.tensors, rng).buffer = int(rng.integers(0, len(model.buffers) + 1))


def _other_code(model, graph, rng):
    code = _one(model.operatorCodes, rng)
    code.builtinCode = int(rng.integers(0, 160))
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)


def _other_option(model, graph, rng):
    options = _one(graph.operators, rng).builtinOptions
    names = [name for name, value in vars(options or object).items() if isinstance(value, int)]
    if options is not None and names:
        setattr(options, _one(names, rng), int(rng.choice(LARGE[:8])))


def _other_scale(model, graph, rng):
    own = _one(graph.tensors, rng).quantization
    if own is not None and own.scale is not None:
        own.scale = np.array(
            rng.choice([[0.0], [np.nan], [1e30], [1e-30], [-1.0], [1.0, 2.0]][0:5])
        )
        own.quantizedDimension = int(rng.integers(-1, 5))


def _other_constant(model, graph, rng):
    buffer = _one(model.buffers, rng)
    if buffer.data is not None and len(buffer.data):
        data = np.array(buffer.data, np.uint8)
        data[rng.integers(len(data))] = rng.integers(256)
        buffer.data = data if rng.random() < 0.7 else data[: rng.integers(len(data))]


def _other_ends(model, graph, rng):
    graph.outputs = [int(rng.integers(-1, len(graph.tensors) + 1))]
    if rng.random() < 0.3:
        graph.inputs = [int(rng.integers(0, len(graph.tensors)))]


def _one(several, rng):
    return several[int(rng.integers(len(several)))]


_CHANGES = (
    _other_index, _other_index, _other_shape, _other_shape, _other_type, _other_buffer, _other_code,
    _other_option, _other_option, _other_scale, _other_constant, _other_ends,
)  # fmt: skip
