"""From the outputs of a program back to its inputs, through the functions that it calls.

Only what the answers depend on is met: what saves, restores or initialises a network stands beside
that way. It is a loop and no recursion, since a file may nest and call as deeply as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcam.backends.graph.saved_model.allowed import (
    ALLOWED,
    CALLING_OPERATORS,
    PASSING_OPERATORS,
)
from gradcam.backends.graph.saved_model.program import Program
from gradcam.errors import NetworkError

DEEPEST = 50  # calls within calls
MOST_STEPS = 50_000
_CALL = re.compile(r"(Stateful)?PartitionedCall(_\d+)?")
_UNNAMED = re.compile(r"[^\w.\-/ ]+", re.ASCII)

Value = tuple[int, int]  # number of a step, and of its output


@dataclass(frozen=True)
class Instruction:
    """One operator on the way, functions opened up.

    Attributes:
        path: names of the calls that lead to it and its own, without those that say only "call".
        node: what the file says of it.
        inputs: values that it gets, in the operator's order.
    """

    path: str
    node: Any
    inputs: tuple[Value, ...]

    @property
    def op(self) -> str:
        """Its operator."""
        return str(self.node.op)


@dataclass(frozen=True)
class Route:
    """The way from the inputs to the outputs.

    Attributes:
        steps: in an order in which they can be run.
        outputs: the value of each output of the program.
    """

    steps: tuple[Instruction, ...]
    outputs: tuple[Value, ...]


def walked(program: Program, name: str) -> Route:
    """Open a program up.

    Raises:
        NetworkError: it holds an operator that is not run here, calls itself, or goes in circles.
    """
    return _Walking(program, name).walk()


@dataclass(eq=False)
class _Scope:
    """The body of a function during one call of it, or the main graph.

    Attributes:
        nodes: by name.
        results: tensor of each of the function's outputs.
        arguments: where each comes from: a tensor of the scope that calls.
        path: of the call.
        depth: of calls within calls.
        inner: scopes of the calls in it that were met.
    """

    nodes: Mapping[str, Any]
    results: tuple[str, ...] = ()
    arguments: Mapping[str, tuple[_Scope, str]] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    depth: int = 0
    inner: dict[str, _Scope] = field(default_factory=dict)


_Place = tuple[_Scope, str]  # a node


class _Walking:
    def __init__(self, program: Program, name: str) -> None:
        self._program, self._name = program, name
        self._main = _Scope(program.nodes)
        self._bodies: dict[str, Mapping[str, Any]] = {}
        self._numbers: dict[tuple[int, str], int | None] = {}  # None: it is being walked to
        self._steps: list[Instruction] = []
        self._paths: set[str] = set()

    def walk(self) -> Route:
        ends = [self._origin(self._main, tensor) for _, tensor in self._program.outputs]
        todo = [(place, False) for place, _ in reversed(ends)]
        while todo:
            place, ready = todo.pop()
            if ready:
                self._take(place)
            elif self._key(place) not in self._numbers:
                self._numbers[self._key(place)] = None
                todo.append((place, True))
                for origin, _ in reversed(self._inputs(place)):
                    if self._numbers.get(self._key(origin), 0) is None:
                        raise NetworkError(f"The graph in {self._name} goes round in a circle.")
                    todo.append((origin, False))
                if len(self._numbers) > MOST_STEPS:
                    raise NetworkError(
                        f"{self._name} has more than {MOST_STEPS:,} operators and was not opened."
                    )
        return Route(tuple(self._steps), tuple(self._value(end) for end in ends))

    def _take(self, place: _Place) -> None:
        scope, name = place
        inputs = tuple(self._value(origin) for origin in self._inputs(place))
        self._numbers[self._key(place)] = len(self._steps)
        self._steps.append(Instruction(self._path(scope, name), scope.nodes[name], inputs))

    def _value(self, origin: tuple[_Place, int]) -> Value:
        place, output = origin
        number = self._numbers[self._key(place)]
        if number is None:
            raise NetworkError(f"The graph in {self._name} goes round in a circle.")
        return number, output

    def _inputs(self, place: _Place) -> list[tuple[_Place, int]]:
        scope, name = place
        node = scope.nodes[name]
        if node.op not in ALLOWED:
            place_said = self._path(scope, name, unique=False)
            raise NetworkError(
                f"{self._name} holds the operator {node.op} ({place_said}), which is not run here; "
                "only networks that compute numbers from one picture are."
            )
        return [self._origin(scope, tensor) for tensor in node.input if tensor[:1] != "^"]

    def _origin(self, scope: _Scope, tensor: str) -> tuple[_Place, int]:
        """The node that makes a tensor, and which of its outputs that is."""
        for _ in range(MOST_STEPS):
            name, *rest = tensor.split(":")
            if name in scope.arguments and not rest:
                scope, tensor = scope.arguments[name]
                continue
            node = scope.nodes[name]
            output = _number(node, rest)
            if node.op in PASSING_OPERATORS:
                tensor = [each for each in node.input if each[:1] != "^"][output]
            elif (called := self._called(node)) is not None:
                scope = self._entered(scope, node, called)
                tensor = scope.results[output]
            else:
                return (scope, name), output
        raise NetworkError(f"The graph in {self._name} goes round in a circle.")

    def _called(self, node: Any) -> Any | None:  # noqa: ANN401 - NodeDef, FunctionDef
        if node.op in CALLING_OPERATORS:
            return self._program.functions[node.attr["f"].func.name]
        return self._program.functions.get(node.op)

    def _entered(self, scope: _Scope, node: Any, called: Any) -> _Scope:  # noqa: ANN401
        if node.name not in scope.inner:
            if scope.depth >= DEEPEST:
                raise NetworkError(
                    f"In {self._name} the function {called.signature.name} calls itself, or calls "
                    f"go deeper than {DEEPEST}; it was not opened."
                )
            given = [(scope, tensor) for tensor in node.input if tensor[:1] != "^"]
            names = [argument.name for argument in called.signature.input_arg]
            own = called.signature.name
            if own not in self._bodies:
                self._bodies[own] = {each.name: each for each in called.node_def}
            scope.inner[node.name] = _Scope(
                self._bodies[own],
                tuple(called.ret[each.name] for each in called.signature.output_arg),
                dict(zip(names, given, strict=True)),
                (*scope.path, node.name),
                scope.depth + 1,
            )
        return scope.inner[node.name]

    def _path(self, scope: _Scope, name: str, *, unique: bool = True) -> str:
        parts = [part for each in (*scope.path, name) for part in each.split("/") if part]
        named = [part for part in parts if not _CALL.fullmatch(part)]
        path = own = _UNNAMED.sub("_", "/".join(named or parts))[:200]
        count = 0
        while unique and path in self._paths:
            count += 1
            path = f"{own}_{count}"
        if unique:
            self._paths.add(path)
        return path

    @staticmethod
    def _key(place: _Place) -> tuple[int, str]:
        return id(place[0]), place[1]


def _number(node: Any, rest: list[str]) -> int:  # noqa: ANN401 - a NodeDef
    """Which output a tensor's name means: `node`, `node:1` or, in functions, `node:y:0`."""
    if len(rest) < 2:
        return int(rest[0]) if rest else 0
    if node.op in CALLING_OPERATORS:
        return int(rest[1])
    from tensorflow.python.framework import op_def_registry

    before = 0
    for argument in getattr(op_def_registry.get(node.op), "output_arg", ()):
        if argument.name == rest[0]:
            return before + int(rest[1])
        if argument.number_attr:
            before += node.attr[argument.number_attr].i
        else:
            before += 1
    return int(rest[1])  # one that is not known is refused, where it is reached
