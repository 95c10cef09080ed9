"""What Studio tells of impulses, samples and results, as values of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from services.edge_impulse.answers import Answer
from services.edge_impulse.model import (
    DspBlock,
    Impulse,
    InputBlock,
    LabelledPart,
    LearnBlock,
    StudioSample,
    Windowing,
)
from services.sample import LabelledBox
from services.sources.labels.info import encodable
from services.tasks.other_answer import OtherAnswer, ScoredBox


def impulse_told(item: Answer) -> Impulse:
    """A way from input to network."""
    item = Answer(item.values, f"the impulse {item.maybe('name')}".strip())
    return Impulse(
        id=item.whole("id"),
        name=item.maybe("name"),
        inputs=tuple(_input(block) for block in item.objects("inputBlocks")),
        dsp=tuple(_dsp(block) for block in item.objects("dspBlocks")),
        learn=tuple(
            LearnBlock(
                block.whole("id"),
                block.text("type"),
                block.maybe("name"),
                block.wholes("dsp"),
            )
            for block in item.objects("learnBlocks")
        ),
    )


def _input(block: Answer) -> InputBlock:
    return InputBlock(
        id=block.whole("id"),
        type=block.text("type"),
        width=block.maybe_whole("imageWidth") or None,
        height=block.maybe_whole("imageHeight") or None,
        resize_mode=block.maybe("resizeMode"),
        resize_method=block.maybe("resizeMethod"),
        crop_anchor=block.maybe("cropAnchor"),
        windowing=_windowing(block),
    )


def _windowing(block: Answer) -> Windowing | None:
    size, frequency = block.maybe_whole("windowSizeMs"), block.maybe_number("frequencyHz")
    if not size or not frequency:
        return None
    step = block.maybe_whole("classificationWindowIncreaseMs")
    labeling = block.maybe_inner("labelingMethodMultiLabel")
    return Windowing(
        size=size,
        step=step or block.maybe_whole("windowIncreaseMs") or size,
        frequency=frequency,
        pads=block.flag("padZeros"),
        labeling=labeling.maybe("type"),
        labels=labeling.texts("labels") if labeling.values.get("labels") else (),
    )


def _dsp(block: Answer) -> DspBlock:
    return DspBlock(
        id=block.whole("id"),
        type=block.text("type"),
        name=block.maybe("name"),
        input=block.maybe_whole("input"),
        axes=block.texts("axes") if isinstance(block.values.get("axes"), list) else (),
        version=block.maybe_whole("implementationVersion") or 1,
    )


def sample_told(item: Answer) -> StudioSample:
    """A sample of a listing, or by itself."""
    number = item.whole("id")
    given = item.maybe("sha256Hash")
    version = given or f"{number} {item.maybe('lastModified')}"
    if given and item.flag("isCropped"):  # parts of one file
        version = f"{given} {number} {item.maybe_whole('valuesCount')}"
    metadata = item.maybe_inner("metadata").values
    parts = tuple(_parts(item))
    return StudioSample(
        id=number,
        name=item.maybe("filename") or str(number),
        label=item.maybe("label"),
        labels=tuple(dict.fromkeys(part.label for part in parts)),
        identity=hashlib.sha256(version.encode()).hexdigest(),
        stored_as=item.maybe("coldstorageFilename").rpartition("/")[2],
        hash=given,
        boxes=tuple(_boxes(item)),
        metadata={encodable(str(k)): encodable(str(v)) for k, v in metadata.items()},
        problem=_problem(item),
        category=item.maybe("category"),
        labeling=item.maybe("projectLabelingMethod"),
        disabled=item.flag("isDisabled"),
        modified=item.maybe("lastModified"),
        chart=item.maybe("chartType", "image"),
        parts=parts,
    )


def _parts(item: Answer) -> Iterator[LabelledPart]:
    for part in item.maybe_objects("structuredLabels"):
        start, stop = part.maybe_whole("startIndex"), part.maybe_whole("endIndex")
        yield LabelledPart(start or 0, stop or 0, part.maybe("label"))


def _problem(item: Answer) -> str:
    if item.flag("isDisabled"):
        return "it is disabled in Studio"
    if item.flag("processingError"):
        return "Studio could not process it"
    if item.flag("isProcessing"):
        return "Studio is still processing it"
    if item.values.get("labelMap"):
        return "it carries labels by key, not one class"
    return ""


def _boxes(item: Answer) -> Iterator[LabelledBox]:
    for box in item.maybe_objects("boundingBoxes"):
        sides = [box.maybe_number(side) for side in ("x", "y", "width", "height")]
        if None not in sides:
            yield LabelledBox(box.maybe("label"), *(side or 0.0 for side in sides))


Boxes = Mapping[int, Sequence[tuple[ScoredBox, ...]]]  # by samples' numbers, of each window


def boxes_told(predictions: Sequence[Answer]) -> Boxes:
    """The objects that Studio's verdicts tell, in fractions of the pictures."""
    boxes: dict[int, list[tuple[ScoredBox, ...]]] = {}
    for row in predictions:
        boxes.setdefault(row.whole("sampleId"), []).append(tuple(_scored_boxes(row)))
    return boxes


def windows_told(row: Answer, learn: int, boxes: Boxes) -> dict[int, tuple[OtherAnswer, ...]]:
    """What a block says of a sample, window by window, by the sample's number.

    Args:
        row: of the results.
        learn: the block's number; what others say is passed over.
        boxes: of objects. Results have some too, but nobody says in which unit.
    """
    own = boxes.get(row.whole("sampleId"), ())
    for part in row.maybe_objects("classifications"):
        scores = part.maybe_objects("result")
        detects = part.maybe_objects("structuredResult")
        grids = part.maybe_objects("anomalyResult")
        count = max(len(scores), len(detects), len(grids))
        if count and part.inner("learnBlock").whole("id") == learn:
            said = (
                OtherAnswer(
                    _numbers(scores[n]) if n < len(scores) else {},
                    own[n] if n < min(len(own), len(detects)) else None,
                    _grid(grids[n]) if n < len(grids) else None,
                )
                for n in range(count)
            )
            return {row.whole("sampleId"): tuple(said)}
    return {}


def _numbers(window: Answer) -> dict[str, float]:
    numbers = ((name, window.maybe_number(name)) for name in window.values)
    return {name: number for name, number in numbers if number is not None}


def _scored_boxes(row: Answer) -> Iterator[ScoredBox]:
    for box in row.maybe_objects("boundingBoxes"):
        told = [box.maybe_number(name) for name in ("x", "y", "width", "height", "score")]
        if None not in told:
            *sides, score = (number or 0.0 for number in told)
            yield ScoredBox(LabelledBox(box.maybe("label"), *sides), score)


def _grid(result: Answer) -> tuple[tuple[float, ...], ...] | None:
    rows = result.values.get("scores")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    return tuple(tuple(float(score) for score in row) for row in rows)
