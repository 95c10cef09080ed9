"""A program as a graph: each operator of torch by the function in `aten` that writes it down."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from gradcam.backends.graph.builder import GraphBuilder
from gradcam.backends.graph.channels_last import (
    AxisOrder,
    Held,
    ShapeError,
    as_filed,
    batch_beside,
    channels_last_order,
    classes_last,
)
from gradcam.backends.graph.graph import Graph, Output
from gradcam.backends.graph.torch_export.aten import ATEN_OPERATORS
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, for_one
from gradcam.backends.graph.torch_export.aten.constants import ATEN_CONSTANTS, ATEN_SIZES
from gradcam.backends.graph.torch_export.names import module_paths
from gradcam.backends.graph.torch_export.program import (
    AtenArgument,
    AtenCall,
    ExportedProgram,
    Reference,
    Tensor,
    Untold,
)
from gradcam.backends.graph.torch_export.sharing import Sharing, base_name
from gradcam.errors import NetworkError

MOST_CALLS = 100_000
_PICTURE = 4  # axes of a batch of pictures
_COLOURS = {1, 3}
# What only says something about values, and gives none.
_SAYING = frozenset({
    "_assert_tensor_metadata", "_assert_scalar", "_assert_async", "sym_constrain_range",
    "sym_constrain_range_for_size",
})  # fmt: skip
# What changes no number, unless an operator asks for it.
_ASIDE = frozenset({
    "memory_format", "layout", "device", "pin_memory", "cudnn_enabled", "cudnn_enable", "copy",
    "non_blocking", "generator", "inplace", "implicit", "dtype", "half_to_float", "momentum",
})  # fmt: skip


def translated(program: ExportedProgram, weights: Mapping[str, NDArray[Any]], called: str) -> Graph:
    """The graph of a program.

    Args:
        program: as it stands in the file.
        weights: by their keys.
        called: what people call the file.

    Raises:
        NetworkError: it takes no single picture, or something in it is not known here.
    """
    if len(program.calls) > MOST_CALLS:
        raise NetworkError(f"{called} has more operators than are read here.")
    picture = _picture(program, called)
    first, *sides = picture.sizes
    sizes = [size.number for own in program.tensors.values() for size in own.sizes]
    batch = batch_beside(sizes)
    order = _order_of(tuple(side.number for side in sides))
    graph = GraphBuilder((batch, *(side.number for side in sides)), order, batch)
    values: dict[str, AtenValue] = {name: weights[key] for name, key in program.stored.items()}
    values[program.pictures[0]] = graph.source
    sharing, rows = Sharing(program), 0 if first.is_free else first.number
    for number, (call, path) in enumerate(
        zip(program.calls, module_paths(program.calls), strict=True)
    ):
        if base_name(call.operator) in _SAYING:
            continue
        try:
            given = _run(call, At(graph, path, rows), values)
            if isinstance(given[0], Held):
                if sharing.cuts_into(number):
                    raise RefusalError("writes over a part of what it reads again later")
                values.update(dict.fromkeys(sharing.written_over(number), given[0]))
        except RefusalError as error:
            raise NetworkError(f"{called} {error}; this is at {path}.") from error
        except ShapeError as error:
            raise NetworkError(
                f"{called} does not fit together: {call.operator} at {path} cannot be run on "
                "what it gets."
            ) from error
        values.update(zip(call.outputs, given, strict=True))
    shape = tuple(sides[axis - 1].number for axis in order[1:])
    outputs = [_output(graph, values[name], shape[:2]) for name in program.outputs]
    if None in outputs:
        raise NetworkError(f"{called} gives something that does not follow from the picture.")
    names = program.outputs if len(outputs) > 1 else ("",)
    made = [Output(name, said) for name, said in zip(outputs, names, strict=True) if name]
    return graph.graph(made, shape)


def _picture(program: ExportedProgram, called: str) -> Tensor:
    if len(program.pictures) != 1:
        raise NetworkError(
            f"{called} takes {len(program.pictures)} inputs; only networks that take one picture "
            "are explained."
        )
    picture = program.tensors[program.pictures[0]]
    sizes = [size.number for size in picture.sizes]
    if (
        len(sizes) != _PICTURE
        or min(sizes[1:]) < 1
        or (min(sizes) < 1 and not picture.sizes[0].is_free)
    ):
        said = " × ".join("any" if size.is_free else str(size.number) for size in picture.sizes)
        raise NetworkError(
            f"{called} takes an input of {said} numbers, not a batch of pictures "
            "(pictures × channels × height × width)."
        )
    return picture


def _order_of(sides: tuple[int, ...]) -> AxisOrder:
    """Channels come first, as in torch, unless only the last axis can be channels."""
    last = sides[-1] in _COLOURS and sides[0] not in _COLOURS
    return as_filed(_PICTURE) if last else channels_last_order(_PICTURE)


def _output(graph: GraphBuilder, value: AtenValue, picture: tuple[int, ...]) -> str | None:
    if not isinstance(value, Held):
        return None
    order = as_filed(value.rank)
    if value.rank == _PICTURE and not classes_last(value, picture):
        order = channels_last_order(_PICTURE)
    return graph.turned(value, order, "output").name


def _run(call: AtenCall, at: At, values: Mapping[str, AtenValue]) -> tuple[Any, ...]:
    """What an operator gives, one or several."""
    space, name = call.operator.partition(".")[0], base_name(call.operator)
    arguments = {
        "given" if key in {"self", "input"} else key: _resolved(own, values)
        for key, own in call.arguments.items()
    }
    if space == "_operator" and name in ATEN_SIZES:
        return (_size(name, arguments),)
    function, first = _function_of(space, name, at, arguments)
    if function is None:
        raise RefusalError(f"uses the operator {call.operator}, which is not known here")
    own = inspect.signature(function)
    asked = {
        key: value for key, value in arguments.items() if key not in _ASIDE or key in own.parameters
    }
    try:
        own.bind(*first, **asked)
    except TypeError as error:
        raise RefusalError(f"uses {call.operator} in a way that is not known here") from error
    try:
        given = function(*first, **asked)
    except (RefusalError, ShapeError):
        raise
    except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError) as error:
        raise ShapeError(call.operator) from error
    several = given if isinstance(given, tuple) else (given,)
    if len(several) != len(call.outputs):
        raise ShapeError(call.operator)
    return several


def _function_of(
    space: str, name: str, at: At, arguments: dict[str, AtenValue]
) -> tuple[Callable[..., Any] | None, tuple[At, ...]]:
    """Who does it, and what it wants first; sizes of constants become those of one picture."""
    if space != "aten":
        return None, ()
    if any(map(_varies, arguments.values())):
        return ATEN_OPERATORS.get(name) or ATEN_OPERATORS.get(name.rstrip("_")), (at,)
    for key, value in arguments.items():
        if isinstance(value, tuple):
            arguments[key] = tuple(for_one(each, at.graph.batch) for each in value)
    return ATEN_CONSTANTS.get(name) or ATEN_CONSTANTS.get(name.rstrip("_")), ()


def _size(name: str, arguments: Mapping[str, AtenValue]) -> int:
    if not all(isinstance(value, int) for value in arguments.values()):
        raise RefusalError("reckons with numbers that only a run tells")
    try:
        return ATEN_SIZES[name](**arguments)
    except (TypeError, ArithmeticError) as error:
        raise ShapeError(name) from error


def _resolved(argument: AtenArgument, values: Mapping[str, AtenValue]) -> AtenValue:
    if isinstance(argument, Reference):
        return values[argument.name]
    if isinstance(argument, tuple):
        return tuple(_resolved(each, values) for each in argument)
    return None if isinstance(argument, Untold) else argument


def _varies(value: AtenValue) -> bool:
    return isinstance(value, Held) or (isinstance(value, tuple) and any(map(_varies, value)))
