"""What each kind of database answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table


class Database(ABC):
    """Where everything that lasts is kept; never shows a password."""

    @property
    @abstractmethod
    def engine(self) -> Engine:
        """The only one of this process."""

    @property
    @abstractmethod
    def is_made(self) -> bool:
        """Whether there may be something to read; if not, nobody has written anything yet."""

    @abstractmethod
    def making(self) -> AbstractContextManager[None]:
        """Have what it needs, such as its folder, while tables are made or changed."""

    @abstractmethod
    def begin_reading(self) -> Connection:
        """A transaction that sees one state all along, whatever others write."""

    @abstractmethod
    def begin_writing(self) -> Connection:
        """A transaction that nobody else writes beside; waits until others are done."""

    @abstractmethod
    def number_on(self, connection: Connection, table: Table) -> None:
        """Have the numbers of new rows go on after those that were written with their own."""

    @abstractmethod
    def copy(self, path: Path) -> None:
        """Write a copy of one moment to a new file, while others write.

        Raises:
            DatabaseError: it cannot, or this kind has a program of its own for that.
        """

    @abstractmethod
    def sentence(self, error: str) -> str:
        """What a driver's words mean, and the way out."""

    @abstractmethod
    def __str__(self) -> str:
        """Where it lies, such as the path of a file."""

    @property
    @abstractmethod
    def other(self) -> str:
        """How to have another one, for the end of a sentence."""
