"""What the methods cost: those of one capture together, and those of many passes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import gradcam
from benchmarks.core import SIZES
from benchmarks.networks import BATCH, TARGET, mobilenet, pictures
from benchmarks.peak import peak_megabytes
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from gradcam.arrays import Floats

ONE_CAPTURE = [
    method
    for method in gradcam.METHODS.values()
    if method.need is gradcam.Need.CAPTURE and not method.control
]
TOGETHER_AT_MOST = 1.5
THROUGHPUT_AT_LEAST = 0.8
CHUNKS = 4
MASKED = {  # methods of pictures shown through masks, each with as many passes
    "score-cam": {"channels": CHUNKS * BATCH},
    "rise": {"masks": CHUNKS * BATCH},
}
NARROW, WIDE = "block_16_project_BN", "out_relu"  # 320 and 1280 channels of 7 × 7 cells
MORE_CHANNELS_AT_MOST, MEMORY_AT_MOST = 1.1, 1.25  # our own choice
MIDDLE = "block_13_expand_relu"  # 576 channels, with a good part of the network behind it
CHILD = """
import sys
from benchmarks import methods
methods.some_passes(*sys.argv[1:])
"""


def rows(effort: Effort) -> Iterator[Row | Note]:
    """All of it, at both sizes."""
    for size in SIZES:
        (network,) = mobilenet(size)
        batch = pictures(size)
        slow = effort.longer(3.0 if size == max(SIZES) else 1.0)
        yield _together(network, batch, slow)
        yield from _masked(network, batch, slow)
    (network,) = mobilenet(min(SIZES))
    for layer in (network.default_layer.name, MIDDLE):
        yield _ablation(network, pictures(min(SIZES)), layer, effort)
    yield from _memory()
    yield Note(
        f"One capture's methods are {', '.join(method.title for method in ONE_CAPTURE)}; capture "
        f"and maps of all of them against capture and Grad-CAM."
    )
    yield Note(
        "Plain prediction is `network.predict` of as many pictures in batches as large; masks, "
        "and what a method runs before its first pass, count against the method."
    )


def _together(network: gradcam.Network, batch: Floats, effort: Effort) -> Row:
    def explained(methods: list[gradcam.Method]) -> None:
        captured = gradcam.capture(network, batch)
        for method in methods:
            gradcam.compute_maps(captured, method)

    one = [gradcam.METHODS["grad-cam"]]
    pairs = in_turns(partial(explained, ONE_CAPTURE), partial(explained, one), effort)
    return Row.of(
        f"all {len(ONE_CAPTURE)} methods of one capture : Grad-CAM alone, {network.width} px, "
        f"batch {BATCH} ({pairs.said(BATCH)} a picture)",
        pairs.ratios,
        at_most=TOGETHER_AT_MOST,
    )


def _masked(network: gradcam.Network, batch: Floats, effort: Effort) -> Iterator[Row]:
    for name, settings in MASKED.items():
        explain = partial(
            gradcam.explain, network, batch[:1], None, TARGET, name, chunk=BATCH, **settings
        )
        pairs = in_turns(partial(_predict, network, batch, CHUNKS), explain, effort)
        yield Row.of(
            f"throughput of {gradcam.METHODS[name].title} : plain prediction, {network.width} px, "
            f"{CHUNKS} × {BATCH} passes (plain : {name} {pairs.said(CHUNKS * BATCH)} a pass)",
            pairs.ratios,
            at_least=THROUGHPUT_AT_LEAST,
        )


def _ablation(network: gradcam.Network, batch: Floats, layer: str, effort: Effort) -> Row:
    channels = network.layer(layer).channels
    pairs = in_turns(
        lambda: _predict(network, batch, channels // BATCH),
        lambda: gradcam.explain(network, batch[:1], layer, TARGET, "ablation-cam", chunk=BATCH),
        effort,
    )
    return Row.of(
        f"whole passes for {channels} channels : Ablation-CAM at {layer}, which runs only what "
        f"follows, {network.width} px ({pairs.said(channels)} a channel)",
        pairs.ratios,
    )


def some_passes(work: str = "", layer: str = "") -> None:
    """Nothing, plain prediction, or Score-CAM of one picture for all channels of a layer."""
    (network,) = mobilenet(max(SIZES))
    batch = pictures(max(SIZES))
    if work == "predict":
        _predict(network, batch, CHUNKS)
    elif work:
        gradcam.explain(network, batch[:1], layer, TARGET, work, chunk=BATCH)


def _memory() -> Iterator[Row | Note]:
    opened = peak_megabytes(CHILD)
    plain, narrow, wide = (
        peak_megabytes(CHILD, *work) - opened
        for work in (("predict",), ("score-cam", NARROW), ("score-cam", WIDE))
    )
    yield Row.of(
        f"memory of Score-CAM, 1280 channels : 320, {max(SIZES)} px, chunks of {BATCH} "
        f"({wide:.0f} : {narrow:.0f} MB)",
        [wide / narrow],
        at_most=MORE_CHANNELS_AT_MOST,
    )
    yield Row.of(
        f"memory of Score-CAM, 1280 channels : plain prediction in batches of {BATCH} "
        f"({wide:.0f} : {plain:.0f} MB)",
        [wide / plain],
        at_most=MEMORY_AT_MOST,
    )
    yield Note(
        "Memory of Score-CAM is what the peak of a process of its own exceeds by that of one that "
        f"opens the same network and does no more ({opened:.0f} MB)."
    )


def _predict(network: gradcam.Network, batch: Floats, times: int) -> None:
    for _ in range(times):
        network.predict(batch)
