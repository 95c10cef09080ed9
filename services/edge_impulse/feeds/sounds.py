"""Sounds: cut into windows by Studio's input block, made features by its processing blocks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gradcam import PictureError
from gradcam.arrays import Numbers, Picture
from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.feeds.both_made import BothMade
from services.edge_impulse.model import (
    DspBlock,
    InputBlock,
    LearnMetadata,
    MadeWindow,
    StudioSample,
    Windowing,
)
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shelf import Shelf
from services.fact import Fact
from services.media.medium import Medium, Reading
from services.media.sound.feature_block import FeatureBlock
from services.media.sound.features import Features
from services.media.sound.files import read_at, stored
from services.media.sound.impulse import features_of_impulse
from services.media.sound.sound import SoundReading
from services.media.sound.windows import Cutting
from services.sample import Sample, Window
from services.sources.manifest import Manifest
from services.tasks.task import StudioWords

END, ANYWHERE = "end-of-window", "anywhere-in-window"
SAME = 1e-3  # of the range of features: what rounding makes of equal ones
SETTLED = frozenset({"version", "scale", "low edge"})  # what features that are equal leave open


@dataclass(frozen=True)
class SoundFeed:
    """A network of sounds; see `Feed`.

    Attributes:
        input: where they come in.
        windowing: how they are cut there.
        dsp: what makes features of a window, in the order in which the network takes them.
    """

    input: InputBlock
    windowing: Windowing
    dsp: tuple[DspBlock, ...]

    word = "sound"

    @property
    def cutting(self) -> Cutting:
        """The windows."""
        cut, rate = self.windowing, round(self.windowing.frequency)
        length, step = (round(each * rate / 1000) for each in (cut.size, cut.step))
        return Cutting(rate, length, step, cut.pads)

    def problem(self, sample: StudioSample) -> str:
        """See `Feed.problem`."""
        return "" if sample.chart == "chart" else "it is no sound"

    def folder(self, shelf: Shelf) -> Path:
        """See `Feed.folder`."""
        return shelf.sounds

    def fetch(self, client: StudioClient, project: int, sample: StudioSample) -> tuple[bytes, str]:
        """See `Feed.fetch`."""
        return client.sound(project, sample.id), ".wav"

    def manifest(
        self,
        client: StudioClient,
        project: int,
        name: str,
        task: str,
        words: StudioWords,
        metadata: LearnMetadata,  # noqa: ARG002 - nothing of it is about features
    ) -> Manifest:
        """See `Feed.manifest`."""
        return Manifest(
            name=name,
            task=task,
            classes=words.classes or None,
            features=features_of_impulse(self._impulse(client, project), "the impulse"),
            settings=MappingProxyType({task: words.settings} if words.settings else {}),
        )

    def _impulse(self, client: StudioClient, project: int) -> dict[str, object]:
        """The impulse as deployment metadata has it."""
        cut, blocks = self.windowing, []
        for block in self.dsp:
            settings = client.dsp_settings(project, block.id)
            blocks.append({
                "id": block.id,
                "type": block.type,
                "implementationVersion": block.version,
                "normalizeData": settings.normalizes,
                "metadata": {"dspConfig": {"options": dict(settings.options)}},
            })  # fmt: skip
        entry = {
            "type": self.input.type,
            "windowSizeMs": cut.size,
            "windowIncreaseMs": cut.step,
            "frequencyHz": cut.frequency,
            "padZeros": cut.pads,
        }
        return {"inputBlocks": [entry], "dspBlocks": blocks, "learnBlocks": []}

    def facts(self, manifest: Manifest, metadata: LearnMetadata) -> Sequence[Fact]:  # noqa: ARG002
        """See `Feed.facts`."""
        cut = self.windowing
        windows = f"{cut.size:,} ms every {cut.step:,} ms, {cut.frequency:,.0f} values a second"
        return (Fact("windows", windows, "from the impulse's input block"),)

    # ----------------------------------------------------------------------- labels of windows

    def parted(
        self, client: StudioClient, project: int, told: StudioSample, sample: Sample
    ) -> Sequence[Sample]:
        """See `Feed.parted`: a sound of several labels has one for each window."""
        if len(told.labels) < 2:
            return (sample,)
        try:
            own = stored(sample.path)
        except PictureError:
            return (sample,)  # told when it is read
        windows = self.cutting.windows(own.values, own.rate)
        return [
            replace(
                sample,
                id=f"{sample.id}@{each.start / own.rate:.3f}s",
                label=self._label(client, project, told, each) or None,
                window=each,
            )
            for each in windows
        ]

    def _label(self, client: StudioClient, project: int, told: StudioSample, window: Window) -> str:
        """By the impulse's rule; where that is not known here, Studio is asked."""
        cut, last = self.windowing, window.stop - 1
        if cut.labeling not in {"", END, ANYWHERE}:
            made = client.window(project, self.dsp[0].id, told.id, window.start, window.stop)
            return made.label
        if cut.labeling == ANYWHERE:
            for part in told.parts:
                if part.label in cut.labels and part.start <= last and part.stop >= window.start:
                    return part.label
        return next((p.label for p in told.parts if p.start <= last <= p.stop), "")

    # ------------------------------------------------------------------- beside Studio's features

    def checked(
        self, client: StudioClient, project: int, manifest: Manifest, samples: Sequence[Sample]
    ) -> tuple[Manifest, Sequence[Fact]]:
        """See `Feed.checked`: the features of one window, beside Studio's own."""
        features, sample = manifest.features, next(iter(samples), None)
        if features is None or sample is None or sample.studio_id is None:
            return manifest, ()
        try:
            made = self._made(client, project, sample)
            wave = self._wave(sample)
        except PictureError:
            return manifest, ()
        except StudioError as error:
            if error.concerns_all and not error.is_about_rights:
                raise
            return manifest, ()
        return _compared(manifest, features, made, wave, sample)

    def _window(self, sample: Sample) -> Window:
        """The sample's, or the first of its file, within the file: what is beyond is silence."""
        own = stored(sample.path)
        window = sample.window or next(iter(self.cutting.windows(own.values, own.rate)), None)
        if window is None:
            raise PictureError("it is shorter than a window")
        return replace(window, stop=min(window.stop, own.values))

    def _made(self, client: StudioClient, project: int, sample: Sample) -> list[MadeWindow]:
        """What each block makes of it in Studio."""
        window, number = self._window(sample), sample.studio_id or 0
        return [
            client.window(project, block.id, number, window.start, window.stop)
            for block in self.dsp
        ]

    def _wave(self, sample: Sample) -> Numbers:
        cut, window = self.cutting, self._window(sample)
        wave = np.zeros(cut.length)
        read = read_at(sample.path, cut.rate, window.start, window.stop)[: cut.length]
        wave[: len(read)] = read
        return wave

    made = "features"

    def studios_own(
        self, client: StudioClient, place: StudioPlace, sample: Sample
    ) -> tuple[bytes, str]:
        """See `Feed.studios_own`."""
        made = self._made(client, place.project, sample)
        row = np.concatenate([np.array(each.features, np.float32) for each in made])
        sink = io.BytesIO()
        np.save(sink, row)
        return sink.getvalue(), ".npy"

    def beside(self, path: Path, medium: Medium, sample: Sample) -> BothMade:
        """See `Feed.beside`."""
        theirs, reading = np.load(path), medium.read(sample.path, sample.window)
        ours = reading.tensor.ravel()
        made = "as Studio's blocks make them"
        if theirs.shape != ours.shape:
            said = f"Studio makes {theirs.size:,} features, and here are {ours.size:,}."
            return BothMade(reading.seen, reading.seen, made, said, fits=False)
        off, reach = np.abs(theirs - ours), max(float(np.ptp(theirs)), 1e-9)
        said = (
            f"Ours differ by {100 * off.mean() / reach:.2f} % of their range on average, "
            f"{100 * off.max() / reach:.2f} % at most; equal blocks give equal features."
        )
        shapes = _shapes(reading)
        gray = [(row - theirs.min()) * (255 / reach) for row in (theirs, ours)]
        return BothMade(_drawn(gray[0], shapes), _drawn(gray[1], shapes), made, said)


def _shapes(reading: Reading) -> Sequence[tuple[int, ...]]:
    """Frames and coefficients of each block."""
    if isinstance(reading, SoundReading):
        return [each.shape for each in reading.features]
    return [reading.tensor.shape[:2]]


def _drawn(row: Numbers, shapes: Sequence[tuple[int, ...]]) -> Picture:
    """Features as a gray picture: time from left to right, high rows above, block under block."""
    wide, parts, at = max(frames for frames, _ in shapes), [], 0
    for frames, rows in shapes:
        own = row[at : at + frames * rows].reshape(frames, rows).T[::-1]
        parts.append(own[:, np.arange(wide) * frames // wide])
        at += frames * rows
    gray = np.clip(np.vstack(parts), 0, 255).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def _compared(
    manifest: Manifest,
    features: Features,
    made: Sequence[MadeWindow],
    wave: Numbers,
    sample: Sample,
) -> tuple[Manifest, Sequence[Fact]]:
    """The manifest with the blocks that fit Studio's best, and how well they do."""
    rate = features.rate or 0
    fitting, worst = [], 0.0
    for block, own in zip(features.blocks, made, strict=True):
        theirs = np.array(own.features)
        alike = _alike(block)
        off = [_off(each, wave, rate, theirs) for each in alike]
        fitting.append(alike[int(np.argmin(off))])
        worst = max(worst, min(off))
    why = f"one window of {sample.id} was compared"
    if worst > SAME:
        said = f"ours are off by {100 * worst:.1f} % of their range"
        return manifest, (Fact("Studio's features", said, why, warns=True),)
    settled = replace(features, blocks=tuple(fitting), told=SETTLED)
    return replace(manifest, features=settled), (
        Fact("Studio's features", "ours are the same", why),
    )


def _alike(block: FeatureBlock) -> Sequence[FeatureBlock]:
    """The block, and those that differ in what Studio's settings do not tell of old ones."""
    told = {word: block.chosen[word] for word in ("version", "scale") if word in block.chosen}
    others = [
        each
        for each in block.variants()
        if each != block and all(each.chosen[word] == value for word, value in told.items())
    ]
    return [block, *others]


def _off(block: FeatureBlock, wave: Numbers, rate: int, theirs: Numbers) -> float:
    """How far features are apart on average, as a share of the range of Studio's."""
    ours = block.features(wave, rate).ravel()
    if ours.shape != theirs.shape:
        return float("inf")
    return float(np.abs(ours - theirs).mean() / max(float(np.ptp(theirs)), 1e-9))
