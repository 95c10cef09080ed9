"""What a method is, and what it has to tell of itself: the registry's value objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gradcam.abilities import OF_ANOMALY, Ability, Fit
from gradcam.arrays import Floats
from gradcam.errors import GradcamError
from gradcam.network import Capture, Network

Setting = int | float | str


class Need(StrEnum):
    """What a method asks of the network; the value says it on the page."""

    CAPTURE = "one run of the network"
    GRADIENTS = "further runs with gradients"
    PASSES = "many predictions of changed inputs"


@dataclass(frozen=True)
class Parameter:
    """Something a person may set.

    Attributes:
        name: the keyword of the method's function.
        default: its value where nobody says otherwise; its type is the parameter's.
        help: one line for the page.
        low, high: bounds of a number, both included.
        options: the values of a word.
    """

    name: str
    default: Setting
    help: str
    low: float = 0.0
    high: float = 1.0
    options: tuple[str, ...] = ()

    def checked(self, value: object) -> Setting:
        """The value as the parameter's type.

        Raises:
            GradcamError: it is no such value, or out of bounds.
        """
        kind: Callable[[Any], Setting] = type(self.default)
        try:
            read = kind(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise GradcamError(f"{self.name} is {self._said()}, not {value!r}.") from error
        allowed = read in self.options if self.options else self._in_bounds(read)
        if not allowed or (not isinstance(value, str) and read != value):
            raise GradcamError(f"{self.name} is {self._said()}, not {value!r}.")
        return read

    def _in_bounds(self, value: Setting) -> bool:
        return not isinstance(value, str) and self.low <= value <= self.high

    def _said(self) -> str:
        if self.options:
            return " or ".join(self.options)
        whole = "a whole number" if isinstance(self.default, int) else "a number"
        return f"{whole} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Findings:
    """What a method found for N pictures.

    Attributes:
        maps: (N, h, w) float32, signed and unscaled; at the layer's resolution, or at the
            picture's for methods that change the picture.
        notes: for each picture a sentence that its map should be read with; "" for none.
        floors: (N,) how large rounding may be in each map, see `gradcam.rounding`; None where
            nobody can tell.
    """

    maps: Floats
    notes: tuple[str, ...] = ()
    floors: Floats | None = None


@dataclass(frozen=True, repr=False)
class Method:
    """A rule from a network and a picture to a map.

    Attributes:
        name: as in links, on the command line, and in `explain(method=...)`.
        title: as on the page.
        help: one line: what it shows, and its weakness.
        source: the paper.
        year: of its first publication; methods are listed in this order.
        need: what it asks of the network.
        asks: the abilities that the network must have for it.
        function: from a `Capture` to (N, h, w) float32 maps where `need` is a capture, else from
            a `Probe` to `Findings`; the parameters are its keywords.
        parameters: what a person may set.
        uses_layer: whether another layer gives another map.
        rectified: whether its paper takes activations that are never negative, as after a ReLU.
        control: it knows nothing of the class, and is there to be compared with.
        noted: of a `Capture` of N pictures a sentence each that the map is to be read with; None
            where there is nothing to be said.
        uncancelled: how large its map would be if nothing cancelled, from a `Capture` of absolute
            values; None where its function itself says so of these.
        gridded: of a `Capture` and its settings the rows and columns of the numbers that a larger
            map is drawn from; None where each cell of a map is a number of its own.
    """

    name: str
    title: str
    help: str
    source: str
    year: int
    need: Need
    asks: frozenset[Ability]
    function: Callable[..., Any] = field(compare=False)
    parameters: tuple[Parameter, ...] = ()
    uses_layer: bool = True
    rectified: bool = False
    control: bool = False
    noted: Callable[[Capture], tuple[str, ...]] | None = field(default=None, compare=False)
    uncancelled: Callable[[Capture], Floats] | None = field(default=None, compare=False)
    gridded: Callable[..., tuple[int, int]] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Method {self.name}>"

    @property
    def slow(self) -> bool:
        """Whether it needs more than one run of the network, so that a person has to wait."""
        return self.need is not Need.CAPTURE

    def meant_for(self, network: Network) -> bool:
        """Whether it is about what the network ends in; else there is no reason to miss it."""
        return not self.asks & OF_ANOMALY or Ability.SCORES in network.abilities

    def fits(self, network: Network) -> Fit:
        """Whether the network gives what it asks for, or the reason why not."""
        return network.fit(self.title, *sorted(self.asks))

    def notes(self, capture: Capture) -> tuple[str, ...]:
        """For each picture what its map is to be read with; "" for nothing."""
        return self.noted(capture) if self.noted else self.notes_on(capture.activations)

    def grid(self, capture: Capture, settings: Mapping[str, object]) -> tuple[int, int] | None:
        """The rows and columns of what its maps of a capture are drawn from; see `gridded`."""
        return self.gridded(capture, **self.settings(settings)) if self.gridded else None

    def notes_on(self, activations: Floats) -> tuple[str, ...]:
        """For each picture what is to be said of its activations (N, h, w, C); "" for nothing."""
        if not self.rectified:
            return ("",) * len(activations)
        signed = activations.min(axis=(1, 2, 3), initial=0.0) < 0
        words = (
            f"{self.title} is made for activations that are never negative; this layer's are, so "
            "rather trust Grad-CAM or HiResCAM here, or choose a layer after a ReLU."
        )
        return tuple(words if each else "" for each in signed)

    def settings(self, given: Mapping[str, object]) -> dict[str, Setting]:
        """All its parameters: those given, checked, and the defaults of the others.

        Raises:
            GradcamError: it has no such parameter, or not such a value.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                has = ", ".join(known) or "none"
                raise GradcamError(f"{self.title} has no setting {name!r}; it has {has}.")
        return {
            name: parameter.checked(given[name]) if name in given else parameter.default
            for name, parameter in known.items()
        }

    def read_settings(self, text: str) -> dict[str, Setting]:
        """Settings from `name=value,name=value`, as they stand in a link.

        Raises:
            GradcamError: one of them is unknown or has no such value.
        """
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        return self.settings({name.strip(): value.strip() for name, _, value in pairs})

    def write_settings(self, settings: Mapping[str, object]) -> str:
        """What differs from the defaults, as `name=value,name=value`."""
        return ",".join(
            f"{name}={value}"
            for name, value in self.settings(settings).items()
            if value != next(p.default for p in self.parameters if p.name == name)
        )
