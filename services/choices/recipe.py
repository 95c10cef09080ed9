"""How a heatmap is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from gradcam import GRAD_CAM, Arithmetic, GradcamError, Method, Normalization, Pooling
from services.choices.link import Between, Stays, Steps
from services.tasks.targets import NOBODY, PREDICTED

# Where nobody chose a method: the project's own stands for it, see `Recipe.settled`. Until then it
# does as Grad-CAM, and has its settings.
UNCHOSEN = replace(GRAD_CAM, name="default", title="The project's default")


@dataclass(frozen=True)
class Recipe:
    """From a sample to its heatmap.

    Attributes:
        network: name of the project's network; "" for the only or the first one.
        arithmetic: in which the network is run, where there are several.
        layer: its name; "" for the network's default.
        method, pooling: from capture to map; `UNCHOSEN` for the project's default method.
        method_settings: the method's other settings where they are not the default, as
            `name=value,name=value`.
        target: "predicted", "true", or "=" and the name of a class or the number of an output;
            "-" and that number for what lowers it.
        against: the class that the target is set against: "" for none, "second" for the best of
            the others, or as the target.
        normalization, percentile: from map to heatmap; see `clipped_at`.
        shared_scale: whether all pictures of a page have one divisor.
    """

    network: Annotated[str, Steps] = ""
    arithmetic: Annotated[Arithmetic, Steps] = Arithmetic.PHONE
    layer: Annotated[str, Steps] = ""
    method: Annotated[Method, Stays, Steps] = UNCHOSEN
    method_settings: Annotated[str, Stays] = ""
    target: Annotated[str, Steps] = PREDICTED
    against: Annotated[str, Steps] = NOBODY
    pooling: Annotated[Pooling, Stays] = Pooling.MEAN
    normalization: Annotated[Normalization, Stays] = Normalization.PERCENTILE
    percentile: Annotated[float, Between(50, 100), Stays] = 100.0
    shared_scale: Annotated[bool, Stays] = False

    @property
    def clipped_at(self) -> float:
        """The percentile of the map that gets the hottest colour; 100 is the maximum."""
        return 100.0 if self.normalization is Normalization.SIMPLE else self.percentile

    @property
    def scale_said(self) -> str:
        """What the hottest colour stands for."""
        return percentile_said(self.clipped_at) + (" of the page" if self.shared_scale else "")

    @property
    def settings(self) -> dict[str, Any]:
        """The method's parameters with what was chosen; what is said wrongly is passed over.

        The pooling has a widget of its own; what `method_settings` says of it counts more.
        """
        pools = any(parameter.name == "pooling" for parameter in self.method.parameters)
        own = f"pooling={self.pooling}," if pools else ""
        return self.method.read_settings(own + (self.method_settings if self.is_sound else ""))

    @property
    def is_sound(self) -> bool:
        """Whether the settings are the method's, not another's or mistyped."""
        try:
            self.method.read_settings(self.method_settings)
        except GradcamError:
            return False
        return True

    def reset(self) -> Self:
        """The default one of the same network."""
        return type(self)(network=self.network, arithmetic=self.arithmetic)

    def settled(self, usual: Method) -> Self:
        """This one with the project's default method where nobody chose one."""
        if self.method != UNCHOSEN:
            return self
        settled = replace(self, method=usual)
        return settled if settled.is_sound else replace(settled, method_settings="")

    def using(self, method: Method) -> Self:
        """This one with another method, at its defaults unless it is the chosen one."""
        if method == self.method:
            return self
        return replace(self, method=method, method_settings="")


def percentile_said(percentile: float) -> str:
    """`maximum`, `99th percentile`, `99.5th percentile`."""
    if percentile >= 100:
        return "maximum"
    ending = {"1": "st", "2": "nd", "3": "rd"}.get(f"{percentile:g}"[-1], "th")
    return f"{percentile:g}{ending} percentile"
