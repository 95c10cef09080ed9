"""The features of an impulse of Edge Impulse, as its metadata and its API tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from services.errors import ProjectError
from services.media.sound.feature_block import FeatureBlock
from services.media.sound.features import Features, block_in
from services.media.sound.labeling import Anywhere, AtTheEnd, Labeling
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.spectrogram import Spectrogram
from services.media.sound.studio_block import StudioBlock

STUDIO_BLOCKS: dict[str, type[StudioBlock]] = {"mfe": Mfe, "mfcc": Mfcc, "spectrogram": Spectrogram}
SCALER = "normalize-channel-standard-scaler"


def features_of_impulse(
    impulse: Mapping[str, Any], said_by: str, learn: int | None = None
) -> Features | None:
    """What an impulse says of the features of sounds.

    Args:
        impulse: `inputBlocks`, `dspBlocks` and `learnBlocks`, each block's numbers below
            `metadata.dspConfig.options`.
        said_by: where it stands.
        learn: the number of the learning block; None for the first one.

    Returns:
        None where the impulse is of no sounds.

    Raises:
        ProjectError: a block is none that is known here, or what it makes is normalised afterwards.
    """
    inputs = [each for each in _objects(impulse, "inputBlocks") if each.get("type") != "image"]
    dsp = _used(impulse, learn)
    if not inputs or not dsp or any(each.get("type") == "image" for each in dsp):
        return None
    strange = [str(each.get("type")) for each in dsp if each.get("type") not in STUDIO_BLOCKS]
    if strange:
        raise ProjectError(
            f"The processing block {strange[0]} of this impulse is not known here; "
            f"{', '.join(STUDIO_BLOCKS)} are. Save its features as .npy files in place of the "
            "sounds."
        )
    window, blocks = inputs[0], tuple(_block(each) for each in dsp)
    return Features(
        blocks=blocks,
        rate=round(_number(window, "frequencyHz")) or None,
        window=_number(window, "windowSizeMs") / 1000.0 or None,
        step=_number(window, "windowIncreaseMs") / 1000.0 or None,
        pad=window.get("padZeros") is not False,
        labeling=_labeling(window),
        told=_told(dsp, blocks),
        said_by=said_by,
    )


def _labeling(window: Mapping[str, Any]) -> Labeling:
    told = window.get("labelingMethodMultiLabel")
    if not isinstance(told, dict) or told.get("type") in {None, "end-of-window"}:
        return AtTheEnd()
    labels = told.get("labels")
    if told.get("type") == "anywhere-in-window" and isinstance(labels, list):
        return Anywhere(tuple(str(label) for label in labels))
    raise ProjectError(
        f"This impulse labels windows by the rule {told.get('type')}, which is not known here; "
        "choose the end of the window, or anywhere in it, in Studio's input block."
    )


def _told(dsp: Sequence[Mapping[str, Any]], blocks: Sequence[FeatureBlock]) -> frozenset[str]:
    """What needs no trial; a low edge of none meant 300 Hz in old blocks, for some time."""
    words = {"scale"}
    versioned = all(isinstance(each.get("implementationVersion"), int) for each in dsp)
    latest = all(block.chosen["version"] == "4" for block in blocks)
    edged = all(block.parameters.get("low_frequency", 1) for block in blocks)
    words |= {"version"} if versioned else set()
    words |= {"low edge"} if edged or (versioned and latest) else set()
    return frozenset(words)


def _used(impulse: Mapping[str, Any], learn: int | None) -> list[dict[str, Any]]:
    """The processing blocks of a learning block, in the order in which it takes them."""
    blocks = _objects(impulse, "dspBlocks")
    learning = _objects(impulse, "learnBlocks")
    own = [each for each in learning if learn in (None, each.get("id"))]
    order = own[0].get("dsp") if own else None
    if not isinstance(order, list) or not order:
        return blocks
    by_id = {each.get("id"): each for each in blocks}
    return [by_id[number] for number in order if number in by_id]


def _block(told: Mapping[str, Any]) -> FeatureBlock:
    kind = STUDIO_BLOCKS[str(told.get("type"))]
    metadata = told.get("metadata")
    config = metadata.get("dspConfig") if isinstance(metadata, dict) else None
    options = config.get("options") if isinstance(config, dict) else None
    options = options if isinstance(options, dict) else {}
    if options.get("normalizeData") == SCALER or told.get("normalizeData") == SCALER:
        raise ProjectError(
            f"The block {told.get('type')} of this impulse scales its features by a mean and a "
            "deviation that only Studio has, which is not done here; choose no normalization in "
            "Studio's block, or save the features as .npy files in place of the sounds."
        )
    known = {each.name for each in fields(kind)} - {"version", "scale"}
    given = {key: _plain(options[key]) for key in known if options.get(key) is not None}
    version = told.get("implementationVersion")
    if isinstance(version, int):
        given["version"] = min(version, 4)
    return block_in({"name": kind.name, **given})


def _plain(value: Any) -> Any:  # noqa: ANN401 - Studio writes some numbers as texts
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _objects(told: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = told.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, Sequence) else []


def _number(told: Mapping[str, Any], key: str) -> float:
    value = told.get(key)
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0
