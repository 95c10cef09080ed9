"""A server that opens uploads until the cache it shares with another one is full.

    python -m tests.services.opening.filling MODEL NAME COUNT

Says that it is ready, waits for a line, opens and exports what the other one opens and exports at
the same moment, then opens uploads of its own. Prints what it saw as JSON.
"""

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from services.choices.choices import Choices
from services.export import making
from services.export.background import requested
from services.opening.opening import open_source
from services.opening.runtime import load_tensorflow
from services.people.person import NOBODY_ELSE
from services.sources.upload import keep_upload
from services.work.progress import Progress

SIDE = 1000  # pixels: noise that no picture format makes smaller than 3 MB


def upload(model, name):
    """Keep a project of two pictures that are its own; about 6 MB."""
    rng = np.random.default_rng(list(name.encode()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("project.toml"), '[input]\nscaling = "0..1"\n')
        for label in ("blue", "red"):
            png = io.BytesIO()
            pixels = rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
            Image.fromarray(pixels).save(png, "PNG", compress_level=0)
            archive.writestr(zipfile.ZipInfo(f"{label}/{name}.png"), png.getvalue())
    return keep_upload(NOBODY_ELSE, model.name, io.BytesIO(model.read_bytes()), packed)


def is_whole(opened):
    """Whether the files of a project are all there."""
    return all(sample.path.is_file() for sample in opened.project.samples)


def main(model, name, count):
    runs = []
    original = making.explain_batch

    def counted(*given):
        runs.append(1)
        return original(*given)

    making.explain_batch = counted
    load_tensorflow()
    print("ready", flush=True)
    sys.stdin.readline()
    same = open_source(upload(model, "same"))
    exported = requested(same, Choices()).make(Progress())
    lost = []
    for number in range(count):
        opened = open_source(upload(model, f"{name}-{number}"))
        lost += [] if is_whole(opened) else [number]
    seen = {
        "computed": same.predictions.computed,
        "explained": len(runs),
        "lost": lost,
        "whole": is_whole(same) and exported.zip.is_file(),
    }
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
