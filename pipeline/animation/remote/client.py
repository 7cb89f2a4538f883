"""The wire to an animator: four requests, what may come back, and what it means when something else does."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
from pydantic import ValidationError

from pipeline import errors
from pipeline.animation.remote.contract import CLIPS, HEALTH, MOST_ANSWERED, MOST_TOLD, Health, Standing, Told
from pipeline.errors import ChatAnythingError
from pipeline.mind.chat.servers import is_loopback
from pipeline.stages import RemoteConfig

T = TypeVar("T", bound=Told)

CONNECT, SILENCE = 5.0, 10.0
"""Seconds to take a connection and to answer. No request is a long one: drawing is asked about, not waited for."""
PARTING = 2.0
"""Seconds that giving up a clip may take."""
QUOTED = 200
"""Characters of what a server says that are passed on."""
_KINDS = {"png": "image/png", "json": "application/json", "wav": "audio/wav"}
_THERE = "start it there, or set ANIMATOR_URL to where it is"
_ADDRESS = "set ANIMATOR_URL to something like http://127.0.0.1:8770"


class Client:
    """One animator, for one thread. Use as a context manager. All methods raise ``EngineUnavailable`` and
    ``EngineFailed``, with nothing of a request in the error: it holds the key."""

    def __init__(self, config: RemoteConfig) -> None:
        try:
            url = httpx2.URL(config.url)
        except httpx2.InvalidURL:
            raise errors.Unreachable("ANIMATOR_URL is not an address.", remedy=_ADDRESS) from None
        self._key = config.key.get_secret_value().strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise errors.WrongKey("ANIMATOR_KEY holds characters that are in no key.", remedy="copy the key once more")
        self._host = f"{url.host}:{url.port}" if url.port else url.host
        self._http = httpx2.Client(
            base_url=url.copy_with(userinfo=b""),  # the HTTP client logs the URLs that it opens
            auth=(url.username, url.password) if url.userinfo else None,
            headers={
                "User-Agent": "ChatAnything",
                "Accept-Encoding": "identity",  # what unfolds could be of any size
                **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
            },
            timeout=httpx2.Timeout(SILENCE, connect=CONNECT),
            trust_env=not is_loopback(url.host),  # no proxy of the environment can reach this machine
            verify=_certificates(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def health(self) -> Health:
        """What the server says of itself."""
        return self._told(Health, "GET", HEALTH)

    def ask(self, form: Mapping[str, bytes]) -> Standing:
        """Asks for a clip. ``form``: the files of `contract.FILES` by name."""
        files = {name.partition(".")[0]: (name, data, _KINDS[name.partition(".")[2]]) for name, data in form.items()}
        return self._told(Standing, "POST", CLIPS, files=files)

    def standing(self, clip: str) -> Standing:
        """Where a clip stands."""
        return self._told(Standing, "GET", f"{CLIPS}/{clip}")

    def fetch(self, clip: str, until: float) -> bytes:
        """A clip that is done. ``until``: time (monotonic) at which even one that keeps coming is given up."""
        return self._body("GET", f"{CLIPS}/{clip}/clip.mp4", most=MOST_ANSWERED, until=until)

    def forget(self, clip: str) -> None:
        """A clip is wanted no more. Raises nothing: the server forgets it by itself as well."""
        with suppress(ChatAnythingError):
            self._body("DELETE", f"{CLIPS}/{clip}", timeout=PARTING)

    def _told(self, kind: type[T], method: str, path: str, **content: Any) -> T:
        try:
            return kind.model_validate_json(self._body(method, path, **content))
        except ValidationError:
            raise self._strange() from None

    def _body(
        self, method: str, path: str, *, most: int = MOST_TOLD, until: float = float("inf"), **content: Any
    ) -> bytes:
        with self._opened(method, path, **content) as response:
            data = _read(response, most, until)
            if data is None:
                raise errors.EngineFailed(f"The animator at {self._host} sent more than it may.")
            if time.monotonic() > until:
                raise errors.TimedOut(f"The animator at {self._host} took too long to send its clip.")
            if not response.is_success:
                raise self._refused(response, data)
            return data

    @contextmanager
    def _opened(self, method: str, path: str, **content: Any) -> Iterator[httpx2.Response]:
        try:
            with self._http.stream(method, path, **content) as response:
                yield response
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol):
            raise errors.Unreachable(f"No animator answers at {self._host}.", remedy=_THERE) from None
        except httpx2.TimeoutException:
            raise errors.TimedOut(f"The animator at {self._host} does not answer.") from None
        except (httpx2.HTTPError, ssl.SSLError):
            raise errors.Interrupted(f"The connection to the animator at {self._host} broke off.") from None

    def _refused(self, response: httpx2.Response, body: bytes) -> ChatAnythingError:
        said = self._quoted(body)
        match response.status_code:
            case 401 | 403:
                refuses = "refuses the key" if self._key else "wants a key, and none is set"
                return errors.WrongKey(f"The animator at {self._host} {refuses}.", remedy="set ANIMATOR_KEY")
            case 422:
                return errors.Declined(f"The animator at {self._host} cannot move this portrait{said}.")
            case 429:
                return errors.RateLimited(f"The animator at {self._host} has too much to do.")
            case status if status >= 500:
                return errors.EngineBusy(f"The animator at {self._host} is in trouble{said}.")
            case status if "json" in response.headers.get("content-type", ""):
                return errors.EngineFailed(f"The animator at {self._host} refused: {status}{said}.")
        return self._strange()

    def failed(self, standing: Standing) -> errors.EngineFailed:
        """The error for a clip that the server could not draw."""
        said = self._quoted(json.dumps({"error": standing.error}).encode())
        return errors.EngineFailed(f"The animator at {self._host} failed{said}.")

    def silent(self, seconds: float) -> errors.TimedOut:
        """The error for a clip that does not come."""
        return errors.TimedOut(f"The animator at {self._host} got no further for {seconds:g} seconds.")

    def _strange(self) -> errors.Malformed:
        return errors.Malformed(f"What answers at {self._host} is no animator.", remedy=_ADDRESS)

    def _quoted(self, body: bytes) -> str:
        """What a server said, to follow a sentence: short, without our key, and without what could ping somebody."""
        try:
            words = str(json.loads(body)["error"] or "")
        except (ValueError, LookupError, TypeError):
            return ""
        words = " ".join((words.replace(self._key, "***") if self._key else words).replace("@", "(at)").split())
        return f" ({words[:QUOTED].rstrip('.')})" if words else ""


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the bundle takes 90 ms, and every sentence has a client.
    return httpx2.create_ssl_context()


def _read(response: httpx2.Response, most: int, until: float) -> bytes | None:
    """The body; None when it is longer than ``most``, less than all of it when the time is over."""
    pieces = bytearray()
    for piece in response.iter_raw():
        pieces += piece
        if len(pieces) > most:
            return None
        if time.monotonic() > until:
            break
    return bytes(pieces)
