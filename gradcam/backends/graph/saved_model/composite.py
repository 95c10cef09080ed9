"""Several nodes as one, which computes what they do one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from gradcam.backends.graph.graph import Node, Stored


def composite(parts: Sequence[Node], kind: str, path: str, details: Any) -> Node:  # noqa: ANN401
    """One node for several.

    Args:
        parts: in order of execution; the last one gives the output, the others nothing to anybody
            else.
        kind: of the whole.
        path: of the whole.
        details: of the whole.
    """
    made = {name for part in parts for name in part.outputs}
    given = tuple(dict.fromkeys(x for part in parts for x in part.inputs if x not in made))
    stored = _bounds([len(part.weights) for part in parts])
    held = _bounds([len(part.prepared(part.weights)) for part in parts])

    def prepared(weights: Stored) -> Stored:
        every = zip(parts, stored, strict=True)
        return [own for part, (a, b) in every for own in part.prepared(weights[a:b])]

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        values = dict(zip(given, tensors, strict=True))
        for part, (a, b) in zip(parts, held, strict=True):
            own = part.compute([values[name] for name in part.inputs], weights[a:b])
            outputs = own if len(part.outputs) > 1 else (own,)
            values.update(zip(part.outputs, outputs, strict=True))
        return values[parts[-1].outputs[0]]

    weights = [each for part in parts for each in part.weights]
    return Node(path, kind, given, parts[-1].outputs, compute, weights, prepared, details)


def around(kernel: Node, before: Sequence[Node], after: Sequence[Node], details: Any) -> Node:  # noqa: ANN401
    """A node with a kernel between others that only move numbers: it keeps what it can do.

    What is added to each channel, and so what stands behind it, may be added inside.
    """

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        values = list(tensors)
        for part in before:
            values = [part.compute(values, ())]
        values = [kernel.compute(values, weights)]
        for part in after:
            values = [part.compute(values, ())]
        return values[0]

    return replace(
        kernel, inputs=[*before, kernel][0].inputs, outputs=after[-1].outputs, compute=compute,
        details=details,
    )  # fmt: skip


def _bounds(counts: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(accumulate(counts, initial=0)))
