"""Which feed a learning block has, by the input and the processing blocks before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.feeds.pictures import PictureFeed
from services.edge_impulse.feeds.sounds import SoundFeed
from services.edge_impulse.model import DspBlock, Impulse, InputBlock, LearnBlock
from services.media.sound.impulse import STUDIO_BLOCKS

B = TypeVar("B", InputBlock, DspBlock)


def feed_of(impulse: Impulse, learn: LearnBlock) -> Feed | str:
    """What a block's network is fed with, or why that is nothing that can be looked at here."""
    dsp = [_by_id(impulse.dsp, number) for number in learn.dsp]
    blocks = [block for block in dsp if block is not None]
    if not blocks or len(blocks) < len(dsp):
        return "no processing block leads to it"
    entries = {_entry(impulse, block) for block in blocks}
    if len(entries) > 1:
        return "its processing blocks take different inputs"
    (entry,) = entries
    if entry is None:
        return "no input block leads to it"
    kind = _FEEDS.get(entry.type)
    if kind is None:
        return "it takes rows of features, which lie nowhere on a picture or in a sound"
    return kind(entry, blocks)


def _entry(impulse: Impulse, block: DspBlock) -> InputBlock | None:
    wanted = impulse.inputs[0].id if block.input is None and impulse.inputs else block.input
    return _by_id(impulse.inputs, wanted)


def _pictures(entry: InputBlock, blocks: Sequence[DspBlock]) -> Feed | str:
    if len(blocks) > 1:
        return "it takes the features of several processing blocks"
    if blocks[0].type != "image":
        return "its pictures go through a processing block other than Studio's image block"
    return PictureFeed(entry, blocks[0])


def _sounds(entry: InputBlock, blocks: Sequence[DspBlock]) -> Feed | str:
    if entry.windowing is None:
        return "its input block does not say how sounds are cut into windows"
    if any(block.axes not in AUDIO for block in blocks):
        return "it takes sensor data over time; of what runs over time only sounds are explained"
    others = [block.name or block.type for block in blocks if block.type not in STUDIO_BLOCKS]
    if others:
        return (
            f"its sounds go through the processing block “{others[0]}”; only those through "
            "Studio's MFE, MFCC and spectrogram blocks are explained"
        )
    return SoundFeed(entry, entry.windowing, tuple(blocks))


AUDIO = frozenset({("audio",), ()})  # axes; older impulses name none
_FEEDS: Mapping[str, Callable[[InputBlock, Sequence[DspBlock]], Feed | str]] = {
    "image": _pictures,
    "time-series": _sounds,
}


def _by_id(blocks: Sequence[B], wanted: int | None) -> B | None:
    return next((block for block in blocks if block.id == wanted), None)
