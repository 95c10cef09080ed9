"""The lists of the Mistakes page: what its matrix and its one-by-one view show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.choices.browse import passing_parts, passing_samples, with_flips
from services.choices.choices import Choices
from services.choices.conditions import filter_said, misfit
from services.choices.filter import Filter, Flipped
from services.choices.flipped import beside_said, unknown_flips
from services.lists.sample_list import SampleList, samples_of
from services.predictions.predictions import Predictions
from services.tasks.facets import Listed
from services.tasks.parts import Address
from services.tasks.shown import Positions


def listed_mistakes(predictions: Predictions, choices: Choices) -> Listed:
    """What is looked at one by one, of the chosen cell of the matrix alone where there is one."""
    lists = predictions.answers.mistakes.listed(choices.sure, choices.filter.threshold)
    lists = _with_flips(predictions, choices.filter, lists)
    cell = choices.filter.cell()
    if not cell.narrows:
        return lists
    there: set[Address] = {*passing_samples(predictions, cell).tolist()}
    there |= {*passing_parts(predictions, cell)}
    kept = {
        name: tuple(address for address in addresses if address in there)
        for name, addresses in lists.lists.items()
    }
    return replace(lists, lists=kept)


def _with_flips(predictions: Predictions, only: Filter, lists: Listed) -> Listed:
    kept = {name: with_flips(predictions, only, own) for name, own in lists.lists.items()}
    return replace(lists, lists=kept)


def chosen_list(lists: Listed, choices: Choices) -> str:
    """The name of the chosen list, or the first where the choice is of another task."""
    return choices.which if choices.which in lists.lists else next(iter(lists.lists))


def none_said(predictions: Predictions, choices: Choices) -> str:
    """Why the chosen list is empty."""
    correct = predictions.correct(choices.filter.threshold)
    if not np.isfinite(correct).any():
        return "No sample is labelled, so there are no mistakes to look at."
    if not (correct == 0).any():
        return "There is no mistake here."
    if choices.filter.flipped is not Flipped.ALL:
        words = unknown_flips(predictions, choices.filter)
        said = f"{choices.filter.flipped} with {beside_said(predictions, choices.filter)}"
        return words or f"None of these is {said}."
    if choices.filter.cell().narrows:
        said = cell_said(predictions, choices.filter)
        return misfit(predictions, choices.filter.cell()) or f"None of these is in {said}."
    return "None of the mistakes is of this kind."


class OneByOneList(SampleList):
    """What Mistakes goes through picture by picture."""

    word = "mistakes"

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`; of several parts of a sample the first has its place."""
        lists = listed_mistakes(self.predictions, self.choices)
        return samples_of(lists.lists[chosen_list(lists, self.choices)])

    @property
    def said(self) -> str:
        """Its name on the page, and the cell."""
        lists = listed_mistakes(self.predictions, self.choices)
        name = chosen_list(lists, self.choices) or "largest errors"
        return ", ".join(
            filter(None, (name.lower(), cell_said(self.predictions, self.choices.filter)))
        )


class CellList(SampleList):
    """A cell, a row or a column of the confusion matrix."""

    word = "cell"

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`."""
        return passing_samples(self.predictions, self.choices.filter.cell())

    @property
    def said(self) -> str:
        """Its classes."""
        return cell_said(self.predictions, self.choices.filter) or "all classes"


def cell_said(predictions: Predictions, only: Filter) -> str:
    """`car → no car`, or the one of both that is chosen; "" where none is."""
    if only.true_class and only.predicted_class:
        return f"{only.true_class} → {only.predicted_class}"
    return filter_said(predictions, only.cell())
