"""Nodes as the layers that an author wrote: activations inside of them, and the author's names.

TensorFlow writes `model/conv2d/Conv2D`, `model/conv2d/BiasAdd`, `model/conv2d/Relu` for what Keras
calls the layer `conv2d`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.saved_model.patterns import joined_nodes, scope_of


def as_layers(nodes: Sequence[Node], outputs: Collection[str]) -> list[Node]:
    """Join what belongs to one layer, and name each by the scope that is its own.

    Args:
        nodes: in order of execution.
        outputs: names of the values that the graph gives.
    """
    return _named(joined_nodes(nodes, outputs))


def _named(nodes: Sequence[Node]) -> list[Node]:
    paths = _without_root([node.path for node in nodes])
    while True:
        below: Counter[str] = Counter()
        for path in paths:
            parts = path.split("/")
            below.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        shorter = [
            scope_of(path) if scope_of(path) and below[scope_of(path)] == 1 else path
            for path in paths
        ]
        if shorter == paths:
            return [replace(node, path=path) for node, path in zip(nodes, paths, strict=True)]
        paths = shorter


def _without_root(paths: list[str]) -> list[str]:
    """Without the name of the whole network, that all have in front."""
    inner = [path for path in paths if "/" in path]
    roots = {path.split("/")[0] for path in inner}
    if len(roots) != 1 or len(inner) < 2:
        return paths
    cut = [path.split("/", 1)[1] if "/" in path else path for path in paths]
    return cut if len(set(cut)) == len(cut) else paths
