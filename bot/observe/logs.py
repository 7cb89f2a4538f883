"""Log lines: one renderer for ours and for those of libraries, on stderr, because stdout belongs to results.

configure(settings)
log = structlog.get_logger(__name__)
with bound(request=request.id, step="voice"):
    log.info("stage ended", seconds=1.2)   # carries request and step, and so do lines of libraries within
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import AbstractContextManager, suppress
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from bot.observe.redact import Redactor, known_secrets
from bot.settings import Settings

OURS = ("bot", "pipeline", "storage")
"""Packages whose lines follow ``LOG_LEVEL``; libraries speak from warnings on, because below that they print what
they send: addresses with tokens, and what people wrote."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line of this process to ``stream`` (default: stderr), as the settings wish. May be repeated."""
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _Handler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,  # plain text: prettier ones print local variables
                Redactor(known_secrets(settings)),
                _renderer(as_json, stream.isatty()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.captureWarnings(True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def bound(**fields: str | int | None) -> AbstractContextManager[None]:
    """Within it, every line of this task and of the tasks it starts carries these fields: ``request``, ``step``."""
    return bound_contextvars(**fields)


def _renderer(as_json: bool, colors: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)


class _Handler(logging.StreamHandler[TextIO]):
    """A line that cannot be written is given up; logging's own answer would print it with all its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        kind, _, _ = sys.exc_info()
        lost = {"event": "log line lost", "logger": record.name, "error": kind.__name__ if kind else None}
        with suppress(OSError, ValueError):  # nobody listens any more
            self.stream.write(json.dumps(lost) + "\n")
