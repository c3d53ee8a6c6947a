"""Structured logs: JSON for machines, readable lines at a terminal, never personal data.

The surprise: of an exception only its kind and its frames are written, because the message of a
database or parsing error often quotes what a customer wrote. PEAKEND_LOG_LEVEL=debug shows it.
"""

import logging
import logging.config
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# fmt: off
PERSONAL = frozenset({
    "name", "title", "text", "body", "note", "comment", "subject", "email", "phone", "mobile",
    "address", "identity", "password", "token", "cookie", "authorization", "secret", "key",
    "query", "question", "answer", "preview", "attributes", "ip", "user_agent", "payload", "args",
    "params", "dsn",
})
# fmt: on
HIDDEN = "[hidden]"


def configure(level: str | None = None, *, stream: TextIO | None = None) -> None:
    """Set logging up for this process; PEAKEND_LOG (json or console) and PEAKEND_LOG_LEVEL rule."""
    stream = stream or sys.stderr
    level = (level or os.environ.get("PEAKEND_LOG_LEVEL") or "info").upper()
    wanted = os.environ.get("PEAKEND_LOG") or ("console" if stream.isatty() else "json")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _outline_exception(with_message=level == "DEBUG"),
        hide_personal,
    ]
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if wanted == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Their lines at "info" say what an operator sees anyway, or name addresses of visitors.
    for noisy in ("uvicorn.access", "uvicorn.error", "httpx", "asyncio", "alembic", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def hide_personal(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace what may be about a person, at any depth; ids, numbers and codes stay."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:
    if key in PERSONAL and value is not None and not isinstance(value, bool | int | float):
        return HIDDEN
    if isinstance(value, Mapping):
        return {inner: _hidden(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(key, held) for held in value]
    return value


def _outline_exception(*, with_message: bool) -> Processor:
    def outline(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        error = event.pop("exc_info", None)
        if error is True:
            error = sys.exc_info()[1]
        elif isinstance(error, tuple):
            error = error[1]
        if not isinstance(error, BaseException):
            return event
        if with_message:
            event["exception"] = "".join(traceback.format_exception(error))
            return event
        event["error"] = type(error).__name__
        event["frames"] = [
            f"{frame.filename.rpartition('/src/')[2] or frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-8:]
        ]
        return event

    return outline
