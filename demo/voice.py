"""A voice made of formants: words as rows of sounds, spoken by one person after another.

Source and filter (Fant 1960): pulses of the larynx, or noise where the tract is narrow, through the
resonances of the tract. Resonances move from one sound to the next within some 30 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

RATE = 16_000  # values a second
GLIDE = 0.030  # seconds from one sound's resonances to the next one's
BANDWIDTHS = (70.0, 100.0, 150.0, 220.0)  # hertz, of the four resonances
FOURTH = 3500.0  # hertz: it does not change from sound to sound
_WINDOW, _HOP = 256, 64

Wave = NDArray[np.float64]


@dataclass(frozen=True)
class Phone:
    """One sound of a language.

    Attributes:
        seconds: how long it lasts at a usual speed.
        formants: the three lower resonances of a grown man's tract, hertz.
        voiced: loudness of the larynx, 0 to 1.
        hissed: loudness of noise, 0 to 1.
        hiss: middle and width of that noise, hertz.
    """

    seconds: float
    formants: tuple[float, float, float]
    voiced: float = 0.0
    hissed: float = 0.0
    hiss: tuple[float, float] = (5500.0, 1800.0)


_NEUTRAL = (500.0, 1500.0, 2500.0)
PHONES = {
    "s": Phone(0.13, (350.0, 1700.0, 2600.0), hissed=0.55),
    "t": Phone(0.055, (400.0, 1700.0, 2600.0)),  # the closure; its burst follows
    "t'": Phone(0.030, (400.0, 1700.0, 2600.0), hissed=0.55, hiss=(4200.0, 1500.0)),
    "p": Phone(0.060, (400.0, 900.0, 2300.0)),
    "p'": Phone(0.030, (400.0, 900.0, 2300.0), hissed=0.45, hiss=(1100.0, 900.0)),
    "a": Phone(0.22, (710.0, 1150.0, 2450.0), voiced=1.0),
    "o": Phone(0.15, (590.0, 900.0, 2450.0), voiced=1.0),
    "e": Phone(0.15, (550.0, 1850.0, 2500.0), voiced=1.0),
}
WORDS = {
    "start": ("s", "t", "t'", "a", "t", "t'"),
    "stop": ("s", "t", "t'", "o", "p", "p'"),
    "step": ("s", "t", "t'", "e", "p", "p'"),
}


@dataclass(frozen=True)
class Speaker:
    """Who speaks.

    Attributes:
        pitch: of the voice, hertz.
        tract: how far resonances lie above a grown man's: 1 for him, about 1.2 for a child.
        speed: how many times as fast as usual.
        breath: noise in what is voiced, 0 to 1.
        sharpness: how loud hisses are beside the voice, 1 is usual.
        hiss: how far hisses lie above the usual ones, as a factor.
        fall: how far the pitch falls over a word, as a share of it.
    """

    pitch: float
    tract: float
    speed: float
    breath: float
    sharpness: float
    hiss: float
    fall: float


def random_speaker(rng: np.random.Generator) -> Speaker:
    """A man, a woman or a child; small tracts go with high voices."""
    height = rng.uniform(0.0, 1.0)
    return Speaker(
        pitch=95.0 * 2 ** (1.35 * height + rng.normal(0, 0.12)),
        tract=0.95 + 0.24 * height + rng.normal(0, 0.03),
        speed=rng.uniform(0.82, 1.25),
        breath=rng.uniform(0.01, 0.12),
        sharpness=float(np.exp(rng.normal(0, 0.8))),
        hiss=float(np.exp(rng.normal(0, 0.12))),
        fall=rng.uniform(0.05, 0.3),
    )


def speak(word: str, speaker: Speaker, rng: np.random.Generator) -> Wave:
    """A word as long as it takes to say it, its loudest value 1."""
    phones = [PHONES[name] for name in WORDS[word]]
    lengths = [each.seconds / speaker.speed * rng.uniform(0.85, 1.15) for each in phones]
    count = int(sum(lengths) * RATE) + _WINDOW
    transform = _transform()
    instants = transform.t(count)
    voiced, hissed, middle, width, *formants = _tracks(phones, lengths, instants, speaker)
    larynx = transform.stft(_pulses(count, speaker, rng))
    noise = transform.stft(rng.normal(0, 1, count))
    bands = transform.f[:, None]
    hiss = np.exp(-0.5 * ((bands - middle) / width) ** 2) * hissed
    tract = _resonances(bands, formants)
    breath = speaker.breath * noise * voiced * 0.6
    spectrum = (larynx * voiced + breath) * tract + 0.35 * speaker.sharpness * noise * hiss
    wave = transform.istft(spectrum, k1=count)
    return wave / np.abs(wave).max()


@cache
def _transform() -> ShortTimeFFT:
    return ShortTimeFFT(hann(_WINDOW, sym=False), _HOP, RATE, fft_mode="onesided")


def _tracks(
    phones: list[Phone], lengths: list[float], instants: Wave, speaker: Speaker
) -> list[Wave]:
    """What a sound's numbers are at each instant: (instants,) for each of them."""
    ends = np.cumsum(lengths)
    starts = ends - lengths

    def moving(values: list[float], glide: float) -> Wave:
        """Values that stay for the length of a sound, with a slope of `glide` seconds between."""
        at, given = [], []
        for start, end, value in zip(starts, ends, values, strict=True):
            edge = min(glide, (end - start) / 2) / 2
            at += [start + edge, end - edge]
            given += [value, value]
        return np.interp(instants, at, given)

    quick = 0.012
    within = (instants >= 0) & (instants <= ends[-1])
    return [
        moving([each.voiced for each in phones], quick) * within,
        moving([each.hissed for each in phones], quick) * within,
        moving([each.hiss[0] for each in phones], quick) * speaker.hiss,
        moving([each.hiss[1] for each in phones], quick),
        *(
            moving([each.formants[place] * speaker.tract for each in phones], GLIDE)
            for place in range(3)
        ),
    ]


def _resonances(bands: Wave, formants: list[Wave]) -> Wave:
    """How much of each frequency comes out of the tract: (bands, instants)."""
    gain = np.ones((len(bands), len(formants[0])))
    middles = [*formants, np.full_like(formants[0], FOURTH)]
    for middle, width in zip(middles, BANDWIDTHS, strict=True):
        # A pair of poles, 1 at 0 Hz.
        gain *= middle**2 / np.hypot(middle**2 - bands**2, width * bands)
    return gain


def _pulses(count: int, speaker: Speaker, rng: np.random.Generator) -> Wave:
    """The larynx: a falling tone of harmonics that lose 6 dB an octave, with a little jitter."""
    steps = np.arange(count) / count
    shake = np.interp(steps, np.linspace(0, 1, 30), rng.normal(0, 0.012, 30))
    pitch = speaker.pitch * (1 + speaker.fall * (0.5 - steps) + shake)
    turn = np.exp(2j * np.pi * np.cumsum(pitch) / RATE)
    wave = np.zeros(count, complex)
    for harmonic in range(int(RATE / 2 / pitch.max()), 0, -1):  # Horner's scheme
        wave = (wave + harmonic**-1.1) * turn
    return wave.real
