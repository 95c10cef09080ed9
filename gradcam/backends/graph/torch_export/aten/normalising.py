"""Normalisations, and what does nothing at prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.channels_last import Held
from gradcam.backends.graph.operators.normalisation import (
    batch_normalisation,
    group_normalisation,
    layer_normalisation,
)
from gradcam.backends.graph.torch_export.aten.at import (
    At,
    RefusalError,
    Writer,
    channels_at_the_end,
    real,
)

IN_TRAINING = "was exported as it is trained (call `model.eval()` before `torch.export.export`)"


def _batch_norm(
    at: At,
    given: Held,
    weight: NDArray[Any] | None,
    bias: NDArray[Any] | None,
    running_mean: NDArray[Any] | None,
    running_var: NDArray[Any] | None,
    training: bool,
    eps: float,
) -> Held:
    if training or running_mean is None or running_var is None:
        raise RefusalError(IN_TRAINING)
    ones = np.ones_like(running_mean)
    stored = [
        ones if weight is None else weight,
        np.zeros_like(ones) if bias is None else bias,
        running_mean,
        running_var,
    ]
    maps = at.graph.channels_last(given, at.path)
    path = at.free
    return at.graph.add(batch_normalisation(path, maps.name, path, real(stored), eps), maps.order)


def _native(at: At, given: Held, weight: Any, bias: Any, running_mean: Any, running_var: Any,  # noqa: ANN401
            eps: float) -> tuple[Held, None, None]:  # fmt: skip
    made = _batch_norm(
        at,
        given,
        weight,
        bias,
        running_mean,
        running_var,
        training=False,
        eps=eps,
    )
    return made, None, None


def _layer_norm(
    at: At,
    given: Held,
    normalized_shape: tuple[int, ...],
    weight: NDArray[Any] | None = None,
    bias: NDArray[Any] | None = None,
    eps: float = 1e-5,
) -> Held:
    if len(normalized_shape) != 1:
        raise RefusalError("uses a layer normalisation over several axes")
    own = channels_at_the_end(at, given)
    path = at.free
    node = layer_normalisation(path, own.name, path, _given(weight), _given(bias), eps)
    return at.graph.add(node, own.order)


def _native_layer_norm(at: At, *args: Any, **kwargs: Any) -> tuple[Held, None, None]:  # noqa: ANN401
    return _layer_norm(at, *args, **kwargs), None, None


def _group_norm(
    at: At,
    given: Held,
    num_groups: int,
    weight: NDArray[Any] | None = None,
    bias: NDArray[Any] | None = None,
    eps: float = 1e-5,
) -> Held:
    own = at.graph.channels_last(given, at.path)
    path = at.free
    node = group_normalisation(path, own.name, path, num_groups, _given(weight), _given(bias), eps)
    return at.graph.add(node, own.order)


def _instance_norm(
    at: At,
    given: Held,
    weight: NDArray[Any] | None,
    bias: NDArray[Any] | None,
    running_mean: NDArray[Any] | None,
    running_var: NDArray[Any] | None,
    use_input_stats: bool,
    eps: float,
) -> Held:
    if not use_input_stats:
        return _batch_norm(at, given, weight, bias, running_mean, running_var, training=False,
                           eps=eps)  # fmt: skip
    return _group_norm(at, given, given.shape[1], weight, bias, eps)


def _given(stored: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if stored is None else np.asarray(stored, np.float32)


def _dropout(at: At, given: Held, p: float = 0.5, train: bool = False) -> Held:  # noqa: ARG001
    if train and p:
        raise RefusalError(IN_TRAINING)
    return given


ATEN_NORMALISING: dict[str, Writer] = {
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": _native,
    "layer_norm": _layer_norm,
    "native_layer_norm": _native_layer_norm,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
    "dropout": _dropout,
    "feature_dropout": _dropout,
    "alpha_dropout": _dropout,
}
