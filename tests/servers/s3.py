"""A real S3 server (moto) that can be cut off, frozen, or made to refuse."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterable
from types import TracebackType
from urllib.request import Request, urlopen
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from tests.servers.ports import free_port

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request


class S3:
    """A running server, in a thread. Use as a context manager, or ``close`` it.

    What is stored lives as long as this process, so it is there again after ``cut`` and ``mend``. (This is
    `moto.server.ThreadedMotoServer`, which leaves its port open when it stops, with a door in front.)
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._status: str | None = None
        self._going_on = threading.Event()
        self.mend()

    def __enter__(self) -> S3:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the server."""
        self._going_on.set()
        self.cut()

    @property
    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to use the server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIATESTSTESTSTESTS",
            "AWS_SECRET_ACCESS_KEY": "only-for-tests",
        }

    def bucket(self) -> str:
        """The obstore address of a folder in a new bucket."""
        name = f"b{uuid.uuid4().hex[:12]}"
        self._request("PUT", name)
        return f"s3://{name}/chatanything"

    def cut(self) -> None:
        """Connections are refused until ``mend``."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None

    def pause(self) -> None:
        """Requests are taken and not answered until ``mend``."""
        self._going_on.clear()

    def fail(self, status: str) -> None:
        """Every answer is a status such as "503 Slow Down" until ``mend``."""
        self._status = status

    def refuse(self) -> None:
        """Nobody's key is good (403) until ``mend``."""
        self._request("POST", "moto-api/reset-auth", b"0")

    def mend(self) -> None:
        """All is well again."""
        self._status = None
        self._going_on.set()
        if self._server is None:
            self._server = make_server(
                "127.0.0.1", self.port, self._answer, threaded=True, request_handler=MotoRequestHandler
            )
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
        self._request("POST", "moto-api/reset-auth", b"Infinity")

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._going_on.wait()
        if self._status is None:
            answer: Iterable[bytes] = self._moto(environ, start_response)
            return answer
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))  # or the client sees a broken connection
        start_response(self._status, [("Content-Type", "application/xml")])
        return [b"<Error><Code>Broken</Code></Error>"]

    def _request(self, method: str, path: str, body: bytes | None = None) -> None:
        # Flask takes a body without a type for a form, and moto then finds it empty.
        request = Request(f"{self.url}/{path}", body, {"Content-Type": "text/plain"}, method=method)
        with urlopen(request, timeout=30) as answer:
            answer.read()
