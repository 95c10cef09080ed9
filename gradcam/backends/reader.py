"""How a format of network files joins in: who knows which bytes, and opens them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gradcam.arithmetic import Arithmetic
from gradcam.formats import Holds
from gradcam.network import Network


@dataclass(frozen=True)
class Seen:
    """What is looked at before a file is opened.

    Attributes:
        head: its first bytes, 4096 or fewer.
        members: of a zip the names of the files in it; else none.
    """

    head: bytes
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OpeningOptions:
    """How a network is to be opened.

    Attributes:
        fold: whether batch normalisations are folded, where there are any.
        arithmetic: of a network of whole numbers; any other has but one.
    """

    fold: bool = True
    arithmetic: Arithmetic = Arithmetic.PHONE


class Reader(Protocol):
    """One back end's way to open files.

    Attributes:
        endings: of such files, in lower case; how one is found inside a zip.
    """

    @property
    def endings(self) -> tuple[str, ...]:
        """See above."""

    def knows(self, seen: Seen) -> bool:
        """Whether a file is one of its own, by its bytes and never by its name."""

    def holds(self, path: Path, seen: Seen) -> Holds | None:
        """How much of a network is in a file; nothing is opened, so it may be damaged yet.

        Args:
            path: of the file.
            seen: what its bytes say.

        Returns:
            None where it holds nothing of a network that this one reads.
        """

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> Network:
        """Open a file that it knows.

        Args:
            path: of the file, an untrusted one: no code of it may run.
            name: what people call it, for sentences that speak of it.
            digest: SHA-256 of what the person gave, as the network's digest.
            options: what whoever opens it wants.

        Raises:
            NetworkError: in one sentence, why it cannot be opened or explained.
        """


class FolderReader(Protocol):
    """One back end's way to open networks that are folders.

    Attributes:
        mark: name of the file that makes a folder one.
    """

    @property
    def mark(self) -> str:
        """See above."""

    def files(self, folder: Path) -> tuple[Path, ...]:
        """All files that the network is read from, the mark first, in an order of their own."""

    def open(self, folder: Path, name: str, digest: str, options: OpeningOptions) -> Network:
        """Open a folder with its mark; see `Reader.open`, the digest is of all its files."""
