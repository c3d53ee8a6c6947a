"""Logs say what happened and nothing about whom."""

import io
import json
import logging

import pytest
import structlog

from peakend.kernel import logs


@pytest.fixture
def written(monkeypatch):
    """Logging set up as a service has it, writing where the test can read it."""
    monkeypatch.setenv("PEAKEND_LOG", "json")
    root = logging.getLogger()
    before = root.handlers[:], root.level
    out = io.StringIO()
    logs.configure("info", stream=out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_values_are_fields(written):
    structlog.get_logger().info("a job ran", job="routing.offer", took_ms=3)
    (line,) = written()
    assert (line["event"], line["job"], line["took_ms"], line["level"]) == (
        "a job ran",
        "routing.offer",
        3,
        "info",
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("key", ["name", "text", "phone", "email", "password", "token", "ip"])
def test_personal_fields_are_hidden_at_any_depth(written, key):
    structlog.get_logger().info("seen", **{key: "13800001234"}, inner=[{key: "陈建国"}])
    (line,) = written()
    assert "1380000" not in json.dumps(line)
    assert "陈建国" not in json.dumps(line, ensure_ascii=False)


def test_an_exception_shows_its_kind_and_frames_only(written):
    try:
        raise ValueError("Key (phone)=(13800001234) already exists")
    except ValueError:
        structlog.get_logger().exception("the request failed")
        logging.getLogger("asyncpg").exception("the library says so too")
    ours, theirs = written()
    for line in (ours, theirs):
        assert line["error"] == "ValueError"
        assert "test_logs.py" in line["frames"][-1]
        assert "1380000" not in json.dumps(line)
