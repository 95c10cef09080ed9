"""What a source holds several of, where one was taken and a person may take another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NETWORK_FILE = "model"  # the name of the one that is another file of the network


@dataclass(frozen=True)
class Alternative:
    """One thing that could have been opened otherwise.

    Attributes:
        name: in a link.
        title: for the page.
        taken: the value in use.
        values: every value with its words, the one that is taken by itself first.
    """

    name: str
    title: str
    taken: str
    values: Mapping[str, str]
