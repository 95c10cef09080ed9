"""A project of Studio opened to the end: network, input spec, predictions, Studio's results."""

import io
import threading

import keras
import numpy as np
import pytest
from PIL import Image

from gradcam import Color, GradcamError, InputSpec, Resize, ResizeMethod, Scaling
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.agreement import agreement
from services.edge_impulse.host import Host
from services.edge_impulse.place import StudioPlace, Way
from services.errors import ProjectError
from services.opening import freshness, opening
from services.opening.opening import (
    Connecting,
    Opening,
    StudioTesting,
    already_open,
    open_source,
    open_studio,
    studio_reference,
)
from services.sources.reference import SourceKind, SourceReference, parse_reference
from services.work.asker import Asker
from services.work.progress import Stage
from tests.services.asking import had
from tests.services.edge_impulse.visits import (
    KEY,
    LEARN,
    MODELS,
    PICTURES,
    Noted,
    access_to,
    refused,
)
from tests.services.projects import BLUE, RED, SIZE, blue_or_red, gray_classes, redness_scored
from tests.studio import (
    Action,
    DspBlock,
    Fault,
    Impulse,
    InputBlock,
    LearnBlock,
    Mode,
    Role,
    StudioProject,
    StudioSample,
    Threshold,
    demo_project,
    running_studio,
)
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Networks whose answers are known by hand, as the files that Studio has."""
    folder = tmp_path_factory.mktemp("h5")
    made = {}

    def saved(build):
        if build not in made:
            build().save(folder / "model.h5")
            made[build] = (folder / "model.h5").read_bytes()
        return made[build]

    return saved


def png(color, size=(12, 8)):
    sink = io.BytesIO()
    Image.new("RGB", size, color).save(sink, "PNG")
    return sink.getvalue()


def colored(model, pictures, names=("blue", "red"), **block):
    """A project of one-coloured pictures: label and colour of each."""
    samples = {
        1001 + n: StudioSample(1001 + n, f"p{n}", png(color), label, media_type="image/png")
        for n, (label, color) in enumerate(pictures)
    }
    learn = LearnBlock(LEARN, model, tuple(names), dsp=(3,), name="Classifier", **block)
    impulse = Impulse(1, [InputBlock(2, SIZE, SIZE)], [DspBlock(3, input=2)], [learn])
    return StudioProject(9, "Colours", {KEY: Role.ADMIN}, [impulse], samples)


PICTURES_OF_TWO = [("blue", BLUE), ("red", RED), ("red", (200, 0, 0)), ("blue", RED)]


@pytest.fixture
def project(models):
    return colored(models(blue_or_red), PICTURES_OF_TWO)


def opened(studio, key=KEY, **how):
    return open_studio(access_to(studio, key), **how)


def finished(job):
    assert job.wait(PATIENCE)
    return job


# -------------------------------------------------------------------------------------- all is well


@pytest.mark.parametrize("way", Way)
def test_a_project_is_opened_by_its_key(studio, way):
    progress = Noted()
    found = opened(studio, way=way, progress=progress)
    assert (found.project.name, found.project.task.names) == ("Colours", ("blue", "red"))
    assert [sample.label for sample in found.predictions.samples] == ["blue", "red", "red", "blue"]
    assert found.predictions.answers.predicted.tolist() == [0, 1, 1, 1]
    assert found.predictions.correct().tolist() == [1, 1, 1, 0]
    assert found.reference == studio_reference(StudioPlace(studio.url, 9, 1, 7, way))
    assert found.check is None
    assert found.studio.place.way is way
    assert progress.stages[-1] == Stage("Network", "4 predictions")
    assert progress.stage is None
    assert already_open(found.reference) is found


def test_a_link_may_name_the_file_that_runs_on_the_device(studio, project):
    import tensorflow as tf

    lite = tf.lite.TFLiteConverter.from_keras_model(blue_or_red()).convert()
    project.learn(LEARN).lite = {"tflite-float": lite}
    first = opened(studio)
    (choice,) = first.project.alternatives
    reference = first.reference.picking(model="tflite-float")
    assert parse_reference(str(reference)) == reference
    found = open_source(reference, access=access_to(studio))
    assert found.project.alternatives[0].taken == "tflite-float"
    assert found.project.network.digest != first.project.network.digest
    assert found.predictions.answers.predicted.tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(found.predictions.outputs, first.predictions.outputs, atol=1e-5)
    assert list(choice.values) == ["tflite-h5", "tflite-float"]


def test_the_link_to_a_project_is_read_back(studio):
    found = opened(studio, way=Way.EXPORT)
    assert parse_reference(str(found.reference)) == found.reference
    assert found.reference.kind is SourceKind.STUDIO
    assert KEY not in str(found.reference)


def test_classes_are_in_the_order_that_studio_says(studio, project):
    project.learn(LEARN).class_names = ("red", "blue")
    found = opened(studio)
    assert found.project.task.names == ("red", "blue")
    assert found.predictions.correct().tolist() == [0, 0, 0, 1]


SPEC = InputSpec(SIZE, SIZE)


@pytest.mark.parametrize(
    ("change", "spec"),
    [
        ({}, SPEC),
        ({"resize_mode": "fit-short"}, InputSpec(SIZE, SIZE, Resize.FIT_SHORT)),
        ({"resize_mode": "fit-long"}, InputSpec(SIZE, SIZE, Resize.FIT_LONG)),
        (
            {"resize_mode": "crop", "crop_anchor": "top-right", "resize_method": "nearest"},
            InputSpec(SIZE, SIZE, Resize.CROP, ResizeMethod.NEAREST, "top-right"),
        ),
        ({"resize_mode": None, "resize_method": None, "crop_anchor": None}, SPEC),
        ({"width": None, "height": None}, SPEC),
    ],
)
def test_pictures_become_tensors_as_studio_says(studio, project, change, spec):
    for name, value in change.items():
        setattr(project.impulses[0].inputs[0], name, value)
    assert opened(studio).project.medium.spec == spec


@pytest.mark.parametrize("scaling", [*list(Scaling)[:6], None])
def test_pixels_are_scaled_as_studio_says(studio, project, scaling):
    project.learn(LEARN).scaling = scaling
    assert opened(studio).project.medium.spec.scaling is (scaling or Scaling.UNIT)


@pytest.mark.parametrize("channels", ["Grayscale", None])
def test_a_network_of_one_channel_gets_gray_pictures(models, channels):
    pictures = [("dark", (10, 10, 10)), ("bright", (240, 240, 240))]
    project = colored(models(gray_classes), pictures, ("dark", "bright"))
    project.impulses[0].dsps[0].channels = channels
    with running_studio(project) as studio:
        found = opened(studio)
    assert found.project.medium.spec.color is Color.GRAYSCALE
    assert found.predictions.correct().tolist() == [1, 1]


def redness():
    return redness_scored("linear")


def test_a_regression_is_opened(models):
    pictures = [("2", RED), ("-2", BLUE), ("0", (128, 0, 0)), ("1", RED)]
    limit = Threshold("max_error", 0.5, "")
    block = {"type": "keras-regression", "mode": Mode.REGRESSION, "thresholds": (limit,)}
    with running_studio(colored(models(redness), pictures, ("value",), **block)) as studio:
        found = opened(studio)
    assert found.project.task.name == "regression"
    assert found.project.task.threshold == 0.5
    assert found.predictions.answers.values.tolist() == pytest.approx([2, -2, 0, 2], abs=0.02)
    assert found.predictions.correct().tolist() == [1, 1, 1, 0]


def test_unlabelled_samples_and_other_labels_are_told(studio, project):
    project.relabel(1001, "")
    project.relabel(1002, "green")
    found = opened(studio)
    assert [sample.label for sample in found.project.samples] == [None, "red", "blue"]
    (left,) = found.project.left_out
    assert (left.name, left.reason) == ("p1", "its label “green” is no class of the network")


def test_a_second_opening_computes_nothing(studio, runs):
    first = opened(studio)
    runs.clear()
    studio.forget()
    opening._opened.drop(str(first.reference))  # what is kept on the disk is asked here
    again = opened(studio)
    assert again.predictions.computed == 0
    assert sum(runs) <= 1  # a look at the shapes at most
    assert studio.count(PICTURES) == studio.count(MODELS) == 0
    assert again.predictions.outputs.tolist() == first.predictions.outputs.tolist()


def test_a_new_model_is_opened(studio, project, models):
    assert opened(studio).predictions.correct().tolist() == [1, 1, 1, 0]

    def turned():
        model = blue_or_red()
        weights = model.get_weights()
        model.set_weights([*weights[:2], weights[2][:, ::-1], weights[3]])
        return model

    project.retrain(LEARN, models(turned))
    assert opened(studio).predictions.correct().tolist() == [0, 0, 0, 1]


# ------------------------------------------------------------------------------------- by its link


def test_a_link_needs_a_key(studio):
    reference = opened(studio).reference
    assert refused(lambda: open_source(reference), ProjectError) == (
        "Type the API key of project 9 to open it; a link holds no key."
    )


def test_a_link_opens_with_the_key(studio):
    reference = opened(studio, way=Way.EXPORT).reference
    found = open_source(reference, access=access_to(studio))
    assert found.reference == reference
    assert found.predictions.correct().tolist() == [1, 1, 1, 0]


def test_a_key_is_not_enough_for_another_studio(studio):
    reference = opened(studio).reference
    other = Access(ApiKey(KEY), Host("http://127.0.0.1:1", trusted=True))
    assert "cannot be reached" in refused(lambda: open_source(reference, access=other))


def test_a_revoked_key_opens_nothing_of_what_is_kept_or_open(studio):
    found = opened(studio)
    studio.revoke(KEY)
    assert already_open(found.reference) is found
    sentence = (
        f"{studio.url} does not accept this key; it says “Invalid API key”. "
        "Copy the key again in Studio on Dashboard, Keys."
    )
    access = access_to(studio)
    assert refused(lambda: open_source(found.reference, access=access)) == sentence
    assert refused(lambda: opened(studio)) == sentence
    assert had(Opening(found.reference, access)).error == f"Key: {sentence}"
    assert had(Connecting(access)).error == f"Key: {sentence}"


def test_a_key_of_another_project_opens_nothing_of_this_one(project, models):
    other = colored(models(blue_or_red), PICTURES_OF_TWO[:2])
    other.id, other.name, other.keys = 5, "Other", {"ei_other": Role.ADMIN}
    with running_studio(project, other) as studio:
        mine, theirs = opened(studio), opened(studio, "ei_other")
        assert (mine.project.name, theirs.project.name) == ("Colours", "Other")
        assert "for project 5" in refused(
            lambda: open_source(mine.reference, access=access_to(studio, "ei_other"))
        )
        assert "for project 9" in refused(
            lambda: open_source(theirs.reference, access=access_to(studio))
        )
        linked = open_studio(access_to(studio), linked=theirs.studio.place)
        assert linked.project.name == "Colours"


def test_what_a_person_overrides_is_tried(studio):
    reference = opened(studio).reference.with_overrides(
        {"scaling": Scaling.RAW, "color": Color.BGR}
    )
    found = open_source(reference, access=access_to(studio))
    spec = found.project.medium.spec
    assert (spec.scaling, spec.color) == (Scaling.RAW, Color.BGR)
    assert found.predictions.correct().tolist() == [0, 0, 0, 1]
    assert found.check is not None
    assert found.reference == reference


def test_a_place_that_cannot_be_read_is_told():
    with pytest.raises(ProjectError, match="names no Edge Impulse project"):
        open_source(SourceReference(SourceKind.STUDIO, "nowhere"))


# ------------------------------------------------------------------------------ what does not fit


def test_an_impulse_that_was_changed_after_the_training_is_told(studio, project):
    project.impulses[0].inputs[0].width = 64
    assert refused(lambda: opened(studio)) == (
        "The width is given as 64, but the network takes 8 pixels; "
        "the impulse was changed after the training: train it again in Studio."
    )


def test_classes_that_are_not_the_networks_are_told(studio, project):
    project.learn(LEARN).class_names = ("blue", "green", "red")
    assert refused(lambda: opened(studio)) == (
        "3 classes are named, but the network tells 2 apart; "
        "the impulse was changed after the training: train it again in Studio."
    )


def test_a_colour_that_is_not_the_networks_is_told(studio, project):
    project.impulses[0].dsps[0].channels = "Grayscale"
    assert "The colour is given as grayscale, but the network takes 3 channels" in refused(
        lambda: opened(studio)
    )


def dense():
    inputs = keras.Input((SIZE, SIZE, 3))
    flat = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(flat))


def test_a_model_without_a_layer_to_explain_is_told(models):
    with running_studio(colored(models(dense), PICTURES_OF_TWO)) as studio:
        job = had(Connecting(access_to(studio)))
    assert job.error.startswith("Network: ")
    assert "has no layer with a map larger than 1 × 1" in job.error


def test_a_model_that_is_none_is_told(studio, project):
    project.learn(LEARN).model = b"\x89HDF\r\n\x1a\n and nothing more"
    job = had(Connecting(access_to(studio)))
    assert job.error.startswith("Network: ")
    assert job.error.endswith(".")
    project.retrain(LEARN, project.learn(LEARN).model)
    with pytest.raises(GradcamError):
        opened(studio)


def test_pictures_that_nobody_can_read_are_told(studio, project):
    for number in project.samples:
        project.change_sample(number, content=b"\xff\xd8\xff no picture", media_type="image/jpeg")
    assert (
        refused(lambda: opened(studio))
        == "None of the 4 pictures can be read; p0: no picture format that is known here."
    )


def test_one_picture_that_nobody_can_read_is_listed(studio, project):
    project.change_sample(1002, content=b"\xff\xd8\xff no picture", media_type="image/jpeg")
    found = opened(studio)
    assert len(found.predictions) == 3
    assert [(item.name, item.reason) for item in found.predictions.left_out] == [
        ("p1", "no picture format that is known here")
    ]


# ------------------------------------------------------------------------------ in the background


def test_a_refusal_names_its_stage(studio, project):
    project.impulses.clear()
    job = had(Connecting(access_to(studio)))
    assert job.error == (
        "Impulse: The project has no impulse with a learning block yet; make one in Studio on "
        "Create impulse, train it, and connect again."
    )


@pytest.fixture
def held(studio):
    """Studio answers nobody until told."""
    studio.faults.add(Fault(Action.HANG, "/projects/**", times=None))
    yield studio
    studio.faults.clear()


def test_who_connects_with_the_same_key_joins(held, workshop):
    access = access_to(held)
    first = workshop.ask(Connecting(access), Asker("ann"))
    assert workshop.ask(Connecting(access_to(held)), Asker("ben")) is first
    wanted = [
        Connecting(access_to(held, "ei_other")),
        Connecting(access, Way.EXPORT),
        Connecting(access, linked=StudioPlace(held.url, 9, 1, 7, Way.EXPORT)),
    ]
    others = [workshop.ask(each, Asker("ann")) for each in wanted]
    assert len({first, *others}) == 4
    held.faults.clear()
    assert finished(first).result.project.name == "Colours"
    assert "does not accept this key" in finished(others[0]).error
    ways = [finished(job).result.studio.place.way for job in others[1:]]
    assert ways == [Way.EXPORT, Way.EXPORT]


def test_who_opens_the_same_link_with_another_key_does_not_join(held, workshop):
    reference = studio_reference(StudioPlace(held.url, 9, 1, 7))
    first = workshop.ask(Opening(reference, access_to(held)), Asker("ann"))
    assert workshop.ask(Opening(reference, access_to(held)), Asker("ben")) is first
    other = workshop.ask(Opening(reference, access_to(held, "ei_other")), Asker("cleo"))
    nobody = workshop.ask(Opening(reference), Asker("dan"))
    assert len({first, other, nobody}) == 3
    held.faults.clear()
    assert finished(first).result.reference == reference
    assert "does not accept this key" in finished(other).error
    assert "a link holds no key" in finished(nobody).error


def test_who_leaves_stops_the_job_in_studio_too(studio, workshop):
    studio.faults.add(Fault(Action.JOB_TAKES, "/jobs/export/original", polls=10**6))
    job = workshop.ask(Connecting(access_to(studio), Way.EXPORT), Asker("ann"))
    studio.wait_for(lambda: studio.count("/jobs/*/status") >= 1)
    workshop.leave(job, Asker("ann"))
    assert finished(job).cancelled
    assert studio.jobs[42].cancelled


def test_eight_may_connect_at_once(models, workshop):
    keys = [f"ei_{n}" for n in range(8)]
    projects = []
    for number, key in enumerate(keys, start=1):
        made = colored(models(blue_or_red), PICTURES_OF_TWO)
        made.id, made.keys = number, {key: Role.ADMIN}
        projects.append(made)
    with running_studio(*projects) as studio:
        studio.faults.add(Fault(Action.HANG, "/projects/**", times=None))
        jobs = [workshop.ask(Connecting(access_to(studio, key)), Asker("ann")) for key in keys]
        studio.wait_for(lambda: studio.faults.hanging == 8)
        studio.faults.clear()
        found = [finished(job).result.studio.place.project for job in jobs]
    assert found == list(range(1, 9))


# ------------------------------------------------------------------------------- testing in Studio


def test_studio_tests_the_model_and_its_results_stand_beside_ours(studio, project):
    found = opened(studio)
    assert (found.studio.results, found.studio.no_results) == (
        (),
        "Studio has not tested this model yet.",
    )
    tested = had(StudioTesting(found, access_to(studio))).result
    assert studio.count("/jobs/classify", "POST") == 1
    assert [result.variant for result in tested.studio.results] == ["float32", "int8"]
    assert tested.studio.no_results == ""
    assert tested.predictions is found.predictions
    assert already_open(found.reference) is tested
    said = agreement(tested.predictions, tested.studio.results[0])
    assert (said.compared, said.share) == (4, 1.0)
    assert said.difference < 1e-5
    again = opened(studio)
    assert [result.variant for result in again.studio.results] == ["float32", "int8"]


def test_testing_needs_the_right_to_start_jobs(studio, project):
    project.keys["ei_reader"] = Role.READONLY
    found = opened(studio, "ei_reader")
    job = had(StudioTesting(found, access_to(studio, "ei_reader")))
    assert "insufficient permissions (valid roles: [admin])" in job.error
    assert already_open(found.reference) is found


def test_testing_ends_where_the_quota_does(studio, project):
    project.compute_time_left_ms = 0
    found = opened(studio)
    assert found.studio.info.compute_left == 0.0
    job = had(StudioTesting(found, access_to(studio)))
    assert "a quota of the project is used up" in job.error


def test_a_failing_test_is_told(studio):
    found = opened(studio)
    studio.faults.add(Fault(Action.JOB_FAILS, "/jobs/classify", text="The model is too large"))
    job = had(StudioTesting(found, access_to(studio)))
    assert job.error == (
        "Studio tests the model: that job failed; it says “The model is too large”. "
        "Try again in a while."
    )


def test_opening_never_starts_what_costs_computing_time(studio):
    for way in Way:
        opened(studio, way=way)
    assert studio.count("/jobs/classify") == 0


def test_two_who_test_share_one_job(studio, workshop):
    found = opened(studio)
    studio.faults.add(Fault(Action.HANG, "/jobs/classify", times=None))
    first = workshop.ask(StudioTesting(found, access_to(studio)), Asker("ann"))
    assert workshop.ask(StudioTesting(found, access_to(studio)), Asker("ben")) is first
    other = workshop.ask(StudioTesting(found, access_to(studio, "ei_other")), Asker("cleo"))
    assert other is not first
    studio.faults.clear()
    assert finished(first).result.studio.results
    assert finished(other).error
    assert studio.count("/jobs/classify", "POST") == 2


# --------------------------------------------------------------------------------------- agreement


def test_the_demo_agrees_with_studio_as_long_as_it_is_prepared_alike():
    project = demo_project("cars", 9, KEY, with_results=True)
    with running_studio(project) as studio:
        found = opened(studio)
        floats, ints = (agreement(found.predictions, result) for result in found.studio.results)
        assert (floats.variant, floats.compared, floats.share) == ("float32", 160, 1.0)
        assert floats.difference < 0.01
        assert (ints.variant, ints.compared) == ("int8", 160)
        assert floats.difference < ints.difference < 0.01

        project.impulses[0].inputs[0].resize_mode = "fit-short"  # after the test
        cut = opened(studio)
        changed = agreement(cut.predictions, cut.studio.results[0])
        assert changed.share < 1.0
        assert changed.difference > 0.01
        assert changed.disagreeing[0].compared.difference == max(
            item.compared.difference for item in changed.disagreeing
        )

        project.impulses[0].inputs[0].resize_mode = "squash"
        reference = found.reference.with_overrides({"scaling": Scaling.RAW})
        wrong = open_source(reference, access=access_to(studio))
        scaled = agreement(wrong.predictions, wrong.studio.results[0])
        assert scaled.share < 0.95
        assert scaled.difference > 0.1


def test_a_regression_agrees_with_studio():
    project = demo_project("gauge", 9, KEY, with_results=True)
    with running_studio(project) as studio:
        found = opened(studio)
        floats = agreement(found.predictions, found.studio.results[0])
    assert (floats.compared, floats.share) == (120, 1.0)
    assert floats.difference < 1e-4


# --------------------------------------------------------------------------------- many at a time


def test_several_who_open_at_once_get_the_same(studio, project):
    barrier = threading.Barrier(4)
    found = []

    def visit():
        barrier.wait(PATIENCE)
        found.append(opened(studio))

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == 4
    assert studio.count(PICTURES) == len(project.samples)
    assert studio.count(MODELS) == 1
    outputs = [each.predictions.outputs.tolist() for each in found]
    assert all(each == outputs[0] for each in outputs)


# ------------------------------------------------------------------------------ several servers


def test_what_another_server_fetched_is_new_here_until_it_is_fetched_here_too(project, monkeypatch):
    with running_studio(project) as studio:
        here = opened(studio)
        assert here.news == ""
        fingerprints = freshness._here
        with monkeypatch.context() as there:
            there.setattr(freshness, "_here", {})
            opened(studio)
            assert here.news == ""  # it found the same
            project.relabel(1001, "red")
            opened(studio)
        assert freshness._here is fingerprints
        assert here.news != ""
        now = opened(studio)
        assert now.news == ""
        assert now.predictions.samples[0].label == "red"
