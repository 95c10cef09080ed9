"""Features that would fit a network, where nobody says which it was trained with.

The check of preprocessing tries them all, and labels decide. A version that is wrong costs half of
the accuracy, a range of values two thirds, so that the right one stands out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.media.sound.feature_block import FeatureBlock
from services.media.sound.log_mel import LogMel, TfMfcc
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.spectrogram import Spectrogram
from services.media.sound.windows import Cutting

FeatureBlocks = tuple[FeatureBlock, ...]  # whose features a network takes one after the other
# Seconds of frames and from each to the next, as courses, recipes and Studio's own defaults have
# them.
FRAMES = ((0.02, 0.02), (0.02, 0.01), (0.025, 0.01), (0.03, 0.02), (0.025, 0.02), (0.032, 0.016),
          (0.04, 0.02), (0.03, 0.01), (0.04, 0.04))  # fmt: skip
MOST_FFT = 4096
FEWEST_BANDS, MOST_CEPSTRA = 16, 24  # between both it may be either


def numbers_of(blocks: FeatureBlocks, cutting: Cutting) -> int:
    """Numbers that blocks make of a window."""
    return sum(
        block.framing(cutting.rate).count(cutting.length) * block.coefficients for block in blocks
    )


def features_said(blocks: FeatureBlocks) -> str:
    """Blocks with all that tells them from other ways, in a line."""
    return " + ".join(", ".join([block.said, *_details(block)]) for block in blocks)


def _details(block: FeatureBlock) -> Iterator[str]:
    told = block.parameters
    length, stride = (1000.0 * float(str(told[key])) for key in ("frame_length", "frame_stride"))
    yield f"{length:g}/{stride:g} ms"
    yield f"FFT {told['fft_length']}"
    if "low_frequency" in told:
        yield f"from {told['low_frequency']:g} Hz"
    yield f"{told['scale']}"


def fitting_ways(coefficients: int, frames: int, cutting: Cutting) -> tuple[FeatureBlocks, ...]:
    """Known recipes that make so many frames of so many coefficients of a window."""
    ways: dict[FeatureBlocks, None] = {}
    for block in _recipes(coefficients, cutting.rate):
        if block.framing(cutting.rate).count(cutting.length) == frames:
            ways |= dict.fromkeys((each,) for each in _usual_variants(block))
    return tuple(ways)


def ways_of(
    blocks: FeatureBlocks, told: frozenset[str], cutting: Cutting
) -> tuple[FeatureBlocks, ...]:
    """Blocks with every value of what nobody told.

    Args:
        blocks: as a source gives them.
        told: the words of `FeatureBlock.chosen` that it says.
        cutting: ways that make another number of features of a window are left out.

    Returns:
        Ways of one block, itself first; several are taken as they are.
    """
    if len(blocks) != 1:
        return (blocks,)
    (own,) = blocks
    size = numbers_of(blocks, cutting)
    same = [
        (each,)
        for each in own.variants()
        if all(each.chosen[word] == own.chosen[word] for word in told & own.chosen.keys())
        and numbers_of((each,), cutting) == size
    ]
    return tuple(dict.fromkeys([blocks, *same]))


def _recipes(coefficients: int, rate: int) -> Iterator[FeatureBlock]:
    many, few = coefficients >= FEWEST_BANDS, coefficients <= MOST_CEPSTRA
    for length, stride in FRAMES:
        values = round(length * rate)
        for fft in dict.fromkeys((1 << (values - 1).bit_length(), 256)):
            if not 2 <= fft <= MOST_FFT:
                continue
            frames = {"frame_length": length, "frame_stride": stride, "fft_length": fft}
            if many:
                yield Mfe(num_filters=coefficients, **frames)  # type: ignore[arg-type]
            if few:
                yield Mfcc(num_cepstral=coefficients, **frames)  # type: ignore[arg-type]
                yield TfMfcc(num_cepstral=coefficients, **frames)  # type: ignore[arg-type]
            if coefficients == fft // 2 + 1:
                yield Spectrogram(**frames)  # type: ignore[arg-type]
            if many and fft >= values:
                yield LogMel(num_filters=coefficients, **frames)  # type: ignore[arg-type]
        if coefficients % 2 and (fft := 2 * (coefficients - 1)) >= 64:
            yield Spectrogram(frame_length=length, frame_stride=stride, fft_length=fft)


def _usual_variants(block: FeatureBlock) -> Sequence[FeatureBlock]:
    """Those that are met: the latest version at any range, older ones as they were."""
    ways = block.variants()
    if "version" not in block.chosen:
        return ways
    usual = block.chosen["scale"]
    return [
        each
        for each in ways
        if (each.chosen["version"] == "4" and each.chosen.get("low edge", "0 Hz") == "0 Hz")
        or (each.chosen["version"] == "3" and each.chosen["scale"] == usual)
    ]
