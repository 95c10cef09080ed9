"""Somebody of a team at work: what they set, said, brought and made, and whether it is still there.

A session by websocket with a browser's cookies; when the connection breaks they come back by their
link, as a browser does.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.http_client import HttpClient
from benchmarks.sessions import until_open
from benchmarks.streamlit_client import Visitor, visit
from tests.waiting import PATIENCE

DEMO = Path(__file__).parents[2] / "demo" / "cars"
SOURCE = "demo:cars"
FILES = json.loads((DEMO / "info.labels").read_text(encoding="utf-8"))["files"]
CARS = [Path(each["path"]).name for each in FILES if each["label"]["label"] == "car"]
PICTURES = 6  # of an upload
KEYS = "keys"  # the component that hears them


def project_zip(first: int) -> bytes:
    """Some of the demo's test pictures in class folders, other ones for another `first`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each in FILES[first : first + PICTURES]:
            path = DEMO / each["path"]
            archive.writestr(f"{each['label']['label']}/{path.name}", path.read_bytes())
    return buffer.getvalue()


@dataclass(frozen=True)
class Work:
    """What somebody did, and must find again whatever became of the replica that they did it on.

    Attributes:
        view: the link of Explain, with a filter and a sample.
        listed: how many samples the filter leaves.
        flag: what they said of that sample.
        upload: the link of the project that they brought.
        export: the zip that was made of it.
    """

    view: dict[str, str]
    listed: int
    flag: str
    upload: dict[str, str]
    export: bytes


class Colleague:
    """One of a team; `async with` for as long as they are there.

    Attributes:
        number: which of them; each brings other pictures.
        client: their browser.
    """

    def __init__(self, url: str, number: int) -> None:
        self.number = number
        self.client = HttpClient(url)
        self._url = url
        self._link = {"source": SOURCE}
        self._page = "explain"
        self._stack = AsyncExitStack()
        self._visitor: Visitor | None = None

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def visitor(self) -> Visitor:
        """Their session."""
        assert self._visitor is not None
        return self._visitor

    @property
    def replica(self) -> str:
        """The replica that answered last."""
        return self.client.cookies["route"]

    async def come_back(self) -> None:
        """Open what the link says in a new session, as a browser does after a break.

        It asks until somebody answers.
        """
        await self._stack.aclose()
        async with asyncio.timeout(PATIENCE):
            while (await asyncio.to_thread(self.client.get, "/_stcore/health")).status != 200:
                await asyncio.sleep(0.2)  # as the page does that the proxy answers meanwhile
        session = visit(self._url, urlencode(self._link), self.client)
        self._visitor = await self._stack.enter_async_context(session)
        await self.go_to(self._page)

    async def follow(self, link: dict[str, str], page: str) -> None:
        """Open a link."""
        self._link, self._page = link, page
        await self.come_back()

    async def go_to(self, page: str) -> None:
        """Open another page of the project."""
        self._page = page
        await self.visitor.open(page)
        await until_open(self.visitor, self._link["source"], PATIENCE)

    async def work(self, number: int) -> Work:
        """Filter, flag; bring a project, export it and take the zip away.

        Args:
            number: of what is brought and flagged; other ones for another number.
        """
        view = {"source": SOURCE, "true_class": "car", "sample": CARS[number]}
        await self.follow(view, "explain")
        await self._flag("unclear")
        view, listed = self._link, self._keys["count"]
        await self._bring(number)
        return Work(view, listed, "unclear", self._link, await self._export())

    async def losses(self, work: Work) -> list[str]:
        """What is not there any more."""
        lost = []
        await self.follow(work.upload, "export")
        if "download_export" not in self.visitor.widgets:
            lost.append("export")
        elif await self.visitor.download("download_export") != work.export:
            lost.append("bytes of the export")
        await self.follow(work.view, "explain")
        if (self.visitor.link, self._keys["count"]) != (work.view, work.listed):
            lost.append("filter")
        if self._keys["said"][self._keys["sample"]]["flags"] != [work.flag]:
            lost.append("flag")
        return lost

    @property
    def _keys(self) -> dict[str, Any]:
        """What the bar of keys was told on the page that is shown."""
        return json.loads(self.visitor.widget(KEYS).message.json)

    async def _flag(self, word: str) -> None:
        """Say a word of the sample in Explain."""
        act = {"number": 1, "sample": "", "flag": word}
        said = {"acts": {"visit": uuid4().hex, "acts": [act]}}
        await self.visitor.set(KEYS, "json_value", json.dumps(said))

    async def _bring(self, number: int) -> None:
        await self.go_to("project")
        await self.visitor.set("source", "string_array_value", ["Upload"])
        await self.visitor.upload("upload_model", "model.h5", (DEMO / "model.h5").read_bytes())
        await self.visitor.upload("upload_pictures", "pictures.zip", project_zip(number))
        await self.visitor.press("open_upload")
        async with asyncio.timeout(PATIENCE):
            while not self.visitor.link["source"].startswith("upload:"):
                await asyncio.sleep(0.4)  # the waiting page's own timer
                await self.visitor.again()
        self._link = self.visitor.link

    async def _export(self) -> bytes:
        await self.go_to("export")
        await self.visitor.press("make_export")
        async with asyncio.timeout(PATIENCE):
            while "download_export" not in self.visitor.widgets:
                await asyncio.sleep(0.4)  # the timer of the part that shows how far it is
                if "stop_export" in self.visitor.widgets:
                    await self.visitor.look("stop_export")
                else:
                    await self.visitor.again()
        return await self.visitor.download("download_export")
