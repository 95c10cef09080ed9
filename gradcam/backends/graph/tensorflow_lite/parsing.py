"""From the bytes of a TensorFlow Lite file to plain values.

The file is a FlatBuffer: offsets that lead from table to table, any of which may be wrong. What is
read is bounded before it is made, and indices are checked here, so that nobody behind has to.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.tensorflow_lite.file import (
    LiteFile,
    LiteOperator,
    LiteTensor,
    Quantisation,
    whereabouts,
)
from gradcam.errors import NetworkError

MAX_BYTES = 1_000_000_000
MAX_TENSORS = 20_000  # and operators; MobileNetV3 has 500
MAX_NUMBERS = 250_000_000  # that one picture becomes on its way, all operators together
MAX_RANK = 8
MAX_NAMES = 20_000_000  # characters, all names together

_DTYPES: dict[str, np.dtype[Any]] = {
    "FLOAT32": np.dtype(np.float32),
    "FLOAT16": np.dtype(np.float16),
    "FLOAT64": np.dtype(np.float64),
    "INT8": np.dtype(np.int8),
    "UINT8": np.dtype(np.uint8),
    "INT16": np.dtype(np.int16),
    "UINT16": np.dtype(np.uint16),
    "INT32": np.dtype(np.int32),
    "UINT32": np.dtype(np.uint32),
    "INT64": np.dtype(np.int64),
    "BOOL": np.dtype(np.bool_),
}
# Nothing can be made of them, so whoever uses such a tensor is refused.
_UNKNOWN: np.dtype[Any] = np.dtype(np.void)


def read_lite_file(data: bytes, name: str) -> LiteFile:
    """Read a file.

    Args:
        data: all of it.
        name: what people call it.

    Raises:
        NetworkError: it is damaged, too large, or of a kind that is not read: several graphs,
            sparse weights, numbers of a type that is not known.
    """
    from tensorflow.lite.python import schema_py_generated as schema

    if len(data) > MAX_BYTES:
        raise NetworkError(f"{name} is larger than {MAX_BYTES // 10**9} GB and was not opened.")
    try:
        return _FileReader(data, name, schema).read()
    except NetworkError:  # a ValueError too
        raise
    except _BROKEN as error:
        raise damaged(name) from error


# What the schema's readers raise on offsets and lengths that lead nowhere.
_BROKEN = (
    struct.error, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
    MemoryError, RecursionError, UnicodeError,
)  # fmt: skip


def damaged(name: str) -> NetworkError:
    """The sentence for a file that contradicts itself."""
    return NetworkError(
        f"{name} is damaged: it begins as a TensorFlow Lite file but cannot be read."
    )


class _FileReader:
    """Walks one file by the schema's accessors, which copy nothing that is not asked for."""

    def __init__(self, data: bytes, name: str, schema: Any) -> None:  # noqa: ANN401 - a module
        self._data, self._name, self._schema = data, name, schema
        self._model = schema.Model.GetRootAs(data, 0)
        self._types = _names(schema.TensorType)
        self._codes = _names(schema.BuiltinOperator)

    def read(self) -> LiteFile:
        graphs = self._model.SubgraphsLength()
        if graphs == 0:
            raise damaged(self._name)
        if graphs != 1:
            raise NetworkError(
                f"{self._name} holds {graphs} graphs that call each other; only a network of one "
                "graph can be explained."
            )
        graph = self._model.Subgraphs(0)
        if max(graph.TensorsLength(), graph.OperatorsLength()) > MAX_TENSORS:
            raise NetworkError(f"{self._name} has more than {MAX_TENSORS:,} operators or tensors.")
        tensors = self._tensors(graph)
        operators = tuple(self._operators(graph, tensors))
        inputs, outputs = (
            tuple(tensors[_checked(int(graph_index), len(tensors))] for graph_index in indices)
            for indices in (_vector(graph.InputsAsNumpy()), _vector(graph.OutputsAsNumpy()))
        )
        self._check_order(operators, inputs, outputs)
        names = self._output_names()
        return LiteFile(
            operators,
            inputs,
            outputs,
            tuple(names.get(output.number, "") for output in outputs),
        )

    def _tensors(self, graph: Any) -> list[LiteTensor]:  # noqa: ANN401 - the schema's
        tensors, numbers, letters = [], 0, 0
        for number in range(graph.TensorsLength()):
            tensor = self._tensor(graph.Tensors(number), number)
            tensors.append(tensor)
            numbers += math.prod(tensor.shape) if tensor.data is None else 0
            letters += len(tensor.name)
            if numbers > MAX_NUMBERS or letters > MAX_NAMES:
                raise NetworkError(f"{self._name} makes too many numbers of one picture to be run.")
        return tensors

    def _tensor(self, own: Any, number: int) -> LiteTensor:  # noqa: ANN401 - the schema's
        name = (own.Name() or b"").decode(errors="replace")
        shape = tuple(int(side) for side in _vector(own.ShapeAsNumpy()))
        if len(shape) > MAX_RANK or any(side < 0 for side in shape):
            raise ValueError(shape)
        kind = self._types.get(own.Type(), f"number {own.Type()}")
        if own.Sparsity() is not None:
            raise NetworkError(
                f"{self._name} holds sparse weights ({whereabouts(name)}); convert the network "
                "without them to have it explained."
            )
        data = self._buffer(own.Buffer())
        if kind not in _DTYPES and len(data):
            raise NetworkError(
                f"{self._name} holds numbers of type {kind} ({whereabouts(name)}), which are not "
                "read here."
            )
        dtype = _DTYPES.get(kind, _UNKNOWN)
        array = None
        if len(data):
            array = np.frombuffer(data, dtype).reshape(shape)
        return LiteTensor(
            number, name, shape, dtype, array, self._quantisation(own.Quantization(), shape),
            frozenset(np.flatnonzero(_vector(own.ShapeSignatureAsNumpy()) < 0).tolist()),
            own.IsVariable(),
        )  # fmt: skip

    def _buffer(self, number: int) -> memoryview | NDArray[np.uint8]:
        buffer = self._model.Buffers(_checked(number, self._model.BuffersLength()))
        if buffer.Offset() > 1:  # files over 2 GB keep their weights behind the FlatBuffer
            start, size = buffer.Offset(), buffer.Size()
            if start + size > len(self._data):
                raise ValueError(start)
            return memoryview(self._data)[start : start + size]
        own: NDArray[np.uint8] = _vector(buffer.DataAsNumpy(), np.uint8)
        return own

    def _quantisation(self, own: Any, shape: tuple[int, ...]) -> Quantisation | None:  # noqa: ANN401
        scales = np.zeros(0) if own is None else _vector(own.ScaleAsNumpy(), np.float32)
        if not len(scales):
            return None
        zero_points = _vector(own.ZeroPointAsNumpy(), np.int64)
        if not len(zero_points):
            zero_points = np.zeros(len(scales), np.int64)
        if len(zero_points) != len(scales) and len(zero_points) == 1:
            zero_points = np.repeat(zero_points, len(scales))
        # Old files for microcontrollers give a row of numbers an axis that it does not have.
        axis = 0 if len(shape) < 2 else int(own.QuantizedDimension())
        several = len(scales) > 1
        if len(zero_points) != len(scales) or not np.all(np.isfinite(scales) & (scales > 0)):
            raise ValueError(scales)
        if several and (not 0 <= axis < len(shape) or shape[axis] != len(scales)):
            raise ValueError(axis)
        return Quantisation(scales.astype(np.float32), zero_points.astype(np.int64), axis)

    def _operators(self, graph: Any, tensors: list[LiteTensor]) -> Iterator[LiteOperator]:  # noqa: ANN401
        for number in range(graph.OperatorsLength()):
            own = graph.Operators(number)
            code = self._model.OperatorCodes(
                _checked(own.OpcodeIndex(), self._model.OperatorCodesLength())
            )
            builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
            indices = [int(index) for index in _vector(own.InputsAsNumpy())]
            options = own.BuiltinOptions()
            yield LiteOperator(
                number,
                self._codes.get(builtin, f"operator number {builtin}"),
                tuple(
                    None if index == -1 else tensors[_checked(index, len(tensors))]
                    for index in indices
                ),
                tuple(
                    tensors[_checked(int(index), len(tensors))]
                    for index in _vector(own.OutputsAsNumpy())
                ),
                self._schema.BuiltinOptionsCreator(own.BuiltinOptionsType(), options)
                if options is not None
                else None,
                (code.CustomCode() or b"").decode(errors="replace"),
            )

    def _check_order(
        self,
        operators: tuple[LiteOperator, ...],
        inputs: tuple[LiteTensor, ...],
        outputs: tuple[LiteTensor, ...],
    ) -> None:
        """Nothing is used before it is made, nor made twice; no constant is made."""
        made = {tensor.number for tensor in inputs}
        for operator in operators:
            for tensor in operator.inputs:
                if tensor is None or tensor.data is not None or tensor.is_state:
                    continue
                if tensor.number not in made:
                    raise ValueError(operator)
            for tensor in operator.outputs:
                if tensor.number in made or tensor.data is not None:
                    raise ValueError(operator)
                made.add(tensor.number)
        if any(tensor.number not in made for tensor in outputs):
            raise ValueError(outputs)

    def _output_names(self) -> dict[int, str]:
        if self._model.SignatureDefsLength() != 1:
            return {}
        signature = self._model.SignatureDefs(0)
        if signature.OutputsLength() > MAX_TENSORS:
            raise ValueError(signature)
        every = (signature.Outputs(number) for number in range(signature.OutputsLength()))
        return {each.TensorIndex(): (each.Name() or b"").decode(errors="replace") for each in every}


def _names(enumeration: type) -> dict[int, str]:
    return {number: name for name, number in vars(enumeration).items() if isinstance(number, int)}


def _vector(own: Any, dtype: type = np.int64) -> NDArray[Any]:  # noqa: ANN401 - an array, or 0
    """A vector of the file; the schema gives 0 for one that is not there."""
    return np.zeros(0, dtype) if isinstance(own, int) else own


def _checked(index: int, count: int) -> int:
    if not 0 <= index < count:
        raise IndexError(index)
    return index
