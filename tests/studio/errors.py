"""How Studio says no: in two shapes, as it really does."""

from __future__ import annotations


class StudioError(Exception):
    """A refusal. `status` 200 is real: many errors are only told in the body."""

    def __init__(self, text: str, status: int = 200) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
