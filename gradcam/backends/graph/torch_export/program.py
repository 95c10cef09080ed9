"""An exported program as plain values: what stands in its JSON, without the author's own paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """Another value, by name: a tensor, or a size that a run decides."""

    name: str


@dataclass(frozen=True)
class Untold:
    """An argument that no operator here looks at: a device, a layout, a graph."""


AtenArgument = Reference | Untold | bool | int | float | str | None | tuple["AtenArgument", ...]


def references(arguments: tuple[AtenArgument, ...]) -> Iterator[str]:
    """Names of the values among some arguments."""
    for argument in arguments:
        if isinstance(argument, Reference):
            yield argument.name
        elif isinstance(argument, tuple):
            yield from references(argument)


@dataclass(frozen=True)
class Size:
    """Entries of an axis.

    Attributes:
        number: of them, in the run that was exported where each run decides.
        is_free: whether each run decides.
    """

    number: int
    is_free: bool = False


@dataclass(frozen=True)
class Tensor:
    """What is known of a tensor before a run.

    Attributes:
        dtype: torch's number of its type.
        sizes: in torch's order of axes.
    """

    dtype: int
    sizes: tuple[Size, ...]


@dataclass(frozen=True)
class AtenCall:
    """One operator at work.

    Attributes:
        operator: `aten.conv2d.default`.
        arguments: by the names that torch gives them; what stands at its default is missing.
        outputs: names of what it gives.
        modules: paths of the modules that it works for, from the outermost; "" is the network.
        turn: which call of the innermost module it is, from 0.
    """

    operator: str
    arguments: Mapping[str, AtenArgument]
    outputs: tuple[str, ...]
    modules: tuple[str, ...]
    turn: int


@dataclass(frozen=True)
class ExportedProgram:
    """A whole network.

    Attributes:
        torch: version that wrote it.
        schema: version of how it is written.
        pictures: names of its inputs.
        stored: names of values that are weights or constants, and the keys under which these lie.
        calls: in order of execution.
        outputs: names of what it gives.
        tensors: what is known of each, by name.
    """

    torch: str
    schema: int
    pictures: tuple[str, ...]
    stored: Mapping[str, str]
    calls: tuple[AtenCall, ...]
    outputs: tuple[str, ...]
    tensors: Mapping[str, Tensor]


def read_program(written: Any) -> ExportedProgram:  # noqa: ANN401 - JSON
    """A program from its JSON.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is not as torch writes it.
    """
    graph, signature = (written["graph_module"][part] for part in ("graph", "signature"))
    stored, pictures = {}, []
    for spec in signature["input_specs"]:
        ((kind, own),) = spec.items()
        if kind == "user_input":
            pictures.append(_given_name(own["arg"]))
        elif kind in {"parameter", "buffer", "tensor_constant"}:
            stored[str(own["arg"]["name"])] = str(own[f"{kind}_name"])
        else:
            raise ValueError(f"an input of the kind {kind}")
    outputs = [
        _given_name(spec["user_output"]["arg"])
        for spec in signature["output_specs"]
        if "user_output" in spec  # else a buffer that training would change
    ]
    return ExportedProgram(
        torch=_version(written.get("torch_version")),
        schema=int(written["schema_version"]["major"]),
        pictures=tuple(pictures),
        stored=stored,
        calls=tuple(_call(node) for node in graph["nodes"]),
        outputs=tuple(outputs),
        tensors={str(name): read_tensor(own) for name, own in graph["tensor_values"].items()},
    )


def read_tensor(written: Any) -> Tensor:  # noqa: ANN401 - JSON
    """What is known of a tensor; raises as `read_program`."""
    return Tensor(int(written["dtype"]), tuple(_size(each) for each in written["sizes"]))


def _size(written: Mapping[str, Any]) -> Size:
    if "as_int" in written:
        return Size(int(written["as_int"]))
    return Size(int((written["as_expr"]["hint"] or {}).get("as_int", 0)), is_free=True)


def _version(written: object) -> str:
    """Never more than a version: it is shown."""
    said = re.match(r"\d+\.\d+(\.\d+)?", str(written))
    return said[0] if said else "of an unknown version"


def _given_name(argument: Mapping[str, Any]) -> str:
    """Of an input or an output, which is a tensor; other kinds have no name of their own."""
    ((kind, own),) = argument.items()
    return str(own["name"]) if kind == "as_tensor" else kind


def _call(node: Mapping[str, Any]) -> AtenCall:
    modules, turn = _modules(node.get("metadata", {}).get("nn_module_stack", ""))
    return AtenCall(
        operator=str(node["target"]).removeprefix("torch.ops."),
        arguments={str(each["name"]): _argument(each["arg"]) for each in node["inputs"]},
        outputs=tuple(name for each in node["outputs"] for name in _names(each)),
        modules=modules,
        turn=turn,
    )


def _argument(written: Mapping[str, Any]) -> AtenArgument:
    ((kind, own),) = written.items()
    read = _PLAIN.get(kind.removesuffix("s"))
    if read is not None:
        return tuple(read(each) for each in own) if kind.endswith("s") else read(own)
    if kind in {"as_sym_int", "as_sym_bool", "as_sym_float"}:
        return _argument(own)
    if kind in {"as_sym_ints", "as_optional_tensors"}:
        return tuple(_argument(each) for each in own)
    return None if kind == "as_none" else Untold()


def _reference(written: Any) -> Reference:  # noqa: ANN401 - JSON
    return Reference(str(written["name"] if isinstance(written, dict) else written))


_PLAIN: Mapping[str, Callable[[Any], AtenArgument]] = {
    "as_tensor": _reference,
    "as_name": _reference,
    "as_int": int,
    "as_scalar_type": int,
    "as_float": float,
    "as_bool": bool,
    "as_string": str,
}  # each may come in the plural


def _names(written: Mapping[str, Any]) -> list[str]:
    """Of what a call gives."""
    ((kind, own),) = written.items()
    match kind:
        case "as_none":
            return []
        case "as_tensor":
            return [str(own["name"])]
        case "as_tensors":
            return [str(each["name"]) for each in own]
        case "as_optional_tensors":
            return [name for each in own for name in _names(each)]
        case "as_sym_int" | "as_sym_bool" | "as_sym_float":
            return [str(own["as_name"])]
    raise ValueError(f"an output of the kind {kind}")


def _modules(stack: str) -> tuple[tuple[str, ...], int]:
    """Paths of the modules, and which call of the innermost it is.

    A stack is `key,path,class;…`, its keys end in `@1` at the second call of a module.
    """
    entries = [entry.split(",") for entry in stack.split(";") if entry]
    paths = tuple(entry[1] for entry in entries if len(entry) == 3 and entry[1] != entry[0])
    turn = re.search(r"@(\d+)$", entries[-1][0]) if entries else None
    return paths or ("",), int(turn[1]) if turn else 0
