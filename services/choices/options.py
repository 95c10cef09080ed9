"""What the deeper pages can be asked to show; the values are what the pages call it."""

from __future__ import annotations

from enum import StrEnum

# What Explain shows beside a task's own views.
ONE, SIDE_BY_SIDE = "One heatmap", "Methods side by side"


class Counting(StrEnum):
    """What the cells of the confusion matrix say."""

    COUNTS = "Counts"
    RATES = "Rates"


class Reduction(StrEnum):
    """Ways to draw many numbers as two."""

    TSNE = "t-SNE"  # van der Maaten and Hinton 2008
    PCA = "PCA"
    UMAP = "UMAP"  # McInnes, Healy and Melville 2018; its package may be missing


class Share(StrEnum):
    """What a block's share of the network is measured by."""

    PARAMETERS = "Parameters"
    MULTIPLY_ADDS = "Multiply-adds"


class LayersView(StrEnum):
    """What Layers shows."""

    STRIP = "Layer by layer"
    MAPS = "Activation maps"
    CHANNEL = "One channel"
    KERNELS = "Learned filters"


class ChannelSort(StrEnum):
    """Orders of a layer's channels."""

    CONTRIBUTION = "Contribution to the target"
    ACTIVATION = "Activation"
    NUMBER = "Number"


class KernelSort(StrEnum):
    """Orders of a layer's filters; the largest comes first, or the first."""

    NORM = "L2"
    MEAN = "Mean"
    DEVIATION = "Deviation"
    LOW = "Least weight"
    HIGH = "Largest weight"
    NUMBER = "Number"


class DrawnBy(StrEnum):
    """Who lays a heatmap on its picture."""

    BROWSER = "browser"
    SERVER = "server"  # where the component cannot work
