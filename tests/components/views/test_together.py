"""Reviewing together on the pages: what each role can do, conflicts, work given out, accuracy."""

import hashlib
from dataclasses import replace

import pytest

from services import session
from services.errors import SignedOutError
from services.notes.backup import backup
from services.notes.feed import history
from services.notes.flags import flags_of
from services.notes.notebook import say
from services.notes.opinion import Flag, Subject
from services.notes.settling import settle, shared_of, tag
from services.notes.shared import Shared
from services.people import known
from services.people.known import note_seen
from services.settings import settings
from tests.components.visiting import on_page, options, settled, visited, words
from tests.services.notes.people import ADA, ANN, BEN, VERA
from tests.services.projects import blue_or_red, folder_project

PICTURES = {"testing/blue/a.png": (0, 0, 255), "testing/blue/b.png": (255, 9, 9)} | {
    "testing/red/c.png": (255, 0, 0)
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    for name in ("cache", "notes"):
        monkeypatch.setenv(f"GRADCAM_{name.upper()}", str(tmp_path / name))
    settings.cache_clear()
    blue_or_red().save(model := tmp_path / "model.keras")
    yield folder_project(tmp_path / "project", model, PICTURES)
    settings.cache_clear()


@pytest.fixture
def seen_as(monkeypatch, folder):
    """The project's pages as somebody sees them."""

    def open_(person, page, **query):
        monkeypatch.setattr(known, "_noted", {})  # as on a server that was just started
        for each in (ANN, BEN):
            note_seen(each)
        monkeypatch.setattr(session, "asking", lambda _: person)
        return visited(folder, page, **query)

    return open_


@pytest.fixture
def label(folder):
    """The label of a sample, as a subject."""
    return lambda name: Subject(
        hashlib.sha256((folder / "testing" / name).read_bytes()).hexdigest()
    )


def widget(app, of):
    """The only widget whose key begins so."""
    kinds = (app.selectbox, app.multiselect, app.checkbox, app.button)
    (one,) = [each for kind in kinds for each in kind if str(each.key).startswith(f"{of}_")]
    return one


def keys(app):
    kinds = (app.selectbox, app.multiselect, app.checkbox, app.button)
    return {str(each.key).partition("_")[0] for kind in kinds for each in kind}


def agree(person, subject, word, seen=None):
    seen = seen or shared_of("any").get(subject, Shared(subject))
    settle(person, "of that sample", seen, replace(seen, agreed=word))


def test_one_person_alone_sees_tags_and_nothing_of_others(folder, label):
    app = visited(folder, "explain")
    assert not keys(app) & {"agreed", "assignee", "done", "conflict"}
    widget(app, "tags").set_value(["odd one "])
    settled(app)
    (only,) = shared_of("any").values()
    assert only.tags == {"odd one"}
    app = on_page(app, "samples")
    assert options(app, "tag") == ["Any 3", "odd one 1"]
    assert not {"assignee"} & {each.key for each in app.selectbox}
    app = on_page(app, "worklist")
    assert any("nobody to share work with" in said for said in words(app))


def test_a_viewer_sees_all_of_it_and_is_told_why_not_to_change_it(seen_as, label):
    say(ANN, label("blue/a.png"), "a", lambda old: old.toggled(Flag.UNCLEAR).noted("*dark*"))
    app = seen_as(VERA, "explain", sample="blue/a.png")
    assert any(said.startswith("**Ann** unclear\\: \\*dark\\*") for said in words(app))
    for of in ("agreed", "assignee", "tags", "done"):
        assert widget(app, of).disabled
        assert widget(app, of).help.startswith("As a viewer you may not ")


def test_what_is_settled_is_everybodys_and_can_be_undone(seen_as, label):
    app = seen_as(ANN, "explain", sample="blue/b.png")
    widget(app, "agreed").select("red")
    settled(app)
    assert flags_of("any").agreed == {label("blue/b.png").sample: "red"}
    widget(app, "done").check()
    settled(app)
    assert [each.words for each in history(label("blue/b.png").sample)] == ["agreed on red", "done"]
    app = on_page(seen_as(BEN, "explain", sample="blue/b.png"), "explain")
    assert "Agreed label **red** · :green[✓ done]" in words(app)
    assert widget(app, "done").value


def test_of_two_who_settle_at_once_both_are_shown_and_one_is_chosen(seen_as, label):
    subject = label("blue/b.png")
    app = seen_as(ANN, "explain", sample="blue/b.png")
    agree(BEN, subject, "blue")
    widget(app, "agreed").select("red")
    settled(app)
    said = " ".join(words(app))
    assert "Ben changed this at the same time" in said
    assert "agreed label: **red**" in said
    assert "agreed label: **blue**" in said
    assert flags_of("any").agreed == {subject.sample: "blue"}
    agree(BEN, subject, "green")  # and once more, before she has chosen
    app.get_by_key("keep_mine_0").click()
    settled(app)
    assert "agreed label: **green**" in " ".join(words(app))
    app.get_by_key("keep_mine_0").click()
    settled(app)
    assert flags_of("any").agreed == {subject.sample: "red"}
    assert "at the same time" not in " ".join(words(app))


def test_keeping_theirs_changes_nothing(seen_as, label):
    subject = label("blue/b.png")
    app = seen_as(ANN, "explain", sample="blue/b.png")
    agree(BEN, subject, "blue")
    widget(app, "agreed").select("red")
    settled(app)
    app.get_by_key("keep_theirs_0").click()
    settled(app)
    assert flags_of("any").agreed == {subject.sample: "blue"}
    assert widget(app, "agreed").value == "blue"
    assert "at the same time" not in " ".join(words(app))


def test_who_signed_out_elsewhere_is_told_nothing_more(seen_as, label, monkeypatch):
    app = seen_as(ANN, "explain", sample="blue/b.png")

    def gone():
        raise SignedOutError

    monkeypatch.setattr(session, "asking", lambda _: gone())
    say(BEN, label("blue/b.png"), "b", lambda old: old.toggled(Flag.UNCLEAR))
    app.run()
    assert not app.exception
    said = " ".join(words(app))
    assert "signed out" in said.lower()
    assert "unclear" not in said


def test_work_is_given_out_and_what_is_mine_is_a_filter(seen_as):
    app = seen_as(ANN, "worklist")
    assert any("Nobody has been given any sample yet" in said for said in words(app))
    app.get_by_key("give_to").set_value([ANN.id])
    settled(app)
    app.get_by_key("give_to").set_value([ANN.id, BEN.id])
    app.get_by_key("give").click()  # before the page has heard of Ben
    settled(app)
    told = [each.proto.text for each in app.get("progress")]
    assert told == [
        "Everybody · 0 of 3 done", "Ann \\(you\\) · 0 of 2 done", "Ben · 0 of 1 done",
    ]  # fmt: skip
    app = on_page(app, "samples")
    assert options(app, "assignee") == ["Anybody 3", "Me 2", "Ben 1"]
    app.get_by_key("assignee").select("me")
    settled(app)
    assert app.query_params["assignee"] == "me"
    assert options(app, "verdict")[0] == "All 2"
    app = seen_as(BEN, "samples", assignee="me")
    assert options(app, "verdict")[0] == "All 1"


def test_a_viewer_gives_no_work_out(seen_as):
    app = seen_as(VERA, "worklist")
    assert app.get_by_key("give_to").disabled
    assert app.get_by_key("give").disabled
    assert app.get_by_key("take_back").disabled


def test_accuracy_by_agreed_labels_stands_beside_and_never_in_its_place(seen_as, label):
    app = seen_as(ANN, "project")
    before = [(each.label, each.value) for each in app.metric]
    assert ("Accuracy", "66.7\u00a0%") in before
    agree(BEN, label("blue/b.png"), "red")
    app = seen_as(ANN, "project")
    now = [(each.label, each.value) for each in app.metric]
    assert now[: len(before)] == before
    assert now[len(before) :] == [
        ("Accuracy, labels as they are", "66.7\u00a0%"),
        ("Accuracy, 1 corrected label", "100.0\u00a0%"),
    ]


def test_all_of_it_as_one_file_is_an_admins(seen_as, label):
    tag(ANN, label("red/c.png"), "c", ["odd"])
    kept = backup()
    tag(ANN, label("red/c.png"), "c", [], ["odd"])
    app = seen_as(ANN, "worklist")
    assert "download_notes" not in {each.key for each in app.get("download_button")}
    app = seen_as(ADA, "worklist")
    app.get_by_key("flags_file").upload("notes.json", kept.encode(), "application/json")
    settled(app)
    assert [each.value.replace("\\", "") for each in app.success] == [
        "0 changes taken over. 1 already here. 1 left as they are: changed here since."
    ]
