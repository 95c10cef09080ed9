"""Opening ONNX files."""

from __future__ import annotations

from pathlib import Path

from gradcam.backends.graph.network import GraphNetwork, network_of_file
from gradcam.backends.graph.onnx_files.parsing import is_onnx, parse
from gradcam.backends.graph.onnx_files.telling import told_by
from gradcam.backends.graph.onnx_files.translating import translate
from gradcam.backends.reader import OpeningOptions, Seen
from gradcam.formats import Holds


class OnnxReader:
    """Reads `.onnx` files.

    Attributes:
        endings: of such files.
    """

    endings = (".onnx",)

    def knows(self, seen: Seen) -> bool:
        """Bytes that begin as the format's messages do."""
        return is_onnx(seen.head)

    def holds(self, path: Path, seen: Seen) -> Holds | None:  # noqa: ARG002 - bytes tell
        """See `Reader.holds`."""
        return Holds.NETWORK if is_onnx(seen.head) else None

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> GraphNetwork:
        """Open it.

        Raises:
            NetworkError: it is damaged, lacks its weights, holds operators that are not read here,
                has no map, or is no network of one picture that gives class scores or values.
        """
        file = parse(path, name, digest)
        translation = translate(file, name)
        network = network_of_file(
            translation.graph, name, file.digest, told=told_by(file), fold=options.fold
        )
        network.require_layer()
        return network
