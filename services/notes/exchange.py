"""What people say as a CSV table, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.errors import NotesError
from services.notes.notebook import Merged, merge
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject
from services.numbers import counted
from services.people.person import Action, Person, may
from services.tables import Cell, quoted, restored

SAMPLE, DIGEST, NETWORK, PART = "sample", "sha256", "network", "part"
FLAG, LABEL, NOTE, CHANGED = "flag", "should be", "note", "changed"
WHO, PERSON = "by", "person"  # where people have signed in
SHOWN = 5  # names at most in a sentence


@dataclass(frozen=True)
class TakenOver:
    """What became of a table.

    Attributes:
        merged: of its rows that are about samples of this project.
        unmatched: names of the samples of the others.
        unread: how many rows say nothing that can be understood.
        foreign: how many are another person's, which only an admin may take over.
    """

    merged: Merged
    unmatched: tuple[str, ...]
    unread: int
    foreign: int = 0

    def __str__(self) -> str:
        """One sentence for each outcome."""
        said = [f"{counted(len(self.merged.events), 'flag')} taken over."]
        if self.merged.same:
            said.append(f"{self.merged.same:,} already here.")
        if self.merged.older:
            said.append(f"{self.merged.older:,} left as they are: changed here since.")
        if self.unmatched:
            more = len(self.unmatched) - SHOWN
            names = ", ".join(self.unmatched[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
            said.append(f"{len(self.unmatched):,} not of this project, left out: {names}.")
        if self.foreign:
            said.append(f"{self.foreign:,} of other people left out: an admin may take those over.")
        if self.unread:
            said.append(f"{counted(self.unread, 'row')} without a flag or note, left out.")
        return " ".join(said)


def flag_rows(kept: Sequence[KeptOpinion]) -> list[dict[str, Cell]]:
    """A row for each opinion, for `csv_of`; with authors where people have signed in."""
    signed_in = any(each.person for each in kept)
    return [
        {
            SAMPLE: quoted(each.name),
            FLAG: str(each.opinion.flag or ""),
            LABEL: quoted(each.opinion.label),
            NOTE: quoted(each.opinion.note),
            CHANGED: each.changed,
            DIGEST: each.subject.sample,
            NETWORK: each.subject.network,
            PART: each.subject.part,
            **({WHO: quoted(each.who), PERSON: quoted(each.person)} if signed_in else {}),
        }
        for each in kept
    ]


def take_over(
    person: Person, content: bytes, digests: Mapping[str, str] | None, network: str
) -> TakenOver:
    """Merge a table into what is kept.

    A row is matched by the sample's SHA-256; where it has none, by the sample's name. It stays its
    author's; where it names none, it is of the person who asks.

    Args:
        person: who asks.
        content: of a CSV file that `flag_rows` describes; a spreadsheet may have saved it anew.
        digests: of the project's samples, by their names; None to take whatever names a SHA-256.
        network: digest of the one in use; an answer's row that names none is about it.

    Raises:
        NotAllowedError: the person's role does not let them.
        NotesError: it is no such table, or the notes cannot be written.
    """
    here = None if digests is None else set(digests.values())
    coming, unmatched, unread, foreign = [], [], 0, 0
    for row in _rows(content):
        name = row.get(SAMPLE, "")
        digest = row.get(DIGEST, "") or (digests or {}).get(name, "")
        opinion, author = _opinion(row), row.get(PERSON, "") or person.id
        if opinion is None:
            unread += 1
        elif not digest or (here is not None and digest not in here):
            unmatched.append(name or digest)
        elif author != person.id and not may(person, Action.DELETE_OTHERS):
            foreign += 1
        else:
            answer = opinion.flag is not None and opinion.flag.is_of_answer
            about = row.get(NETWORK, "") or (network if answer else "")
            who = row.get(WHO, "") if author != person.id else person.name
            subject, when = Subject(digest, about, row.get(PART, "")), _time(row.get(CHANGED, ""))
            coming.append(KeptOpinion(subject, opinion, name, when, author, who))
    return TakenOver(merge(person, coming), tuple(unmatched), unread, foreign)


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what spreadsheets write otherwise
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        named = {str(name).strip().lower() for name in rows.fieldnames or ()}
        if FLAG not in named or not named & {SAMPLE, DIGEST}:
            raise NotesError(
                f"That table holds no flags: it needs the columns {SAMPLE} or {DIGEST}, and {FLAG}."
            )
        return [
            {
                str(name).strip().lower(): restored(cell.strip())
                for name, cell in row.items()
                if isinstance(cell, str)
            }
            for row in rows
        ]
    except csv.Error as error:
        raise NotesError(f"The table cannot be read ({error}); save it as CSV again.") from error


def _opinion(row: Mapping[str, str]) -> Opinion | None:
    word = row.get(FLAG, "").lower()
    if word and word not in set(Flag):
        return None
    flag = Flag(word) if word else None
    label = row.get(LABEL, "") if flag is Flag.LABEL_WRONG else ""
    opinion = Opinion(flag, label).noted(row.get(NOTE, ""))
    return None if opinion.is_empty else opinion


def _time(text: str) -> str:
    """A time as it is kept; now where a person left it out or wrote it in a way of their own."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = datetime.now(UTC)
    known = when.replace(tzinfo=when.tzinfo or UTC)
    return known.astimezone(UTC).isoformat(timespec="microseconds")
