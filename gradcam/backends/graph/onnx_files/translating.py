"""From the operators of an ONNX file to a graph."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcam.backends.graph.builder import GraphBuilder, Operand
from gradcam.backends.graph.channels_last import (
    Held,
    ShapeError,
    as_filed,
    batch_beside,
    channels_last_order,
    classes_last,
)
from gradcam.backends.graph.graph import Graph, Output
from gradcam.backends.graph.onnx_files.folding import folded
from gradcam.backends.graph.onnx_files.parsing import OnnxFile
from gradcam.backends.graph.onnx_files.rules import ONNX_RULES
from gradcam.backends.graph.onnx_files.step import OnnxReading, OnnxStep, UnsupportedError
from gradcam.errors import NetworkError
from gradcam.layout import Shape
from gradcam.network import FREE_SIZE

COLOURS = frozenset({1, 3})


@dataclass(frozen=True)
class Translation:
    """A graph, and where the values of the file are in it.

    Attributes:
        graph: that was made.
        values: by their name in the file.
    """

    graph: Graph
    values: Mapping[str, Operand]


def translate(file: OnnxFile, name: str) -> Translation:
    """Take all operators of a file into a graph.

    Args:
        file: that was read.
        name: what people call it.

    Raises:
        NetworkError: it takes no picture, or holds an operator that is not read here.
    """
    reading, shape = _begun(file, name)
    values: dict[str, Operand] = {**file.constants, file.picture.name: reading.builder.source}
    for step in file.steps:
        try:
            _take(reading, step, values)
        except UnsupportedError as error:
            raise NetworkError(f"{name}: {step.kind} ({step.path}) {error}.") from error
        except NetworkError:
            raise
        except Exception as error:  # a contradictory file makes anything fail anywhere
            raise NetworkError(
                f"{name} contradicts itself at {step.kind} ({step.path}) and was not opened."
            ) from error
    return Translation(_ended(reading, file, values, shape, name), values)


def _take(reading: OnnxReading, step: OnnxStep, values: dict[str, Operand]) -> None:
    given = [values[name] if name else None for name in step.inputs]
    constants = [each for each in given if not isinstance(each, Held)]
    if len(constants) == len(given):
        values.update(zip(step.outputs, folded(step, constants), strict=False))
    else:
        rule = ONNX_RULES.get(step.kind)
        if rule is None:
            raise UnsupportedError("is not read here")
        values.update(zip(step.outputs, rule(reading, step, given), strict=False))


def _begun(file: OnnxFile, name: str) -> tuple[OnnxReading, Shape]:
    shape = file.picture.shape
    if len(shape) not in {3, 4}:
        raise NetworkError(
            f"{name} takes an input of {len(shape)} axes, not pictures (pictures × channels × "
            "height × width)."
        )
    sizes = [size for each in file.constants.values() for size in each.shape]
    sizes += [size for size in shape if size]
    try:
        batch = batch_beside(sizes)
    except ShapeError as error:
        raise NetworkError(f"{name} was not opened: {error}.") from error
    first = channels_first(shape)
    order = channels_last_order(len(shape)) if first else as_filed(len(shape))
    known = (batch, *(size or FREE_SIZE for size in shape[1:]))
    channels = shape[1] if first else shape[-1]
    if channels is None:
        raise NetworkError(f"{name} takes any number of channels, so that none can be fed to it.")
    if math.prod(known[1:]) > 2**26:
        raise NetworkError(f"{name} takes pictures that are too large to be held.")
    builder = GraphBuilder(known, order, batch)
    return OnnxReading(builder, shape[0] or 0), tuple(known[axis] for axis in order[1:])


def channels_first(shape: Shape) -> bool:
    """Whether a shape (N, …) is of pictures with channels first, as torch takes them."""
    return not (shape[-1] in COLOURS and shape[1] not in COLOURS)


def _ended(
    reading: OnnxReading,
    file: OnnxFile,
    values: Mapping[str, Operand],
    shape: Shape,
    name: str,
) -> Graph:
    outputs = []
    for output in file.outputs:
        own = values.get(output)
        if isinstance(own, Held):
            scores = _scores(reading, own, output, name, shape[:2])
            own = reading.builder.as_in_file(scores, output)
            outputs.append(Output(own.name, output))
    if not outputs:
        raise NetworkError(f"{name} gives nothing that depends on its picture.")
    return reading.builder.graph(outputs, shape)


def _scores(
    reading: OnnxReading, own: Held, output: str, name: str, picture: Sequence[int | None]
) -> Held:
    """An output as scores; older exporters leave a pooled map of one cell.

    Raises:
        NetworkError: it is a map with channels first, which no classifier gives, or is not one
            answer for each picture.
    """
    if not own.rank or own.shape[0] != reading.builder.batch:
        raise NetworkError(f"{name} does not give as many answers as it gets pictures.")
    if own.rank != 4 or classes_last(own, picture):
        return own
    batch, channels, height, width = own.shape
    if height * width > 1:
        raise NetworkError(
            f"{name} gives a picture of {height} × {width} cells, as segmentation does; only "
            "classification and regression networks can be explained here."
        )
    return reading.builder.reshaped(own, (batch, channels), f"{output}/flatten")
