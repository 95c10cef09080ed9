"""Sounds as a kind of samples: which files they are, and how they are made to fit a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from gradcam import Network, PictureError
from services.errors import ProjectError
from services.fact import Fact
from services.media.kind import Fitted, Given
from services.media.sound.features import Features
from services.media.sound.files import StoredSound, is_sound, stored
from services.media.sound.framing import SKIPPED
from services.media.sound.sound import Sound
from services.media.sound.ways import FeatureBlocks, fitting_ways, numbers_of, ways_of
from services.media.sound.windows import MOST_WINDOWS, Cutting

LOOKED_AT = 200  # sounds whose rates and lengths are looked at
WRITE = "write the features that it was trained with below [features] in project.toml"


@dataclass(frozen=True)
class SoundFiles:
    """The kind of samples that are sounds; see `MediumKind`."""

    word = "sounds"

    def holds(self, name: PurePath, head: Callable[[], bytes]) -> bool:
        """Whether a file is a sound."""
        return is_sound(name, head)

    def accept(self, network: Network) -> None:
        """Refuse what no features of sounds fit."""
        if network.height is None or network.width is None:
            raise ProjectError(
                f"{network.name} takes an input of any size, while features of a sound have one; "
                "save it with the size that it was trained with."
            )

    def fit(
        self,
        network: Network,
        given: Given,
        files: Sequence[Path],
        way_out: Callable[[str], str],  # noqa: ARG002 - features are written below [features]
    ) -> Fitted:
        """The blocks and windows that make the numbers that the network takes."""
        told = given.features or Features()
        seen = _seen(files)
        rate, facts = _rate(told, seen)
        blocks, cutting, how = _cut(network, told, seen, rate)
        facts += how
        ways = _ways(network, told, blocks, cutting)
        if not ways:
            raise ProjectError(
                f"No features that are known here make {_numbers(network):,} numbers of "
                f"{cutting.seconds:g} s of sound, as {network.name} takes them; {WRITE}, or save "
                "them as .npy files in place of the sounds."
            )
        first = ways[0]
        _must_fit(network, first, cutting)
        shape = network.height, network.width, network.channels
        tried = ways if len(ways) > 1 else ()
        sound = Sound(first, cutting, *shape, told.labeling, tried)  # type: ignore[arg-type]
        if blocks:
            facts.append(Fact("features", sound.briefly, f"as {told.said_by} says"))
        facts += _told_of(sound, seen)
        return Fitted(sound, {}, settled=len(ways) < 2, facts=tuple(facts))


def _seen(files: Sequence[Path]) -> list[StoredSound]:
    seen = []
    for path in files[:: max(1, len(files) // LOOKED_AT)][:LOOKED_AT]:
        with suppress(PictureError):  # told for each when it is read
            seen.append(stored(path))
    return seen


def _rate(told: Features, seen: Sequence[StoredSound]) -> tuple[int, list[Fact]]:
    if told.rate:
        return told.rate, []
    rates = Counter(each.rate for each in seen)
    rate = rates.most_common(1)[0][0] if rates else 16000
    why = "that of most sounds here; frequency = … below [features] in project.toml says another"
    return rate, [Fact("frequency", f"{rate} Hz", why)]


def _cut(
    network: Network, told: Features, seen: Sequence[StoredSound], rate: int
) -> tuple[FeatureBlocks, Cutting, list[Fact]]:
    """How sounds are cut: as somebody says, else as long as most are if that fits."""
    blocks, pad, size = told.blocks, told.pad is not False, _numbers(network)
    if told.window:
        length = round(told.window * rate)
        step = round((told.step or told.window) * rate)
        return blocks, Cutting(rate, length, max(1, step), pad), []
    lengths = Counter(round(each.values * rate / each.rate) for each in seen)
    usual = [length for length, _ in lengths.most_common(3)]
    shortest = _shortest(network, blocks, rate)
    for length in dict.fromkeys((*usual, rate, *shortest)):
        cutting = Cutting(rate, length, max(1, round((told.step or length / rate) * rate)), pad)
        fits = numbers_of(blocks, cutting) == size if blocks else _ways(network, told, (), cutting)
        if fits:
            why = (
                "as long as most sounds here" if length in usual else "as the network's frames take"
            )
            why += "; window = … below [features] in project.toml says another, in seconds"
            return blocks, cutting, [Fact("window", f"{length / rate:g} s", why)]
    cutting = Cutting(rate, usual[0] if usual else rate, usual[0] if usual else rate, pad)
    return blocks, cutting, []


def _shortest(network: Network, blocks: FeatureBlocks, rate: int) -> list[int]:
    """The least values that make as many frames of one block as the network takes."""
    if len(blocks) != 1:
        return []
    framing, size = blocks[0].framing(rate), _numbers(network)
    if size % blocks[0].coefficients:
        return []
    frames = size // blocks[0].coefficients
    return [(frames - (1 if framing.last else 0)) * framing.hop + framing.length]


def _ways(
    network: Network, told: Features, blocks: FeatureBlocks, cutting: Cutting
) -> tuple[FeatureBlocks, ...]:
    if blocks:
        return ways_of(blocks, told.told, cutting)
    coefficients = network.width if network.channels == 1 else network.channels
    if network.layout.is_sequence:
        coefficients = network.channels
    return fitting_ways(coefficients or 1, _numbers(network) // (coefficients or 1), cutting)


def _numbers(network: Network) -> int:
    return (network.height or 0) * (network.width or 0) * network.channels


def _must_fit(network: Network, blocks: FeatureBlocks, cutting: Cutting) -> None:
    made, wanted = numbers_of(blocks, cutting), _numbers(network)
    if made != wanted:
        each = " + ".join(
            f"{block.framing(cutting.rate).count(cutting.length)} × {block.coefficients}"
            for block in blocks
        )
        raise ProjectError(
            f"The features make {each} = {made:,} numbers of {cutting.seconds:g} s, but the "
            f"network takes {wanted:,}; {WRITE}."
        )


def _told_of(sound: Sound, seen: Sequence[StoredSound]) -> list[Fact]:
    """What is done to files that are not as the network hears sounds, and what it never hears."""
    facts = []
    if others := [each for each in seen if each.rate != sound.rate]:
        rates = ", ".join(f"{rate} Hz" for rate in sorted({each.rate for each in others}))
        why = (
            f"{len(others)} of {len(seen)} sounds have {rates} and are brought to {sound.rate} Hz "
            "by a polyphase filter; how Edge Impulse does that is not known"
        )
        facts.append(Fact("resampling", f"to {sound.rate} Hz", why))
    if several := sum(each.channels > 1 for each in seen):
        why = f"{several} of {len(seen)} sounds have several, of which no part shall be lost"
        facts.append(Fact("channels", "their mean", why))
    cutting = sound.cutting
    if any(
        cutting.count(round(each.values * sound.rate / each.rate)) > MOST_WINDOWS for each in seen
    ):
        why = "longer sounds are heard no further; a larger step, or shorter files, hear all"
        facts.append(Fact("windows", f"{MOST_WINDOWS:,} a sound", why, warns=True))
    for block in sound.blocks:
        framing = block.framing(sound.rate)
        if framing.skipped > SKIPPED:
            why = (
                f"its FFT takes the first {framing.heard} of the {framing.hop} values from frame "
                "to frame: the rest of the sound is never heard"
            )
            facts.append(Fact(block.name, f"hears {1 - framing.skipped:.0%}", why, warns=True))
    return facts
