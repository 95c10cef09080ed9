"""Visits to the imitation of Studio: nobody waits, and what happened is written down."""

import hashlib

import pytest

from gradcam import GradcamError
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.connect import connect
from services.edge_impulse.feeds.pictures import PictureFeed
from services.edge_impulse.host import find_host
from services.edge_impulse.model import DspBlock, InputBlock
from services.edge_impulse.shelf import Shelf, shelf_of
from services.settings import settings
from services.work.progress import Progress

KEY = "ei_drawn"
LEARN = 7  # the learning block of every project of the imitation
NETWORK = b"\x89HDF\r\n\x1a\n no network, but it begins like one"
PICTURES = "/raw-data/*/image"
MODELS = "/learn-data/*/model/*"
ZIPS = "/exports/**"
LISTING = "/raw-data"
FEED = PictureFeed(
    InputBlock(2, "image", 96, 96, "squash", "lanczos3", ""), DspBlock(3, "image", "", 2)
)


class Noted(Progress):
    """Progress of somebody who never waits.

    Attributes:
        pauses: seconds that were asked for.
        names: what was begun, with its total, and what was said.
        volumes: bytes that were told, with their total.
    """

    def __init__(self):
        super().__init__()
        self.pauses = []
        self.names = []
        self.volumes = []

    def pause(self, seconds):
        self.pauses.append(seconds)
        super().pause(0.0)

    def begin(self, name, total=0):
        self.names.append((name, total))
        super().begin(name, total)

    def say(self, name):
        self.names.append((name, None))
        super().say(name)

    def measure(self, volume, total_volume=0):
        self.volumes.append((volume, total_volume))
        super().measure(volume, total_volume)


class LeavesAt(Noted):
    """Somebody who leaves as soon as a step of this name begins, or at the first pause."""

    def __init__(self, name):
        super().__init__()
        self.left_at = name

    def begin(self, name, total=0):
        super().begin(name, total)
        if name == self.left_at:
            self.cancel()

    def pause(self, seconds):
        if self.left_at == "pause":
            self.cancel()
        super().pause(seconds)


def access_to(studio, key=KEY):
    return Access(ApiKey(key), find_host(studio.url, [studio.url]))


def connected(studio, key=KEY, progress=None, **how):
    """What a project holds, and what Studio says beside: see `connect`."""
    return connect(access_to(studio, key), progress or Noted(), **how)


def refused(work, kind=GradcamError):
    """The one sentence of a refusal."""
    with pytest.raises(kind) as caught:
        work()
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    return sentence


def sentence_of(studio, key=KEY, **how):
    """Why a project cannot be connected."""
    return refused(lambda: connected(studio, key, **how))


def samples_of(content):
    """Samples by their number in Studio."""
    return {sample.studio_id: sample for sample in content.labelled.samples}


def left_out_of(content):
    return {item.name: item.reason for item in content.labelled.left_out}


def shelf_at(studio, project=9) -> Shelf:
    return shelf_of(studio.url, project)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept_files(folder=None):
    """Every file below a folder, the whole cache unless told, by its SHA-256."""
    folder = folder or settings().cache
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def half_made(folder=None):
    """Files and folders that are no whole ones."""
    folder = folder or settings().cache
    return [path.name for path in folder.rglob("*") if path.name.startswith(".")]
