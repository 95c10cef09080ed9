import threading

import pytest

from services.errors import Cancelled, Skipped
from services.work import progress as module
from services.work.progress import Progress, Stage, Step
from tests.waiting import PATIENCE


def test_progress_counts_the_items_of_a_step():
    progress = Progress()
    progress.begin("Predicting", 10)
    progress.advance(3)
    progress.advance()
    assert (progress.step.name, progress.step.done, progress.step.total) == ("Predicting", 4, 10)


def test_a_new_step_begins_at_nothing():
    progress = Progress()
    progress.begin("Predicting", 10)
    progress.advance(3)
    progress.begin("Drawing", 7)
    assert (progress.step.name, progress.step.done, progress.step.total) == ("Drawing", 0, 7)


def test_the_time_left_follows_from_the_speed_so_far(monkeypatch):
    now = iter([0.0, 100.0, 106.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(now))
    progress = Progress()
    progress.begin("Predicting", 10)
    progress.advance(4)
    assert progress.step.seconds_left == pytest.approx(9.0)  # 6 s for 4, 6 to go


@pytest.mark.parametrize(("total", "done"), [(0, 3), (10, 0)])
def test_no_time_is_told_before_it_can_be_known(total, done):
    progress = Progress()
    progress.begin("Predicting", total)
    progress.advance(done)
    assert progress.step.seconds_left is None


@pytest.mark.parametrize("step", [lambda p: p.begin("Next"), lambda p: p.advance()])
def test_who_was_asked_to_stop_does_so_at_the_next_item(step):
    progress = Progress()
    progress.begin("Predicting", 2)
    progress.cancel()
    with pytest.raises(Cancelled):
        step(progress)


def test_a_step_is_skipped_where_it_may_be_and_nowhere_else():
    progress = Progress()
    progress.skip()
    progress.begin("Predicting")  # nothing is offered, so nothing happens
    with progress.skippable("Skip it"):
        progress.begin("Checking", 2)
        assert progress.skips == "Skip it"
        progress.skip()
        with pytest.raises(Skipped):
            progress.advance()
    assert progress.skips == ""
    progress.advance()
    with progress.skippable("Skip that"):
        progress.advance()  # what was skipped before is forgotten


def test_stages_are_gone_through_in_their_order():
    progress = Progress()
    assert (progress.stages, progress.stage) == ((), None)
    progress.plan("JobKey", "Project", "Samples")
    assert progress.stages == (Stage("JobKey"), Stage("Project"), Stage("Samples"))
    assert progress.stage == "JobKey"
    progress.conclude("admin")
    assert progress.stage == "Project"
    progress.conclude("")
    assert progress.stages == (Stage("JobKey", "admin"), Stage("Project", ""), Stage("Samples"))
    assert progress.stage == "Samples"
    progress.conclude("6")
    assert progress.stage is None
    assert [stage.outcome for stage in progress.stages] == ["admin", "", "6"]


def test_a_plan_takes_the_place_of_an_earlier_one():
    progress = Progress()
    progress.plan("JobKey", "Project")
    progress.conclude("admin")
    progress.plan("Samples")
    assert progress.stages == (Stage("Samples"),)


def test_bytes_are_counted_with_their_items():
    progress = Progress()
    progress.begin("Downloading", 4)
    progress.advance(1, 1000)
    progress.advance(2, 500)
    progress.advance()
    step = progress.step
    assert (step.done, step.volume, step.share) == (4, 1500, 1.0)
    progress.begin("Next")
    assert (progress.step.volume, progress.step.total_volume) == (0, 0)


def test_bytes_are_told_as_they_are_by_now():
    progress = Progress()
    progress.begin("Downloading")
    progress.measure(300, 1200)
    progress.measure(900, 1200)
    assert (progress.step.volume, progress.step.total_volume) == (900, 1200)
    assert progress.step.share == 0.75
    progress.measure(950)
    assert (progress.step.volume, progress.step.share) == (950, 0.0)


@pytest.mark.parametrize(
    ("step", "share"),
    [
        (Step("x"), 0.0),
        (Step("x", 3, 4), 0.75),
        (Step("x", 5, 4), 1.0),
        (Step("x", 1, 4, volume=3, total_volume=4), 0.25),
        (Step("x", volume=3, total_volume=4), 0.75),
        (Step("x", volume=5, total_volume=4), 1.0),
        (Step("x", volume=5), 0.0),
    ],
)
def test_the_share_is_of_the_items_else_of_the_bytes(step, share):
    assert step.share == share


def test_the_time_left_follows_from_the_bytes_too(monkeypatch):
    now = iter([0.0, 106.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(now))
    step = Step("Downloading", started=100.0, volume=400, total_volume=1000)
    assert next(now) == 0.0
    assert step.seconds_left == pytest.approx(9.0)


def test_a_step_goes_on_under_other_words():
    progress = Progress()
    progress.begin("Packing", 10)
    progress.advance(4, 100)
    started = progress.step.started
    progress.say("Packing: nearly there")
    step = progress.step
    assert (step.name, step.done, step.total) == ("Packing: nearly there", 4, 10)
    assert (step.volume, step.started) == (100, started)


def test_a_pause_takes_its_time(monkeypatch):
    progress, waited = Progress(), []
    monkeypatch.setattr(progress._stop, "wait", waited.append)
    progress.pause(2.5)
    assert waited == [2.5]


def test_a_pause_ends_as_soon_as_somebody_leaves():
    progress, waiting, ended = Progress(), threading.Event(), []

    def wait():
        waiting.set()
        try:
            progress.pause(PATIENCE)
        except Cancelled:
            ended.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(PATIENCE)
    progress.cancel()
    thread.join(PATIENCE / 2)
    assert ended == [True]


@pytest.mark.parametrize(
    "step",
    [
        lambda p: p.measure(1),
        lambda p: p.say("x"),
        lambda p: p.pause(PATIENCE),
        lambda p: p.advance(0),
    ],
)
def test_who_was_asked_to_stop_does_so_wherever_it_tells_something(step):
    progress = Progress()
    progress.begin("Downloading", 2)
    assert not progress.stopping
    progress.cancel()
    assert progress.stopping
    with pytest.raises(Cancelled):
        step(progress)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("JobListing"), "JobListing"),
        (Step("Predicting", 1200, 2500, started=100.0), "Predicting: 1,200 of 2,500"),
        (Step("Downloading", volume=1_250_000), "Downloading, 1.2 MB"),
        (
            Step("Downloading", 0, 0, 100.0, 1_000_000, 2_500_000),
            "Downloading, 1.0 of 2.5 MB",
        ),
        (Step("Downloading", 2, 2, volume=1_000_000), "Downloading: 2 of 2, 1.0 MB"),
        (Step("Predicting", 1, 4, started=70.0), "Predicting: 1 of 4, about 90 s left"),
        (Step("Predicting", 1, 4, started=60.0), "Predicting: 1 of 4, about 2 min left"),
        (Step("Predicting", 3, 4, started=99.0), "Predicting: 3 of 4"),
    ],
)
def test_a_step_is_told_in_words(monkeypatch, step, words):
    monkeypatch.setattr(module.time, "monotonic", lambda: 100.0)
    assert str(step) == words


def test_whoever_has_to_wait_does_so_wherever_something_is_told(monkeypatch):
    rests = []
    progress = Progress(lambda: rests.append(1) or 2.5)
    progress.begin("Exporting", 3)
    started = progress.step.started
    progress.advance()
    progress.reach(2, 3)
    progress.say("Packing")
    progress.check()
    assert len(rests) == 5
    assert progress.step.started == started + 4 * 2.5  # waiting is not slowness


def test_who_was_stopped_while_others_went_first_learns_it_at_once():
    progress = Progress(lambda: progress.cancel() or 1.0)
    with pytest.raises(Cancelled):
        progress.check()


def test_one_whose_words_nobody_sees_stops_and_waits_as_the_other_does():
    rests = []
    progress = Progress(lambda: rests.append(1) or 0.0)
    progress.begin("Layer by layer", 3)
    unseen = progress.unseen()
    unseen.begin("RISE", 1000)
    unseen.reach(7, 1000)
    assert (progress.step.name, progress.step.done, progress.step.total) == ("Layer by layer", 0, 3)
    assert len(rests) == 3
    progress.cancel()
    with pytest.raises(Cancelled):
        unseen.reach(8, 1000)


def test_the_time_told_is_of_all_steps_until_the_last_one(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress = Progress()
    progress.expect(60.0, 2)
    progress.begin("Explaining", 10)
    assert (progress.seconds_left, str(progress)) == (60.0, "Explaining: 0 of 10, about 60 s left")
    now[0] = 110.0
    progress.advance(8)  # 2.5 s to go here, and then comes another step
    assert str(progress) == "Explaining: 8 of 10, about 50 s left"
    progress.begin("Packing", 4)
    now[0] = 112.0
    progress.advance(2)
    assert str(progress) == "Packing: 2 of 4, about 2 s left"


def test_a_step_that_takes_longer_than_all_did_the_last_time_is_told_as_it_is(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress = Progress()
    progress.expect(10.0, 2)
    progress.begin("Explaining", 10)
    now[0] = 20.0
    assert progress.seconds_left is None  # it should have ended
    progress.advance(2)
    assert progress.seconds_left == pytest.approx(80.0)


def test_waiting_for_others_is_no_part_of_the_work(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    def give_way():
        now[0] += 30.0
        return 30.0

    progress = Progress(give_way)
    progress.expect(60.0, 2)
    progress.begin("Explaining", 10)
    assert progress.seconds_left == pytest.approx(60.0)
