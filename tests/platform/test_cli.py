"""The command line: clear about what is wrong, and clean when it ends."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.databases import folder_for_server

ROOT = Path(__file__).parents[2]


def peakend(*words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "peakend", *words],
        env=plain(environment),
        capture_output=True,
        text=True,
        timeout=60,
    )


def plain(environment: dict[str, str]) -> dict[str, str]:
    ours = ("PEAKEND_DATA_DIR", "PEAKEND_DATABASE_URL", "PEAKEND_SECRET_KEY", "PEAKEND_DEMO")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    kept |= {"PEAKEND_LANGUAGE": "en", "COLUMNS": "160", "PYTHONPATH": str(ROOT / "src")}
    return kept | environment


@pytest.fixture
def folder():
    with folder_for_server() as made:
        yield made


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def serve(folder, port):
    """Start `peakend serve` and return the process with everything it said until it was ready."""
    started = []

    def start(*words: str) -> tuple[subprocess.Popen, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "peakend", "serve", "--port", str(port), *words],
            env=plain({"PEAKEND_DATA_DIR": str(folder / "d")}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                return process, said
        raise AssertionError(said)

    yield start
    for process in started:
        process.kill()
        process.wait()


def health(port: int) -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return json.load(answer)


def processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            at = (process / "cwd").resolve(strict=True)
        except OSError:
            continue
        if at.is_relative_to(folder.resolve()):
            found.append(process.name)
    return found


def test_help_speaks_the_terminals_language():
    assert (
        "演示中心" in peakend("--help", PEAKEND_LANGUAGE="", LANG="zh_CN.UTF-8", LC_ALL="").stdout
    )
    assert "living demo centre" in peakend("--help").stdout


def test_serve_starts_says_where_it_is_and_ends_with_ctrl_c(serve, port, folder):
    process, said = serve()
    assert f"http://127.0.0.1:{port}/desk" in said
    assert re.search(rf"http://127\.0\.0\.1:{port}/setup/[\w-]{{20,}}", said)
    assert health(port)["ready"] is True
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "nothing is left running" in rest
    assert "Traceback" not in said + rest
    assert not processes_in(folder)


def test_after_kill_9_the_next_start_works(serve, port, folder):
    process, _ = serve()
    process.kill()
    process.wait()
    process, _ = serve()
    assert health(port)["live"] is True
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not processes_in(folder)


def test_a_taken_port_is_named_before_anything_is_started(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = peakend("serve", "--port", str(port), PEAKEND_DATA_DIR=str(folder / "d"))
    assert said.returncode == 1
    assert f"--port {port + 1}" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (folder / "d").exists()


def test_a_second_serve_says_who_holds_the_data(serve, folder):
    process, _ = serve()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        other = free.getsockname()[1]
    said = peakend("serve", "--port", str(other), PEAKEND_DATA_DIR=str(folder / "d"))
    assert said.returncode == 1
    assert f"process {process.pid}" in said.stderr


@pytest.mark.parametrize("part", [["web"], ["worker"]])
def test_a_part_alone_needs_a_running_database(part, folder, port):
    words = [*part, "--port", str(port)] if part == ["web"] else part
    said = peakend(*words, PEAKEND_DATA_DIR=str(folder / "d"))
    assert said.returncode == 1
    assert "PEAKEND_DATABASE_URL" in said.stderr


@pytest.fixture
def empty(server: str):
    """The address of a database without any table."""
    address = urlsplit(server)
    name = f"peakend_empty_{os.getpid()}"

    async def run(sql: str) -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(run(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield urlunsplit(address._replace(path=f"/{name}"))
    asyncio.run(run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.mark.parametrize("part", [["web"], ["worker"]])
def test_a_part_alone_changes_no_table_and_says_who_does(part, empty, folder, port):
    words = [*part, "--port", str(port)] if part == ["web"] else part
    given = {"PEAKEND_DATABASE_URL": empty, "PEAKEND_DATA_DIR": str(folder / "d")}
    said = peakend(*words, **given)
    assert said.returncode == 1
    assert "no tables yet. Run peakend migrate" in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr
    made = peakend("migrate", **given)
    assert made.returncode == 0, made.stderr
    assert "The tables are current" in made.stdout
    running = subprocess.Popen(
        [sys.executable, "-m", "peakend", *words],
        env=plain(given), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert any("Ctrl-C" in line for line in running.stdout)
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0


def test_doctor_without_a_database_says_what_to_do(folder):
    said = peakend("doctor", PEAKEND_DATA_DIR=str(folder / "d"))
    assert said.returncode == 1
    assert "peakend serve" in said.stdout
    assert "Traceback" not in said.stderr


def test_doctor_beside_a_running_serve(serve, folder):
    serve()
    said = peakend("doctor", PEAKEND_DATA_DIR=str(folder / "d"))
    assert "✓ The locale knows Chinese characters" in said.stdout
    assert "✓ The tables are there" in said.stdout


def test_why_names_recorders_and_reactions():
    said = peakend("why", "ConversationClosed").stdout
    assert "peakend/conversations/actions" in said
    assert "Reactions" in said


def test_why_helps_with_a_misspelt_fact():
    said = peakend("why", "ConversationClosd")
    assert said.returncode == 1
    assert "ConversationClosed" in said.stderr


def test_trace_of_nonsense_is_refused_politely():
    said = peakend("trace", "not-an-id")
    assert said.returncode == 1
    assert "not-an-id" in said.stderr


def test_an_external_database_that_is_away_is_explained():
    said = peakend("worker", PEAKEND_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert said.returncode == 1
    assert "PEAKEND_DATABASE_URL" in said.stderr
    assert "Traceback" not in said.stderr
