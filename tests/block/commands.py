"""Running the command, and reading what it says."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "real"
# What a job may say of its progress before the sentence that ends it.
STEP = re.compile(
    r"(Starting|Looking |Showing |Listing |Downloading |Asking |Studio packs |Unpacking |Opening |"
    r"Predicting|Reading |Getting ready|Checking |Trying |scaling|Explaining|Writing |Packing ).*"
)


@dataclass(frozen=True)
class Run:
    """A finished command.

    Attributes:
        code: its exit code.
        out, err: what it wrote.
    """

    code: int
    out: str
    err: str

    @property
    def sentence(self):
        """The one sentence that it ended with."""
        assert self.out == ""
        *steps, sentence = self.err.splitlines()
        assert [step for step in steps if not STEP.fullmatch(step)] == []
        assert sentence.endswith(".")
        return sentence

    @property
    def complaint(self):
        """What it says of a wrong use."""
        usage, _, words = self.err.rpartition("block.py: error: ")
        assert usage.startswith("usage: block.py ")
        assert self.out == ""
        return words.strip()

    @property
    def summary(self):
        """What a finished command says: how many are what, and where the zip is."""
        assert self.code == 0, self.err
        counts, path = self.out.splitlines()
        assert Path(path).is_file()
        return counts
