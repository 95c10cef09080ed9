"""A Keras model with a face."""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.model import KerasModel
from gradcam.backends.tensorflow.network import TensorFlowNetwork


class KerasNetwork(TensorFlowNetwork):
    """A network that Keras opened, or that was built in memory."""

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - keras.Model
        name: str = "model",
        digest: str = "",
        *,
        fold: bool = False,
    ) -> None:
        """Look a Keras model over.

        Args:
            model: of Keras 3.
            name: what people call it.
            digest: of its contents; "" for a model that came from memory.
            fold: see `TensorFlowNetwork`; not for a model that its owner may train on.

        Raises:
            NetworkError: the model takes no single picture, or gives no class scores or values.
        """
        super().__init__(KerasModel(model), name, digest or f"memory-{id(model)}", fold=fold)
