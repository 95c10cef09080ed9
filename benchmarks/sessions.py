"""Visitors of the dashboard: who they are, and how they wait until there is something to see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlencode

from benchmarks.http_client import HttpClient
from benchmarks.streamlit_client import Visitor, visit

PATIENCE = 120.0  # seconds until a project must be open
WAITING = "stop_waiting"  # key of the button beside the bar that shows how opening goes on
PERCENTILE = "percentile"


async def until_open(visitor: Visitor, source: str, patience: float = PATIENCE) -> None:
    """Run the page until its project is open, as often as a browser does.

    Args:
        visitor: who opens it.
        source: what is opened.
        patience: seconds until it must be open.

    Raises:
        LookupError: the project could not be opened.
    """
    async with asyncio.timeout(patience):
        while WAITING in visitor.widgets:
            await asyncio.sleep(0.4)  # the waiting page's own timer
            await visitor.again()
    if not visitor.widgets or visitor.link.get("source") != source:  # it falls back to the demo
        raise LookupError(f"{source} could not be opened")


async def samples(
    url: str, source: str, count: int, browser: HttpClient | None = None
) -> list[str]:
    """Ids of the first samples as links name them; the first is "", what Explain opens with."""
    found = [""]
    async with visit(url, urlencode({"source": source}), browser) as visitor:
        await visitor.open("explain")
        await until_open(visitor, source)
        while len(found) < count:
            await visitor.press("next")
            found.append(visitor.link["sample"])
    return found


@asynccontextmanager
async def explaining(
    url: str, source: str, count: int = 1, browsers: Sequence[HttpClient] = (), **choices: str
) -> AsyncIterator[list[Visitor]]:
    """Sessions that look at Explain, each at another sample; all leave at the end.

    Args:
        url: of the server.
        source: what they look at.
        count: how many.
        browsers: a browser for each of them; new ones where none are given.
        choices: the link's other parameters.
    """
    async with AsyncExitStack() as stack:
        visitors = []
        browsers = browsers or [HttpClient(url) for _ in range(count)]
        each = zip(browsers, await samples(url, source, count, browsers[0]), strict=True)
        for browser, sample in each:
            query = urlencode({"source": source, "sample": sample, **choices})
            visitor = await stack.enter_async_context(visit(url, query, browser))
            await visitor.open("explain")
            await until_open(visitor, source)
            visitor.widget(PERCENTILE)
            visitors.append(visitor)
        yield visitors
