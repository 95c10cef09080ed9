"""What an operator of an ONNX file is called: as its author called the module it stands for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

SCOPES = "pkg.torch.onnx.name_scopes"  # where torch's newer exporter writes the modules
FRAMES = frozenset({"StatefulPartitionedCall", "PartitionedCall", "model", "sequential"})
FRAME = re.compile(r"(model|sequential|functional)(_\d+)?")


def paths_of(nodes: Sequence[Any]) -> list[str]:
    """A path for each operator, in order; they may be alike.

    The last operator of a module has the module's path, the others and those of a module with
    others in it one of their own below it.
    """
    scopes = [_scope(node) for node in nodes]
    holding = {scope[:depth] for scope in scopes if scope for depth in range(len(scope))}
    counts: Counter[str] = Counter()
    paths = []
    for number, (node, scope) in enumerate(zip(nodes, scopes, strict=True)):
        kind = node.op_type.lower()
        if scope is None:
            own = _own_name(node)
            counts[kind] += own is None
            paths.append(own or f"{kind}_{counts[kind]}")
            continue
        goes_on = number + 1 < len(nodes) and scopes[number + 1] == scope
        below = (kind,) if scope in holding or goes_on else ()
        paths.append(_path((*scope, *below)) or kind)
    return paths


def _scope(node: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - onnx.NodeProto
    """The modules that an operator stands in, from the outermost; None where nobody says."""
    for each in node.metadata_props:
        if each.key == SCOPES:
            try:
                names = ast.literal_eval(each.value)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return None
            if isinstance(names, list) and len(names) > 1 and isinstance(names[-2], str):
                return tuple(part for part in names[-2].split(".") if part)
    name = node.output[0] if node.output else ""
    if name.startswith("/"):  # torch's older exporter
        return _without_repeats(name.strip("/").split("/")[:-1])
    if "/" in name:  # Keras'
        parts = name.split("/")[:-1]
        while parts and (parts[0] in FRAMES or FRAME.fullmatch(parts[0])):
            parts = parts[1:]
        return tuple(parts) if parts else None
    return None


def _without_repeats(parts: Sequence[str]) -> tuple[str, ...]:
    """`layer4`, `layer4.1`, `relu_1` are `layer4`, `1`, `relu_1`."""
    own, before = [], ""
    for part in parts:
        own += part.removeprefix(f"{before}.").split(".") if before else part.split(".")
        before = part
    return tuple(each for each in own if each)


def _own_name(node: Any) -> str | None:  # noqa: ANN401 - onnx.NodeProto
    """Its own name, or its value's, where that is one and no number."""
    for name in (*node.output[:1], node.name):
        path = _path(name.split("/"))
        if path and not path.isdigit():
            return path
    return None


def _path(parts: Sequence[str]) -> str:
    clean = (re.sub(r"[;:\\\s]+|[^\x20-\x7e]", "_", part).strip("_.") for part in parts)
    return "/".join(piece for each in clean for piece in each.split(".") if piece)
