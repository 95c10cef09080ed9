"""Operators on real numbers: who writes the nodes of which."""

from __future__ import annotations

from gradcam.backends.graph.tensorflow_lite.moved import MOVED
from gradcam.backends.graph.tensorflow_lite.paired import CURVED, PAIRED
from gradcam.backends.graph.tensorflow_lite.pooled import POOLED
from gradcam.backends.graph.tensorflow_lite.step import Builder
from gradcam.backends.graph.tensorflow_lite.weighted import WEIGHTED

FLOATS: dict[str, Builder] = {**WEIGHTED, **POOLED, **PAIRED, **CURVED, **MOVED}
