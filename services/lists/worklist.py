"""What a person shall look at, how far everybody is with it, and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.choices.filter import Filter
from services.choices.flagged import flags_in
from services.lists.sample_list import SampleList
from services.notes.passing import ME
from services.predictions.predictions import Predictions
from services.tasks.shown import Positions


class Worklist(SampleList):
    """The samples that the person who asks shall look at, done or not."""

    word = "worklist"

    @property
    def positions(self) -> Positions:
        """In the order of the Samples page."""
        only = self.choices.filter
        mine = Filter(
            assignee=ME, sort=only.sort, threshold=only.threshold, order_seed=only.order_seed,
            uncertain=only.uncertain, reader=only.reader,
        )  # fmt: skip
        return passing_samples(self.predictions, mine)

    @property
    def said(self) -> str:
        """As the page calls it."""
        return "my worklist"


@dataclass(frozen=True)
class Workload:
    """How far somebody is.

    Attributes:
        person: whose samples these are; "" for all that anybody shall look at.
        given: how many.
        done: how many of them are.
    """

    person: str
    given: int
    done: int

    @property
    def open(self) -> int:
        """How many are left."""
        return self.given - self.done


def workloads(predictions: Predictions) -> tuple[Workload, ...]:
    """How far everybody is together, then each person who has samples, most open ones first."""
    flags, here = flags_in(predictions), set(predictions.digests)
    of = {sample: person for sample, person in flags.assignees.items() if sample in here}
    given, done = Counter(of.values()), Counter(of[each] for each in flags.done if each in of)
    each = [Workload(person, given[person], done[person]) for person in given]
    everybody = Workload("", given.total(), done.total())
    return (everybody, *sorted(each, key=lambda load: (-load.open, load.person)))


def open_ones(predictions: Predictions, listed: Positions, reader: str) -> Positions:
    """Those of a list that a person shall look at and that are not done, in its order."""
    flags, digests = flags_in(predictions, reader), predictions.digests
    return np.array([p for p in listed.tolist() if flags.is_mine_to_do(digests[p])], np.int64)


def after(
    predictions: Predictions, choices: Choices, listed: Positions, now: int
) -> tuple[int, str] | None:
    """What a person goes to once they are done with a sample.

    Of a sample that is theirs the next open one of theirs, in the list that they go through or
    else in their worklist, around its end; of any other the next one of the list.

    Args:
        predictions: of the project.
        choices: as on screen.
        listed: the list that they go through.
        now: the position that they are done with.

    Returns:
        The position and the list that it stands in; None where nothing is left.
    """
    reader, mine = choices.filter.reader, Worklist(predictions, choices).positions
    if now not in mine:
        places = np.flatnonzero(listed == now)
        rest = listed[places[0] + 1 :] if len(places) else listed[:1]
        return (int(rest[0]), choices.within) if len(rest) else None
    for some, word in ((listed, choices.within), (mine, Worklist.word)):
        turned = _from(some, now)
        if len(waiting := open_ones(predictions, turned[turned != now], reader)):
            return int(waiting[0]), word
    return None


def _from(some: Positions, now: int) -> Positions:
    """A list from after a place on, around its end."""
    places = np.flatnonzero(some == now)
    return np.roll(some, -int(places[0]) - 1) if len(places) else some
