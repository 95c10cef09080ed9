"""Look, write, undo, against the imitation of Studio."""

import pytest

from services.errors import Cancelled, NotAllowedError
from services.people.person import Person, Role
from services.writing_back.fields import TAG_KEY
from services.writing_back.log import CallOutcome, entries_of, runs_of
from services.writing_back.steps import DISABLING, RELABELLING, TAGGING, WRITE_STEPS
from tests.services.edge_impulse.visits import Noted, connected, refused, samples_of
from tests.services.writing_back.giving import PROJECT, Giving, reasons, rows, tagged
from tests.studio import Action, Fault, drawn_jpeg
from tests.studio import Role as KeyRole

WRITES = "/raw-data/*/*"
LABELS = "/raw-data/*/edit-label"


@pytest.fixture
def giving(studio):
    return Giving(studio)


def other(label):
    return "no car" if label == "car" else "car"


@pytest.fixture
def agreed(project):
    """Another label than Studio's for three of the six samples, by number."""
    testing = sorted(item.id for item in project.listed() if item.category == "testing")
    return {number: other(project.samples[number].label) for number in testing[:3]}


def posts(studio):
    return [request.path for request in studio.log if request.method == "POST"]


@pytest.mark.parametrize("step", WRITE_STEPS.values(), ids=WRITE_STEPS)
def test_a_dry_run_says_before_and_after_and_writes_nothing(giving, studio, project, agreed, step):
    before = dict(project.samples)
    plan = giving.look(agreed, step)
    wanted = []
    for number, label in agreed.items():
        name, old = f"sample {number}", before[number].label
        wanted.append((name, "tag", "", tagged(label)))
        wanted += [(name, "label", old, label)] if step is RELABELLING else []
        wanted += [(name, "part", "takes part", "disabled")] if step is DISABLING else []
    assert [(n, f, b, a) for n, f, b, a in rows(plan)] == wanted
    assert (plan.refused, plan.same) == ((), 0)
    assert posts(studio) == []
    assert project.samples == before


def test_tag_then_relabel_then_undo_both(giving, studio, project, agreed):
    before = {number: project.samples[number] for number in agreed}
    first = giving.write(giving.look(agreed, TAGGING))
    for number, label in agreed.items():
        assert project.samples[number].metadata[TAG_KEY] == tagged(label)
        assert project.samples[number].label == before[number].label
    giving = Giving(studio)  # who has refreshed sees the tags
    plan = giving.look(agreed, RELABELLING)
    assert {field for _, field, *_ in rows(plan)} == {"label"}  # the tag is there
    second = giving.write(plan)
    assert {number: project.samples[number].label for number in agreed} == agreed
    assert Giving(studio).look(agreed).same == 3
    for run in (second.run, first.run):
        giving.write(giving.look_back(run))
    for number, sample in before.items():
        now = project.samples[number]
        assert (now.label, dict(now.metadata)) == (sample.label, dict(sample.metadata))
    assert [run.left for run in runs_of(studio.url, PROJECT)] == [3, 3, 0, 0]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_tag_leaves_what_else_stands_in_the_metadata(giving, studio, project, agreed, replaced):
    project.metadata_is_replaced = replaced
    number = next(iter(agreed))
    project.change_sample(number, metadata={"site": "north"})
    giving = Giving(studio)
    written = giving.write(giving.look(agreed, TAGGING))
    assert project.samples[number].metadata == {"site": "north", TAG_KEY: tagged(agreed[number])}
    neighbour = max(agreed)
    giving.write(giving.look_back(written.run))
    assert project.samples[number].metadata == {"site": "north"}
    assert TAG_KEY not in project.samples[neighbour].metadata
    cleared = studio.log.chosen("/raw-data/batch/clear-metadata-by-key")
    assert len(cleared) == (0 if replaced else 3)
    for request in cleared:
        only = int(request.query["minId"])
        assert request.query["ids"] == f"[{only}]"
        assert request.query["maxId"] == str(only + 1)


def test_disabled_samples_come_back(giving, studio, project, agreed):
    written = giving.write(giving.look(agreed, DISABLING))
    assert all(project.samples[number].is_disabled for number in agreed)
    assert len(samples_of(connected(studio)[0])) == 3  # the page says why the others are left out
    giving.write(giving.look_back(written.run))
    assert not any(project.samples[number].is_disabled for number in agreed)


def test_the_log_is_the_same_in_each_database(each_database, giving, studio, project, agreed):
    one, two, _ = agreed
    studio.faults.add(Fault(Action.REFUSE, f"/raw-data/{two}/edit-label", text="Sample is locked"))
    written = giving.write(giving.look(agreed))
    (run,) = runs_of(studio.url, PROJECT)
    assert (run.id, run.samples, run.left, run.refused) == (written.run, 3, 3, 1)
    giving.write(giving.look_back(written.run))
    assert [run.left for run in runs_of(studio.url, PROJECT)] == [3, 0]
    assert project.samples[one].label != agreed[one]


def test_what_changed_in_studio_since_is_refused_and_the_others_go_on(giving, project, agreed):
    one, two, three = agreed
    project.relabel(one, "no car" if project.samples[one].label == "car" else "car")
    agreed = {**agreed, one: "bus"}
    project.replace_sample(two, drawn_jpeg(77))
    plan = giving.look(agreed, classes=("car", "no car", "bus"))
    assert [name for name, *_ in rows(plan)] == [f"sample {three}"] * 2
    assert reasons(plan.refused) == {
        f"sample {one}": f"its label was changed in Studio since, to {project.samples[one].label}",
        f"sample {two}": "it has another file in Studio since",
    }
    assert giving.write(plan).samples == (f"sample {three}",)


def test_every_reason_why_a_sample_is_left_alone(giving, project, agreed):
    one, two, three = agreed
    project.remove_sample(one)
    project.change_sample(two, category=type(project.samples[two].category).TRAINING)
    project.change_sample(three, metadata={"any": "thing"})
    assert reasons(giving.look(agreed).refused) == {
        f"sample {one}": "it is no longer in Studio",
        f"sample {two}": "it was moved to training in Studio",
        f"sample {three}": "it was changed in Studio since",
    }


def test_changes_between_look_and_write_are_refused(giving, studio, project, agreed):
    one, two, three = agreed
    plan = giving.look(agreed)
    project.change_sample(one, is_disabled=True)
    project.remove_sample(three)
    written = giving.write(plan)
    assert written.samples == (f"sample {two}",)
    assert reasons(written.refused) == {
        f"sample {one}": "it was disabled in Studio since",
        f"sample {three}": "it is no longer in Studio",
    }
    (run,) = runs_of(studio.url, PROJECT)
    assert (run.who, run.step, run.samples, run.left, run.refused) == ("Ann", "relabel", 1, 1, 0)


def test_one_that_studio_refuses_does_not_stop_the_others(giving, studio, project, agreed):
    one, two, three = agreed
    studio.faults.add(Fault(Action.REFUSE, f"/raw-data/{two}/edit-label", text="Sample is locked"))
    written = giving.write(giving.look(agreed))
    assert set(written.samples) == {f"sample {one}", f"sample {three}"}
    assert reasons(written.refused) == {f"sample {two}": "Studio says “Sample is locked”."}
    outcomes = {(e.sample, str(e.change.field)): e.outcome for e in entries_of(written.run)}
    assert outcomes[two, "tag"] is CallOutcome.DONE
    assert outcomes[two, "label"] is CallOutcome.REFUSED
    giving.write(giving.look_back(written.run))
    assert not any(TAG_KEY in project.samples[number].metadata for number in agreed)


def test_a_busy_studio_is_asked_again(giving, studio, project, agreed):
    studio.faults.add(Fault(Action.TOO_MANY, LABELS, times=2, retry_after=0))
    studio.faults.add(Fault(Action.DROP, "/raw-data/*/metadata", times=1))
    written = giving.write(giving.look(agreed), progress=Noted())
    assert len(written.samples) == 3
    assert {number: project.samples[number].label for number in agreed} == agreed


def test_a_long_pause_ends_the_run_and_the_log_says_how_far_it_came(giving, studio, agreed):
    studio.faults.add(Fault(Action.TOO_MANY, LABELS, times=None, skip=1, retry_after=600))
    written = giving.write(giving.look(agreed))
    assert "try again in 10 minutes" in written.trouble
    assert len(written.samples) <= 1
    (run,) = runs_of(studio.url, PROJECT)
    done = [e for e in entries_of(run.id) if e.change.field.name == "label"]
    assert [e.outcome for e in done].count(CallOutcome.DONE) == 1
    assert CallOutcome.REFUSED not in {e.outcome for e in done}


def test_stopped_in_the_middle_then_taken_back(giving, studio, project):
    many = {n: other(s.label) for n, s in project.samples.items() if s.category == "testing"}
    before = dict(project.samples)
    plan = giving.look(many)
    progress = Noted()
    advance = progress.advance

    def stop_after_one(*told):
        progress.cancel()
        advance(*told)

    progress.advance = stop_after_one
    with pytest.raises(Cancelled):
        giving.write(plan, progress=progress)
    changed = {n for n in many if project.samples[n] != before[n]}
    assert 1 <= len(changed) < len(many)
    (run,) = runs_of(studio.url, PROJECT)
    assert {e.sample for e in entries_of(run.id)} == changed
    giving.write(giving.look_back(run.id))
    for number in many:
        now, old = project.samples[number], before[number]
        assert (now.label, dict(now.metadata)) == (old.label, dict(old.metadata))
    assert runs_of(studio.url, PROJECT)[-1].left == 0


def test_an_answer_that_never_came_is_looked_for_by_undo(giving, studio, project, agreed):
    one, two, three = agreed
    # It arrived, and the answer was lost on the way.
    studio.faults.add(Fault(Action.CUT, f"/raw-data/{two}/edit-label", times=None))
    written = giving.write(giving.look(agreed), progress=Noted())
    assert set(written.samples) == {f"sample {one}", f"sample {three}"}
    assert project.samples[two].label == agreed[two]
    studio.faults.clear()
    plan = giving.look_back(written.run)
    assert len({name for name, *_ in rows(plan)}) == 3
    giving.write(plan)
    assert all(project.samples[number].label != label for number, label in agreed.items())


def test_undo_leaves_alone_what_somebody_changed_since(giving, project, agreed):
    one, *others = agreed
    written = giving.write(giving.look(agreed))
    project.relabel(one, "lorry")
    plan = giving.look_back(written.run)
    assert reasons(plan.refused) == {
        f"sample {one}": "its label was changed in Studio since, to lorry"
    }
    giving.write(plan)
    assert project.samples[one].label == "lorry"
    assert all(project.samples[number].label != agreed[number] for number in others)


@pytest.mark.parametrize("role", [KeyRole.READONLY, KeyRole.INGESTION_DEPLOYMENT])
def test_a_key_that_may_not_write(giving, studio, project, agreed, role):
    project.keys["ei_other"] = role
    plan = giving.look(agreed)
    sentence = refused(lambda: giving.write(plan, key="ei_other"))
    assert f"its role is {role}" in sentence
    assert "role admin" in sentence
    assert posts(studio) == []
    assert runs_of(studio.url, PROJECT) == ()


def test_a_key_of_another_project(giving, studio, agreed):
    from tests.studio import drawn_project

    foreign = drawn_project(2, key="ei_foreign", id=4)
    studio.projects[4] = foreign
    plan = giving.look(agreed)
    sentence = refused(lambda: giving.write(plan, key="ei_foreign"))
    assert sentence.startswith("This key is for project 4, and the samples are project 9's")
    assert posts(studio) == []


def test_a_key_that_nobody_knows(giving, agreed):
    plan = giving.look(agreed)
    assert "does not accept this key" in refused(lambda: giving.write(plan, key="ei_unknown"))


def test_only_an_admin_of_the_dashboard(studio, agreed):
    giving = Giving(studio, person=Person("https://id", "bob", "Bob", Role.REVIEWER))
    plan = giving.look(agreed)
    sentence = refused(lambda: giving.write(plan), NotAllowedError)
    assert sentence == "As a reviewer you may not change labels in Studio; ask an admin for more."
    assert posts(studio) == []


def test_the_number_of_many_has_to_be_typed(giving, studio, project, agreed, monkeypatch):
    monkeypatch.setattr("services.writing_back.plan.ASK_TWICE", 2)
    plan = giving.look(agreed)
    for typed in (None, 2, 4):
        assert "type their number" in refused(lambda t=typed: giving.write(plan, typed=t))
    assert posts(studio) == []
    assert len(giving.write(plan, typed=3).samples) == 3
