"""A sample that can be heard: its figure, its players, the windows of its file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from components.board.tile import data_address
from components.controls.binding import bind
from components.controls.heatmap import SOUND
from components.frame.guard import guarded
from components.frame.header import ADDRESS
from components.frame.parts import part, redraw
from components.frame.text import plain
from components.listening.figure import (
    Chip,
    Player,
    RowAxis,
    Spectrum,
    Stretch,
    Wave,
    sound_figure,
)
from components.tiles.said import GLYPHS, verdict_of
from components.views.explain.sight import sighted
from services import session
from services.choices.choices import Choices
from services.export.slide import plain_overlay
from services.heatmaps.heatmaps import Heatmap, heatmaps
from services.heatmaps.in_source import HeardParts, heard_parts, read_sample
from services.heatmaps.shown import shown_samples
from services.media.axes import Axes
from services.media.framed import with_axes
from services.media.heard import Heard
from services.media.medium import Reading
from services.media.sound.envelope import envelope_of
from services.media.sound.masking import Filling
from services.media.sound.wav import wav_bytes
from services.media.ticks import row_ticks, second_ticks
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.predictions.windows import Windows, windows_of

LARGE = 1600  # pixels: as wide as spectrograms are drawn


@dataclass(frozen=True, eq=False)
class _Listened:
    """A sample that is listened to, and all that is shown of it."""

    predictions: Predictions
    position: int
    choices: Choices
    heatmap: Heatmap
    axes: Axes
    reading: Reading
    heard: Heard
    windows: Windows | None

    @property
    def name(self) -> str:
        return self.predictions.samples[self.position].id

    @property
    def start(self) -> float:
        """Seconds of the file before the sample."""
        return self.heard.start / self.heard.rate

    @property
    def stop(self) -> float:
        return self.start + len(self.heard.part) / self.heard.rate

    @property
    def lasts(self) -> float:
        """Seconds of the file."""
        return len(self.heard.whole) / self.heard.rate

    @property
    def alt(self) -> str:
        said = self.predictions.answers.said(self.position)
        return f"Spectrogram of {self.name} with heatmap: {said}"

    @cached_property
    def parts(self) -> HeardParts | None:
        share = self.choices.heard_share / 100
        return heard_parts(self.reading, self.heatmap.raw, share, self.choices.filling)

    @cached_property
    def stretches(self) -> Mapping[int, Stretch]:
        """Where each window lies in the file, in seconds, by its position."""
        samples = self.predictions.samples
        own = samples[self.position].window
        if self.windows is None or own is None:
            return {}
        lasts = (self.heard.stop - self.heard.start) / self.heard.rate
        of_value = lasts / (own.stop - own.start)
        return {
            at: Stretch(
                window.start * of_value,
                window.stop * of_value,
                samples[at].label or "",
                at == self.position,
            )
            for at in self.windows.positions
            if (window := samples[at].window) is not None
        }

    def wav(self, name: str) -> bytes:
        """What a player plays."""
        parts = self.parts
        return b"" if parts is None else wav_bytes(getattr(parts, name), parts.rate)


@part(SOUND)
def sound(opened: Opened, position: int) -> None:
    """Draw what can be heard of a sample, and play it; nothing where nothing can."""
    predictions, choices = opened.predictions, sighted(opened)
    axes = opened.project.medium.axes
    if axes is None:
        return
    with guarded():
        reading = read_sample(predictions, position)
        heard = reading.heard
        if heard is None:
            return
        (heatmap,) = heatmaps(predictions, [position], choices.recipe)
        windows = windows_of(predictions, position)
        it = _Listened(predictions, position, choices, heatmap, axes, reading, heard, windows)
        st.subheader("The sound", divider="gray", anchor=False)
        _controls(choices)
        if windows is not None:
            st.markdown(_file_said(windows))
        if session.server_draws():
            _draw_here(it)
        else:
            _draw_in_browser(it)
        st.caption(plain(opened.project.medium.said))
        if axes.skipped:
            st.warning(plain(_skipped_said(axes.skipped)), icon=":material/hearing_disabled:")


def _controls(choices: Choices) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bind("heard_share", choices.heard_share)
        st.slider(
            "Hottest part, % of time and frequency", 5, 50, step=5, key="heard_share",
            on_change=_changed, args=("heard_share",), width=260,
        )  # fmt: skip
        bind("filling", choices.filling)
        st.segmented_control(
            "In place of what is taken out", list(Filling), key="filling", required=True,
            format_func=lambda each: str(each).capitalize(), on_change=_changed, args=("filling",),
        )  # fmt: skip


def _changed(key: str) -> None:
    session.choose(key, st.session_state[key])
    redraw(SOUND, ADDRESS)


def _file_said(windows: Windows) -> str:
    """What the whole file is said to be, and how many of its windows agree."""
    verdict = windows.whole.verdict(0)
    glyph = GLYPHS["correct" if verdict == 1 else "incorrect" if verdict == 0 else ""]
    agree, count = int(windows.agree.sum()), len(windows.positions)
    said = plain(windows.whole.said(0))
    return (
        f"{glyph} The whole file, by the mean of its windows: **{said}**; {agree} of {count} "
        "windows agree."
    )


def _skipped_said(share: float) -> str:
    return (
        f"The network does not hear {100 * share:.0f} % of the sound: its features take only the "
        "first values of each frame. What happens in between plays, but has no heat of its own."
    )


def _draw_in_browser(it: _Listened) -> None:
    choices = it.choices
    (shown,) = shown_samples(it.predictions, [it.position], LARGE, [it.heatmap])
    height, width = shown.small.picture.shape[:2]
    spectrum = Spectrum(
        picture=data_address(shown.small.encoded),
        heat=data_address(shown.heat or b""),
        aspect=width / height,
        alt=it.alt,
        start=it.start,
        seconds=it.axes.seconds,
        ticks=second_ticks(it.start, it.start + it.axes.seconds),
        panels=tuple(
            RowAxis(each.top, each.bottom, "Hz" if each.hertz else "", row_ticks(each))
            for each in it.axes.panels
        ),
    )
    digest = it.predictions.digests[it.position]
    identity = repr((digest, shown.heat, choices.heard_share, choices.filling))
    sound_figure(
        "sound",
        _wave(it),
        spectrum,
        _players(it),
        _chips(it),
        choices,
        hashlib.sha256(identity.encode()).hexdigest(),
        it.wav,
        lambda chosen: session.choose("sample", chosen),
    )


def _draw_here(it: _Listened) -> None:
    """The same without a program of ours in the browser."""
    shown = plain_overlay(it.predictions, it.position, it.heatmap, it.choices)
    st.image(with_axes(shown, it.axes, it.start), width="stretch", alt=it.alt)
    for player in _players(it):
        st.caption(f"{player.title}: {player.about.lower()}")
        st.audio(it.wav(player.name), "audio/wav")
    for chip in _chips(it):
        st.button(
            plain(f"{chip.glyph} {chip.words}"), key=f"window {chip.sample}",
            on_click=session.choose, args=("sample", chip.sample), disabled=chip.current,
        )  # fmt: skip


def _players(it: _Listened) -> list[Player]:
    share, window = it.choices.heard_share, (it.start, it.stop)
    own = [Player("part", "This window", "The sample", *window)] if it.windows else []
    return [
        Player("whole", "Whole sound", "The file as the network hears it", 0.0, it.lasts),
        *own,
        Player("hot", "Hottest part", f"The hottest {share} % alone", *window),
        Player("rest", "The rest", f"Without the hottest {share} %", *window),
    ]


def _wave(it: _Listened) -> Wave:
    low, high = envelope_of(it.heard.whole)
    stretches = it.stretches.values()
    labelled = len({each.words for each in stretches}) > 1
    return Wave(
        seconds=it.lasts,
        low=low,
        high=high,
        windows=tuple(Stretch(each.start, each.stop, "", each.current) for each in stretches),
        spans=tuple(stretches) if labelled else (),
        ticks=second_ticks(0.0, it.lasts),
        alt=f"Waveform of {it.predictions.samples[it.position].path.name}, {it.lasts:.2f} seconds",
    )


def _chips(it: _Listened) -> list[Chip]:
    answers, chips = it.predictions.answers, []
    for at, stretch in it.stretches.items():
        verdict = verdict_of(it.predictions, at, it.choices)
        words = f"{stretch.start:.2f}–{stretch.stop:.2f} s · {answers.answer_said(at)}"
        sample = it.predictions.samples[at].id
        chips.append(Chip(sample, words, verdict, GLYPHS[verdict], stretch.current))
    return chips
