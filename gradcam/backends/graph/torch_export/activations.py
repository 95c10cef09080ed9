"""A convolution that does its ReLU itself: one layer with an activation, as Keras has it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from gradcam.backends.graph.torch_export.program import AtenCall, ExportedProgram, references
from gradcam.backends.graph.torch_export.sharing import base_name

OWN_ACTIVATION = "activation"  # no argument of torch's own


def with_own_activations(program: ExportedProgram) -> ExportedProgram:
    """A program in which the ReLU in a convolution's own module belongs to the convolution."""
    uses = Counter(
        name for call in program.calls for name in references(tuple(call.arguments.values()))
    )
    uses.update(program.outputs)
    calls: list[AtenCall] = []
    for call in program.calls:
        if calls and _is_its_own(calls[-1], call) and uses[calls[-1].outputs[0]] == 1:
            arguments = {**calls[-1].arguments, OWN_ACTIVATION: "relu"}
            calls[-1] = replace(calls[-1], arguments=arguments, outputs=call.outputs)
        else:
            calls.append(call)
    return replace(program, calls=tuple(calls))


def _is_its_own(first: AtenCall, second: AtenCall) -> bool:
    if base_name(first.operator) != "conv2d" or base_name(second.operator) not in {"relu", "relu_"}:
        return False
    if (first.modules, first.turn) != (second.modules, second.turn) or not first.modules[-1]:
        return False
    return tuple(references(tuple(second.arguments.values()))) == first.outputs
