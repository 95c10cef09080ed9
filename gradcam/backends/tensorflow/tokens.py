"""Which tokens of a transformer still count: its places, or only a class token beside them."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.backends.tensorflow.axes import Axis, TensorAxes, token_slice
from gradcam.backends.tensorflow.kinds import ALONG_AN_AXIS, ATTENDING, CELL_BY_CELL, COUNTING
from gradcam.backends.tensorflow.tracing import Call, Recording, depends, traced_id


@dataclass(frozen=True)
class TokensRead:
    """What is read on of a tensor: its places, and what stands beside them."""

    places: bool = False
    extras: bool = False

    def __or__(self, other: TokensRead) -> TokensRead:
        """What either reads."""
        return TokensRead(self.places or other.places, self.extras or other.extras)


_ALL = TokensRead(places=True, extras=True)


def silent_places(recording: Recording, axes: list[TensorAxes | None]) -> frozenset[int]:
    """Numbers of the calls whose places nothing reads on, only a token beside them.

    So it is behind the last attention of a transformer with a class token.

    Args:
        recording: of the network.
        axes: what `follow_axes` found for each call.
    """
    given = {
        id(tensor): own
        for call, own in zip(recording.calls, axes, strict=True)
        for tensor in call.outputs[:1]
    }
    known = given | {id(recording.source): None}
    read = {traced_id(output, known): _ALL for output in recording.outputs}
    silent = set()
    for number in reversed(range(len(recording.calls))):
        call = recording.calls[number]
        own = read.get(id(call.outputs[0]), TokensRead())
        if own == TokensRead(extras=True):
            silent.add(number)
        if own == TokensRead():
            continue
        inputs = [traced_id(tensor, known) for tensor in call.inputs if depends(tensor)]
        for place, tensor in enumerate(inputs):
            needed = _needed(call, place, _tokens(known.get(tensor)), own)
            read[tensor] = read.get(tensor, TokensRead()) | needed
    return frozenset(silent)


def _tokens(axes: TensorAxes | None) -> Axis:
    return axes[0] if axes else Axis()


def _needed(call: Call, place: int, tokens: Axis, own: TokensRead) -> TokensRead:
    """What a call reads of one of its inputs for what is read of its output."""
    kind = call.operation.kind
    if kind in COUNTING:
        return TokensRead()
    if not tokens.extras:
        if kind == "Concatenate" and not tokens.holds_tokens:
            return _ALL
        if kind in {"Concatenate", "ZeroPadding1D"}:
            return TokensRead(own.places)
        return _ALL
    if kind in {"GetItem", "Cropping1D"}:
        return _taken(call, tokens)
    apart = kind in CELL_BY_CELL | ALONG_AN_AXIS | {"Dense", "EinsumDense"}
    return own if apart or (kind in ATTENDING and place == 0) else _ALL


def _taken(call: Call, tokens: Axis) -> TokensRead:
    cut = token_slice(call)
    if call.operation.kind == "Cropping1D":
        before, after = call.operation.details.cropping
        cut = slice(before, tokens.size - after)
    if cut is None:
        return _ALL
    start, stop, _ = cut.indices(tokens.size)
    end = tokens.size - tokens.after
    return TokensRead(stop > tokens.before and start < end, start < tokens.before or stop > end)
