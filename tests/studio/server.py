"""Studio and its storage as two real servers in one background thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import uvicorn
from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp

from tests.studio.app import storage_app, studio_app
from tests.studio.connections import Connections
from tests.studio.faults import Faults
from tests.studio.front import Front, seen
from tests.studio.jobs import Job
from tests.studio.log import Origin, Request, RequestLog
from tests.studio.project import StudioProject
from tests.studio.storage import CREDENTIALS, Storage
from tests.waiting import PATIENCE

HOST = "127.0.0.1"
BACKLOG = 2048
GRACE = 2  # seconds for answers under way when the server stops


class Studio:
    """A fake Studio and what tests may see and change of it.

    Attributes:
        url: its address; the API begins at `/v1/api` below it.
        storage_url: the address of the exports' storage.
        projects: by id.
        key_info: whether `/projects/api-key-info` exists, which is new in the real Studio.
        bad_key_status: status of the answer to an unknown key; 200 is possible too.
        log: every request to both servers.
        leaks: requests that carried a credential to the storage.
        jobs: by id, in the order of their start.
        mistakes: exceptions of the fake itself; `running_studio` raises the first one at the end.
    """

    def __init__(self, *projects: StudioProject) -> None:
        self.projects = {project.id: project for project in projects}
        self.key_info = True
        self.bad_key_status = 401
        self.log = RequestLog()
        self.faults = Faults(self.log.ring)
        self.storage = Storage()
        self.leaks: list[Request] = []
        self.jobs: dict[int, Job] = {}
        self.mistakes: list[Exception] = []
        self.workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="studio-job")
        self.url = ""
        self.storage_url = ""

    def count(self, path: str = "**", method: str | None = None) -> int:
        """How many requests a pattern names, see `paths.matches`."""
        return len(self.log.chosen(path, method))

    def forget(self) -> None:
        """Empty the log and the leaks."""
        self.log.forget()
        self.leaks.clear()

    def wait_for(self, happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait for something that requests bring about, such as `studio.count(…) == 3`.

        Raises:
            TimeoutError: it did not happen in time.
        """
        if not self.log.wait_for(happened, seconds):
            raise TimeoutError(f"it did not happen in {seconds} seconds")

    def revoke(self, key: str) -> None:
        """Make a key unknown."""
        for project in self.projects.values():
            project.keys.pop(key, None)

    def expire_urls(self) -> None:
        """Links to exports given out so far work no longer."""
        self.storage.expire()

    def look_for_leaks(self, request: HttpRequest) -> None:
        """Remember a request to the storage that carries what is Studio's only."""
        keys = [key for project in self.projects.values() for key in project.keys]
        shown = " ".join([str(request.url), *request.headers.values()])
        if any(name in request.headers for name in CREDENTIALS) or any(
            key in shown for key in keys
        ):
            self.leaks.append(seen(request.scope, Origin.STORAGE))


@contextmanager
def running_studio(
    *projects: StudioProject, port: int = 0, storage_port: int = 0
) -> Iterator[Studio]:
    """Serve projects on this machine until the block ends.

    Args:
        projects: what Studio holds.
        port, storage_port: 0 takes free ones.
    """
    studio = Studio(*projects)
    with _listening(port) as front_door, _listening(storage_port) as back_door:
        studio.url = f"http://{HOST}:{front_door.getsockname()[1]}"
        studio.storage_url = f"http://{HOST}:{back_door.getsockname()[1]}"
        pair = _Pair(studio, front_door, back_door)
        pair.start()
        try:
            yield studio
        finally:
            pair.stop()
            studio.workers.shutdown(wait=False, cancel_futures=True)
    if studio.mistakes:
        raise studio.mistakes[0]


def _listening(port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only then: 40 ms for each answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(BACKLOG)  # from here on clients may connect, and wait
    return listener


class _Server(uvicorn.Server):
    """Stops at once: uvicorn's own loop and shutdown pause, which adds up over many tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self.up.set()
        while not self._stopped.is_set():
            await self.on_tick(0)  # writes the Date header
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, late = await asyncio.wait(self.server_state.tasks, timeout=GRACE)
            for task in late:
                task.cancel()


class _Pair:
    """Two uvicorn servers in one event loop of one thread."""

    def __init__(self, studio: Studio, front_door: socket.socket, back_door: socket.socket) -> None:
        self._studio = studio
        self._stopping = threading.Event()
        self._error: Exception | None = None
        self._servers = [
            self._server(studio_app(studio), Origin.STUDIO),
            self._server(storage_app(studio), Origin.STORAGE),
        ]
        self._doors = [front_door, back_door]
        self._thread = threading.Thread(target=self._run, name="studio", daemon=True)

    def start(self) -> None:
        self._thread.start()
        for server in self._servers:
            server.up.wait()
        if self._error is not None:
            raise RuntimeError("the imitation of Studio did not start") from self._error

    def stop(self) -> None:
        self._stopping.set()
        self._studio.faults.release()
        for server in self._servers:
            server.stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            self._error = error
        finally:
            for server in self._servers:
                server.up.set()

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._doors, strict=True)
        await asyncio.gather(*(server.serve(sockets=[door]) for server, door in pairs))

    def _server(self, app: ASGIApp, origin: Origin) -> _Server:
        connections = Connections()
        studio = self._studio
        front = Front(app, origin, studio.log, studio.faults, connections, self._stopping.is_set)
        return _Server(
            uvicorn.Config(
                front,
                http=connections.protocol(),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                log_level="critical",
                timeout_keep_alive=75,
            )
        )
