"""Networks that find objects are judged by boxes, whatever else labels the pictures."""

from __future__ import annotations

from dataclasses import replace

from gradcam import Network
from services.fact import Fact
from services.sources.content import SourceContent
from services.sources.labels.boxes.reading import labelled_by_boxes
from services.tasks.registry import TASKS


def of_objects(content: SourceContent, network: Network) -> SourceContent:
    """The content with its samples labelled by boxes, where only a task of boxes reads the network.

    Args:
        content: of the source.
        network: loaded.
    """
    able = [task for task in TASKS.values() if task.reads(network)]
    if not able or not all(task.reads_boxes for task in able):
        return content
    before = content.labelled
    labelled = content.objects() if content.objects else labelled_by_boxes(before)
    void = {"labels", *(fact.what for fact in before.facts)}
    facts = tuple(fact for fact in content.facts if fact.what not in void)
    return replace(
        content,
        labelled=labelled,
        class_lists=(
            *(each for each in content.class_lists if each not in before.class_lists),
            *labelled.class_lists,
        ),
        facts=(*facts, Fact("labels", labelled.labelled_by, labelled.why), *labelled.facts),
    )
