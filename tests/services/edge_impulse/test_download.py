"""Large files: what is fetched, what is fetched again, and what is left behind."""

import random
import threading
from contextlib import contextmanager

import pytest

from services.edge_impulse import download as module
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.content import Content
from services.edge_impulse.download import download
from services.edge_impulse.errors import StudioError
from services.edge_impulse.host import Host
from services.edge_impulse.transport import CHUNK_BYTES, Transport
from services.errors import Cancelled, ProjectError
from tests.services.edge_impulse.answering import RangedFile, Reply, answering
from tests.services.edge_impulse.visits import KEY, Noted, half_made, kept_files, refused

SIZE = 10 * CHUNK_BYTES + 123
ZIP = b"PK\x03\x04" + random.Random(0).randbytes(SIZE - 4)
OTHER = b"PK\x03\x04" + random.Random(1).randbytes(SIZE - 4)
BROKEN = "The connection to Studio broke off; try again."


@pytest.fixture
def target(tmp_path):
    return tmp_path / "there" / "export.zip"


def fetch(server, target, progress=None, content=Content.ARCHIVE, **rest):
    progress = progress or Noted()
    transport = Transport(Access(ApiKey(KEY), Host("http://127.0.0.1:1", trusted=True)), progress)
    return download(transport, f"{server.url}/export.zip?sig=1", target, content, progress, **rest)


def ranges(server):
    return [seen.headers.get("range", "") for seen in server.seen]


def part_of(target):
    return target.with_name(f".{target.name}.part")


# ----------------------------------------------------------------------------------------- whole


def test_a_file_is_fetched_with_its_progress_told(target):
    progress = Noted()
    with answering(RangedFile(ZIP)) as server:
        assert fetch(server, target, progress) == SIZE
    assert target.read_bytes() == ZIP
    assert half_made(target.parent) == []
    assert target.parent.stat().st_mode & 0o077 == 0
    assert [total for _, total in progress.volumes] == [SIZE] * len(progress.volumes)
    volumes = [volume for volume, _ in progress.volumes]
    assert volumes == sorted(volumes)
    assert volumes[-1] == SIZE
    assert len(volumes) == 11


def test_a_file_from_elsewhere_is_fetched_without_the_key(target):
    with answering(RangedFile(ZIP)) as server:
        fetch(server, target)
    (seen,) = server.seen
    assert KEY not in str(seen)
    assert seen.path == "/export.zip?sig=1"
    assert seen.headers["accept-encoding"] == "identity"


def test_a_file_of_studio_is_fetched_with_the_key(target):
    with answering(RangedFile(ZIP)) as server:
        transport = Transport(Access(ApiKey(KEY), Host(server.url, trusted=True)), Noted())
        url = transport.address("/x")
        assert download(transport, url, target, Content.NETWORK, Noted()) == SIZE
    assert server.seen[0].headers["x-api-key"] == KEY


@contextmanager
def chunking(*pieces):
    """A storage that sends a file in pieces and does not say how long it is."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*pieces, b""))
    reply = Reply(body, headers={"Transfer-Encoding": "chunked", "Content-Length": ""})
    with answering(lambda seen: reply) as server:
        server.RequestHandlerClass = type(
            "Newer", (server.RequestHandlerClass,), {"protocol_version": "HTTP/1.1"}
        )
        yield server


def test_a_size_that_nobody_knows_is_told_as_such(target):
    progress = Noted()
    with chunking(ZIP[:4], ZIP[4:]) as server:
        assert fetch(server, target, progress) == SIZE
    assert target.read_bytes() == ZIP
    assert progress.volumes[-1] == (SIZE, 0)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_first_piece_may_be_tiny(target, cut):
    with chunking(ZIP[:cut], ZIP[cut:]) as server:
        assert fetch(server, target) == SIZE
    assert target.read_bytes() == ZIP


def test_a_length_that_is_no_number_is_one_that_nobody_knows(target):
    progress = Noted()
    odd = Reply(ZIP, headers={"Content-Length": "many"})
    with answering(lambda seen: odd) as server:
        assert fetch(server, target, progress) == SIZE
    assert progress.volumes[-1] == (SIZE, 0)


# ------------------------------------------------------------------------------------- broken off


@pytest.mark.parametrize("cut", [CHUNK_BYTES, 3 * CHUNK_BYTES + 5, SIZE - 1])
def test_a_broken_download_is_gone_on_with(target, cut):
    progress = Noted()
    with answering(RangedFile(ZIP, cuts=[cut])) as server:
        came = fetch(server, target, progress)
    assert target.read_bytes() == ZIP
    first, second = ranges(server)
    assert first == ""
    begun = int(second.removeprefix("bytes=").removesuffix("-"))
    assert cut - CHUNK_BYTES <= begun <= cut
    assert begun > 0
    assert server.seen[1].headers["if-range"] == '"one"'
    assert came == SIZE  # what came twice is not counted as one
    assert progress.volumes[-1] == (SIZE, SIZE)
    assert half_made(target.parent) == []


def test_a_download_that_breaks_often_but_grows_gets_through(target):
    cuts = [CHUNK_BYTES] * 9  # more breaks than one round of attempts has
    with answering(RangedFile(ZIP, cuts=cuts)) as server:
        fetch(server, target)
    assert target.read_bytes() == ZIP
    assert len(server.seen) == 10


def test_a_download_that_does_not_grow_is_given_up_and_its_part_stays(target):
    file = RangedFile(ZIP, cuts=[3 * CHUNK_BYTES] + [0] * 20)
    with answering(file) as server:
        assert refused(lambda: fetch(server, target), StudioError) == BROKEN
        begun = part_of(target).stat().st_size
        assert 0 < begun <= 3 * CHUNK_BYTES
        assert not target.exists()
        attempts = len(server.seen)
        assert attempts == 8  # a round that brought something, and one that did not
        file.cuts.clear()
        assert fetch(server, target) == SIZE - begun
    assert ranges(server)[attempts:] == [f"bytes={begun}-"]
    assert target.read_bytes() == ZIP
    assert half_made(target.parent) == []


def test_a_file_that_has_changed_is_begun_anew(target):
    file = RangedFile(ZIP, cuts=[3 * CHUNK_BYTES] + [0] * 20)
    with answering(file) as server:
        refused(lambda: fetch(server, target))
        file.content, file.etag, file.cuts = OTHER, '"two"', []
        assert fetch(server, target) == SIZE
    assert server.seen[-1].headers["if-range"] == '"one"'
    assert target.read_bytes() == OTHER


def test_a_file_that_changes_between_two_attempts_is_begun_anew(target):
    file = RangedFile(ZIP, cuts=[3 * CHUNK_BYTES])

    def changing(seen):
        reply = file(seen)
        file.content, file.etag = OTHER, '"two"'
        return reply

    with answering(changing) as server:
        fetch(server, target)
    assert target.read_bytes() == OTHER


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_version_nothing_is_gone_on_with(target, etag):
    with answering(RangedFile(ZIP, etag=etag, cuts=[3 * CHUNK_BYTES])) as server:
        assert fetch(server, target) > SIZE
    assert ranges(server) == ["", ""]
    assert target.read_bytes() == ZIP


def test_a_storage_without_ranges_sends_it_all_again(target):
    file = RangedFile(ZIP, cuts=[3 * CHUNK_BYTES])

    def rangeless(seen):
        seen.headers.pop("range", None)
        return file(seen)

    with answering(rangeless) as server:
        assert fetch(server, target) > SIZE
    assert target.read_bytes() == ZIP


def test_a_part_that_is_all_of_it_is_not_the_end_of_it(target):
    """Killed between the last byte and the new name: nothing lies beyond, so it comes again."""
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(ZIP)
    target.with_name(f".{target.name}.mark").write_text('"one"')
    with answering(RangedFile(ZIP)) as server:
        fetch(server, target)
    assert ranges(server) == [f"bytes={SIZE}-", ""]
    assert target.read_bytes() == ZIP


def test_a_part_of_an_unknown_version_is_not_gone_on_with(target):
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(OTHER[:5000])
    with answering(RangedFile(ZIP)) as server:
        assert fetch(server, target) == SIZE
    assert ranges(server) == [""]
    assert target.read_bytes() == ZIP


def test_a_storage_that_always_refuses_ranges_is_no_circle(target):
    with answering(lambda seen: Reply(status=416)) as server:
        sentence = refused(lambda: fetch(server, target), StudioError)
    assert sentence == "Studio answers with the status 416 and no word; try again later."
    assert len(server.seen) == 1


# ---------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b"<html>login</html>", headers={"Content-Type": "text/html"}), "a web page where"),
        (Reply(b"other bytes"), "something else where a zip should be"),
        (Reply(b""), "something else where a zip should be"),
        (Reply(b'{"success": false, "error": "Gone"}'), "Studio says “Gone”"),
    ],
)
def test_what_is_no_such_file_leaves_nothing(target, reply, words):
    with answering(lambda seen: reply) as server:
        assert words in refused(lambda: fetch(server, target), StudioError)
    assert kept_files(target.parent) == {}
    assert len(server.seen) == 1


def test_which_file_it_should_be_counts(target):
    with answering(RangedFile(ZIP)) as server:
        assert "where a picture should be" in refused(
            lambda: fetch(server, target, content=Content.PICTURE)
        )


def test_a_file_that_is_whole_but_damaged_leaves_nothing(target):
    def check(path):
        assert path.read_bytes() == ZIP
        raise StudioError("It is damaged.", 200)

    with answering(RangedFile(ZIP)) as server:
        assert refused(lambda: fetch(server, target, check=check)) == "It is damaged."
        assert kept_files(target.parent) == {}
        fetch(server, target)
    assert ranges(server) == ["", ""]


def test_a_refusal_leaves_the_part_for_a_new_address(target):
    file = RangedFile(ZIP, cuts=[3 * CHUNK_BYTES])

    def expiring(seen):
        return Reply(b"expired", 403) if "range" in seen.headers else file(seen)

    with answering(expiring) as server:
        with pytest.raises(StudioError) as caught:
            fetch(server, target)
        assert caught.value.status == 403
        assert len(server.seen) == 2
        begun = part_of(target).stat().st_size
        server.answer = file
        assert fetch(server, target) == SIZE - begun
    assert target.read_bytes() == ZIP


def test_a_file_without_end_is_not_read_to_it(target, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 2 * CHUNK_BYTES)
    with answering(RangedFile(ZIP)) as server:
        sentence = refused(lambda: fetch(server, target), StudioError)
        assert sentence == "Studio sends more than 0 GB."
        assert kept_files(target.parent) == {}
        monkeypatch.setattr(module, "LARGEST", SIZE)
        fetch(server, target)
    assert target.read_bytes() == ZIP


def test_a_disk_that_is_full_is_told(target):
    target.parent.parent.joinpath("there").touch()
    with answering(RangedFile(ZIP)) as server:
        assert refused(lambda: fetch(server, target), ProjectError) == (
            "What Studio sends cannot be kept on this server; its disk may be full."
        )


# ----------------------------------------------------------------------------------------- left


class LeavesAtVolume(Noted):
    """Somebody who leaves as soon as some bytes are there."""

    def measure(self, volume, total_volume=0):
        if volume >= 3 * CHUNK_BYTES:
            self.cancel()
        super().measure(volume, total_volume)


def test_who_leaves_leaves_nothing(target):
    with answering(RangedFile(ZIP)) as server, pytest.raises(Cancelled):
        fetch(server, target, LeavesAtVolume())
    assert kept_files(target.parent) == {}


def test_what_was_there_before_stays_until_the_new_one_is(target):
    target.parent.mkdir()
    target.write_bytes(b"before")
    with answering(RangedFile(ZIP, cuts=[0] * 20)) as server:
        refused(lambda: fetch(server, target))
    assert target.read_bytes() == b"before"


def test_memory_holds_a_piece_of_it_at_a_time(target):
    import tracemalloc

    large = b"PK\x03\x04" + bytes(30_000_000)
    with answering(RangedFile(large)) as server:
        tracemalloc.start()
        try:
            fetch(server, target)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert target.stat().st_size == len(large)
    assert peak < 5_000_000


def test_a_silent_storage_is_not_waited_for_without_end(target, impatient):
    stop = threading.Event()
    reply = Reply(ZIP[:10], length=SIZE, until=stop)
    with answering(lambda seen: reply) as server:
        sentence = refused(lambda: fetch(server, target), StudioError)
        stop.set()
    assert sentence == "Studio did not answer within 0.4 s; try again later."
