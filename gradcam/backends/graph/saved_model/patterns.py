"""What TensorFlow writes as several operators though its author wrote one layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.saved_model.composite import around, composite
from gradcam.head import Squash

# Activations that a layer may have inside. What squashes logits stays apart, so that it comes off.
_INSIDE = {"ReLU": "relu", "ELU": "elu", "Selu": "selu", "Tanh": "tanh", "Softplus": "softplus",
           "Softsign": "softsign", "LeakyReLU": "leaky_relu", "Silu": "silu", "Gelu": "gelu",
           "HardSilu": "hard_silu"}  # fmt: skip

_GATED = {"Sigmoid": "Silu", "HardSigmoid": "HardSilu"}

Joined = tuple[Sequence[Node], Node]  # several nodes, and the one that does the same


def joined_nodes(nodes: Sequence[Node], outputs: Collection[str]) -> list[Node]:
    """Nodes with those joined that belong to one layer.

    Args:
        nodes: in order of execution.
        outputs: names of the values that the graph gives.
    """
    return _Joining(nodes, outputs).join()


def scope_of(path: str) -> str:
    """What stands before the last part of a path."""
    return path.rpartition("/")[0]


class _Joining:
    def __init__(self, nodes: Sequence[Node], outputs: Collection[str]) -> None:
        self._nodes = nodes
        self._readers = Counter(name for node in nodes for name in node.inputs)
        self._readers.update(outputs)
        self._made: dict[str, Node] = {}  # by first output, in order of execution
        self._last: dict[str, Node] = {}  # that ends each scope, and those in it
        for node in nodes:
            scope = scope_of(node.path)
            while scope:
                self._last[scope] = node
                scope = scope_of(scope)

    def join(self) -> list[Node]:
        for node in self._nodes:
            whole = node
            for rule in _RULES:
                joined = rule(self, whole)
                if joined is not None:
                    self._take(joined[0], whole, joined[1])
                    whole = joined[1]
            self._made[whole.outputs[0]] = whole
        return list(self._made.values())

    def _take(self, parts: Sequence[Node], last: Node, whole: Node) -> None:
        read = Counter(name for each in (*parts, last) for name in each.inputs)
        for name in whole.inputs:
            self._readers[name] -= read[name] - 1  # several of them may have read it
        for part in parts:
            del self._made[part.outputs[0]]

    def before(self, node: Node) -> Node | None:
        """What makes its only input, for nobody else."""
        if len(node.inputs) != 1 or self._readers[node.inputs[0]] != 1:
            return None
        return self._made.get(node.inputs[0])

    # ---------------------------------------------------------------------------- rules

    def dilated(self, node: Node) -> Joined | None:
        """Cells that are moved together, a convolution, and back: it sees every other cell."""
        kernel = self.before(node) if node.kind == "BatchToSpaceND" else None
        spread = self.before(kernel) if kernel is not None and kernel.absorbing else None
        if kernel is None or spread is None or spread.kind != "SpaceToBatchND":
            return None
        block, margins = getattr(spread.details, "block", None), spread.details.paddings
        if block is None or len(block) != 2:
            return None
        cut = zip(margins, node.details.crops, strict=True)
        details = _with(
            kernel.details, dilation_rate=block,
            padding=tuple((a - c, b - d) for (a, b), (c, d) in cut),
        )  # fmt: skip
        return (spread, kernel), around(kernel, [spread], [node], details)

    def dense_on_places(self, node: Node) -> Joined | None:
        """A dense layer on the last axis, for which places are put in one row and back."""
        kernel = self.before(node) if node.kind == "Reshape" else None
        flat = self.before(kernel) if kernel is not None and kernel.kind == "Dense" else None
        if kernel is None or flat is None or kernel.absorbing is None:
            return None
        if flat.kind not in {"Reshape", "Flatten"} or len(flat.inputs) != 1:
            return None
        came, went = flat.details.sides, node.details.sides
        if came[0][:-1] != went[1][:-1] or came[0][-1] != came[1][-1]:
            return None
        turn = self.before(flat)
        first = [turn, flat] if turn is not None and _turns_nothing(turn) else [flat]
        return (*first, kernel), around(kernel, first, [node], kernel.details)

    def biased(self, node: Node) -> Joined | None:
        """A bias that is added behind that."""
        kernel = self.before(node) if node.kind == "Add" and len(node.weights) == 1 else None
        if kernel is None or kernel.absorbing is None or kernel.details.bias is not None:
            return None
        (bias,) = node.weights
        if bias.shape != (_channels(kernel),):
            return None
        return (kernel,), replace(
            kernel, path=node.path, outputs=node.outputs, weights=[*kernel.weights, bias],
            details=_with(kernel.details, bias=bias),
        )  # fmt: skip

    def gelu(self, node: Node) -> Joined | None:
        """What TensorFlow's own `gelu` is made of."""
        scope = scope_of(node.path)
        if scope.rpartition("/")[2] != "Gelu" or self._last[scope] is not node:
            return None
        whole = self._whole(scope, node, "Gelu", SimpleNamespace())
        return whole and (whole[0], replace(whole[1], path=scope))

    def normalised(self, node: Node) -> Joined | None:
        """A layer normalisation, or one of groups of channels."""
        scope = scope_of(node.path)
        if not scope or self._last[scope] is not node:
            return None
        parts = self._within(scope)
        weights = [weight for part in (*parts, node) for weight in part.weights]
        kinds = {part.kind for part in (*parts, node)}
        means = [part for part in parts if part.kind == "Mean"]
        details = SimpleNamespace(axis=-1, scale=len(weights) > 0, center=len(weights) > 1)
        by_channel = all(weight.size == weight.shape[-1] for weight in weights)
        along = all(getattr(part.details, "axis", None) == (-1,) for part in means)
        if "Rsqrt" in kinds and means and along and by_channel and "Reshape" not in kinds:
            return self._whole(scope, node, "LayerNormalization", details)
        name = scope.rpartition("/")[2].lower().replace("_", "")
        if "FusedBatchNorm" in kinds and weights and by_channel and "layernorm" in name:
            return self._whole(scope, node, "LayerNormalization", details)
        if "Rsqrt" in kinds and "groupnorm" in name:
            return self._whole(scope, node, "GroupNormalization", details)
        return None

    def curved(self, node: Node) -> Joined | None:
        """Activations that are several functions of each number."""
        first = self._made.get(node.inputs[0]) if node.inputs else None
        if node.kind == "Multiply" and len(node.inputs) == 2:
            for own, other in (node.inputs, node.inputs[::-1]):
                parts = self._gate(own, other)
                if parts:
                    return self._curve([*parts, node], _GATED[parts[-1].kind])
        if node.kind in {"TrueDivide", "Multiply"} and first is not None and first.kind == "ReLU":
            moved = self.before(first)
            highest = getattr(first.details, "max_value", None)
            if self.before(node) is first and moved and moved.kind == "Add" and highest == 6.0:
                return self._curve([moved, first, node], "HardSigmoid")
        return None

    def _gate(self, own: str, other: str) -> list[Node]:
        """What makes the sigmoid of a value that is multiplied by it, perhaps times one."""
        gate = self._made.get(other)
        if gate is None or gate.kind not in _GATED or self._readers[other] != 1:
            return []
        scaled = self.before(gate)
        if scaled is not None and scaled.kind == "Multiply" and scaled.inputs == (own,):
            return [scaled, gate]
        return [gate] if gate.inputs == (own,) else []

    def inside(self, node: Node) -> Joined | None:
        """An activation of the same scope as the kernel before it."""
        kernel = self.before(node)
        scope = scope_of(node.path)
        if kernel is None or kernel.absorbing is None or node.kind not in _INSIDE:
            return None
        if not scope or scope not in {scope_of(kernel.path), kernel.path}:
            return None
        name = "relu6" if getattr(node.details, "max_value", None) else _INSIDE[node.kind]
        details = _with(kernel.details, activation=SimpleNamespace(__name__=name))
        whole = around(kernel, [], [node], details)
        return (kernel,), replace(whole, path=node.path, absorbing=None)

    # ---------------------------------------------------------------------------- together

    def _curve(self, parts: Sequence[Node], kind: str) -> Joined | None:
        *before, last = parts
        if any(part.weights for part in parts) or len({scope_of(x.path) for x in parts}) > 1:
            return None
        whole = composite(parts, kind, last.path, SimpleNamespace())
        if kind == "HardSigmoid":
            whole = replace(
                whole, squash=Squash.SIGMOID, squashed=lambda logits: whole.compute((logits,), ())
            )
        return before, whole

    def _within(self, scope: str) -> list[Node]:
        return [each for each in self._made.values() if each.path.startswith(f"{scope}/")]

    def _whole(self, scope: str, node: Node, kind: str, details: Any) -> Joined | None:  # noqa: ANN401
        """All of a scope as one, if one value goes in and one comes out."""
        parts = self._within(scope)
        both = [*parts, node]
        made = {name for part in parts for name in part.outputs}
        given = {name for part in both for name in part.inputs} - made
        own = Counter(name for part in both for name in part.inputs)
        leaks = any(self._readers[name] != own[name] for name in made)
        if not parts or len(given) != 1 or leaks:
            return None
        return parts, composite(both, kind, f"{scope}/{kind}", details)


def _with(details: Any, **more: object) -> SimpleNamespace:  # noqa: ANN401
    return SimpleNamespace(**{**vars(details), **more})


def _turns_nothing(node: Node) -> bool:
    axes = getattr(node.details, "axes", None)
    return node.kind == "Transpose" and axes is not None and list(axes) == sorted(axes)


def _channels(kernel: Node) -> int:
    shape = kernel.details.kernel.shape
    if kernel.kind == "DepthwiseConv2D":
        return int(shape[2] * shape[3])
    return int(shape[2] if kernel.kind == "Conv2DTranspose" else shape[-1])


_RULES: tuple[Callable[[_Joining, Node], Joined | None], ...] = (
    _Joining.dilated,
    _Joining.dense_on_places,
    _Joining.biased,
    _Joining.curved,
    _Joining.gelu,
    _Joining.normalised,
    _Joining.inside,
)
