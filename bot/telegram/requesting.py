"""How the bot speaks to Telegram: over aiohttp, which Discord's library brings along. Telegram's own library would take
httpx, which costs two to four times as much processor time a call (docs/decisions.md)."""

from __future__ import annotations

import asyncio
import io
from typing import cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT = 5.0
"""Seconds until a connection must stand."""

NO_CONNECTION = "All connections are in use, so this was not sent."


class AiohttpRequest(BaseRequest):
    """See ``telegram.request.BaseRequest``; raises what ``HTTPXRequest`` raises, without any address: that holds the
    token. Proxies come from the environment.

    Seconds: ``pool`` to wait for one of ``connections``; ``read`` for the next bytes of an answer; ``write`` and
    ``upload`` for sending a whole call, without files and with them.
    """

    def __init__(
        self, connections: int, *, pool: float = 30.0, read: float = 20.0, write: float = 5.0, upload: float = 120.0
    ) -> None:
        self._connections = connections
        self._pool = pool
        self._read = read
        self._write = write
        self._upload = upload
        self._proxies = getproxies()
        self._session: aiohttp.ClientSession | None = None
        self._free = asyncio.Semaphore(connections)

    @property
    def read_timeout(self) -> float:
        """See ``BaseRequest``."""
        return self._read

    async def initialize(self) -> None:
        """See ``BaseRequest``."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=httpx.create_ssl_context())
            agent = {"User-Agent": self.USER_AGENT}
            self._session = aiohttp.ClientSession(
                connector=connector, headers=agent, cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        """See ``BaseRequest``."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See ``BaseRequest``."""
        if self._session is None:
            raise RuntimeError("This request is not initialized.")
        files = request_data is not None and request_data.contains_files
        read, connect = _seconds(read_timeout, self._read), _seconds(connect_timeout, CONNECT)
        write = _seconds(write_timeout, self._upload if files else self._write)
        try:
            async with asyncio.timeout(_seconds(pool_timeout, self._pool)):
                await self._free.acquire()
        except TimeoutError:
            raise TimedOut(NO_CONNECTION) from None
        try:
            sending = self._session.request(
                method, url, data=_body(request_data), proxy=self._proxy(url),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read),
            )  # fmt: skip
            async with asyncio.timeout(_sum(connect, write, read)):
                response = await sending
            async with response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from None
        finally:
            self._free.release()

    def _proxy(self, url: str) -> str | None:
        """As the environment had it at the start; aiohttp would read that, and .netrc, in a thread for each call."""
        if not self._proxies:
            return None
        to = urlsplit(url)
        proxy = self._proxies.get(to.scheme) or self._proxies.get("all")
        return None if proxy_bypass(to.hostname or "") else proxy


def _seconds(given: object, usual: float) -> float | None:
    return usual if given is BaseRequest.DEFAULT_NONE else cast("float | None", given)


def _sum(*seconds: float | None) -> float | None:
    return None if None in seconds else sum(one for one in seconds if one is not None)


def _body(data: RequestData | None) -> aiohttp.FormData | None:
    """A form; with files, in several parts."""
    if data is None:
        return None
    form = aiohttp.FormData(quote_fields=False)  # names of files as they are, in UTF-8
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=mime)
    return form
