"""What stands in an ONNX file, bounded and sorted: untrusted input of which no code runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.onnx_files.naming import paths_of
from gradcam.backends.graph.onnx_files.one_layer import whole_layers
from gradcam.backends.graph.onnx_files.step import OnnxStep
from gradcam.errors import NetworkError

MOST_BYTES = 2**31 - 1  # of a file; protobuf's own bound
MOST_NODES = 100_000
STANDARD = frozenset({"", "ai.onnx"})
LABELLING = frozenset({"ZipMap", "ArrayFeatureExtractor", "LabelEncoder", "ArgMax"})
CONTROL = frozenset({"If", "Loop", "Scan", "SequenceMap"})
EXPORT_WHOLE = "export it with `torch.onnx.export(..., external_data=False)`"


@dataclass(frozen=True)
class Port:
    """An input of a file.

    Attributes:
        name: of the value.
        shape: None for a side of any size.
    """

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxFile:
    """What an ONNX file holds.

    Attributes:
        picture: its only input.
        outputs: names of the values that it gives.
        steps: its operators, each behind those whose values it gets.
        constants: that stand in it, by name.
        class_names: that it names its outputs by.
        digest: of all bytes that were read.
    """

    picture: Port
    outputs: tuple[str, ...]
    steps: tuple[OnnxStep, ...]
    constants: Mapping[str, NDArray[Any]]
    class_names: tuple[str, ...]
    digest: str


def parse(path: Path, name: str, digest: str) -> OnnxFile:
    """Read a file; nothing else is opened but a file of weights beside it.

    Args:
        path: of the file.
        name: what people call it.
        digest: of the file.

    Raises:
        NetworkError: it is damaged, too large, or no network of one picture.
    """
    if path.stat().st_size > MOST_BYTES:
        raise NetworkError(f"{name} is larger than 2 GB, more than an ONNX file can be.")
    model = _model(path.read_bytes(), name)
    graph = model.graph
    if len(graph.node) > MOST_NODES:
        raise NetworkError(f"{name} has more than {MOST_NODES:,} operators.")
    _refuse_unknown(model, name)
    if graph.sparse_initializer:
        raise NetworkError(f"{name} holds sparse weights, which are not read here.")
    weights = WeightFiles(path, name, digest)
    constants = {each.name: weights.array(each) for each in graph.initializer}
    ports = [_port(each) for each in graph.input if each.name not in constants]
    if len(ports) != 1:
        raise NetworkError(
            f"{name} has {len(ports)} inputs; only networks that take one picture are explained."
        )
    nodes = list(_sorted(graph.node, {ports[0].name, "", *constants}, name))
    outputs, class_names = _ends(graph, nodes)
    opset = max((each.version for each in model.opset_import if each.domain in STANDARD), default=1)
    own = paths_of(nodes)
    straight = _at_logits(nodes, outputs)
    steps = []
    for node, called in zip(nodes, own, strict=True):
        if node.op_type in LABELLING or node.domain not in STANDARD:
            continue
        steps.append(
            OnnxStep(
                node.op_type,
                called,
                tuple(node.input),
                tuple(node.output),
                {each.name: _attribute(each, weights) for each in node.attribute},
                opset,
                id(node) in straight,
            )
        )
    return OnnxFile(
        ports[0],
        outputs,
        tuple(whole_layers(steps, constants, outputs)),
        constants,
        class_names,
        weights.digest,
    )


# Tags of the fields that may follow the version: who wrote it, when, the graph, the standard.
FIELDS = tuple(bytes([tag]) for tag in (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42))
PRODUCER = 0x12


def is_onnx(head: bytes) -> bool:
    """Whether a file begins as ONNX' messages do: field 1, the format's version, then another."""
    if len(head) < 4 or head[0] != 0x08 or not 0 < head[1] < 64:
        return False
    if head[2] == PRODUCER and head[3] < 128:  # a word; other formats have a message there
        word, follows = head[4 : 4 + head[3]], head[4 + head[3] : 5 + head[3]]
        return word.decode("latin-1").isprintable() and follows in FIELDS
    return head[2:3] in FIELDS and head[2] != PRODUCER


def _model(data: bytes, name: str) -> Any:  # noqa: ANN401 - onnx.ModelProto
    import onnx

    try:
        model = onnx.load_model_from_string(data)
        if model.functions:
            from onnx import inliner

            model = inliner.inline_local_functions(model)
    except Exception as error:  # whatever a damaged message raises
        raise NetworkError(f"{name} is damaged or cut off and was not opened.") from error
    if not model.graph.node:
        raise NetworkError(f"{name} holds no operators, so it is no network.")
    return model


def _refuse_unknown(model: Any, name: str) -> None:  # noqa: ANN401 - onnx.ModelProto
    for node in model.graph.node:
        if node.op_type in CONTROL:
            raise NetworkError(
                f"{name} decides while it runs which operators come next "
                f"({node.op_type} at {_whereabouts(node)}); export it without that."
            )
        if node.domain not in STANDARD and node.op_type not in LABELLING:
            own = f"{_plain(node.op_type)} of {_plain(node.domain)} ({_whereabouts(node)})"
            raise NetworkError(
                f"{name} needs {own}, which is not in ONNX' standard; "
                "export it with standard operators alone."
            )


def _whereabouts(node: Any) -> str:  # noqa: ANN401 - onnx.NodeProto
    return _plain(node.name or next(iter(node.output), "")) or "an operator without a name"


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:80]


class WeightFiles:
    """The arrays of a file, and of the one beside it where they lie there.

    Attributes:
        digest: of all bytes that were asked for.
    """

    def __init__(self, path: Path, name: str, digest: str) -> None:
        """Read nothing yet."""
        self._path, self._name = path, name
        self._beside: dict[str, bytes] = {}
        self.digest = digest

    def array(self, tensor: Any) -> NDArray[Any]:  # noqa: ANN401 - onnx.TensorProto
        """A tensor's numbers.

        Raises:
            NetworkError: they are not there, are not as many as it says, or are of no type that
                is read here.
        """
        import onnx
        from onnx import numpy_helper

        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            own = onnx.TensorProto()
            own.CopyFrom(tensor)
            own.raw_data = self._outside(tensor)
            own.data_location = onnx.TensorProto.DEFAULT
            del own.external_data[:]
            tensor = own
        try:
            array = np.asarray(numpy_helper.to_array(tensor))
        except Exception as error:  # whatever damaged numbers raise
            raise NetworkError(
                f"{self._name} is damaged: the numbers of {_plain(tensor.name)} do not fit their "
                "shape."
            ) from error
        if array.dtype.kind not in "fiub" and array.dtype.name not in {"bfloat16", "int4", "uint4"}:
            raise NetworkError(
                f"{self._name} holds numbers of type {array.dtype.name}, which are not read here."
            )
        return _usual(array)

    def _outside(self, tensor: Any) -> bytes:  # noqa: ANN401 - onnx.TensorProto
        given = {each.key: each.value for each in tensor.external_data}
        data = self._file(given.get("location", ""))
        try:
            start = int(given.get("offset", 0))
            length = int(given.get("length", len(data) - start))
        except ValueError:
            start = length = -1
        if start < 0 or length < 0 or start + length > len(data):
            raise NetworkError(
                f"{self._name} does not go with the file of weights beside it, which is shorter "
                f"than it says; put the right one there, or {EXPORT_WHOLE}."
            )
        return data[start : start + length]

    def _file(self, location: str) -> bytes:
        if location in self._beside:
            return self._beside[location]
        beside = self._path.parent / location
        if not location or Path(location).name != location or "\\" in location:
            raise NetworkError(
                f"{self._name} wants its weights from outside of its folder, which is not read; "
                f"{EXPORT_WHOLE}."
            )
        if beside.is_symlink() or not beside.is_file():
            raise NetworkError(
                f"The weights of {self._name} lie in a second file, {_plain(location)}, which is "
                f"not beside it; put both into one folder, or {EXPORT_WHOLE}."
            )
        if beside.stat().st_size > MOST_BYTES:
            raise NetworkError(f"{_plain(location)} is larger than 2 GB and was not read.")
        data = beside.read_bytes()
        self._beside[location] = data
        self.digest = hashlib.sha256(
            f"{self.digest} {hashlib.sha256(data).hexdigest()}".encode()
        ).hexdigest()
        return data


def _usual(array: NDArray[Any]) -> NDArray[Any]:
    """Numbers in a type that numpy itself has."""
    if array.dtype.name == "bfloat16" or array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype.name in {"int4", "uint4"}:
        return array.astype(np.int8 if array.dtype.name == "int4" else np.uint8)
    return array


def _attribute(attribute: Any, weights: WeightFiles) -> Any:  # noqa: ANN401 - onnx.AttributeProto
    import onnx

    own = onnx.helper.get_attribute_value(attribute)
    return weights.array(own) if isinstance(own, onnx.TensorProto) else own


def _port(given: Any) -> Port:  # noqa: ANN401 - onnx.ValueInfoProto
    sides = given.type.tensor_type.shape.dim
    return Port(given.name, tuple(side.dim_value if side.dim_value > 0 else None for side in sides))


def _sorted(nodes: Sequence[Any], known: set[str], name: str) -> Iterator[Any]:
    """Operators behind those whose values they get; some converters write them elsewhere.

    Raises:
        NetworkError: one gets what none gives.
    """
    waiting: dict[str, list[Any]] = {}
    lacking = {}
    ready = []
    for node in nodes:
        missing = {each for each in node.input if each not in known}
        lacking[id(node)] = len(missing)
        for each in missing:
            waiting.setdefault(each, []).append(node)
        if not missing:
            ready.append(node)
    order = {id(node): number for number, node in enumerate(nodes)}
    given = 0
    import heapq

    heap = [order[id(node)] for node in ready]
    heapq.heapify(heap)
    while heap:
        node = nodes[heapq.heappop(heap)]
        given += 1
        yield node
        for output in node.output:
            for later in waiting.pop(output, []):
                lacking[id(later)] -= 1
                if not lacking[id(later)]:
                    heapq.heappush(heap, order[id(later)])
    if given < len(nodes):
        raise NetworkError(f"{name} is damaged: some of its operators get what none gives.")


def _ends(graph: Any, nodes: Sequence[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401
    """What is given as numbers, and how the file names these: Custom Vision ends in labels."""
    made = {name: node for node in nodes for name in node.output}
    class_names: tuple[str, ...] = ()
    outputs = []
    for output in graph.output:
        node = made.get(output.name)
        if node is None or node.op_type not in LABELLING:
            outputs.append(output.name)
        elif node.op_type == "ZipMap":
            outputs.append(node.input[0])
            for attribute in node.attribute:
                if attribute.name == "classlabels_strings":
                    class_names = tuple(each.decode(errors="replace") for each in attribute.strings)
    return tuple(dict.fromkeys(outputs)), class_names


PASSING_ON = frozenset({
    "QuantizeLinear", "DequantizeLinear", "Softmax", "LogSoftmax", "Sigmoid", "Reshape", "Flatten",
    "Squeeze", "Identity", "Cast",
})  # fmt: skip


def _at_logits(nodes: Sequence[Any], outputs: Sequence[str]) -> set[int]:
    """The quantisations that nothing but the end of the network stands behind."""
    made = {name: node for node in nodes for name in node.output}
    last = set()
    for name in outputs:
        node = made.get(name)
        while node is not None and node.op_type in PASSING_ON:
            last.add(id(node))
            node = made.get(node.input[0]) if node.input else None
    return last
