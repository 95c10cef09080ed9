"""The bar of keys and flags on a page: what a press means, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from components.controls.stepper import place_in, step_within
from components.flags.done import (
    last_done,
    not_kept,
    not_kept_shown,
    remember,
    told_once,
    undo_last,
)
from components.flags.others import look_again
from components.flags.settling import conflicts_shown, finish, go_on
from components.keys.keys import Act, FlagsSaid, Keys, Link, Walk, key_bar
from services import session
from services.choices.choices import Tiles
from services.choices.flagged import flags_in
from services.errors import NotAllowedError, NotesError
from services.notes.notebook import say, withdraw
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject
from services.opening.opening import Opened
from services.tasks.shown import Positions

FLAGS = "flag: label wrong, unclear, look again, a note; F again takes it back"
FINISH = "done, and on to the next one of yours"
NONE = "Labels here are numbers: no digit suggests one"


def sample_bar(opened: Opened, position: int, listed: Positions) -> None:
    """The bar of a page that shows one sample of a list."""
    name = opened.predictions.samples[position].id

    def act(told: Act) -> None:
        shown = opened.predictions.positions.get(session.choices().sample, position)
        if isinstance(told.get("step"), int) and len(listed):
            step_within(listed, opened.predictions, told["step"])
        elif told.get("done"):
            finish(opened, shown)
            go_on(opened, shown, listed)
        else:
            _say(opened, told, opened.predictions.samples[shown].id)

    steps = (("K", "next sample"), ("J", "previous sample"), ("O", "overlay on and off"))
    keys = _keys(opened, [name], steps)
    place = place_in(listed, position)
    _draw(
        keys(
            sample=name,
            place=-1 if place is None else place,
            count=len(listed),
            link=_link(opened, position),
        ),
        act,
    )


def tiles_bar(
    opened: Opened, samples: Iterable[str], walk: Walk, page: str, *, overlays: bool = False
) -> None:
    """The bar of a page that shows tiles.

    Args:
        opened: the project.
        samples: ids of those that are shown.
        walk: the tiles.
        page: the choice that says which page of them is shown.
        overlays: whether the tiles' own switch shows and hides overlays.
    """

    def act(told: Act) -> None:
        if isinstance(told.get("page"), int):
            session.choose(page, min(max(told["page"], 1), walk.pages))
        elif told.get("overlay"):
            shown = session.choices().tiles
            session.choose("tiles", Tiles.PICTURE if shown is Tiles.OVERLAY else Tiles.OVERLAY)
        elif told.get("done"):
            if (position := opened.predictions.positions.get(str(told.get("sample")))) is not None:
                finish(opened, position)
        else:
            _say(opened, told, "")

    steps = (("K", "next sample"), ("J", "previous sample"), ("O", "overlays on and off"))
    named = tuple(samples)
    _draw(_keys(opened, named, steps)(walk=walk, overlays=overlays), act)
    conflicts_shown()
    look_again(opened.predictions, named)


def _draw(keys: Keys, act: Callable[[Act], None]) -> None:
    key_bar(keys, act)
    not_kept_shown()


def _keys(
    opened: Opened, samples: Iterable[str], steps: Sequence[tuple[str, str]]
) -> Callable[..., Keys]:
    predictions = opened.predictions
    person = session.person()
    flags, labels = flags_in(predictions, person.id), predictions.answers.pages.labels
    digests = {
        name: predictions.digests[predictions.positions[name]] for name in dict.fromkeys(samples)
    }
    mine = {name: flags.mine(digest) for name, digest in digests.items()}
    said = {name: _said(kept) for name, kept in mine.items() if kept}
    digits = ", ".join(f"{n} {name}" for n, name in enumerate(labels[:9], 1))
    suggest = [("1–9", f"label wrong, should be: {digits}")] if labels else []
    finishing = [("D", FINISH)] if person.signed_in else []
    plays = opened.project.medium.axes is not None
    return partial(
        Keys,
        flags=tuple(map(str, Flag)),
        labels=labels,
        none=f"There are only {len(labels)} classes" if labels else NONE,
        said=said,
        undo=last_done(),
        done=person.signed_in,
        plays=plays,
        news=told_once(),
        help=(
            *steps,
            *([("P", "play or stop")] if plays else []),
            ("F", FLAGS),
            *suggest,
            ("N", "note"),
            *finishing,
            ("U", "undo"),
            ("?", "these keys"),
        ),
    )


def _said(mine: Sequence[KeptOpinion]) -> FlagsSaid:
    opinions = [each.opinion for each in mine]
    return FlagsSaid(
        flags=tuple(str(each.flag) for each in opinions if each.flag),
        label=next((each.label for each in opinions if each.label), ""),
        note=next((e.opinion.note for e in mine if not e.subject.network), ""),
        words=" · ".join(map(str, opinions)),
    )


def _say(opened: Opened, told: Act, shown: str) -> None:
    """Keep what a person says of a sample, or take back what they did last."""
    try:
        if told.get("undo"):
            undo_last()
            return
        name = told.get("sample") or shown
        position = opened.predictions.positions.get(name)
        if position is not None:
            remember(*_changed(opened, position, told))
    except (NotesError, NotAllowedError) as error:
        not_kept(str(error))


def _changed(opened: Opened, position: int, told: Act) -> tuple[str, tuple[int, ...]]:
    """What was said in words, and the numbers of the changes."""
    predictions = opened.predictions
    name, digest = predictions.samples[position].id, predictions.digests[position]
    person = session.person()
    flags = flags_in(predictions, person.id)
    if told.get("taken"):
        taken = [number for each in flags.mine(digest) for number in withdraw(person, each)]
        return f"{name}: taken back", tuple(taken)
    if "note" in told:
        note = str(told["note"])
        return f"{name}: note", say(person, Subject(digest), name, lambda old: old.noted(note))
    if told.get("flag") not in set(Flag):
        return "", ()
    flag, label, pages = Flag(told["flag"]), told.get("label"), predictions.answers.pages
    should = pages.relabelled(position, label) if label in pages.labels else ""
    subject = flags.subject(digest, flag)
    stays = flags.about(subject).toggled(flag, should).flag is flag
    said = Opinion(flag, should) if stays else f"{flag} taken back"
    return f"{name}: {said}", say(person, subject, name, lambda old: old.toggled(flag, should))


def _link(opened: Opened, position: int) -> Link | None:
    number = opened.predictions.samples[position].studio_id
    if opened.studio is None or number is None:
        return None
    return Link(f"Sample {number} in Studio", f"{opened.studio.url}/acquisition/testing")
