"""What is said and settled of a project's samples: for glyphs, filters and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.errors import NotesError
from services.keeping.store import BoundedStore
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject
from services.notes.shared import Shared

NOTHING = Opinion()
KNOWN = 128  # people and networks whose flags are kept as long as nothing changes


@dataclass(frozen=True)
class Flags:
    """What is said and settled of samples, by the SHA-256 of their files.

    Attributes:
        network: digest of the one whose answers are spoken of.
        of: the opinions of each sample, of all people, that of its label first.
        trouble: one sentence where the notes cannot be read; then nothing is known.
        person: who looks, by `Person.id`.
        shared: what is settled for all.
    """

    network: str
    of: Mapping[str, tuple[KeptOpinion, ...]]
    trouble: str = ""
    person: str = ""
    shared: Mapping[Subject, Shared] = field(default_factory=dict)

    def about(self, subject: Subject) -> Opinion:
        """What the person who looks says of a subject."""
        kept = self.mine(subject.sample)
        return next((each.opinion for each in kept if each.subject == subject), NOTHING)

    def mine(self, sample: str) -> tuple[KeptOpinion, ...]:
        """What the person who looks says of a sample."""
        return tuple(each for each in self.of.get(sample, ()) if each.person == self.person)

    def others(self, sample: str) -> tuple[KeptOpinion, ...]:
        """What everybody else says of it."""
        return tuple(each for each in self.of.get(sample, ()) if each.person != self.person)

    def who(self, sample: str) -> tuple[str, ...]:
        """Names of those who say something of a sample, each once; none on one's own machine."""
        return tuple(dict.fromkeys(each.who for each in self.of.get(sample, ()) if each.who))

    def said(self, sample: str) -> str:
        """All that is said of a sample, in words, and by whom; "" for nothing."""
        return " · ".join(map(str, self.of.get(sample, ())))

    def subject(self, sample: str, flag: Flag) -> Subject:
        """What a flag of a sample is about."""
        return Subject(sample, self.network) if flag.is_of_answer else Subject(sample)

    def label(self, sample: str) -> Shared:
        """What is settled of a sample's label: what is agreed, and its tags."""
        subject = Subject(sample)
        return self.shared.get(subject, Shared(subject))

    def answer(self, sample: str) -> Shared:
        """What is settled of the network's answer: whose turn it is, and whether it is done."""
        subject = Subject(sample, self.network)
        return self.shared.get(subject, Shared(subject))

    def disagrees(self, sample: str) -> bool:
        """Whether two people say what cannot both be right of the same, and no label is agreed."""
        said: dict[Subject, set[tuple[Flag, str]]] = {}
        for each in self.of.get(sample, ()):
            settled = not each.subject.network and sample in self.agreed
            if (flag := each.opinion.flag) is not None and not settled:
                said.setdefault(each.subject, set()).add((flag, each.opinion.label))
        return any(map(_contradicts, said.values()))

    @cached_property
    def spoken_of(self) -> frozenset[str]:
        """The samples that anything is said of, or settled."""
        return frozenset({*self.of, *(subject.sample for subject in self.shared)})

    @cached_property
    def agreed(self) -> Mapping[str, str]:
        """The agreed label of each sample that has one."""
        return {each.subject.sample: each.agreed for each in self.shared.values() if each.agreed}

    @cached_property
    def assignees(self) -> Mapping[str, str]:
        """Whose turn it is, by `Person.id`, of each sample that was given to somebody."""
        return {each.subject.sample: each.assignee for each in self._answers if each.assignee}

    @cached_property
    def done(self) -> frozenset[str]:
        """The samples that are done."""
        return frozenset(each.subject.sample for each in self._answers if each.done)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Every tag, by name."""
        return tuple(sorted({tag for each in self.shared.values() for tag in each.tags}))

    @property
    def _answers(self) -> Iterator[Shared]:
        whole = (key for key in self.shared if key == Subject(key.sample, self.network))
        return (self.shared[key] for key in whole)

    def is_mine_to_do(self, sample: str) -> bool:
        """Whether it was given to the person who looks, and is not done."""
        mine = bool(self.person) and self.assignees.get(sample) == self.person
        return mine and sample not in self.done

    def kept(self, places: Mapping[str, int]) -> list[KeptOpinion]:
        """Every opinion of some samples, in their order.

        Args:
            places: of the samples in that order, by digest.
        """
        said = sorted((sample for sample in self.of if sample in places), key=places.__getitem__)
        return [each for sample in said for each in self.of[sample]]


def _contradicts(said: set[tuple[Flag, str]]) -> bool:
    """Who says that a label is wrong and not what it should be agrees with whoever does."""
    flags = {flag for flag, _ in said}
    labels = {label for _, label in said if label}
    return len(flags) > 1 or len(labels) > 1


_known: BoundedStore[tuple[str, str], Flags] = BoundedStore(KNOWN)


def flags_of(network: str, person: str = "") -> Flags:
    """What is said of all labels, and of a network's answers.

    Args:
        network: its digest.
        person: who looks, by `Person.id`.
    """
    from services.notes.present import present  # with the database, which few jobs ask

    try:
        of, shared = present(network)
    except NotesError as error:
        return Flags(network, {}, str(error), person)
    known = _known.get((network, person))
    if known is None or known.of is not of or known.shared is not shared:
        known = Flags(network, of, "", person, shared)
        _known.put((network, person), known)
    return known
