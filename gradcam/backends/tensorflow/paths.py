"""Which ways lead from the picture to the output, and through which calls.

Ways are counted exactly; there may be more of them than atoms, but whole numbers have no end.
"""

from __future__ import annotations

from collections.abc import Collection

from gradcam.backends.tensorflow.kinds import COUNTING
from gradcam.backends.tensorflow.tracing import Recording, depends, traced_id


class Paths:
    """The ways through a recorded network; its calls go by their number."""

    def __init__(self, recording: Recording) -> None:
        """Count them."""
        count = len(recording.calls)
        self._next: list[list[int]] = [[] for _ in range(count + 1)]  # the source is the last
        self._into = [0] * count + [1]
        self._ends = [0] * (count + 1)
        made = {id(recording.source): count}
        self._same = list(range(count))  # of one that only hands a tensor on, who made it
        for number, call in enumerate(recording.calls):
            asked = () if call.operation.kind in COUNTING else call.inputs
            for tensor in filter(depends, asked):
                before = made.get(traced_id(tensor, made))
                if before is not None:
                    self._next[before].append(number)
                    self._into[number] += self._into[before]
            for tensor in call.outputs:
                self._same[number] = made.setdefault(id(tensor), number)
        for output in recording.outputs:
            last = made.get(traced_id(output, made))
            if last is not None:
                self._ends[last] += 1
        self._onwards = self.onwards()

    def same(self, call: int) -> int:
        """The call that made what this one gives: itself, unless it only hands it on."""
        return self._same[call]

    def after(self, call: int) -> list[int]:
        """Numbers of the calls that what this one gives goes into."""
        return self._next[call]

    def onwards(self, avoiding: Collection[int] = ()) -> list[int]:
        """For each call how many ways lead from it to the outputs, past these calls behind it."""
        count = list(self._ends)
        for number in (*reversed(range(len(count) - 1)), -1):
            count[number] += sum(count[x] for x in self._next[number] if x not in avoiding)
        return count

    @property
    def followed(self) -> bool:
        """Whether they could be followed from the picture to an output."""
        return self._onwards[-1] > 0

    def all_through(self, call: int) -> bool:
        """Whether every way leads through a call."""
        own = self.same(call)
        return self._into[own] * self._onwards[own] == self._onwards[-1]

    def reached(self, call: int) -> set[int]:
        """A call and every one that what it gives goes into."""
        seen, ahead = {self.same(call)}, [self.same(call)]
        while ahead:
            new = [number for number in self._next[ahead.pop()] if number not in seen]
            ahead += new
            seen.update(new)
        return seen
