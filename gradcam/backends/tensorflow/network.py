"""A network that TensorFlow computes: its face over a model of operations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import OF_ANOMALY, Ability
from gradcam.arrays import Floats
from gradcam.arrived import Arrived
from gradcam.backends.tensorflow.arriving import (
    arrived_at,
    first_remembering,
    trace_moments,
    tried_on_pixels,
    work_on_pixels,
)
from gradcam.backends.tensorflow.folding import Folding, Followed, find_folds
from gradcam.backends.tensorflow.heads import End, find_ends, is_bare_grid
from gradcam.backends.tensorflow.layout import find_layout, own_shape
from gradcam.backends.tensorflow.listing import Listing, learned_operations, list_layers
from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.one_output import OneOutput, UpTo, leading_calls
from gradcam.backends.tensorflow.perturbing import (
    trace_ablated,
    trace_perturbed,
    trace_perturbed_gradients,
)
from gradcam.backends.tensorflow.planning import plan_of
from gradcam.backends.tensorflow.receptive_field import Field, every_cell, follow_fields
from gradcam.backends.tensorflow.runs import (
    Body,
    trace_activations,
    trace_captures,
    trace_forward,
    trace_logits,
    trace_means,
    trace_pixels,
    trace_rest,
)
from gradcam.backends.tensorflow.summarizing import summarize
from gradcam.backends.tensorflow.tracing import Call, Recording, record_calls
from gradcam.box import Box
from gradcam.errors import NetworkError
from gradcam.head import Squash
from gradcam.layout import Layout, Shape
from gradcam.network import FREE_SIZE, Capture, Forward, Network, Pooled
from gradcam.own_preprocessing import OwnPreprocessing
from gradcam.shuffled import Shuffled
from gradcam.topology import family_of


class TensorFlowNetwork(Network):
    """The face of a model. Everything that a network can be asked is here.

    Attributes:
        model: that is run.
        lock: held while tracing, which changes the shared model for a moment.
        traces: what was traced, by what it is and of which layers.
    """

    def __init__(
        self,
        model: Model,
        name: str = "model",
        digest: str = "",
        *,
        is_part: bool = False,
        fold: bool = False,
    ) -> None:
        """Look a model over.

        Args:
            model: to run.
            name: what people call it.
            digest: of its contents; "" for a model that came from memory.
            is_part: whether some of its operations lead to no output of it.
            fold: whether its batch normalisations are folded into what stands before them. Then
                nobody else may change its weights.

        Raises:
            NetworkError: the model takes no single picture, or gives no class scores or values.
        """
        self.model = model
        self.lock = threading.RLock()
        self.traces: dict[tuple[str, ...], Any] = {}
        recording = _recorded(model, own_shape(model, name), name)
        folding = find_folds(recording) if fold else Folding()
        if is_part:
            parts = leading_calls(recording.calls, recording.outputs)
            recording = replace(recording, calls=parts)
        calls, outputs = recording.calls, recording.outputs
        layout = find_layout(own_shape(model, name), calls, name)
        _refuse_deeper(outputs, layout, name)
        ends = find_ends(calls, outputs, model.output_names, layout)
        size = (layout.height or FREE_SIZE, layout.width or FREE_SIZE)
        fields = follow_fields(calls, recording.source, every_cell(*size))
        self._body = Body(model, layout, ends, folding)
        self._operations = {operation.path: operation for operation in model.operations}
        self._last_dense = _last_dense(calls)
        self._remembering = first_remembering(calls)
        self._work_on_pixels, self._first_learned = work_on_pixels(calls)
        listing = list_layers(recording, fields, free=None in layout.picture)
        super().__init__(
            name=name,
            digest=digest or f"memory-{id(model)}",
            layout=layout,
            heads=tuple(end.head for end in ends),
            layers=listing.layers,
            passed_over=listing.passed_over,
            topology=family_of(plan_of(calls)),
            summary=summarize(model, calls, fields, (*size, layout.channels)),
            abilities=frozenset(Ability) - OF_ANOMALY,
            has_dense=any(call.operation.kind == "Dense" for call in calls),
        )
        self._fields = {} if None in layout.picture else _cell_fields(recording, listing, fields)
        leading = {call.operation.path for call in calls}
        self.learned = tuple(path for path in learned_operations(model) if path in leading)
        self._is_part = is_part
        self.is_folded = bool(folding)

    def operation(self, path: str) -> Operation:
        """The operation at a path as in `Layer.name`."""
        return self._operations[path]

    def receptive_field(self, row: int, column: int, layer: str | None = None) -> Box | None:
        """See `Network.receptive_field`."""
        field = self._fields.get(layer)
        return field.of_cell(row, column) if field is not None else None

    @property
    def preprocessing(self) -> OwnPreprocessing | None:
        """See `Network.preprocessing`; tried when it is first asked for."""
        kinds, first = self._work_on_pixels, self._first_learned
        if not kinds or first is None or self.layout.is_sequence:
            return None
        return self._traced(("pixels tried",), lambda: tried_on_pixels(self._body, kinds, first))

    def only(self, output: int) -> Network:
        """See `Network.only`."""
        if len(self.heads) == 1 or not 0 <= output < len(self.heads):
            return super().only(output)
        with self.lock:
            model, digest = OneOutput(self.model, output), f"{self.digest}.{output}"
            part = TensorFlowNetwork(model, self.name, digest, is_part=True)
            part.lock = self.lock  # tracing either changes the operations that both have
            part._body = replace(part._body, folding=self._body.folding)  # held once for all parts
            part.is_folded = self.is_folded
            part.told, part.arithmetics = self.told, self.arithmetics
            part.arithmetic = self.arithmetic
        return part

    def up_to(self, layer: str) -> Network:
        """See `Network.up_to`."""
        operation = self.operation(self.layer(layer).name)
        with self.lock:
            model, digest = UpTo(self.model, operation), f"{self.digest} up to {operation.path}"
            part = TensorFlowNetwork(model, self.name, digest, is_part=True)
            part.lock = self.lock
            plain = tuple(
                End(replace(end.head, squash=Squash.LINEAR), None) for end in part._body.ends
            )
            part._body = replace(part._body, ends=plain)
            part.heads = tuple(end.head for end in plain)
            part.told = self.told
        return part

    def run(self, batch: Floats) -> Forward:
        """See `Network.run`."""
        run = self._traced(("forward",), lambda: trace_forward(self._body, self._last_dense))
        outputs, features = run(self.check(batch))
        return Forward(outputs.numpy(), features.numpy())

    def logits(self, batch: Floats) -> Floats:
        """See `Network.logits`."""
        run = self._traced(("logits",), lambda: trace_logits(self._body))
        return run(self.check(batch)).numpy()

    def perturbed(
        self, picture: Floats, fill: Floats, masks: Floats, *, logits: bool = False
    ) -> Floats:
        """See `Network.perturbed`; the seen pictures are made inside the run."""
        (own,), masks = self.check(picture[None]), self.layout.upright(masks)
        enlarge = masks.shape[1:] != self.layout.plane(own.shape)
        run = self._traced(
            ("perturbed", str(logits), str(enlarge)),
            lambda: trace_perturbed(self._body, logits=logits, enlarge=enlarge),
        )
        return run(own, fill, masks).numpy()

    def perturbed_gradients(
        self, picture: Floats, fill: Floats, masks: Floats, weights: Floats
    ) -> Floats:
        """See `Network.perturbed_gradients`; the seen pictures are made inside the run."""
        (own,), masks = self.check(picture[None]), self.layout.upright(masks)
        enlarge = masks.shape[1:] != self.layout.plane(own.shape)
        run = self._traced(
            ("perturbed gradients", str(enlarge)),
            lambda: trace_perturbed_gradients(self._body, enlarge=enlarge),
        )
        return run(own, fill, masks, weights).numpy()

    def activations(self, batch: Floats, layer: str | None = None) -> Floats:
        """See `Network.activations`."""
        return self._of_layer("activations", trace_activations, layer)(self.check(batch)).numpy()

    def channel_means(self, batch: Floats, layer: str | None = None) -> Floats:
        """See `Network.channel_means`; made inside the run, so that no map leaves it."""
        return self._of_layer("means", trace_means, layer)(self.check(batch)).numpy()

    def captures(
        self,
        batch: Floats,
        layers: Sequence[str],
        weights: Floats,
        predicted: NDArray[np.bool_],
    ) -> dict[str, Capture]:
        """See `Network.captures`."""
        asked = [(self.layer(name), self.operation(name)) for name in layers]
        key = ("captures", *layers)
        run, leading = self._traced(key, lambda: trace_captures(self._body, asked))
        activations, gradients, sums, *answers = run(self.check(batch), weights, predicted)
        outputs, logits = (each.numpy() for each in answers)
        return {  # views of TensorFlow's own memory, which nobody writes to: a map is large
            name: Capture(
                np.asarray(own),
                np.asarray(rise),
                outputs,
                logits,
                pooled=Pooled(*(each.numpy() for each in both)),
            )
            for name, own, rise, both in zip(leading, activations, gradients, sums, strict=True)
        }

    def pixel_gradients(self, batch: Floats, weights: Floats) -> Floats:
        """See `Network.pixel_gradients`."""
        run = self._traced(("pixels",), lambda: trace_pixels(self._body))
        return run(self.check(batch), weights).numpy()

    def rest(self, picture: Floats, layer: str, activations: Floats) -> Floats:
        """See `Network.rest`."""
        return self._of_layer("rest", trace_rest, layer)(self.check(picture), activations).numpy()

    def ablated(self, picture: Floats, layer: str, activations: Floats, kept: Floats) -> Floats:
        """See `Network.ablated`; the activations are changed inside the run."""
        run = self._of_layer("ablated", trace_ablated, layer)
        return run(self.check(picture), activations, kept).numpy()

    def kernels(self, layer: str) -> Floats | None:
        """See `Network.kernels`."""
        asked = self.layer(layer)
        own = self.operation(asked.name).kernels()
        if own is None:
            return None
        if own.ndim == 3:
            own = np.expand_dims(own, 1 if asked.height == 1 else 2)
        return np.ascontiguousarray(own, np.float32)

    def statistics(self, batch: Floats) -> Arrived | None:
        """See `Network.statistics`."""
        pictures, remembering = self.check(batch), self._remembering
        if remembering is None:
            return None
        run = self._traced(("moments",), lambda: trace_moments(self._body, remembering))
        return arrived_at(run, remembering, pictures)

    def shuffled(self) -> Shuffled[Network]:
        """See `Network.shuffled`."""
        try:
            with self.lock:  # a head may be linear for a moment
                model = self.model.copy()
            copy = TensorFlowNetwork(model, self.name, is_part=self._is_part, fold=self.is_folded)
        except Exception as error:  # an operation may raise anything when it is built again
            raise NetworkError(f"{self.name} cannot be copied.") from error
        learned, folding = learned_operations(model), copy._body.folding
        return Shuffled(copy, {path: Followed(learned[path], folding) for path in copy.learned})

    def _of_layer(
        self, what: str, trace: Callable[[Body, Any, Operation], Any], name: str | None
    ) -> Any:  # noqa: ANN401 - a concrete TensorFlow function
        layer = self.layer(name)
        operation = self.operation(layer.name)
        return self._traced((what, layer.name), lambda: trace(self._body, layer, operation))

    def _traced(self, key: tuple[str, ...], trace: Callable[[], Any]) -> Any:  # noqa: ANN401
        with self.lock:
            if key not in self.traces:
                self.traces[key] = trace()
            return self.traces[key]


def _recorded(model: Model, own: Shape, name: str) -> Recording:
    try:
        return record_calls(model, tuple(side or FREE_SIZE for side in own))
    except Exception as error:  # an operation may raise anything on a shape it does not take
        raise NetworkError(f"The network in {name} cannot be run on a picture.") from error


def _cell_fields(
    recording: Recording, listing: Listing, fields: list[Field | None]
) -> dict[str | None, Field]:
    """What the cells of each layer depend on, and by None those of the first output's grid."""
    known: dict[str | None, Field] = dict(listing.fields.items())
    output = recording.outputs[0]
    for call, field in zip(recording.calls, fields, strict=True):
        if field is not None and len(output.shape) == 4 and call.outputs[0] is output:
            known[None] = field
    return known


def _refuse_deeper(outputs: list[Any], layout: Layout, name: str) -> None:
    if any(len(output.shape) <= 2 for output in outputs) and None not in layout.picture:
        return  # that one can be looked at
    for output in outputs:
        if len(output.shape) == 4 and None in layout.picture:
            raise NetworkError(
                f"{name} takes pictures of any size and gives a grid as large as they "
                "are; save it with a fixed input size."
            )
        if len(output.shape) not in {1, 2, 4} and not is_bare_grid(output.shape[1:], layout):
            grid = " × ".join(str(side) for side in output.shape[1:])
            raise NetworkError(
                f"{name} gives a grid of {grid} numbers, as object detection does; "
                "only classification and regression networks can be explained here."
            )


def _last_dense(calls: list[Call]) -> Operation | None:
    dense = (call.operation for call in reversed(calls) if call.operation.kind == "Dense")
    return next(dense, None)
