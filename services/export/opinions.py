"""What people say of the samples of a report, and how good the network is by the labels agreed on.

It changes while everything else in a report stays, so that it can be put in its place again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.choices.flagged import flags_in
from services.notes.flags import Flags
from services.predictions.corrected import Corrected, corrected
from services.predictions.predictions import Predictions

_LISTED: Final = 200  # lines at most of a list
_BEGIN: Final = "<!-- what people say -->"
_END: Final = "<!-- end of what people say -->"


@dataclass(frozen=True)
class SampleSaid:
    """What people say of one sample.

    Attributes:
        name: of the sample.
        words: everybody's opinions.
        tags: free words.
        agreed: the label that people agreed on; "" for none.
    """

    name: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    agreed: str


@dataclass(frozen=True, eq=False)
class WhatIsSaid:
    """What people say.

    Attributes:
        samples: those that something is said of.
        corrected: the whole test set by the agreed labels; None where these change nothing.
        trouble: why nothing can be told; "" where it can.
    """

    samples: tuple[SampleSaid, ...]
    corrected: Corrected | None
    trouble: str = ""


def what_is_said(
    predictions: Predictions, some: Iterable[int], threshold: float | None
) -> WhatIsSaid:
    """What people say by now.

    Args:
        predictions: of the whole test set.
        some: positions of the samples that are reported.
        threshold: the live one; None for the task's own.
    """
    flags, digests = flags_in(predictions), predictions.digests
    told = (_said(predictions, flags, at) for at in some if digests[at] in flags.spoken_of)
    return WhatIsSaid(
        tuple(each for each in told if each.words or each.tags or each.agreed),
        corrected(predictions, flags.agreed, threshold),
        flags.trouble,
    )


def _said(predictions: Predictions, flags: Flags, position: int) -> SampleSaid:
    digest = predictions.digests[position]
    label = flags.label(digest)
    return SampleSaid(
        predictions.samples[position].id,
        tuple(map(str, flags.of.get(digest, ()))),
        tuple(sorted(label.tags)),
        label.agreed,
    )


def said_html(said: WhatIsSaid | None) -> str:
    """The section of a report, between the marks by which `with_said` knows it."""
    within = "" if said is None else _template().render(said=said, listed=_LISTED)
    return f"{_BEGIN}{within}{_END}"


def with_said(report: str, said: WhatIsSaid) -> str:
    """A report that was made before, with what people say by now.

    Args:
        report: HTML; text from people stands escaped in it, so it holds the marks once.
        said: what people say.
    """
    return re.sub(f"{_BEGIN}.*?{_END}", lambda _: said_html(said), report, flags=re.DOTALL)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("opinions.html")
