"""TensorFlow Lite files: which they are, and how one becomes a network."""

from __future__ import annotations

from pathlib import Path

from gradcam.backends.graph.network import GraphNetwork, network_of_file
from gradcam.backends.graph.tensorflow_lite.building import graph_of
from gradcam.backends.graph.tensorflow_lite.parsing import MAX_BYTES, damaged, read_lite_file
from gradcam.backends.graph.tensorflow_lite.telling import holds_integers, told_of_file
from gradcam.backends.reader import OpeningOptions, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Holds

MAGIC = b"TFL3"


class TensorFlowLiteReader:
    """Reads TensorFlow Lite files.

    Attributes:
        endings: of such files.
    """

    endings = (".tflite", ".lite")

    def knows(self, seen: Seen) -> bool:
        """By the mark behind the first offset; such a file may be a zip as well, at its end."""
        return seen.head[4:8] == MAGIC

    def holds(self, path: Path, seen: Seen) -> Holds | None:  # noqa: ARG002 - of the protocol
        """See `Reader.holds`."""
        return Holds.NETWORK if self.knows(seen) else None

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> GraphNetwork:
        """Open it.

        Raises:
            NetworkError: it is damaged, has an operator that is not read, or has no output that
                can be explained.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise NetworkError(f"{name} is larger than 1 GB and was not opened.")
            data = path.read_bytes()
        except OSError as error:
            raise damaged(name) from error
        file = read_lite_file(data, name)
        graph = graph_of(file, name, options.arithmetic)
        if not any(node.weights for node in graph.nodes):
            raise NetworkError(f"{name} holds no layer that learned anything: nothing to explain.")
        arithmetic = options.arithmetic if holds_integers(file) else None
        return network_of_file(
            graph, name, digest, told=told_of_file(file, data), arithmetic=arithmetic
        )
