"""Pieces of an encrypted archive: whole or not there, whenever their writer dies."""

import errno
import io
import os
import signal
import sys
import tarfile
from pathlib import Path
from typing import IO

import pyrage
import pytest
from pyrage.x25519 import Identity

from peakend.kernel.backups import pieces, programs, shipping
from peakend.kernel.backups.shipping import PART_BYTES, Shipper, drop_unfinished, segment_pieces
from peakend.kernel.lockbox import LockDamaged

SEGMENT = "000000010000000000000003"
NEXT = "000000010000000000000004"
SIZE = 4 * PART_BYTES


@pytest.fixture
def identity() -> Identity:
    return Identity.generate()


@pytest.fixture
def shipper(tmp_path: Path, identity: Identity) -> Shipper:
    for name in ("spool", "run"):
        (tmp_path / name).mkdir()
    return a_shipper(tmp_path, identity)


def a_shipper(tmp_path: Path, identity: Identity) -> Shipper:
    return Shipper(tmp_path / "spool", tmp_path / "run", str(identity.to_public()))


def content(run: Path, identity: Identity, name: str = SEGMENT) -> bytes:
    """What the pieces of a segment open to."""
    whole, parts = segment_pieces(run, "")
    found = [whole[name]] if name in whole else parts[name]
    return b"".join(pyrage.decrypt(path.read_bytes(), [identity]) for path in found)


@pytest.mark.parametrize("where", ["replace", "unlink", "encrypt_io", "fsync"])
def test_whoever_is_killed_loses_no_segment(
    where: str, tmp_path: Path, shipper: Shipper, identity: Identity
) -> None:
    spool, run = tmp_path / "spool", tmp_path / "run"
    data = os.urandom(SIZE)
    (spool / SEGMENT).write_bytes(data)

    def killed(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if (child := os.fork()) == 0:
        setattr({"unlink": Path, "encrypt_io": pyrage}.get(where, os), where, killed)
        shipper.ship()
        os._exit(0)  # it must not come here
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert (spool / SEGMENT).read_bytes() == data
    drop_unfinished(run)
    assert a_shipper(tmp_path, identity).ship() == 0
    assert list(spool.iterdir()) == []
    [piece] = run.iterdir()
    assert pieces.is_whole(piece)
    assert content(run, identity) == data


async def test_a_disk_that_is_full_ends_the_program_that_writes() -> None:
    def refuse(source: IO[bytes]) -> None:
        source.read(10)
        raise OSError(errno.ENOSPC, "full")

    endless = [sys.executable, "-c", "while True: print('x' * 10000)"]
    with pytest.raises(OSError, match="full"):
        await programs.pour(endless, refuse, lambda *_: None, "")


def test_a_disk_that_is_away_is_not_filled_beneath_its_mount_point(
    tmp_path: Path, shipper: Shipper
) -> None:
    (tmp_path / "spool" / SEGMENT).write_bytes(b"\1" * 100)
    (tmp_path / "run").rmdir()
    with pytest.raises(OSError, match="No such file"):
        shipper.ship()
    assert (tmp_path / "spool" / SEGMENT).exists()
    assert not (tmp_path / "run").exists()


def test_what_is_being_written_follows_and_gives_way(
    tmp_path: Path, shipper: Shipper, identity: Identity
) -> None:
    spool, run = tmp_path / "spool", tmp_path / "run"
    # A part that ends in a zero is kept without it: parts are put where they belong, not in a row.
    data = os.urandom(SIZE).replace(b"\0", b"\2")
    growing = spool / f"{SEGMENT}.partial"
    # As pg_receivewal does: all of it zeros first, then from the front.
    for filled in (0, 5000, PART_BYTES // 2, 2 * PART_BYTES + 7, 3 * PART_BYTES, SIZE):
        growing.write_bytes(data[:filled] + bytes(SIZE - filled))
        shipper.ship()
        there = content(run, identity) if filled else b""
        same = there == data[:filled]
        assert same, filled
    assert len(list(run.iterdir())) == 4
    growing.rename(spool / SEGMENT)
    (spool / f"{NEXT}.partial").write_bytes(data[:10] + bytes(SIZE - 10))
    shipper.ship()
    assert content(run, identity) == data
    assert content(run, identity, NEXT) == data[:10]
    assert len(list(run.iterdir())) == 2
    assert [path.name for path in spool.iterdir()] == [f"{NEXT}.partial"]


def test_only_what_grew_is_written_again(
    tmp_path: Path, shipper: Shipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    put = pieces.put
    monkeypatch.setattr(
        shipping.pieces,
        "put",
        lambda *given, **more: (written.append(given[2]), put(*given, **more)),
    )
    growing = tmp_path / "spool" / f"{SEGMENT}.partial"
    for filled in (PART_BYTES, PART_BYTES, PART_BYTES + 9):
        growing.write_bytes(b"\7" * filled + bytes(SIZE - filled))
        shipper.ship()
    assert written == [f"{SEGMENT}.partial.0000", f"{SEGMENT}.partial.0001"]


def test_a_crowd_waits_for_its_turn(tmp_path: Path, shipper: Shipper) -> None:
    for number in range(5):
        (tmp_path / "spool" / f"{number:024X}").write_bytes(b"\1")
    (tmp_path / "spool" / "00000002.history").write_bytes(b"1\t0/5\tno recovery target\n")
    assert shipper.ship(most=4) == 2
    assert shipper.ship(most=4) == 0
    whole, parts = segment_pieces(tmp_path / "run", "")
    assert (len(whole), parts) == (6, {})


@pytest.mark.parametrize("hurt", ["cut", "flipped", "other"])
def test_a_hurt_piece_says_so_whatever_its_reader_saw(
    hurt: str, tmp_path: Path, identity: Identity
) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for name in ("one", "two"):
            member = tarfile.TarInfo(name)
            member.size = 300_000
            packed.addfile(member, io.BytesIO(os.urandom(300_000)))
    out.seek(0)
    piece = pieces.put(out, tmp_path, "base", str(identity.to_public()))
    data = bytearray(piece.read_bytes())
    data[-40] ^= hurt == "flipped"
    piece.write_bytes(data[: -30 if hurt == "cut" else None])
    opens = [Identity.generate() if hurt == "other" else identity]
    with (
        pytest.raises(LockDamaged, match="base"),
        pieces.opened(piece, opens) as stream,
        tarfile.open(fileobj=stream, mode="r|gz") as packed,
    ):
        for _ in packed:
            pass
