"""Opens SavedModels that were damaged by chance, in a process of its own, and says what happened.

    python -m tests.gradcam.backends.graph.saved_model.mutating FOLDER FIRST COUNT

Each number is another damage: bytes flipped or cut, or a graph that is well formed and contradicts
itself. A line `number outcome` is printed for each; the process ends well if none was a fault.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HANGS = 5.0  # seconds of the process's own time
GROWS = 1 << 20  # KiB


def damaged(content, rng):
    """Bytes flipped, or cut off."""
    content = bytearray(content)
    if rng.random() < 0.2:
        return bytes(content[: rng.integers(1, len(content))])
    for _ in range(rng.integers(1, 8)):
        content[rng.integers(len(content))] = rng.integers(256)
    return bytes(content)


def contradictory(content, rng):
    """Inputs, operators, numbers, types and shapes of some nodes changed for others."""
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString(content)
    graph = saved.meta_graphs[0].graph_def
    bodies = [graph.node, *(each.node_def for each in graph.library.function)]
    weights = np.array([len(body) for body in bodies], float)
    for _ in range(rng.integers(1, 6)):
        body = bodies[rng.choice(len(bodies), p=weights / weights.sum())]
        node, other = body[rng.integers(len(body))], body[rng.integers(len(body))]
        _changed(node, other, rng)
    return saved.SerializeToString()


def _changed(node, other, rng):
    choice = rng.integers(5)
    if choice == 0 and node.input:
        place = rng.integers(len(node.input))
        index = f":{rng.integers(-1, 3)}" if rng.random() < 0.3 else ""
        node.input[place] = other.name + index
    elif choice == 1:
        node.op = other.op
    elif choice == 2 and len(node.input) > 1:
        del node.input[rng.integers(len(node.input))]
    else:
        for value in node.attr.values():
            _odd(value, rng)


def _odd(value, rng):
    numbers = (-1, 0, 1, 2, 7, 2**31, 2**40, -(2**63))
    kind = value.WhichOneof("value")
    if rng.random() < 0.5:
        return
    if kind == "i":
        value.i = int(rng.choice(numbers))
    elif kind == "type":
        value.type = int(rng.integers(1, 24))
    elif kind == "list" and value.list.i:
        value.list.i[rng.integers(len(value.list.i))] = int(rng.choice(numbers))
    elif kind == "s":
        value.s = bytes(rng.integers(65, 90, 4).tolist())
    elif kind in {"shape", "tensor"}:
        shape = value.shape if kind == "shape" else value.tensor.tensor_shape
        for dimension in shape.dim:
            dimension.size = int(rng.choice(numbers))


def outcome(folder, rng):
    """`refused`, `opened`, or what went wrong."""
    import gradcam

    targets = ["saved_model.pb"] * 4 + ["variables/variables.index"]
    path = folder / targets[rng.integers(len(targets))]
    content = path.read_bytes()
    well_formed = path.name == "saved_model.pb" and rng.random() < 0.7
    path.write_bytes((contradictory if well_formed else damaged)(content, rng))
    try:
        network = gradcam.load_network(folder)
        layout = network.layout
        if (layout.height or 64) * (layout.width or 64) * layout.channels < 1 << 20:
            network.predict(np.zeros((2, layout.height or 64, layout.width or 64,
                                      layout.channels), np.float32))  # fmt: skip
    except gradcam.NetworkError as error:
        said = str(error)
        return "refused" if said.endswith(".") and "\n" not in said else f"FAULT said {said!r}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"FAULT {error!r}"[:300]
    return "opened"


def main(folder, first, count):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import gradcam

    gradcam.load_network(folder)  # the runtime is no part of what is measured
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults = 0
    for number in range(first, first + count):
        with tempfile.TemporaryDirectory() as place:
            copy = shutil.copytree(folder, Path(place) / "copy")
            began = time.process_time()
            said = outcome(Path(copy), np.random.default_rng(number))
            spent = time.process_time() - began
        if spent > HANGS:
            said = f"FAULT took {spent:.1f} s"
        faults += said.startswith("FAULT")
        sys.stdout.write(f"{number} {said}\n")
        sys.stdout.flush()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    sys.stdout.write(f"grown {grown} KiB\n")
    return bool(faults) or grown > GROWS


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
