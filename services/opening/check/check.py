"""How pictures have to be scaled: the commonest silent fault there is, looked for by evidence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from gradcam import Network
from services.keeping.digests import numbers_digest
from services.keeping.known import sample_digests
from services.keeping.store import BoundedStore
from services.media.medium import Medium
from services.numbers import counted
from services.opening.check.clues import Assurance, Clue, Standing, but_for_colour, weigh
from services.opening.check.evidence import read_clues
from services.opening.check.finer import Finer, finer
from services.opening.check.naming import NamingDoubt, naming_doubt
from services.opening.check.pictures import Handful, read_handful, selected
from services.opening.check.ruling import Ruling, rule
from services.opening.check.trials import Bench, Trial, race
from services.sample import Sample
from services.tasks.task import Measure, Task
from services.work.progress import Progress

UNLABELLED = 16  # pictures that are enough for what needs no labels

_checks: BoundedStore[Hashable, PreprocessingCheck] = BoundedStore(64)


@dataclass(frozen=True)
class Inquiry:
    """What is known of a project when the check begins.

    Attributes:
        network: the loaded network.
        medium: with the usual values of what nobody said.
        samples: of which some are looked at.
        task: what the network was trained to say.
        told: what the source says of the medium's options, by `InputOption.word`.
        from_studio: whether the project comes from Edge Impulse.
        named: whether somebody named the classes in an order.
    """

    network: Network
    medium: Medium
    samples: Sequence[Sample]
    task: Task
    told: Mapping[str, str]
    from_studio: bool = False
    named: bool = True


@dataclass(frozen=True, eq=False)
class PreprocessingCheck:
    """What was looked at, and what follows.

    Attributes:
        medium: the way that pictures reach the network by all that is known.
        assurance: how sure that is.
        clues: the evidence, in the order in which it counts.
        samples: on how many pictures.
        measure: what the trials' score is.
        trials: the ways that the network was tried with, the chosen one first, then the best; none
            where no picture has a label.
        rivals: ways that cannot be told from the chosen one, best first.
        finer: values of other options that do better than the usual ones.
        by_labels: whether the labels had a say, so that figures on the same pictures flatter.
        in_any_order: whether they were compared without regard to the order of the classes.
        doubt: another order of the classes that fits far better.
        skipped: whether a person went on without it, so that nothing was looked at.
    """

    medium: Medium
    assurance: Assurance
    clues: tuple[Clue, ...]
    samples: int
    measure: Measure
    trials: tuple[Trial, ...] = ()
    rivals: tuple[Trial, ...] = ()
    finer: tuple[Finer, ...] = ()
    by_labels: bool = False
    in_any_order: bool = False
    doubt: NamingDoubt | None = None
    skipped: bool = False

    def score(self, trial: Trial) -> float:
        """Of a trial, as it was compared."""
        return (trial.flattered if self.in_any_order else trial.grades).score


def check_preprocessing(inquiry: Inquiry, progress: Progress) -> PreprocessingCheck | None:
    """Find how pictures have to reach a network; once for the same files.

    What the network tells of itself comes first; labels overrule it where the difference is
    significant. Ways that are ruled out are tried only where no other does.

    Returns:
        The check, or None where no sample can be read.

    Raises:
        Cancelled: the person left.
    """
    network, task = inquiry.network, inquiry.task
    labelled = any(sample.label is not None for sample in inquiry.samples)
    chosen = selected(inquiry.samples, task)[: None if labelled else UNLABELLED]
    # All that a check depends on: whoever comes back need not wait for it again.
    told = frozenset(inquiry.told.items())
    known = inquiry.medium, task, told, inquiry.from_studio, inquiry.named, _shown(chosen)
    key = (numbers_digest(network), *known)
    if network.digest and (kept := _checks.get(key)) is not None:
        return kept
    word = next((each.word for each in inquiry.medium.options if each.tried), "way")
    progress.begin(f"Detecting the {word} of {inquiry.medium.called.many}")
    handful = read_handful(chosen, inquiry.medium)
    if handful is None:
        return None
    checked = _checked(inquiry, handful, labelled, progress)
    _checks.put(key, checked)
    return checked


def skipped_check(inquiry: Inquiry) -> PreprocessingCheck:
    """What stands for a check that a person went on without: the usual way, as a guess."""
    usual, measure = inquiry.medium, inquiry.task.measure
    return PreprocessingCheck(usual, Assurance.GUESS, (), 0, measure, skipped=True)


def _shown(samples: Sequence[Sample]) -> tuple[tuple[str | None, str | None], ...]:
    digests = sample_digests(samples)
    return tuple((digests.get(sample.id), sample.label) for sample in samples)


def _checked(
    inquiry: Inquiry, handful: Handful, labelled: bool, progress: Progress
) -> PreprocessingCheck:
    network, task = inquiry.network, inquiry.task
    variants = inquiry.medium.variants()
    told = {word: said for word, said in inquiry.told.items() if word in inquiry.medium.chosen}
    fitting = [way for way in variants if told.items() <= way.chosen.items()]
    clues = read_clues(network, variants, handful.first(UNLABELLED), inquiry.from_studio)
    if len(fitting) > 1:
        variants = fitting
    else:  # all is told, and looked at all the same
        clues = (_told(told, frozenset(fitting)), *clues)
    standing = weigh(variants, clues)
    if not labelled:
        return PreprocessingCheck(
            standing.usual, standing.assurance, clues, samples=len(handful), measure=task.measure
        )
    customary = all(each.customary for each in inquiry.medium.options if each.tried)
    bench = Bench(network, task, handful, progress)
    trials, ruling = _ruled(bench, variants, standing, customary)
    taken, closer = finer(bench, ruling.chosen, inquiry.told, progress)
    doubt = naming_doubt(task, network, taken, handful.labels, inquiry.named)
    if doubt is not None and doubt.is_taken:
        trials, ruling = _ruled(bench.renamed(doubt.task), variants, standing, customary)
    by_labels = standing.assurance < Assurance.CERTAIN or taken.medium != standing.usual
    return PreprocessingCheck(
        taken.medium,
        _assurance(standing, ruling),
        (*clues, _labels(ruling, standing, taken, doubt, task.measure)),
        samples=len(handful),
        measure=task.measure,
        trials=trials,
        rivals=ruling.rivals,
        finer=closer,
        by_labels=by_labels,
        in_any_order=doubt is not None and not doubt.is_taken,
        doubt=doubt,
    )


def _ruled(
    bench: Bench, variants: Sequence[Medium], standing: Standing, customary: bool
) -> tuple[tuple[Trial, ...], Ruling]:
    """All trials, the chosen one first, then the best; and what follows from them."""
    tried = race(bench, variants, standing)
    whole = [trial for trial in tried if trial.count == len(bench)]
    ruling = rule(whole, standing, customary=customary)
    rest = [trial for trial in tried if trial is not ruling.chosen]
    rest.sort(key=lambda trial: -ruling.grades(trial).mean)
    return (ruling.chosen, *rest), ruling


def _told(told: Mapping[str, str], ways: frozenset[Medium]) -> Clue:
    said = ", ".join(told.values())
    return Clue("the source", said, "it says so itself", None, ways, Assurance.CERTAIN)


def _labels(
    ruling: Ruling, standing: Standing, taken: Trial, doubt: NamingDoubt | None, measure: Measure
) -> Clue:
    """What the labels say, as the last clue."""
    score = taken.grades.score if doubt is None else doubt.score
    figure = (
        f"{measure.name} {measure.said(score)} on {counted(taken.count, taken.medium.called.one)}"
    )
    if ruling.chosen.medium != standing.usual:
        surely = "significantly " if ruling.customary else ""
        says = f"{surely}better than {', '.join(standing.usual.chosen.values())}"
    elif not (ruling.grades(ruling.chosen).tells or taken.grades.tells):
        says = f"no better than guessing on so many {taken.medium.called.many}"
    elif ruling.rivals:
        own = but_for_colour(ruling.chosen.medium)
        turned = all(but_for_colour(each.medium) == own for each in ruling.rivals)
        says = f"{'the other order of colours does' if turned else 'others do'} as well"
    else:
        says = "everything else that was tried does worse"
    if doubt is not None:
        figure += f", with the classes as {', '.join(doubt.task.names[:6])}"
    return Clue("labels", figure, says)


def _assurance(standing: Standing, ruling: Ruling) -> Assurance:
    """How sure the chosen way is, by clues and labels together."""
    chosen, sure = ruling.chosen, standing.assurance
    own = but_for_colour(chosen.medium)
    told_apart = ruling.grades(chosen).tells and all(
        but_for_colour(rival.medium) == own for rival in ruling.rivals
    )
    if chosen.medium != standing.usual:
        return Assurance.LIKELY if told_apart else Assurance.GUESS
    if told_apart and sure < Assurance.CERTAIN:
        sure = Assurance(sure + 1)
    return min(sure, Assurance.LIKELY) if ruling.rivals else sure
