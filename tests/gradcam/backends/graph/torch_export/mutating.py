"""Opens `.pt2` files that were damaged by chance, in a process of its own, and says what happened.

    python -m tests.gradcam.backends.graph.torch_export.mutating FILE FIRST COUNT

Each number is another damage: bytes flipped or cut, or a program that is well formed and
contradicts itself. A line `number outcome` is printed for each; the process ends well if none was
a fault.
"""

import json
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

HANGS = 5.0  # seconds of the process's own time
GROWS = 1 << 20  # KiB
ODD = (-1, 0, 1, 2, 3, 7, 4001, 1 << 20, 1 << 40, -(1 << 62), 2.5, True, None, "x", [], {})
DESCRIBED = ("models/model.json", "data/weights/model_weights_config.json")


def damaged(content, rng):
    """Bytes flipped, or cut off."""
    content = bytearray(content)
    if not content:
        return b"more"
    if rng.random() < 0.3:
        return bytes(content[: rng.integers(len(content))])
    for _ in range(rng.integers(1, 8)):
        content[rng.integers(len(content))] = rng.integers(256)
    return bytes(content)


def places(value, above=()):
    """Ways to everything that stands in JSON."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        yield (*above, key)
        if isinstance(part, dict | list):
            yield from places(part, (*above, key))


def contradictory(content, rng):
    """Parts of a description taken away, or others in their place."""
    written = json.loads(content)
    for _ in range(rng.integers(1, 5)):
        ways = list(places(written))
        (*above, last), (*others, other) = (ways[rng.integers(len(ways))] for _ in range(2))
        inside, beside = at(written, above), at(written, others)
        if rng.random() < 0.2:
            del inside[last]
        elif rng.random() < 0.5:
            inside[last] = json.loads(json.dumps(beside[other]))
        else:
            inside[last] = ODD[rng.integers(len(ODD))]
    return json.dumps(written).encode()


def at(value, way):
    for key in way:
        value = value[key]
    return value


def mutated(source, path, rng):
    """Another file, damaged as a whole or in one member."""
    if rng.random() < 0.2:
        path.write_bytes(damaged(source.read_bytes(), rng))
        return
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(path, "w") as archive:
        names = whole.namelist()
        odds = [8.0 if name.endswith(DESCRIBED) else 1.0 for name in names]
        chosen = names[rng.choice(len(names), p=np.array(odds) / sum(odds))]
        for name in names:
            content = whole.read(name)
            if name == chosen:
                told = name.endswith(DESCRIBED) and rng.random() < 0.9
                content = contradictory(content, rng) if told else damaged(content, rng)
            archive.writestr(name, content)


def main(source, first, count):
    from gradcam.errors import NetworkError
    from gradcam.loading import load_network

    import_runtime()
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.pt2"
            mutated(source, path, rng)
            begun, before = time.process_time(), peak()
            try:
                layout = (network := load_network(path)).layout
                if layout.height * layout.width * layout.channels < 1 << 20:
                    network.predict(np.zeros((2, *layout.picture), np.float32))
                outcome = "opened"
            except NetworkError as error:
                outcome = "refused" if "\n" not in str(error) else f"said {error}"
            except Exception as error:  # noqa: BLE001 - a fault is what is looked for
                outcome = f"raised {type(error).__name__} {error}"
            if time.process_time() - begun > HANGS:
                outcome = "hung"
            if peak() - before > GROWS:
                outcome = "grew"
        print(number, outcome, flush=True)


def import_runtime():
    """TensorFlow itself takes seconds and memory, which are no file's."""
    import tensorflow as tf

    tf.constant(0)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
