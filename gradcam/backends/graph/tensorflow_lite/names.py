"""What a file calls its layers: mostly what their author called them.

The converter names a tensor after the operation that made it, `model/conv1/Relu`, and puts others
behind a semicolon whose constants happened to be equal; these say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# Around everything, by whoever saved the network.
_AROUND = re.compile(
    r"(model|sequential|functional|StatefulPartitionedCall|PartitionedCall|Identity)(_\d+)?"
)
# What converters call what they made themselves, and PyTorch the values between its modules.
_MADE = re.compile(r"tfl|std|arith|mhlo|stablehlo|serving_default_.*|(t|output_)\d+")
_NUMBERED = re.compile(r"_\d+$")
_VALUE = re.compile(r"\w+\.\d+(_\w+)?|\d+")


def name_layers(tensors: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """A path for each operator, no two alike.

    Args:
        tensors: what the file calls the first output of each.
        kinds: of each, as a layer without a name of its own is called.
    """
    own = _unnumbered(_inside([_author_parts(tensor) for tensor in tensors]))
    outer = ["/".join(parts[:-1] or parts) for parts in own]
    last = {path: number for number, path in enumerate(outer)}
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    paths = []
    for number, (parts, path, kind) in enumerate(zip(own, outer, kinds, strict=True)):
        if not path:
            stem = kind.lower()
            counts[stem] += 1
            wanted = stem if counts[stem] == 1 else f"{stem}_{counts[stem] - 1}"
        elif last[path] == number:
            wanted = path  # the layer as Keras means it: after its activation
        else:
            wanted = f"{path}_{parts[-1]}"
        paths.append(_free(wanted, taken, {*last} - {path}))
        taken.add(paths[-1])
    return paths


def _author_parts(tensor: str) -> list[str]:
    first = re.sub(r":\d+$", "", tensor.split(";", 1)[0])
    if _VALUE.fullmatch(first):
        return []
    parts = [part for part in first.split("/" if "/" in first else ".") if part]
    while parts and _AROUND.fullmatch(parts[0]):
        parts = parts[1:]
    if any(_MADE.fullmatch(part.split(".")[0]) for part in parts):
        return []
    if parts[-2:-1] == ["batchnorm"]:  # one operation of several that Keras 3 makes of it
        parts = [*parts[:-2], parts[-1]]
    return [part.replace(":", "_") for part in parts]


def _inside(own: list[list[str]]) -> list[list[str]]:
    """Without the scope that all are in: the name of the whole network."""
    scoped = [parts for parts in own if parts]
    lengths = {len(parts) for parts in scoped}
    if len(scoped) < 2 or min(lengths) < 2 or max(lengths) < 3:
        return own
    if len({parts[0] for parts in scoped}) > 1:
        return own
    return [parts[1:] for parts in own]


def _unnumbered(own: list[list[str]]) -> list[list[str]]:
    """Without the number that every layer of a network exported by Keras 3 has: `conv_1`, `bn_1`.

    It is that of the scope, nearly always 1, since the layers were called once before.
    """
    layers = {parts[0] for parts in own if len(parts) > 1}  # others are operations of no layer
    ones = sum(layer.endswith("_1") for layer in layers)
    if len(layers) < 2 or 2 * ones <= len(layers) or not all(map(_NUMBERED.search, layers)):
        return own
    return [[*(_NUMBERED.sub("", part) for part in parts[:-1]), *parts[-1:]] for parts in own]


def _free(wanted: str, taken: set[str], reserved: set[str]) -> str:
    path, number = wanted, 1
    while path in taken or (path in reserved and path != wanted):
        path, number = f"{wanted}_{number}", number + 1
    return path
