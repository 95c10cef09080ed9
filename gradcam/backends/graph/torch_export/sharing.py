"""Which names of a program stand for one tensor, so that what writes over it changes them all."""

from __future__ import annotations

from gradcam.backends.graph.torch_export.program import (
    AtenCall,
    ExportedProgram,
    Reference,
    references,
)

# What may give a view into the tensor that it gets.
_VIEWS = frozenset({
    "view", "reshape", "reshape_as", "view_as", "flatten", "unflatten", "permute", "transpose", "t",
    "slice", "select", "unbind", "chunk", "split", "split_with_sizes", "unsqueeze", "squeeze",
    "expand", "expand_as", "movedim", "narrow", "swapaxes", "alias",
})  # fmt: skip
# What may give that tensor itself.
_SAME = frozenset({"dropout", "contiguous", "to", "detach", "feature_dropout", "alpha_dropout"})


def base_name(operator: str) -> str:
    """`relu_` of `aten.relu_.default`."""
    return operator.split(".")[1] if "." in operator else operator


class Sharing:
    """The names of a program by the tensors that they stand for."""

    def __init__(self, program: ExportedProgram) -> None:
        """Follow every tensor through the program."""
        self._program = program
        self._tensors: dict[str, str] = {}  # name → the first name of the same tensor
        self._stores: dict[str, str] = {}  # name → the first name of the same numbers
        self._made = {
            name: number for number, call in enumerate(program.calls) for name in call.outputs
        }
        self._last_use = {
            name: number
            for number, call in enumerate(program.calls)
            for name in references(tuple(call.arguments.values()))
        } | dict.fromkeys(program.outputs, len(program.calls))
        for call in program.calls:
            self._follow(call)

    def written_over(self, number: int) -> tuple[str, ...]:
        """Names that from a call on stand for what it gives, because it wrote over their tensor."""
        call = self._program.calls[number]
        if not _writes(call):
            return ()
        tensor = self._tensors[call.outputs[0]]
        return tuple(name for name, own in self._tensors.items() if own == tensor)

    def cuts_into(self, number: int) -> bool:
        """Whether a call writes over numbers that are read later by another tensor's name."""
        call = self._program.calls[number]
        if not _writes(call):
            return False
        tensor, store = self._tensors[call.outputs[0]], self._stores[call.outputs[0]]
        return any(
            self._tensors[name] != tensor
            and self._made.get(name, -1) < number < self._last_use.get(name, -1)
            for name, own in self._stores.items()
            if own == store
        )

    def _follow(self, call: AtenCall) -> None:
        given = next(iter(call.arguments.values()), None)
        first = given.name if isinstance(given, Reference) else ""
        self._tensors.setdefault(first, first)
        self._stores.setdefault(first, first)
        name = base_name(call.operator)
        for output in call.outputs:
            same = first and (name in _SAME or _writes(call))
            shared = first and (same or name in _VIEWS)
            self._tensors[output] = self._tensors[first] if same else output
            self._stores[output] = self._stores[first] if shared else output


def _writes(call: AtenCall) -> bool:
    """Whether an operator writes over its first argument, as those in place do."""
    name = base_name(call.operator)
    return name.endswith("_") and not name.startswith("_") and len(call.outputs) == 1
