"""What was found of the preprocessing, as facts that stand with all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.fact import Fact
from services.media.medium import Medium
from services.numbers import counted
from services.opening.check.check import PreprocessingCheck
from services.opening.check.clues import Assurance
from services.opening.check.finer import Finer
from services.opening.check.naming import NamingDoubt
from services.opening.check.trials import Trial
from services.spelling import some_of

NAMES = 12  # classes that are named in a sentence
RIVALS = 3  # ways that are named in a sentence
ORDER = "order of the classes"


def way_said(medium: Medium) -> str:
    """The values of what is tried, such as `0..1, rgb`."""
    return ", ".join(medium.chosen.values())


def way_word(medium: Medium) -> str:
    """What is tried, such as `scaling and colour`."""
    return " and ".join(medium.chosen)


def way_fact(check: PreprocessingCheck) -> Fact:
    """The scaling and whatever was tried with it, with what speaks for it."""
    decided = [clue for clue in check.clues if clue.allows is not None or clue.prefers][:1]
    last = check.clues[-1:] if check.trials else ()  # what the labels say
    says = [f"{clue.what}: {clue.figure}, so {clue.says}" for clue in decided]
    says += [f"{clue.what}: {clue.figure}, {clue.says}" for clue in last]
    if check.skipped:
        says = ["the check was skipped, so the default is used"]
    elif not says:
        says = ["no evidence, so the default is used"]
    if check.rivals:
        says.append(f"no better than {rivals_said(check.rivals)}")
    if check.by_labels:
        says.append(f"accuracy on the same {check.medium.called.many} is optimistic")
    if check.assurance is Assurance.GUESS:
        table = check.medium.written.name
        way_out = f"choose another on the Project page, or write it below [{table}] in project.toml"
        says.append(way_out)
    why = f"{check.assurance}; {'; '.join(says)}"
    return Fact(
        way_word(check.medium),
        way_said(check.medium),
        why,
        warns=check.assurance is Assurance.GUESS,
    )


def rivals_said(rivals: Sequence[Trial]) -> str:
    """The first few of them, and how many more there are."""
    first = " or ".join(way_said(rival.medium) for rival in rivals[:RIVALS])
    return first + (f" and {len(rivals) - RIVALS} more" if len(rivals) > RIVALS else "")


def finer_fact(finer: Finer, check: PreprocessingCheck) -> Fact:
    """A value of another option that does better, taken or not."""
    said, before = check.measure.said, finer.usual.medium.values[finer.option.name]
    scores = f"{said(finer.trial.grades.score)} instead of {said(finer.usual.grades.score)}"
    samples = counted(check.samples, check.medium.called.one)
    better = f"{finer.value} gives {check.measure.name} {scores} on {samples}"
    if finer.is_taken:
        return Fact(finer.option.word, str(finer.value), f"{better} with {before}")
    return Fact(finer.option.word, before, f"{better}, too few to tell; choose it if it is right")


def order_fact(doubt: NamingDoubt, way_out: Callable[[str], str]) -> Fact:
    """Another order of the classes, taken or only told.

    Args:
        doubt: about the order.
        way_out: from what can be done in a folder to what can be done in this project.
    """
    said, names = doubt.task.measure.said, some_of(doubt.task.names, NAMES)
    why = (
        f"in this order the {doubt.task.measure.name} is {said(doubt.score)}, "
        f"in the one that they are named in {said(doubt.named_score)}"
    )
    if doubt.is_taken:
        return Fact(ORDER, names, f"{why}, and nobody named them in an order")
    todo = way_out("if it is right, write it into labels.txt, one name a line, beside the network")
    return Fact(ORDER, names, f"{why}; it was not taken: {todo.rstrip('.')}", warns=True)
