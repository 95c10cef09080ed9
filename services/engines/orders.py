"""What a driver says to a process that makes batches, and what it hears: a line of JSON each.

Only numbers and sentences travel: pictures, maps and overlays go through the working folder.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Self, TextIO

from gradcam import GradcamError
from services.engines.maker import Maker, What
from services.errors import OutputError
from services.work.progress import Progress


@dataclass(frozen=True)
class BatchOrder:
    """A batch to make.

    Attributes:
        number: of the batch.
        what: is made of it.
    """

    number: int
    what: What

    def line(self) -> str:
        """As it is sent."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def of(cls, line: str) -> Self:
        """What `line` gave."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class BatchAnswer:
    """What became of an order.

    Attributes:
        number: of the batch that is made; None where it cannot be.
        error: then one sentence why.
    """

    number: int | None
    error: str = ""

    def made(self) -> int:
        """The batch that is made.

        Raises:
            OutputError: it cannot be.
        """
        if self.number is None:
            raise OutputError(self.error)
        return self.number

    def line(self) -> str:
        """As it is sent."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def of(cls, line: str) -> Self:
        """What `line` gave."""
        return cls(**json.loads(line))


def serve(maker: Maker, orders: TextIO, answers: TextIO) -> None:
    """Make the batches that are ordered, one after the other, until nobody orders any more."""
    for line in orders:
        order = BatchOrder.of(line)
        try:
            with closing(maker.made([order.number], order.what, Progress())) as made:
                for number in made:
                    answer = BatchAnswer(number)
        except (GradcamError, OSError) as error:
            answer = BatchAnswer(None, str(error))
        answers.write(answer.line())
        answers.flush()
