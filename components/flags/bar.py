"""The bar of keys and flags on a page: what a press means, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import streamlit as st

from components.controls.stepper import place_in, step_within
from components.frame.text import plain
from components.keys.keys import Act, FlagsSaid, Keys, Link, Walk, key_bar
from services import session
from services.choices.choices import Tiles
from services.choices.flagged import flags_in
from services.errors import NotesError
from services.notes.flags import Flags
from services.notes.notebook import say, undo
from services.notes.opinion import Flag, Opinion, Subject
from services.opening.opening import Opened
from services.tasks.shown import Positions

# In this session: changes to undo, why one could not be kept, what is told once and its number.
_DONE, _TROUBLE, _NEWS = "flags_done", "flags_trouble", "flags_news"
FLAGS = "flag: label wrong, unclear, look again, a note; F again takes it back"
MOST = 50  # changes that can be undone
NONE = "Labels here are numbers: no digit suggests one"


def sample_bar(opened: Opened, position: int, listed: Positions) -> None:
    """The bar of a page that shows one sample of a list."""
    name = opened.predictions.samples[position].id

    def act(told: Act) -> None:
        if isinstance(told.get("step"), int) and len(listed):
            step_within(listed, opened.predictions, told["step"])
        else:
            shown = opened.predictions.positions.get(session.choices().sample, position)
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
        else:
            _say(opened, told, "")

    steps = (("K", "next picture"), ("J", "previous picture"), ("O", "overlays on and off"))
    _draw(_keys(opened, samples, steps)(walk=walk, overlays=overlays), act)


def _draw(keys: Keys, act: Callable[[Act], None]) -> None:
    key_bar(keys, act)
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")


def _keys(
    opened: Opened, samples: Iterable[str], steps: Sequence[tuple[str, str]]
) -> Callable[..., Keys]:
    predictions = opened.predictions
    flags, labels = flags_in(predictions), predictions.answers.pages.labels
    digests = {
        name: predictions.digests[predictions.positions[name]] for name in dict.fromkeys(samples)
    }
    said = {name: _said(flags, of) for name, of in digests.items() if of in flags.of}
    digits = ", ".join(f"{n} {name}" for n, name in enumerate(labels[:9], 1))
    suggest = [("1–9", f"label wrong, should be: {digits}")] if labels else []
    done: list[tuple[str, tuple[int, ...]]] = st.session_state.get(_DONE, [])
    return partial(
        Keys,
        flags=tuple(map(str, Flag)),
        labels=labels,
        none=f"There are only {len(labels)} classes" if labels else NONE,
        said=said,
        undo=done[-1][0] if done else "",
        news=st.session_state.get(_NEWS, (0, "")),
        help=(*steps, ("F", FLAGS), *suggest, ("U", "undo"), ("?", "these keys")),
    )


def _said(flags: Flags, digest: str) -> FlagsSaid:
    kept = flags.of[digest]
    return FlagsSaid(
        flags=tuple(str(each.opinion.flag) for each in kept if each.opinion.flag),
        label=next((each.opinion.label for each in kept if each.opinion.label), ""),
        note=flags.about(Subject(digest)).note,
        words=flags.said(digest),
    )


def remember(words: str, events: tuple[int, ...]) -> None:
    """Let changes be undone from this session's bar.

    Args:
        words: what was said, of which sample.
        events: the changes; nothing is remembered where there are none.
    """
    if events:
        done = st.session_state.setdefault(_DONE, [])
        done.append((words, events))
        del done[:-MOST]
        _tell(words)


def _tell(words: str) -> None:
    number, _ = st.session_state.get(_NEWS, (0, ""))
    st.session_state[_NEWS] = number + 1, words


def _say(opened: Opened, told: Act, shown: str) -> None:
    """Keep what a person says of a sample, or take back what they said last."""
    done = st.session_state.setdefault(_DONE, [])
    try:
        if told.get("undo"):
            if done:
                words, events = done.pop()
                undo(events)
                _tell(f"Undone: {words}")
            return
        name = told.get("sample") or shown
        position = opened.predictions.positions.get(name)
        if position is not None:
            remember(*_changed(opened, position, told))
    except NotesError as error:
        st.session_state[_TROUBLE] = str(error)


def _changed(opened: Opened, position: int, told: Act) -> tuple[str, tuple[int, ...]]:
    """What was said in words, and the numbers of the changes."""
    predictions = opened.predictions
    name, digest = predictions.samples[position].id, predictions.digests[position]
    flags = flags_in(predictions)
    if told.get("taken"):
        about = [each.subject for each in flags.of.get(digest, ())]
        events = [number for each in about for number in say(each, name, lambda _: Opinion())]
        return f"{name}: taken back", tuple(events)
    if "note" in told:
        note = str(told["note"])
        return f"{name}: note", say(Subject(digest), name, lambda old: old.noted(note))
    if told.get("flag") not in set(Flag):
        return "", ()
    flag, label, pages = Flag(told["flag"]), told.get("label"), predictions.answers.pages
    should = pages.relabelled(position, label) if label in pages.labels else ""
    subject = flags.subject(digest, flag)
    stays = flags.about(subject).toggled(flag, should).flag is flag
    said = Opinion(flag, should) if stays else f"{flag} taken back"
    return f"{name}: {said}", say(subject, name, lambda old: old.toggled(flag, should))


def _link(opened: Opened, position: int) -> Link | None:
    number = opened.predictions.samples[position].studio_id
    if opened.studio is None or number is None:
        return None
    return Link(f"Sample {number} in Studio", f"{opened.studio.url}/acquisition/testing")
