"""In which arithmetic a network of whole numbers is run: they differ in how they round."""

from __future__ import annotations

from enum import StrEnum


class Arithmetic(StrEnum):
    """Whose rules of rounding; the values stand in links and on the command line."""

    PHONE = "phone"
    MICROCONTROLLER = "microcontroller"

    @property
    def said(self) -> str:
        """In words: `as on a phone or PC`."""
        return {
            Arithmetic.PHONE: "as on a phone or PC",
            Arithmetic.MICROCONTROLLER: "as on a microcontroller",
        }[self]
