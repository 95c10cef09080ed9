"""The command with an API key, and as a deployment block: against the imitation of Studio."""

import hashlib
import io
import json
import socket
import zipfile

import pytest
from PIL import Image

import block
from services.sources.reference import SourceKind, SourceReference, parse_reference
from tests.block.commands import ROOT
from tests.services.edge_impulse.visits import MODELS, PICTURES, ZIPS
from tests.services.export.exports import (
    LeavesAt,
    contrast,
    counts_of,
    files_of,
    left_out_of,
    manifest_of,
    overlays_of,
    packed,
    picture_of,
    prints_of,
    rows_of,
    spots,
)
from tests.services.projects import BLUE, RED
from tests.studio import (
    Action,
    Fault,
    LearnBlock,
    ModelDownload,
    Role,
    drawn_project,
    running_studio,
)

SECRET = "ei_5ec2e7" + "0123456789abcdef" * 3
NEEDLE = b"5ec2e7"
LEARN = 7
STAGES = "No learning block can be explained. “Impulse #1: Transfer learning”: "


def saved(model, folder, name):
    path = folder / f"{name}.h5"
    model.save(path)
    return path.read_bytes()


@pytest.fixture(scope="session")
def h5(tmp_path_factory):
    """Networks as Studio holds them: class 0 for blue pictures, or class 0 for red ones."""
    folder = tmp_path_factory.mktemp("h5")
    plain, turned = contrast(), contrast()
    weights = turned.get_weights()
    weights[4] = -weights[4]
    turned.set_weights(weights)
    return {"plain": saved(plain, folder, "plain"), "turned": saved(turned, folder, "turned")}


def made_project(model, count=6, **more):
    """Spots of blue (class car) and red (class no car) in turn; sample 3 has the wrong label."""
    project = drawn_project(count, key=SECRET, **more)
    project.learn(LEARN).model = model
    entry = project.impulses[0].inputs[0]
    entry.width = entry.height = 8
    for place, (number, sample) in enumerate(sorted(project.samples.items())):
        sink = io.BytesIO()
        color = RED if place % 2 else BLUE
        pixels = spots((color, place % 7, place // 7 % 7), size=(8, 8))
        Image.fromarray(pixels).resize((32, 24)).save(sink, "JPEG", quality=95)
        project.replace_sample(number, sink.getvalue())
        if place == 2:
            project.relabel(number, "no car")
        assert sample.label == ("no car" if place % 2 else "car")
    return project


@pytest.fixture
def project(h5):
    return made_project(h5["plain"])


@pytest.fixture
def studio(project):
    with running_studio(project) as running:
        yield running


@pytest.fixture
def explain(run, studio, output):
    """Runs the command with the project's key."""

    def command(*arguments, key=SECRET, to=output):
        return run("--api-key", key, "--host", studio.url, "--output", to, *arguments)

    return command


def no_key(done, folder):
    """The key is in nothing that was said or written."""
    assert NEEDLE.decode() not in done.out + done.err
    for path in folder.rglob("*"):
        assert NEEDLE.decode() not in path.name
        if path.is_file():
            assert NEEDLE not in path.read_bytes()
            if path.name == "deploy.zip":
                assert not [name for name, body in packed(path.parent).items() if NEEDLE in body]


# ------------------------------------------------------------------------------- with an API key


def test_a_key_is_enough(explain, studio, output, tmp_path):
    done = explain()
    assert done.summary == "6 explained: 5 correct, 1 incorrect"
    rows = {row["sample"]: row for row in rows_of(output)}
    assert rows["drawn.00002"]["file"] == "gradcam/incorrect/drawn.00002.jpg"
    assert (rows["drawn.00002"]["true"], rows["drawn.00002"]["predicted"]) == ("no car", "car")
    for row in rows.values():
        assert picture_of(output / row["file"]).shape == (24, 32, 3)
    assert packed(output) == files_of(output)
    told = manifest_of(output)
    assert told["project"]["name"] == "6 drawn pictures"
    source = parse_reference(told["project"]["source"])
    assert source == SourceReference(SourceKind.STUDIO, f"{studio.url}/9/1/7")
    assert studio.count(PICTURES) == 6
    assert studio.count(MODELS) == 1
    no_key(done, tmp_path)


def test_a_key_may_come_from_the_environment(run, studio, output, monkeypatch, tmp_path):
    monkeypatch.setenv("EI_API_KEY", SECRET)
    done = run("--host", studio.url, "--output", output)
    assert done.summary.startswith("6 explained")
    no_key(done, tmp_path)


def test_the_key_that_is_given_comes_before_the_environments(explain, monkeypatch):
    monkeypatch.setenv("EI_API_KEY", "ei_of_another_project")
    assert explain().code == 0


def test_a_demo_needs_no_key_of_the_environment(run, studio, folder, output, monkeypatch):
    monkeypatch.setenv("EI_API_KEY", SECRET)
    assert run("--project", folder, "--output", output).code == 0
    assert studio.count() == 0


@pytest.mark.parametrize("way", ["samples", "export"])
def test_the_test_set_comes_by_either_way(explain, studio, output, tmp_path, way):
    done = explain("--test-set", way)
    assert done.summary == "6 explained: 5 correct, 1 incorrect"
    assert studio.count("/jobs/export/original") == (way == "export")
    assert (studio.count(PICTURES) > 0) is (way == "samples")
    assert manifest_of(output)["project"]["source"].endswith(
        "/9/1/7/export" if way == "export" else "/9/1/7"
    )
    assert studio.leaks == []
    no_key(done, tmp_path)


def test_a_broken_picture_of_studio_is_left_out(explain, project, output):
    (first, *_) = sorted(project.samples)
    project.replace_sample(first, project.samples[first].content[:200])
    assert explain().summary == "5 explained: 4 correct, 1 incorrect; 1 left out"
    assert left_out_of(output) == {"drawn.00000": "damaged: it cannot be decoded"}


def test_who_stops_leaves_no_key(explain, monkeypatch, tmp_path, output):
    monkeypatch.setattr(block, "Progress", lambda: LeavesAt("Packing the zip", 1))
    done = explain()
    assert done.code == 130
    assert (output / ".gradcam-work").is_dir()
    no_key(done, tmp_path)


# ----------------------------------------------------------------------------- without downloads


@pytest.mark.parametrize("way", ["samples", "export"])
def test_without_a_download_what_is_kept_is_used(explain, studio, output, tmp_path, way):
    explain("--test-set", way)
    studio.forget()
    done = explain("--test-set", way, "--skip-dataset-download", to=tmp_path / "again")
    assert done.summary == "6 explained: 5 correct, 1 incorrect"
    assert studio.count(PICTURES) == studio.count(ZIPS) == studio.count(MODELS) == 0
    assert studio.count("/jobs/**") == 0
    assert prints_of(tmp_path / "again") == prints_of(output)


def test_a_sample_that_is_not_kept_is_left_out(explain, studio, project, output):
    explain()
    (first, *_) = sorted(project.samples)
    new = project.samples[first].content + b"\0"
    project.replace_sample(first, new)
    studio.forget()
    assert explain("--skip-dataset-download").summary.endswith("; 1 left out")
    assert left_out_of(output) == {"drawn.00000": "it was not downloaded before"}
    assert studio.count(PICTURES) == 0
    assert explain("--skip-dataset-download", "0").summary.startswith("6 explained")
    assert studio.count(PICTURES) == 1


def test_where_nothing_is_kept_nothing_can_be_explained(explain, studio, output):
    done = explain("--skip-dataset-download", "1")
    assert (done.code, done.sentence) == (
        3,
        "No sample can be used: it was not downloaded before.",
    )
    assert studio.count(PICTURES) == 0
    assert not output.exists()


# ------------------------------------------------------------------------------- what goes wrong


def detection(project):
    project.learn(LEARN).type = "keras-object-detection"
    project.learn(LEARN).last_layer = "yolov5"


def untrained(project):
    project.learn(LEARN).has_trained_model = False


def without_keras(project):
    project.learn(LEARN).model, project.learn(LEARN).lite = None, {}
    project.learn(LEARN).more_downloads = (ModelDownload("sm", "SavedModel", "zip", b"x"),)


def add_only(project):
    project.keys[SECRET] = Role.INGESTION_ONLY


def read_only(project):
    project.keys[SECRET] = Role.READONLY


FAILURES = {
    "no test data": (
        lambda project: project.samples.clear(), [], (),
        ("The project has no test data; move some samples to the test set in Studio on "
        "Data acquisition, then connect again."),
    ),
    "no impulse": (
        lambda project: project.impulses.clear(), [], (),
        ("The project has no impulse with a learning block yet; make one in Studio on "
        "Create impulse, train it, and connect again."),
    ),
    "untrained": (
        untrained, [], (),
        f"{STAGES}it has no trained model yet; train it in Studio and connect again.",
    ),
    "boxes": (detection, [], (), f"{STAGES}it gives lists of boxes (yolov5), and only objects"),
    "no Keras file": (without_keras, [], (), "Studio offers neither a Keras file (.h5) nor"),
    "key that may only add": (
        add_only, [], (), "This key may only add data (its role is ingestiononly);",
    ),
    "key that may start no job": (
        read_only, [], ("--test-set", "export"), "this key may not do that",
    ),
    "quota": (
        None, [Fault(Action.QUOTA, "/jobs/**", text="Compute time limit exceeded")],
        ("--test-set", "export"), "a quota of the project is used up",
    ),
    "too many": (
        None, [Fault(Action.TOO_MANY, times=None, retry_after=600)], (),
        "try again in 10 minutes",
    ),
    "own fault": (
        None, [Fault(Action.SERVER_ERROR, times=None)], (),
        "Studio has a fault of its own (500); try again later.",
    ),
    "web page": (
        None, [Fault(Action.HTML)], (), "does not answer as Edge Impulse Studio does",
    ),
    "dropped": (None, [Fault(Action.DROP, times=None)], (), "cannot be reached; check the host"),
    "pictures refused": (
        None, [Fault(Action.REFUSE, PICTURES, times=None, text="No such picture")], (),
        "Studio says “No such picture”.",
    ),
    "model broken off": (
        None, [Fault(Action.CUT, MODELS, times=None, at=50)], (),
        "The connection to Studio broke off",
    ),
    "model of other bytes": (
        None, [Fault(Action.WRONG_MAGIC, MODELS)], (), "where a Keras model should be",
    ),
    "export failed": (
        None, [Fault(Action.JOB_FAILS, "/jobs/**", text="Out of disk")],
        ("--test-set", "export"), "that job failed",
    ),
    "echoed key": (
        None, [Fault(Action.REFUSE, "/impulses", text=f"Bad key {SECRET}")], (), "Bad key ei_…",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_what_fails_is_told_in_one_sentence_with_code_3(
    explain, studio, project, output, tmp_path, case
):
    change, faults, more, words = FAILURES[case]
    if change:
        change(project)
    for fault in faults:
        studio.faults.add(fault)
    done = explain(*more)
    assert done.code == 3
    assert words in done.sentence
    assert not output.exists()
    no_key(done, tmp_path)


def test_a_wrong_key_is_told(explain, studio, tmp_path):
    other = SECRET.replace("0123", "3210")
    done = explain(key=other)
    assert (done.code, done.sentence) == (
        3,
        (
            f"{studio.url} does not accept this key; it says “Invalid API key”. "
            "Copy the key again in Studio on Dashboard, Keys."
        ),
    )
    no_key(done, tmp_path)
    assert studio.count() == 1


@pytest.mark.parametrize("key", ["5ec2e7", "ei 5ec2e7", "ei_5ec2e7 x", "https://5ec2e7"])
def test_what_is_no_key_is_told_and_not_shown(explain, studio, key, tmp_path):
    done = explain(key=key)
    assert (done.code, done.sentence) == (
        3,
        (
            "That is no Edge Impulse API key: one begins with ei_ and has no spaces; "
            "copy it again in Studio on Dashboard, Keys."
        ),
    )
    no_key(done, tmp_path)
    assert studio.count() == 0


def test_a_studio_that_is_not_there_is_told(run, output, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = run("--api-key", SECRET, "--host", host, "--output", output)
    assert done.code == 3
    assert f"{host} cannot be reached; check the host" in done.sentence
    no_key(done, tmp_path)


@pytest.mark.parametrize("host", ["a b", "ftp://x", "http://me:you@x"])
def test_a_host_that_cannot_be_read_is_told(run, output, host):
    done = run("--api-key", SECRET, "--host", host, "--output", output)
    assert (done.code, done.sentence) == (
        3,
        "The host cannot be read; write for example studio.edgeimpulse.com.",
    )


def test_a_network_that_fits_no_class_is_told(explain, project):
    project.learn(LEARN).class_names = ("a", "b", "c")
    assert "3 classes are named, but the network tells 2 apart" in explain().sentence


def test_pictures_that_failed_are_fetched_the_next_time(explain, studio, output):
    fault = studio.faults.add(Fault(Action.REFUSE, PICTURES, times=2, skip=3, text="Not now"))
    assert explain().summary.startswith("4 explained")
    assert [*left_out_of(output).values()] == ["Studio says “Not now”."] * 2
    studio.faults.remove(fault)
    studio.forget()
    assert explain().summary == "6 explained: 5 correct, 1 incorrect"
    assert studio.count(PICTURES) == 2


# ------------------------------------------------------------------------ as a deployment block


@pytest.fixture
def home(tmp_path, h5):
    """The folders that Studio mounts, the trained network in them."""
    home = tmp_path / "home"
    for name in ("edge-impulse-sdk", "model-parameters", "tflite-model"):
        (home / "input" / name).mkdir(parents=True)
    (home / "input" / "trained.tflite").write_bytes(b"\0\0\0\0TFL3")
    deliver(home, h5["plain"])
    return home


def deliver(home, model, name="model.h5"):
    with zipfile.ZipFile(home / "input" / "trained.h5.zip", "w") as archive:
        archive.writestr(name, model)


def metadata_of(home, studio, learn=(LEARN,), **changes):
    """Studio's deployment metadata; None takes a field of the project or a folder away."""
    project = {
        "name": "6 drawn pictures",
        "id": 9,
        "owner": "demo",
        "apiKey": SECRET,
        "studioHost": studio.url,
    }
    folders = {"input": str(home / "input"), "output": str(home / "output")}
    for name, value in changes.items():
        table = folders if name in folders else project
        table[name] = value
    told = {
        "version": 1,
        "deployCounter": 3,
        "classes": ["car", "no car"],
        "samplesPerInference": 1,
        "axesCount": 1,
        "frequency": 0,
        "tfliteModels": [
            {
                "details": {"modelType": "int8", "inputs": [], "outputs": []},
                "inputTensor": "x",
                "modelPath": str(home / "input" / "trained.tflite"),
                "arenaSize": 200_000,
                "inputFrameSize": 192,
            }
        ],
        "project": {key: value for key, value in project.items() if value is not None},
        "impulse": {
            "inputBlocks": [{"id": 2, "type": "image", "imageWidth": 8, "imageHeight": 8}],
            "dspBlocks": [
                {"id": 3, "type": "image", "metadata": {"dspConfig": {"options": {}}}},
            ],
            "learnBlocks": [{"id": number, "type": "keras"} for number in learn],
        },
        "sensor": "camera",
        "folders": {key: value for key, value in folders.items() if value is not None},
    }
    path = home / "input" / "deployment-metadata.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_a_block_explains_the_network_beside_its_metadata(run, studio, home, tmp_path):
    done = run("--metadata", metadata_of(home, studio))
    assert done.summary == "6 explained: 5 correct, 1 incorrect"
    assert studio.count(MODELS) == 0
    assert studio.count(PICTURES) == 6
    assert [path.name for path in (home / "output").iterdir()] == ["deploy.zip"]
    made = tmp_path / "temporary" / "gradcam-9"
    assert (home / "output" / "deploy.zip").read_bytes() == (made / "deploy.zip").read_bytes()
    assert packed(home / "output") == files_of(made)
    assert len(overlays_of(made)) == 6
    digest = hashlib.sha256((home / "input" / "trained.h5.zip").read_bytes()).hexdigest()
    assert manifest_of(made)["network"]["sha256"] == digest
    (home / "input" / "deployment-metadata.json").unlink()  # which holds the key by right
    no_key(done, tmp_path)


def test_the_network_of_a_block_is_the_one_that_is_explained(run, studio, home, tmp_path, h5):
    deliver(home, h5["turned"], "trained.h5")
    done = run("--metadata", metadata_of(home, studio), "--output", tmp_path / "out")
    assert done.summary == "6 explained: 1 correct, 5 incorrect"
    assert packed(home / "output") == files_of(tmp_path / "out")


def test_a_block_without_a_network_downloads_it(run, studio, home):
    (home / "input" / "trained.h5.zip").unlink()
    assert run("--metadata", metadata_of(home, studio)).code == 0
    assert studio.count(MODELS) == 1


def test_a_block_may_be_given_arguments_of_studios_own(run, studio, home, tmp_path):
    done = run(
        "--metadata", metadata_of(home, studio), "--deploy-counter=3", "--new", "1", "word",
        "--alpha", "0.9", "--shared-scale", "0", "--flag", "--output", tmp_path / "out",
    )  # fmt: skip
    assert done.code == 0
    told = manifest_of(tmp_path / "out")["settings"]
    assert (told["alpha"], told["shared_scale"]) == (0.9, False)


def test_the_parameters_that_studio_shows_are_understood(run, studio, home, tmp_path):
    """Each with the value that it has when nobody touches it."""
    parameters = json.loads((ROOT / "parameters.json").read_text(encoding="utf-8"))["parameters"]
    given = []
    for parameter in parameters:
        value = parameter["value"]
        value = str(int(value)) if isinstance(value, bool) else str(value)
        given += [f"--{parameter['param']}", value]
    assert len(given) > 12
    done = run("--metadata", metadata_of(home, studio), *given, "--output", tmp_path / "with")
    assert done.code == 0
    run("--metadata", metadata_of(home, studio), "--output", tmp_path / "without")
    assert prints_of(tmp_path / "with") == prints_of(tmp_path / "without")


def test_a_block_explains_the_learning_block_that_is_deployed(run, studio, project, home, tmp_path):
    other = LearnBlock(11, b"none", ("car", "no car"), name="Other", dsp=(3,))
    project.impulses[0].learns.append(other)
    for learn, end in (((11,), "/9/1/11"), ((7,), "/9/1/7"), ((), "/9/1/7"), ((99,), "/9/1/7")):
        run("--metadata", metadata_of(home, studio, learn), "--output", tmp_path / "out")
        assert manifest_of(tmp_path / "out")["project"]["source"].endswith(end)


def test_an_older_block_does_not_know_its_project(run, studio, home, tmp_path):
    done = run("--metadata", metadata_of(home, studio, id=None))
    assert done.code == 0
    assert counts_of(tmp_path / "temporary" / "gradcam-project")["explained"] == 6
    assert packed(home / "output")


def test_an_older_block_is_told_its_host(run, studio, home):
    metadata = metadata_of(home, studio, studioHost=None)
    assert run("--metadata", metadata, "--host", studio.url).code == 0


def test_the_host_that_is_given_comes_before_the_metadatas(run, studio, home):
    metadata = metadata_of(home, studio, studioHost="http://127.0.0.1:1")
    assert run("--metadata", metadata, "--host", studio.url).code == 0


def test_a_block_that_finds_other_folders_looks_beside_its_metadata(run, studio, home):
    """As it is run on one's own machine, where /home/input is not."""
    metadata = metadata_of(home, studio, input="/nowhere/input")
    assert run("--metadata", metadata).code == 0
    assert studio.count(MODELS) == 0


def test_a_block_without_an_output_folder_keeps_its_own(run, studio, home, tmp_path):
    done = run("--metadata", metadata_of(home, studio, output=None))
    assert done.code == 0
    assert not (home / "output").exists()
    assert (tmp_path / "temporary" / "gradcam-9" / "deploy.zip").is_file()


def test_a_block_without_a_key_says_what_to_do(run, studio, home):
    done = run("--metadata", metadata_of(home, studio, apiKey=None))
    assert (done.code, done.sentence) == (
        3,
        (
            "The metadata holds no API key, since the block is not privileged or the project has "
            "no development key; give one with --api-key or EI_API_KEY."
        ),
    )
    assert studio.count() == 0


@pytest.mark.parametrize("where", ["argument", "environment"])
def test_a_block_without_a_key_may_be_given_one(run, studio, home, monkeypatch, where):
    given = ("--api-key", SECRET) if where == "argument" else ()
    if where == "environment":
        monkeypatch.setenv("EI_API_KEY", SECRET)
    for key in (None, "ei_of_somebody_else"):
        assert run("--metadata", metadata_of(home, studio, apiKey=key), *given).code == 0


def test_a_key_of_another_project_is_refused_before_anything_is_fetched(run, h5, home):
    other = drawn_project(2, id=5, key="ei_other")
    with running_studio(made_project(h5["plain"]), other) as studio:
        done = run("--metadata", metadata_of(home, studio), "--api-key", "ei_other")
        assert (done.code, done.sentence) == (
            3,
            (
                "The key is for project 5, and the metadata for project 9; "
                "give the key of that project."
            ),
        )
        assert studio.count(PICTURES) == studio.count(MODELS) == 0
    assert not (home / "output").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no metadata at "),
        (b"", "metadata.json is no deployment metadata of Edge Impulse Studio."),
        (b"{", "metadata.json is no deployment metadata of Edge Impulse Studio."),
        (b"[]", "metadata.json is no deployment metadata of Edge Impulse Studio."),
        (b'{"project": 7}', "metadata.json is no deployment metadata of Edge Impulse Studio."),
    ],
)
def test_what_is_no_metadata_is_told(run, tmp_path, content, words):
    path = tmp_path / "metadata.json"
    if content is not None:
        path.write_bytes(content)
    done = run("--metadata", path)
    assert done.code == 3
    assert words in done.sentence


def test_a_zip_that_cannot_be_handed_over_is_told(run, studio, home):
    (home / "file").write_text("mine")
    for output in (home / "file", home / "file" / "out", "/proc/out"):
        done = run("--metadata", metadata_of(home, studio, output=str(output)))
        assert done.code == 2
        assert done.sentence == f"The output folder {output} cannot be written."
    assert (home / "file").read_text() == "mine"


def test_a_full_disk_hands_no_part_of_a_zip_over(run, studio, home):
    (home / "output").mkdir()
    (home / "output" / "deploy.zip").write_text("the one before")
    (home / "output" / ".deploy.zip.part").symlink_to("/dev/full")
    done = run("--metadata", metadata_of(home, studio))
    assert (done.code, done.sentence) == (
        2,
        f"The output folder {home / 'output'} cannot be written.",
    )
    assert {path.name for path in (home / "output").iterdir()} == {"deploy.zip"}
    assert (home / "output" / "deploy.zip").read_text() == "the one before"
    assert run("--metadata", metadata_of(home, studio)).code == 0
    assert packed(home / "output")


def test_a_broken_network_beside_the_metadata_is_told(run, studio, home):
    (home / "input" / "trained.h5.zip").write_bytes(b"PK\x03\x04 and no more")
    done = run("--metadata", metadata_of(home, studio))
    assert done.code == 3
    assert "Impulse #1: Transfer learning" in done.sentence
