"""Which folders are splits of a data set, by the names that people give them."""

from __future__ import annotations

import re
from enum import IntEnum
from itertools import pairwise

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# What may stand behind the word without a break, as in testset, valdata and trainimages.
BEHIND = r"(set|split|data|dataset|images?|imgs?|pictures?|pics?|samples?|files?|dir|folder)?"


class Split(IntEnum):
    """A part of a data set; a lower one is taken before a higher one."""

    TEST = 0
    VALIDATION = 1
    TRAINING = 2

    @property
    def word(self) -> str:
        """In words."""
        return self.name.lower()


WORDS = {
    Split.TEST: "test|tests|testing|tst|holdout|unseen",
    Split.VALIDATION: "val|valid|validate|validation|eval|evaluation|dev|devel|development",
    Split.TRAINING: "train|training|trn|trainval",
}
PATTERNS = {split: re.compile(f"({words}){BEHIND}") for split, words in WORDS.items()}


def words_of(name: str) -> list[str]:
    """The words of a folder's name in lower case, without digits and signs."""
    return [word.lower() for word in WORD.findall(name)]


def split_of(name: str) -> Split | None:
    """The split that a folder's name tells of; None where it tells of none.

    `test`, `Testing`, `TestSet`, `seg_test`, `test_images`, `val2017`, `hold-out` …
    """
    words = words_of(name)
    words += [first + second for first, second in pairwise(words)]
    for split, pattern in PATTERNS.items():
        if any(pattern.fullmatch(word) for word in words):
            return split
    return None
