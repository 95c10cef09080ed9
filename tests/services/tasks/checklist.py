"""A task of which no file of the product knows: questions, each ticked or not, a part each.

A question is ticked where its score reaches the threshold. What is true stands in the sample's
label, a sign for each question: `yyn`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam import Target, class_scores
from services.errors import ProjectError
from services.numbers import percent
from services.tasks.answers import Answers
from services.tasks.export import Export, score, verdict
from services.tasks.facets import Figures, Listed, OneByOne
from services.tasks.grades import Grades, alike
from services.tasks.likeness import Likeness, Said, SameTruth, Separated, commonest
from services.tasks.mistakes import Mistakes
from services.tasks.pages import Pages, Sides, View
from services.tasks.parts import Address, Parts, Place, sample_of
from services.tasks.shown import Bars, ByGroup, Choose, Limit, Number, Overview, ScoreBar, Table
from services.tasks.targets import PREDICTED, Sight, TargetOption, Targets
from services.tasks.task import Claim, Measure, Strength, StudioWords, Task, TaskSetting


def ticks_of(label):
    return [sign == "y" for sign in label]


def written(ticks):
    return "".join("y" if one else "n" for one in ticks)


@dataclass(frozen=True)
class Checklist(Task):
    """Which of several questions are ticked."""

    things: tuple[str, ...]
    threshold: float = 0.5

    name = "checklist"
    settings = (TaskSetting("threshold"),)
    measure = Measure("ticks right", in_percent=True, higher_is_better=True)

    @classmethod
    def claim(cls, evidence):
        ticked = evidence.labels and all(set(label) <= set("yn") for label in evidence.labels)
        return Claim("each label is a list of ticks", Strength.CERTAIN) if ticked else None

    @classmethod
    def settled(cls, evidence):
        numbered = tuple(f"question {number}" for number in range(evidence.network.units))
        things = evidence.classes or numbered
        if len(things) != evidence.network.units:
            raise ProjectError(evidence.way_out("Name a question for each output"))
        return cls(things, evidence.settings.get("threshold", cls.threshold)), ()

    @classmethod
    def from_studio(cls, names, thresholds):
        return StudioWords(tuple(names), {}, ())

    def obstacle(self, label):
        fits = len(label) == len(self.things) and set(label) <= set("yn")
        return "" if fits else f"“{label}” is no list of {len(self.things)} ticks"

    def grade(self, network, outputs, labels):
        said = class_scores(network, outputs) >= self.threshold
        true = np.array([ticks_of(label) for label in labels])
        right = (said == true).mean(axis=1)
        blind = np.maximum(true.mean(axis=1), 1.0 - true.mean(axis=1))
        return Grades(right.mean(), right, alike(np.zeros(len(labels))), blind, 0.5, 1.0, False)

    @property
    def names(self):
        return self.things

    @property
    def groups(self):
        return self.things

    def groups_of(self, label):
        return self.things  # each is right or wrong in each sample

    def limit(self, threshold):
        return self.threshold if threshold is None else threshold

    @property
    def kept_as(self):
        return repr(self.things), repr(self)

    def right_said(self, threshold):
        return f"with all ticks right from {self.limit(threshold):g}"

    def targets(self, network):
        return TickTargets(self.things)

    def read(self, network, samples, outputs, geometry=None):
        return TickAnswers(network, tuple(samples), outputs, self)


@dataclass(frozen=True)
class TickTargets(Targets):
    """The score of one label; nothing can be set against it."""

    things: tuple[str, ...]

    default = PREDICTED

    @property
    def options(self):
        named = (TargetOption(f"={thing}", thing) for thing in self.things)
        return (TargetOption(PREDICTED, "the surest tick"), *named)

    def checked(self, target, against):
        if target not in {option.word for option in self.options} or against:
            raise ProjectError(f"There is no question “{target}”.")
        return target, against

    def typed(self, target, against):
        return target if target == PREDICTED or target[:1] == "=" else f"={target}", against

    def early(self, target, against, labels):
        return None if target == PREDICTED else [self.of(target)] * len(labels)

    def names(self, target):
        return self.things[target.index], ""

    def of(self, word):
        return Target.for_class(self.things.index(word[1:]))


@dataclass(frozen=True, eq=False)
class TickAnswers(Answers):
    """What was said of N samples with K labels each."""

    task: Checklist

    @cached_property
    def scores(self):
        return class_scores(self.network, self.outputs)

    @cached_property
    def labelled(self):
        return np.array([sample.label is not None for sample in self.samples])

    @cached_property
    def true(self):
        nothing = "n" * len(self.task.things)
        return np.array([ticks_of(sample.label or nothing) for sample in self.samples])

    def called(self, threshold=None):
        return self.scores >= self.task.limit(threshold)

    def parts(self, threshold=None):
        many, count = self.scores.shape
        right = np.where(self.labelled[:, None], self.called(threshold) == self.true, np.nan)
        sample = np.repeat(np.arange(many), count)
        return Parts(sample, np.tile(np.arange(count), many), right.ravel().astype(np.float32))

    def words(self, chosen):
        return written(chosen)

    def said(self, address: Address):
        position = sample_of(address)
        if isinstance(address, Place):
            thing, mark = self.task.things[address.part], "?"
            if self.labelled[position]:
                mark = "there" if self.true[position, address.part] else "not there"
            return f"{thing} {mark}, {percent(self.scores[position, address.part])}"
        return f"{self.samples[position].label or '?'} → {self.words(self.called()[position])}"

    def targets(self, addresses: Sequence[Address], target, against):
        targets = TickTargets(self.task.things)
        known = target in {option.word for option in targets.options[1:]}
        return [targets.of(target) if known else self.own_target(each) for each in addresses]

    def own_target(self, address):
        part = address.part if isinstance(address, Place) else self.scores[address].argmax()
        return Target.for_class(int(part))

    def compared(self, position, other):
        return None

    @property
    def ranks(self):
        def wrong(threshold):
            return (self.called(threshold) != self.true).sum(axis=1) * self.labelled

        return {"Most ticks wrong first": lambda threshold: -wrong(threshold).astype(float)}

    @property
    def filters(self):
        return (
            Choose("True tick", "true_class", self.task.things, "any"),
            Choose("Said tick", "predicted_class", self.task.things, "any"),
        )

    def passing(self, sieve):
        found = np.ones(len(self), bool)
        for name, table in ((sieve.true_class, self.true), (sieve.predicted_class, self.called())):
            if name in self.task.things:
                found &= table[:, self.task.things.index(name)]
        return found

    @property
    def pages(self):
        return TickPages(self)

    @property
    def mistakes(self):
        return TickMistakes(self)

    @property
    def likeness(self):
        return TickLikeness(self)

    @property
    def export(self):
        return TickExport(self)

    def table(self, threshold):
        parts = self.parts(threshold).correct.reshape(self.scores.shape)
        rows = tuple(
            {
                "question": thing,
                "there": int(self.true[self.labelled, k].sum()),
                "said": int(self.called(threshold)[:, k].sum()),
                "share right": float(np.nanmean(parts[:, k])) if self.labelled.any() else 0.0,
            }
            for k, thing in enumerate(self.task.things)
        )
        return Table("Questions", rows, "Each question", frozenset({"share right"}))


@dataclass(frozen=True)
class TickPages(Pages):
    answers: TickAnswers

    def figures(self, threshold):
        count = Number("Questions", str(len(self.answers.task.things)))
        return count, self.right("All ticks right", threshold)

    def overview(self, threshold):
        return Overview("Questions", "Each by itself.", self.answers.table(threshold))

    def limit(self, threshold):
        return Limit(self.answers.task.limit(threshold), 1.0, 0.05, "From here on it is ticked.")

    def bars(self, position, threshold):
        bars = tuple(
            ScoreBar(thing, percent(score), float(score), true=bool(true), mark="true tick")
            for thing, score, true in zip(
                self.answers.task.things,
                self.answers.scores[position],
                self.answers.true[position],
                strict=True,
            )
        )
        return Bars("Ticks", f"True: {self.answers.samples[position].label}", bars)

    def rows(self, position):
        return tuple(
            Sight(Target.for_class(k), f"why {thing}", f"={thing}")
            for k, thing in enumerate(self.answers.task.things)
        )

    def views(self, position):
        return (View("Every question", self.rows(position)),)

    def review_controls(self, threshold):
        names = self.answers.task.things
        return Choose("Question", "review_class", names, "all together"), self.limit(threshold)

    def sides(self, by, named, threshold):
        answers = self.answers
        if named not in answers.task.things:
            correct = answers.correct(threshold)
            right, wrong = (tuple(np.flatnonzero(correct == value).tolist()) for value in (1, 0))
            return Sides(right, wrong)
        parts = answers.parts(threshold)
        of = parts.group == answers.task.things.index(named)
        right, wrong = (tuple(parts.places(of & (parts.correct == value))) for value in (1, 0))
        return Sides(right, wrong)


@dataclass(frozen=True)
class TickMistakes(Mistakes):
    answers: TickAnswers

    def facets(self, threshold):
        table = self.answers.table(threshold)
        return Figures("By question", self.answers.pages.figures(threshold), (table,)), OneByOne()

    def listed(self, sure, threshold):
        parts, true = self.answers.parts(threshold), self.answers.true.ravel()
        lists = {
            "Missed": tuple(parts.places((parts.correct == 0) & true)),
            "False alarms": tuple(parts.places((parts.correct == 0) & ~true)),
        }
        return Listed(lists, "", asks_sure=False, file="ticks.csv")

    def sights(self, address):
        return (self.answers.pages.rows(sample_of(address))[address.part],)

    def row(self, address):
        position = sample_of(address)
        return {
            "sample": self.answers.samples[position].id,
            "question": self.answers.task.things[address.part],
            "score": float(self.answers.scores[position, address.part]),
        }

    def own_boxes(self, position):
        return {
            thing
            for thing, true in zip(
                self.answers.task.things, self.answers.true[position], strict=True
            )
            if true
        }


@dataclass(frozen=True)
class TickLikeness(Likeness):
    answers: TickAnswers

    @cached_property
    def kinds_of(self):
        return sorted({sample.label for sample in self.answers.samples if sample.label})

    def numbered(self, labels):
        return np.array([self.kinds_of.index(x) if x in self.kinds_of else -1 for x in labels])

    @property
    def truth(self):
        index = self.numbered([sample.label for sample in self.answers.samples])
        return np.where(index < 0, np.nan, index)

    @property
    def separated(self):
        return Separated(np.nan_to_num(self.truth, nan=-1).astype(np.int64), "Lists")

    @property
    def kinds(self):
        return tuple(
            SameTruth(name, np.flatnonzero(self.truth == i)) for i, name in enumerate(self.kinds_of)
        )

    def suggestion(self, near):
        return commonest(near)

    def suggestion_said(self, suggestion, votes, of):
        return f"{votes} of {of}: {self.kinds_of[int(suggestion)]}"

    def label_doubt(self, position, alike):
        return None

    def candidates(self, address, threshold):
        answers, position = self.answers, sample_of(address)
        right = answers.correct(threshold) == 1
        right[position] = False
        if isinstance(address, Place):
            right &= answers.true[:, address.part] == answers.true[position, address.part]
        return np.flatnonzero(right)

    @property
    def said_alike(self):
        called = self.answers.called()
        return tuple(
            Said(thing, np.flatnonzero(called[:, k]))
            for k, thing in enumerate(self.answers.task.things)
        )

    @property
    def colourings(self):
        called = [self.answers.words(row) for row in self.answers.called()]
        names = tuple(self.kinds_of)
        return (
            ByGroup("True", names, self.separated.of),
            ByGroup("Predicted", names, self.numbered(called), "no known set"),
        )

    def columns(self, positions):
        called = self.answers.called()
        return {"predicted": [self.answers.words(called[p]) for p in positions]}


@dataclass(frozen=True)
class TickExport(Export):
    answers: TickAnswers

    worst_first = "Those with most ticks wrong"

    @property
    def head(self):
        things = self.answers.task.things
        scores = (f"score_{thing}" for thing in things)
        return ["said", "correct", *scores, *(f"correct_{thing}" for thing in things)]

    def rows(self, threshold):
        answers = self.answers
        parts = answers.parts(threshold).correct.reshape(answers.scores.shape)
        called, correct = answers.called(threshold), answers.correct(threshold)
        for said, right, scores, own in zip(called, correct, answers.scores, parts, strict=True):
            words = [answers.words(said), verdict(right)]
            yield [*words, *map(score, scores), *map(verdict, own)]

    def figure(self, threshold):
        share = float(np.nanmean(self.answers.parts(threshold).correct))
        return Number("of the ticks are right", f"{share:.1%}")

    def sections(self, threshold):
        return (self.answers.table(threshold),)

    @property
    def badness(self):
        return (self.answers.called() != self.answers.true).sum(axis=1).astype(np.float32)

    def mistaken(self, position):
        return self.answers.said(position)
