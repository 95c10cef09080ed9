"""A running server: what is one person's no other reaches, and nobody fills its memory."""

import asyncio
import http.client
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from benchmarks.server_process import resident_megabytes
from services.people.sign_in import HEADER, new_sign_in, sealed
from services.settings import settings
from tests.browser.server import running_dashboard
from tests.gate.conftest import SECRET
from tests.hosting.colleague import Colleague
from tests.looping import run_through

PEOPLE = 'default = "reviewer"\n[people]\n"https://issuer:ann" = "admin"\n'
MB = 1_000_000
TRIES = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-people")
    (folder / "people.toml").write_text(PEOPLE)
    with running_dashboard(
        folder,
        GRADCAM_LOGIN="token",
        GRADCAM_SECRET=SECRET,
        GRADCAM_PEOPLE=str(folder / "people.toml"),
        GRADCAM_UPLOAD_MB="20",
        GRADCAM_UPLOAD_PERSON_MB="30",
    ) as running:
        yield running


@pytest.fixture
def cookies(monkeypatch):
    """Gives the cookie of somebody who signed in."""
    from gate import cookie

    monkeypatch.setenv("GRADCAM_SECRET", SECRET)
    settings.cache_clear()

    def made(subject):
        return {cookie.name(): sealed(new_sign_in("https://issuer", subject, name=subject))}

    return made


def person(server, cookies, subject, number=1):
    colleague = Colleague(server.url, number)
    colleague.client.cookies.update(cookies(subject))
    return colleague


def test_what_is_one_persons_no_other_reaches(server, cookies, monkeypatch):
    run_through(_two_people(server, cookies, monkeypatch))


async def _two_people(server, cookies, monkeypatch):
    ann, ben = (person(server, cookies, name) for name in ("ann", "ben"))
    async with ann, ben:
        done = await ann.work(1)
        session, fetched = ann.visitor._session, []
        get = ann.client.get
        monkeypatch.setattr(ann.client, "get", lambda path: fetched.append(path) or get(path))
        assert await ann.visitor.download("download_export") == done.export
        for _ in range(TRIES):
            assert await asyncio.to_thread(_foreign_upload, ben.client, session) == 403
            assert ann.client.put_file(_file(session), "mine", b"x").status == 204
        [media] = fetched
        assert ben.client.get(media).status == 403
        assert get(media).body == done.export  # which is there for a while
        for _ in range(TRIES):
            assert ben.client.get(media).status == 403
            await ben.follow(done.upload, "export")
            assert not {"make_export", "download_export"} & set(ben.visitor.widgets)
            assert "try_again" in ben.visitor.widgets  # as for an upload that is gone


def _file(session):
    return f"/_stcore/upload_file/{session}/{uuid4()}"


def _foreign_upload(client, session):
    return client.put_file(_file(session), "x", b"x").status


def test_a_session_is_taken_up_again_by_its_person_alone(server, cookies):
    """Its id stands in the address of every upload, and Streamlit writes it to its log."""

    async def tried():
        async with person(server, cookies, "ann") as ann:
            own = ann.visitor._session
        seen = []
        for name in ("ben", "ann"):
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies(name).items())}
            async with connect(
                server.url.replace("http", "ws", 1) + "/_stcore/stream",
                subprotocols=["streamlit", "xsrf", own],
                additional_headers=headers,
                max_size=64 * MB,
            ) as socket:
                message = BackMsg()
                message.rerun_script.query_string = "source=demo:cars"
                await socket.send(message.SerializeToString())
                while (told := ForwardMsg.FromString(await socket.recv())).WhichOneof(
                    "type"
                ) != "new_session":
                    pass
                seen.append(told.new_session.initialize.session_id == own)
        assert seen == [False, True]

    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect

    run_through(tried())


def test_nobody_who_is_not_signed_in_fills_the_memory(server):
    before = resident_megabytes(server.process.pid)
    for _ in range(12):  # 600 MB
        assert _sent(server.url, _file(uuid4()), 50 * MB) in {401, None}
    assert resident_megabytes(server.process.pid) - before < 30


def _sent(url, path, size):
    """The status that an upload in pieces is answered with; None where the line is cut first."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        with suppress(OSError):  # it is refused before it is read
            connection.request("PUT", path, (b"x" * MB for _ in range(size // MB)),
                               {"Content-Length": str(size)})  # fmt: skip
        with suppress(OSError, http.client.HTTPException):
            return connection.getresponse().status
    finally:
        connection.close()
    return None


@pytest.mark.parametrize(("who", "told"), [("ben", True), ("cat", False)])
def test_who_is_signed_in_brings_only_so_much(server, cookies, who, told):
    async def tried():
        async with person(server, cookies, who) as ben, person(server, cookies, who, 2) as more:
            one, other = ben.visitor._session, more.visitor._session
            statuses = [_put(server.url, ben.client, one, told) for _ in range(TRIES)]
            assert [each[0] for each in statuses] == [204] * 3 + [413] * 7  # of 6 MB each
            assert "At most 20 MB of uploaded files are kept for this tab" in statuses[-1][1]
            rest = [_put(server.url, more.client, other, told) for _ in range(TRIES)]
            assert [each[0] for each in rest] == [204] + [413] * 9
            assert "At most 30 MB of uploaded files are kept for your tabs" in rest[-1][1]

    run_through(tried())


def _put(url, client, session, told):
    """A form with 6 MB; `told`: with its length, else in pieces of unknown number."""
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = head + b"x" * (6 * MB) + b"\r\n--b--\r\n"
    pieces = [body[at : at + 100_000] for at in range(0, len(body), 100_000)]
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "X-Xsrftoken": client.cookies["_streamlit_xsrf"],
        **client.headers,
    }
    content = body if told else iter(pieces)
    answer = httpx.put(url + _file(session), content=content, headers=headers, timeout=60)
    return answer.status_code, answer.text


def test_no_header_from_outside_says_who_one_is(server, cookies):
    for name in (HEADER, "X-Gradcam-Person", "X-Forwarded-User", "Remote-User"):
        for _ in range(TRIES):
            value = next(iter(cookies("ann").values()))
            answer = httpx.get(f"{server.url}/_stcore/host-config", headers={name: value})
            assert answer.status_code == 401
