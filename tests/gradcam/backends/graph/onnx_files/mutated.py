"""Files that were changed: bytes flipped, lengths and indices changed, contents that contradict."""

import onnx
from google.protobuf.message import DecodeError

LARGE = (0, 1, -1, 2, 3, 7, 255, 4096, 65_537, 2**24, 2**31 - 1, 2**40, -(2**31))
KINDS = ("Conv", "Relu", "Gemm", "Reshape", "Transpose", "Concat", "Softmax", "MaxPool", "Split",
         "Expand", "Gather", "If", "Loop", "Nothing", "Resize", "Tile", "Constant")  # fmt: skip


def flipped(content, rng):
    """A few bits anywhere."""
    changed = bytearray(content)
    for place in rng.integers(0, len(changed), rng.integers(1, 9)):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def flipped_outside_weights(content, rng):
    """A few bits where names, shapes and attributes stand, behind the first operator."""
    changed = bytearray(content)
    for place in rng.integers(0, min(len(changed), 700), rng.integers(1, 5)):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def shortened(content, rng):
    """The end is missing."""
    return content[: int(rng.integers(8, len(content)))]


def contradicting(content, rng):
    """A file in good order that says something else in one place."""
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        return content
    for _ in range(int(rng.integers(1, 3))):
        _CHANGES[int(rng.integers(len(_CHANGES)))](model.graph, rng)
    return model.SerializeToString()


MUTATIONS = (flipped, flipped_outside_weights, shortened, contradicting, contradicting)


def _other_input(graph, rng):
    node = _one(graph.node, rng)
    names = [*(name for each in graph.node for name in each.output), *_constants(graph), "", "x"]
    if node.input:
        node.input[int(rng.integers(len(node.input)))] = _one(names, rng)


def _other_output(graph, rng):
    node = _one(graph.node, rng)
    node.output[0] = _one([name for each in graph.node for name in each.input] or ["x"], rng)


def _other_kind(graph, rng):
    _one(graph.node, rng).op_type = _one(KINDS, rng)


def _other_attribute(graph, rng):
    attributes = [each for node in graph.node for each in node.attribute]
    if not attributes:
        return
    own = _one(attributes, rng)
    if own.ints:
        own.ints[int(rng.integers(len(own.ints)))] = int(_one(LARGE, rng))
        if rng.random() < 0.3:
            own.ints.append(int(_one(LARGE, rng)))
    else:
        own.i = int(_one(LARGE, rng))
    if rng.random() < 0.2:
        own.type = int(rng.integers(0, 14))


def _other_shape(graph, rng):
    tensor = _one(graph.initializer, rng)
    if tensor.dims:
        tensor.dims[int(rng.integers(len(tensor.dims)))] = int(_one(LARGE, rng))
    if rng.random() < 0.3:
        tensor.dims.append(int(_one(LARGE, rng)))


def _other_rank(graph, rng):
    """As many numbers in another shape, which only the operators can refuse."""
    tensor = _one(graph.initializer, rng)
    sizes = list(tensor.dims)
    del tensor.dims[:]
    tensor.dims.extend(reversed(sizes) if rng.random() < 0.5 else [1, *sizes])


def _other_type(graph, rng):
    _one(graph.initializer, rng).data_type = int(rng.integers(0, 25))


def _other_place(graph, rng):
    tensor = _one(graph.initializer, rng)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", _one(("../x", "/etc/passwd", "x.data", ""), rng)


def _other_picture(graph, rng):
    sides = graph.input[0].type.tensor_type.shape.dim
    side = _one(sides, rng)
    side.dim_value = int(_one(LARGE, rng))
    if rng.random() < 0.3:
        del sides[-1]


def _other_end(graph, rng):
    graph.output[0].name = _one([name for each in graph.node for name in each.output], rng)


def _constants(graph):
    return [each.name for each in graph.initializer]


def _one(several, rng):
    return several[int(rng.integers(len(several)))]


_CHANGES = (
    _other_input, _other_input, _other_output, _other_kind, _other_kind, _other_attribute,
    _other_attribute, _other_shape, _other_rank, _other_type, _other_place, _other_picture,
    _other_end,
)  # fmt: skip
