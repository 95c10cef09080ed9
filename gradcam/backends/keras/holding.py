"""How much of a network is in a file of Keras', by a look that opens nothing."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from gradcam.formats import Holds

CLASS = re.compile(rb'"class_name":\s*"(Functional|Sequential|Model)"')
OF_TENSORFLOW_JS = b'"modelTopology"'
WEIGHT_GROUPS = frozenset({"layers", "_layer_checkpoint_dependencies", "model_weights"})


def held_by_hdf5(path: Path) -> Holds | None:
    """A whole network, weights, or none of both, such as a data set; None for a damaged file."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            if "model_config" in file.attrs:
                return Holds.NETWORK
            listed = any(key.startswith("layer_names") for key in file.attrs)
            if listed or WEIGHT_GROUPS & set(file):
                return Holds.WEIGHTS
    except (OSError, RuntimeError):
        return None
    return None


def is_description(head: bytes) -> bool:
    """Whether a text describes a network's layers, without their weights."""
    is_json = head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")
    return is_json and OF_TENSORFLOW_JS not in head and bool(CLASS.search(head))
