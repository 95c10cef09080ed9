"""What a source says of the features that its network takes: blocks, and how sounds are cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from types import MappingProxyType
from typing import Any

from services.errors import ProjectError
from services.media.sound.feature_block import FeatureBlock, Range
from services.media.sound.labeling import BY_MOST, Labeling
from services.media.sound.log_mel import LogMel, TfMfcc
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.spectrogram import Spectrogram

BLOCKS: Mapping[str, type[FeatureBlock]] = MappingProxyType(
    {kind.name: kind for kind in (Mfe, Mfcc, Spectrogram, LogMel, TfMfcc)}
)
CUTTING = ("frequency", "window", "step", "pad")
WORDS = {"version": "version", "scale": "scale", "low edge": "low_frequency"}  # and their keys
OF_PROJECT = "in project.toml, below [features]"


@dataclass(frozen=True)
class Features:
    """What is known of the features of sounds; None where nobody says.

    Attributes:
        blocks: one after the other; none where nobody says which.
        rate: values a second.
        window: seconds of sound that the network gets at once.
        step: seconds from the beginning of a window to that of the next.
        pad: whether shorter sounds are filled up with silence.
        labeling: which of several labels of a sound is a window's.
        told: which of the words of `FeatureBlock.chosen` it says of its blocks.
        said_by: what says so, such as `project.toml`.
    """

    blocks: tuple[FeatureBlock, ...] = ()
    rate: int | None = None
    window: float | None = None
    step: float | None = None
    pad: bool | None = None
    labeling: Labeling = BY_MOST
    told: frozenset[str] = frozenset()
    said_by: str = ""


def features_in(table: Mapping[str, Any], said_by: str) -> Features:
    """What a table says, as `project.toml` has it.

    Args:
        table: `name` and numbers of one block, or `blocks`, a list of such; `frequency`, `window`,
            `step` and `pad` beside them.
        said_by: where it stands.

    Raises:
        ProjectError: it names no block that is known, or a number is none.
    """
    own = {key: value for key, value in table.items() if key not in {*CUTTING, "blocks"}}
    several = table.get("blocks", [own] if own else [])
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise ProjectError(
            f"The blocks {OF_PROJECT}, must be tables: write [[features.blocks]] above each."
        )
    if own and "blocks" in table:
        raise ProjectError(f"Either name one block {OF_PROJECT}, or list them as features.blocks.")
    blocks = tuple(block_in(each) for each in several)
    rate = _positive(table, "frequency")
    return Features(
        blocks=blocks,
        rate=None if rate is None else round(rate),
        window=_positive(table, "window"),
        step=_positive(table, "step"),
        pad=_switch(table),
        told=frozenset(word for word, key in WORDS.items() if all(key in each for each in several)),
        said_by=said_by,
    )


def block_in(table: Mapping[str, Any]) -> FeatureBlock:
    """A block with the numbers that a table gives it.

    Raises:
        ProjectError: there is no block of that name, no such number, or it is none.
    """
    kind = BLOCKS.get(str(table.get("name")))
    if kind is None:
        raise ProjectError(
            f"The name {table.get('name')!r} {OF_PROJECT}, is none of {_listed(BLOCKS)}."
        )
    usual = kind()
    known = _fields(usual)
    if unknown := [key for key in table if key not in known | {"name"}]:
        raise ProjectError(
            f"{unknown[0]} {OF_PROJECT}, is nothing that {kind.name} has; it has "
            f"{_listed(sorted(known))}."
        )
    given = {
        key: _fitting(key, value, getattr(usual, key))
        for key, value in table.items()
        if key != "name"
    }
    block = kind(**given)
    _must_be_possible(block)
    return block


def _fields(block: FeatureBlock) -> set[str]:
    return {each.name for each in fields(block)}  # type: ignore[arg-type]


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(names)


def _fitting(key: str, value: object, usual: object) -> object:
    """A value of the kind that the usual one is of."""
    if isinstance(usual, Range):
        if value in list(Range):
            return Range(str(value))
        raise ProjectError(f"{key} = {value!r} {OF_PROJECT}, is none of {_listed(list(Range))}.")
    is_number = type(value) in {int, float} and isfinite(value)  # type: ignore[arg-type]
    if isinstance(usual, float) and is_number:
        return float(value)  # type: ignore[arg-type]
    if is_number and value == int(value):  # type: ignore[call-overload]
        return int(value)  # type: ignore[call-overload]
    raise ProjectError(
        f"{key} = {value!r} {OF_PROJECT}, must be a number, such as {key} = {usual}."
    )


def _must_be_possible(block: FeatureBlock) -> None:
    """Refuse numbers that no sound can be cut by."""
    told = block.parameters
    limits = {
        "version": (1, 4), "frame_length": (1e-4, 60), "frame_stride": (1e-4, 60),
        "fft_length": (2, 65536), "num_filters": (1, 4096), "num_cepstral": (1, 4096),
        "win_size": (0, 100_000), "pre_shift": (0, 100_000),
    }  # fmt: skip
    for key, (least, most) in limits.items():
        if key in told and not least <= float(told[key]) <= most:  # type: ignore[arg-type]
            raise ProjectError(
                f"{key} = {told[key]} of {block.name} must lie between {least:g} and {most:g}."
            )
    cepstra, bands = told.get("num_cepstral", 0), told.get("num_filters", 0)
    if int(cepstra) > int(bands) > 0:  # type: ignore[call-overload]
        raise ProjectError(
            f"{block.name} makes at most as many coefficients as it has bands, {bands}; "
            f"num_cepstral is {cepstra}."
        )


def _positive(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if type(value) not in {int, float} or not 0 < value < 1e7:
        raise ProjectError(f"{key} = {value!r} {OF_PROJECT}, must be a number above 0.")
    return float(value)


def _switch(table: Mapping[str, Any]) -> bool | None:
    value = table.get("pad")
    if value is not None and not isinstance(value, bool):
        raise ProjectError(f"pad = {value!r} {OF_PROJECT}, must be true or false, without quotes.")
    return value
