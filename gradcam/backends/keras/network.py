"""A Keras model with a face."""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.model import KerasModel
from gradcam.backends.tensorflow.network import TensorFlowNetwork


class KerasNetwork(TensorFlowNetwork):
    """A network that Keras opened, or that was built in memory."""

    def __init__(self, model: Any, name: str = "model", digest: str = "") -> None:  # noqa: ANN401
        """Look a Keras model over.

        Raises:
            NetworkError: the model takes no single picture, or gives no class scores or values.
        """
        super().__init__(KerasModel(model), name, digest or f"memory-{id(model)}")
