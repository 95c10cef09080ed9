"""The families of networks that people start from, and how each wants its pictures.

A family is told by its plan, the operations in order, and never by names: these change when a
network is nested, cut, saved by another Keras or simply renamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from gradcam.input_spec import Resize
from gradcam.scaling import Scaling


@dataclass(frozen=True)
class Topology:
    """A well-known family of networks.

    How it wants its pictures is what its authors' `preprocess_input` does: a prior, strong for a
    network that began with their weights. It is meant for the family's own first layer: where a
    network has its preprocessing inside (`Network.preprocessing`), that counts for the outside.

    Attributes:
        name: as people say it, such as MobileNetV2.
        scaling: how pixels arrive at its first layer with weights.
        resize: how pictures are made to fit, where that is known too.
    """

    name: str
    scaling: Scaling
    resize: Resize | None = None


@dataclass(frozen=True)
class Plan:
    """A network's operations in order of execution, from its first layer with weights on.

    Attributes:
        steps: one word each: a kind and its kernel, `/2` for a stride, `g` for groups, as in
            `C7/2`. Convolutions: `C` with bias, `c` without, `d` depthwise, `s` separable. `b`
            batch and `l` layer normalisation, `D` dense with bias, `N` without, `m` and `a`
            pooling by maximum and mean, `G` over the whole map, `+`, `*`, `|` concatenation, `?`
            anything else that is not idle at prediction. An activation follows as its own word:
            `r` ReLU, `6` ReLU6, `w` swish, `h` hard swish, `e` GELU, `S` sigmoid, `i` hard sigmoid,
            `P` softmax.
        widths: output channels of the convolutions `C` and `c`.
        depth: how many networks are nested around the first layer with weights.
    """

    steps: tuple[str, ...]
    widths: tuple[int, ...]
    depth: int = 0

    @cached_property
    def text(self) -> str:
        """The steps, each followed by a space."""
        return "".join(f"{step} " for step in self.steps)


@dataclass(frozen=True)
class _Family:
    """What makes a family: how its plan begins and goes on, and its first widths."""

    topology: Topology
    pattern: str
    widths: tuple[int, ...] = ()
    depth: int = 0

    def fits(self, plan: Plan) -> bool:
        """Whether a plan is one of this family."""
        return (
            plan.widths[: len(self.widths)] == self.widths
            and plan.depth >= self.depth
            and re.match(self.pattern, plan.text) is not None
        )


def family_of(plan: Plan) -> Topology | None:
    """The family that a plan belongs to."""
    return next((family.topology for family in _FAMILIES if family.fits(plan)), None)


_HARD_SIGMOID = r"(i|\+ 6 \*) "  # by Keras 3, and as arithmetic
_BENT = r"(r|h|\+ 6 \* \*) "  # MobileNetV3's activations
_SQUEEZED = r"G C1 [rw] C1 S \* "  # squeeze and excitation
_SQUEEZED_HARD = rf"(G C1 r C1 {_HARD_SIGMOID}\* )?"
_INVERTED_V2 = r"c1 b 6 d3(/2)? b 6 c1 b (\+ )?"
_INVERTED_V3 = rf"c1 b {_BENT}d[35](/2)? b {_BENT}{_SQUEEZED_HARD}c1 b (\+ )?"
_MOBILE_V2 = rf"c3/2 b 6 d3 b 6 c1 b ({_INVERTED_V2}){{2}}"
_INCEPTION = r"c3/2 b r c3 b r c3 b r m3/2 c1 b r c3 b r m3/2 c1 "
_INCEPTION_WIDTHS = (32, 32, 64, 80, 192)

# The first that fits is taken. A network of one's own must not look like one of these, so each asks
# for a stem and some whole blocks, and plain stacks (VGG) for the very widths too.
_FAMILIES = (
    _Family(
        Topology("Teachable Machine", Scaling.SYMMETRIC, Resize.CROP),
        rf"{_MOBILE_V2}.*G D r N P $",
        (16, 8),
        depth=2,
    ),
    _Family(
        Topology("VGG", Scaling.CAFFE),
        r"(C3 r ){2}m2/2 (C3 r ){2}m2/2 (C3 r ){3,4}(?!C3)",
        (64, 64, 128, 128, 256, 256, 256),
    ),
    _Family(Topology("ResNet", Scaling.CAFFE), r"C7/2 b r m3/2 .*C1 b r C3 b r C1 b \+ r ", (64,)),
    _Family(
        Topology("ResNetV2", Scaling.SYMMETRIC), r"C7/2 m3/2 b r .*c1 b r c3 b r C1 \+ ", (64,)
    ),
    _Family(
        Topology("ResNet-RS", Scaling.TORCH),
        rf"c3/2 b r c3 b r c3 b r c3/2 b r .*c3 b r c1 b {_SQUEEZED}\+ r ",
        (32, 32, 64, 64),
    ),
    _Family(Topology("MobileNet", Scaling.SYMMETRIC), r"c3/2 b 6 (d3(/2)? b 6 c1 b 6 ){3}"),
    _Family(Topology("MobileNetV2", Scaling.SYMMETRIC), _MOBILE_V2),
    _Family(
        Topology("MobileNetV3", Scaling.SYMMETRIC),
        rf"c3/2 b {_BENT}d3(/2)? b r {_SQUEEZED_HARD}c1 b (\+ )?({_INVERTED_V3}){{2}}",
        (16,),
    ),
    _Family(
        Topology("EfficientNet", Scaling.TORCH),
        rf"c3/2 b w (d3 b w {_SQUEEZED}c1 b (\+ )?)+c1 b w d3/2 b w {_SQUEEZED}",
    ),
    _Family(
        Topology("EfficientNetV2", Scaling.SYMMETRIC),
        r"c3/2 b w (c3 b w (\+ )?)+c3/2 b w c1 b (c3 b w c1 b \+ )",
    ),
    _Family(
        Topology("DenseNet", Scaling.TORCH), r"c7/2 b r m3/2 (b r c1 b r c3 \| ){2}", (64, 128, 32)
    ),
    _Family(
        Topology("Inception-ResNet", Scaling.SYMMETRIC), rf"{_INCEPTION}.*\| C1 ", _INCEPTION_WIDTHS
    ),
    _Family(Topology("Inception", Scaling.SYMMETRIC), rf"{_INCEPTION}.*\| ", _INCEPTION_WIDTHS),
    _Family(
        Topology("Xception", Scaling.SYMMETRIC), r"c3/2 b r c3 b r s3 b r s3 .*\+ r s3 ", (32, 64)
    ),
    _Family(Topology("NASNet", Scaling.SYMMETRIC), r"c3/2 b r c1 b .*s7/2 .*s5/2 .*\| "),
    _Family(Topology("ConvNeXt", Scaling.TORCH), r"C4/4 l (C7g l D e D \+ ){2}"),
    _Family(
        Topology("RegNet", Scaling.UNIT),
        rf"c3/2 b r .*c1 b r c3g b r ({_SQUEEZED})?c1 b \+ r ",
        (32,),
    ),
)
