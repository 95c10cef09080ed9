"""What a network's classes are called: by the source, else by ImageNet's list where it fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from gradcam import Network, class_count
from services.alternative import Alternative
from services.class_list import ClassList, suited, told_apart
from services.fact import Fact
from services.imagenet import imagenet
from services.sources.content import SourceContent
from services.sources.manifest import IMAGENET, PROJECT_FILE
from services.sources.reference import CLASSES
from services.spelling import matched

NOBODY = ClassList("", (), how="")


def classes_of(content: SourceContent, network: Network, labels: Collection[str]) -> ClassList:
    """The classes as the source names them, in the order of the outputs; none where it does not.

    Args:
        content: of the source.
        network: loaded.
        labels: of the samples, distinct.
    """
    count = class_count(network)
    counts = dict.fromkeys([count, *(head.units for head in network.heads if head.grid is None)])
    if content.manifest.classes:
        own = ClassList(content.manifest.file, content.manifest.classes, how="")
        return own.after_background(count) if _has_background(network) else own
    lists = content.class_lists
    if _has_background(network):
        lists = tuple(each.after_background(count) for each in lists)
    named = suited(lists, counts, labels)
    return named or _imagenet(counts, labels, content.manifest.imagenet) or NOBODY


def with_own_names(content: SourceContent, network: Network) -> SourceContent:
    """The content with the names that stand in the network's own file, before all other lists."""
    if not network.told.class_names:
        return content
    how = "they stand in it, in the order of its outputs"
    own = ClassList("the network's file", told_apart(network.told.class_names), how=how)
    return replace(content, class_lists=(own, *content.class_lists))


def as_picked(content: SourceContent, picked: str) -> SourceContent:
    """The content with ImageNet's names asked for, where a person took them."""
    if picked != IMAGENET:
        return content
    return replace(content, manifest=replace(content.manifest, imagenet=True))


def offered(
    content: SourceContent, network: Network, names: Sequence[str], picked: str
) -> tuple[Alternative, ...]:
    """ImageNet's names, for as many outputs that nobody named and that did not get them.

    Args:
        content: of the source.
        network: loaded.
        names: of the classes, as they are.
        picked: what the person took; "" where they left it.
    """
    own, count = imagenet().for_units(class_count(network)), class_count(network)
    named = content.class_lists or content.manifest.classes or content.manifest.imagenet
    if not own or named or (tuple(names) == own and not picked):
        return ()
    values = {"": "the labels", IMAGENET: f"ImageNet's {count}"}
    return (Alternative(CLASSES, "Names of the classes", picked, values),)


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
        if each.file != used.file
        and len(each.names) > 1
        and each.sized(count) is None
        and not (_has_background(network) and len(each.names) == count - 1)
    )


def _has_background(network: Network) -> bool:
    """Whether class 0 of a grid stands for nothing, which lists of classes may leave out."""
    head = network.heads[0]
    return head.grid is not None and head.background_classes > 0


def _imagenet(counts: Collection[int], labels: Collection[str], asked: bool) -> ClassList | None:
    """ImageNet's classes, where they are asked for, the labels are theirs, or there are none."""
    names = next((names for count in counts if (names := imagenet().for_units(count))), ())
    if not names:
        return None
    if asked:
        return ClassList("ImageNet", names, how=f"as {PROJECT_FILE} or the Project page asks")
    if not labels:
        how = f"{len(names)} outputs that nobody named; labels.txt can name others"
        return ClassList("ImageNet", names, how=how)
    ours = len(matched(labels, names))
    how = f"{ours} of {len(labels)} labels are ImageNet's; labels.txt can name others"
    return ClassList("ImageNet", names, how=how) if 2 * ours > len(labels) else None
