"""Streamlit's private names that the gate needs mean what they did in the pinned version."""

import importlib.metadata
import os
from pathlib import Path

import pytest
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from gate import streamlit_inside
from gate.shown import Shown
from tests.pinned import pins

ROOT = Path(__file__).parents[2]


def test_it_is_the_pinned_version_that_these_tests_hold_to():
    assert importlib.metadata.version("streamlit") == pins("requirements.txt")["streamlit"]


@pytest.fixture
def options():
    """Streamlit's options are put back."""
    names = ("server.trustedUserHeaders", "server.cookieSecret", "server.baseUrlPath")
    before = {name: config.get_option(name) for name in names}
    yield
    for name, value in before.items():
        config.set_option(name, value)


def test_a_header_that_is_trusted_names_the_person(options):
    from starlette.datastructures import Headers

    streamlit_inside.trust("X-Gradcam-Person")
    headers = Headers({"x-gradcam-person": "issuer%3Aann"})
    assert starlette_websocket.gather_user_info(headers) == {"person": "issuer%3Aann"}


def test_the_base_path_is_streamlits(options):
    assert streamlit_inside.base() == ""
    config.set_option("server.baseUrlPath", "cam/")
    assert streamlit_inside.base() == "/cam"


def test_claims_are_read_out_of_the_cookies_that_streamlit_sets(options):
    streamlit_inside.sign_with("a secret of many characters")
    said = {"sub": "ann", "groups": [os.urandom(20).hex() for _ in range(200)]}
    cookies = {}

    def keep(name, value):
        cookies[name] = create_signed_value("a secret of many characters", name, value).decode()

    starlette_auth_routes.set_cookie_with_chunks(
        keep,
        starlette_auth_routes._create_signed_value_wrapper,
        starlette_auth_routes.USER_COOKIE_NAME,
        said,
        cookie_attr_size=80,
    )
    assert len(cookies) > 1
    assert all(streamlit_inside.is_of_streamlit(name) for name in cookies)
    assert streamlit_inside.claims(cookies) == said
    first, signed = next(iter(cookies.items()))
    body, _, signature = signed.rpartition(".")
    # Its first character: of the last one some bits are not part of the signature.
    forged = f"{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert streamlit_inside.claims({**cookies, first: forged}) == {}
    assert streamlit_inside.claims({}) == {}


def test_paths_of_signing_in_are_streamlits():
    paths = {route.path for route in starlette_auth_routes.create_auth_routes("")}
    assert paths == {
        streamlit_inside.LOGIN, streamlit_inside.LOGOUT, streamlit_inside.CALLBACK
    }  # fmt: skip


def test_providers_are_those_of_the_secrets(monkeypatch):
    from streamlit import auth_util
    from streamlit.runtime.secrets import AttrDict

    def given(**section):
        monkeypatch.setattr(auth_util, "get_secrets_auth_section", lambda: AttrDict(section))

    given()
    assert streamlit_inside.providers() == ()
    given(redirect_uri="http://x/oauth2callback", client_id="a")
    assert streamlit_inside.providers() == ("default",)
    given(google={"client_id": "a"}, microsoft={"client_id": "b"}, client_kwargs={"scope": "x"})
    assert streamlit_inside.providers() == ("google", "microsoft")


class Session:
    def __init__(self, name, person):
        self.id = name
        self._user_info = {"person": person} if person else {}


@pytest.fixture
def two_people(monkeypatch):
    """A runtime with Ann's two sessions and Ben's, whose tab is closed."""
    from types import SimpleNamespace

    sessions = {each.id: SimpleNamespace(session=each) for each in
                (Session("1", "ann"), Session("2", "ann"), Session("3", "ben"))}  # fmt: skip
    media = MediaFileManager(MemoryMediaFileStorage("/media"))
    uploads = MemoryUploadedFileManager("/_stcore/upload_file")
    runtime = SimpleNamespace(
        _session_mgr=SimpleNamespace(
            get_session_info=sessions.get, list_sessions=lambda: list(sessions.values())
        ),
        media_file_mgr=media,
        uploaded_file_mgr=uploads,
        is_active_session={"1", "2"}.__contains__,
    )
    monkeypatch.setattr(streamlit_inside.runtime, "exists", lambda: True)
    monkeypatch.setattr(streamlit_inside.runtime, "get_instance", lambda: runtime)
    return runtime


def test_whose_sessions_are(two_people):
    assert streamlit_inside.person_of("1") == "ann"
    assert streamlit_inside.person_of("3") == "ben"
    assert streamlit_inside.person_of("4") is None
    assert set(streamlit_inside.sessions_of("ann")) == {"1", "2"}
    # What the stand-ins above have is there in the real ones.
    assert {"get_session_info", "list_sessions"} <= set(dir(WebsocketSessionManager))
    assert "_session_mgr" in Runtime.__init__.__code__.co_names
    assert "_user_info" in AppSession.__init__.__code__.co_names


def test_addresses_of_files_are_of_the_form_that_the_gate_looks_for(two_people, monkeypatch):
    from streamlit.runtime import media_file_manager

    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "3")
    url = two_people.media_file_mgr.add(b"picture", "image/png", "1.0")
    shown = Shown()
    shown.note("ben", b"said before " + url.encode() + b" and after")
    assert shown.is_to("ben", url)
    assert not shown.is_to("ann", url)


def test_what_is_kept_of_uploads(two_people):
    assert streamlit_inside.uploaded() == {}
    for session, size in (("1", 10), ("3", 5)):
        two_people.uploaded_file_mgr.add_file(
            session, UploadedFileRec(f"f{session}", "name", "type", b"x" * size)
        )
    assert streamlit_inside.uploaded() == {"1": 10, "3": 5}
    assert list(streamlit_inside.closed_sessions()) == ["3"]
    streamlit_inside.forget_uploads("3")
    assert streamlit_inside.uploaded() == {"1": 10}
    assert "is_active_session" in dir(Runtime)


def test_of_a_press_only_the_page_is_left():
    pressed = BackMsg()
    pressed.rerun_script.query_string = "a=1"
    pressed.rerun_script.page_script_hash = "hash"
    pressed.rerun_script.fragment_id = "part"
    pressed.rerun_script.context_info.url = "http://x"
    pressed.rerun_script.widget_states.widgets.add(id="w", trigger_value=True)
    left = BackMsg.FromString(streamlit_inside.plain_run(pressed.SerializeToString()))
    assert left.rerun_script.query_string == "a=1"
    assert left.rerun_script.page_script_hash == "hash"
    assert left.rerun_script.context_info.url == "http://x"
    assert left.rerun_script.fragment_id == ""
    assert list(left.rerun_script.widget_states.widgets) == []
    for other in (BackMsg(clear_cache=True), BackMsg(stop_script=True), BackMsg()):
        assert streamlit_inside.plain_run(other.SerializeToString()) is None
    assert streamlit_inside.plain_run(b"\xff\xff") is None


def test_who_empties_the_caches_is_seen():
    assert streamlit_inside.clears_caches(BackMsg(clear_cache=True).SerializeToString())
    assert not streamlit_inside.clears_caches(BackMsg(stop_script=True).SerializeToString())
    assert not streamlit_inside.clears_caches(b"\xff\xff")


def test_no_page_is_run_without_the_dashboard(monkeypatch):
    from streamlit.runtime.pages_manager import PagesManager

    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    assert PagesManager(str(ROOT / "dashboard.py")).get_pages().keys()
    assert PagesManager.uses_pages_directory  # as it would be
    streamlit_inside.run_the_dashboard_always()
    PagesManager(str(ROOT / "dashboard.py"))
    assert PagesManager.uses_pages_directory is False


def test_a_file_that_was_pressed_for_stays_until_its_page_runs_again(monkeypatch):
    from streamlit.runtime import media_file_manager
    from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

    manager = media_file_manager.MediaFileManager
    monkeypatch.setattr(manager, "execute_deferred", manager.execute_deferred)  # is put back
    streamlit_inside.keep_downloads()
    streamlit_inside.keep_downloads()
    storage = MemoryMediaFileStorage("/media")
    files = manager(storage)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "ann")
    button = files.add_deferred(lambda: b"a zip", "application/zip", "1.2.3", "a.zip")
    path = files.execute_deferred(button).removeprefix("/media/")
    for _ in range(20):  # runs of others end
        files.remove_orphaned_files()
    assert storage.get_file(path.partition(".")[0]).content == b"a zip"
    assert files.execute_deferred(button)  # as often as she likes
    files.clear_session_refs("ann")
    files.remove_orphaned_files()
    files.remove_orphaned_files()
    with pytest.raises(Exception, match="No media file"):
        storage.get_file(path.partition(".")[0])
