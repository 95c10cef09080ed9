"""What a network's classes are called: by the source, else by ImageNet's list where it fits."""

from __future__ import annotations

from collections.abc import Collection

from gradcam import Network, class_count
from services.class_list import ClassList, suited
from services.fact import Fact
from services.imagenet import imagenet
from services.sources.content import SourceContent
from services.sources.manifest import PROJECT_FILE
from services.spelling import matched

NOBODY = ClassList("", (), how="")


def classes_of(content: SourceContent, network: Network, labels: Collection[str]) -> ClassList:
    """The classes as the source names them, in the order of the outputs; none where it does not.

    Args:
        content: of the source.
        network: loaded.
        labels: of the samples, distinct.
    """
    counts = dict.fromkeys([class_count(network), *(head.units for head in network.heads)])
    if content.manifest.classes:
        return ClassList(content.manifest.file, content.manifest.classes, how="")
    named = suited(content.class_lists, counts, labels)
    return named or _imagenet(counts, labels, content.manifest.imagenet) or NOBODY


def passed_over(content: SourceContent, used: ClassList, network: Network) -> tuple[Fact, ...]:
    """The lists of classes that name more or fewer than the network tells apart.

    Args:
        content: of the source.
        used: the one that was taken.
        network: loaded.
    """
    count = class_count(network)
    return tuple(
        Fact("classes", each.file, f"names {len(each.names)}, but the network tells {count} apart")
        for each in content.class_lists
        if each.file != used.file and len(each.names) > 1 and each.sized(count) is None
    )


def _imagenet(counts: Collection[int], labels: Collection[str], asked: bool) -> ClassList | None:
    """ImageNet's classes, where they are asked for, the labels are theirs, or there are none."""
    names = next((names for count in counts if (names := imagenet().for_units(count))), ())
    if not names:
        return None
    if asked:
        return ClassList("ImageNet", names, how=f"as {PROJECT_FILE} asks")
    if not labels:
        how = f"{len(names)} outputs that nobody named; labels.txt can name others"
        return ClassList("ImageNet", names, how=how)
    ours = len(matched(labels, names))
    how = f"{ours} of {len(labels)} labels are ImageNet's; labels.txt can name others"
    return ClassList("ImageNet", names, how=how) if 2 * ours > len(labels) else None
