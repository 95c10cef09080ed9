"""The weights of a SavedModel: a checkpoint, which holds arrays and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.errors import NetworkError

_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE = "VARIABLE_VALUE"


class Checkpoint:
    """Arrays of variables, read when they are asked for."""

    def __init__(self, prefix: Path, data_bytes: int, name: str) -> None:
        """Open one.

        Args:
            prefix: of its files: `variables/variables`.
            data_bytes: of the files with its numbers; no array in it can be larger.
            name: of the network, for sentences that speak of it.

        Raises:
            NetworkError: it is damaged, or promises more than its files hold.
        """
        import tensorflow as tf
        from tensorflow.core.protobuf import trackable_object_graph_pb2

        self._name = name
        self._reader = tf.train.load_checkpoint(str(prefix))
        types = self._reader.get_variable_to_dtype_map()
        self._shapes: Mapping[str, Any] = self._reader.get_variable_to_shape_map()
        promised = sum(
            int(np.prod(shape, dtype=object)) * max(types[key].size, 0)
            for key, shape in self._shapes.items()
        )
        if promised > data_bytes:
            raise NetworkError(f"{name} is damaged: its weights are not all there.")
        self._keys: dict[int, str] = {}
        if _OBJECTS in self._shapes:
            content = self._reader.get_tensor(_OBJECTS)
            objects = trackable_object_graph_pb2.TrackableObjectGraph.FromString(content)
            for number, each in enumerate(objects.nodes):
                for attribute in each.attributes:
                    if attribute.name == _VALUE:
                        self._keys[number] = attribute.checkpoint_key

    def variable(self, node: Any, number: int | None) -> NDArray[Any]:  # noqa: ANN401 - a NodeDef
        """The array of a variable.

        Args:
            node: that holds it in the graph.
            number: in the file's list of objects; None where it has no such list.

        Raises:
            NetworkError: it is not there.
        """
        own = node.attr["shared_name"].s.decode(errors="replace") or node.name
        key = self._keys.get(number, "") if number is not None else own
        if key not in self._shapes:
            raise NetworkError(f"The weights of {own} are missing in {self._name}.")
        array: NDArray[Any] = np.asarray(self._reader.get_tensor(key))
        return array
