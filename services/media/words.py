"""The input spec in an engineer's words, as pages and reports say it."""

from __future__ import annotations

from gradcam import Color, Resize, ResizeMethod, Scaling

_METHODS = {
    ResizeMethod.LANCZOS3: "Lanczos",
    ResizeMethod.BILINEAR: "bilinear",
    ResizeMethod.NEAREST: "nearest",
    ResizeMethod.PLAIN_BILINEAR: "bilinear, no antialiasing",
    ResizeMethod.AREA: "area",
    ResizeMethod.CORNER_NEAREST: "nearest, corner-aligned",
}
_COLORS = {Color.RGB: "RGB", Color.BGR: "BGR", Color.GRAYSCALE: "grayscale"}
_SCALINGS = {
    Scaling.UNIT: "scaled 0–1",
    Scaling.SYMMETRIC: "scaled −1 to 1",
    Scaling.RAW: "unscaled 0–255",
    Scaling.SIGNED: "shifted to −128 to 127",
    Scaling.TORCH: "ImageNet mean and deviation (torch)",
    Scaling.CAFFE: "ImageNet mean subtracted (caffe)",
    Scaling.STANDARDIZED: "each standardised by its own mean and deviation",
    Scaling.STRETCHED: "each stretched from its minimum, 0, to its maximum, 1",
    Scaling.OWN: "own mean and deviation",
}


def resize_said(resize: Resize, method: ResizeMethod) -> str:
    """`resize squash (Lanczos)`."""
    return f"resize {resize} ({_METHODS[method]})"


def color_said(color: Color) -> str:
    """`RGB`."""
    return _COLORS[color]


def scaling_said(scaling: Scaling) -> str:
    """`scaled 0–1`."""
    return _SCALINGS[scaling]
