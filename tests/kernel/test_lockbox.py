"""A file behind a passphrase: opened whole or not at all, whatever was done to it."""

import os
import zipfile
from pathlib import Path

import pytest
from pyrage import decrypt
from pyrage import passphrase as under_passphrase
from pyrage.x25519 import Identity

from peakend.kernel.lockbox import (
    INSIDE,
    KEY,
    BadLock,
    Lock,
    LockDamaged,
    WrongPassphrase,
    is_locked,
    locking,
    need_lock,
    new_lock,
    unlock,
)

PASSPHRASE = "四个字的口令要长一些 ok"
DATA = os.urandom(300_000)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("locked") / "a.zip"
    lock = new_lock(PASSPHRASE)
    need_lock(lock)
    with locking(path, lock) as out:
        out.write(DATA[:7])
        out.write(DATA[7:])
    return path


def test_it_opens_with_its_passphrase_and_with_the_format_s_own_means(
    locked: Path, tmp_path: Path
) -> None:
    assert is_locked(locked)
    assert DATA[:64] not in locked.read_bytes()
    unlock(locked, f" {PASSPHRASE}\n", tmp_path / "plain")
    assert (tmp_path / "plain").read_bytes() == DATA
    with zipfile.ZipFile(locked) as outer:
        identity = Identity.from_str(under_passphrase.decrypt(outer.read(KEY), PASSPHRASE).decode())
        assert decrypt(outer.read(INSIDE), [identity]) == DATA


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _packed_anew(locked: Path, target: Path, **parts: bytes) -> Path:
    """Change a part and let the zip's own sums be right, as whoever wants to cheat would."""
    with zipfile.ZipFile(locked) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = parts.get(name.partition(".")[0], source.read(name))
            if data:
                out.writestr(name, data)
    return target


def test_a_wrong_passphrase_and_every_change_are_told_apart(locked: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        unlock(locked, PASSPHRASE[:-1], tmp_path / "plain")
    whole = locked.read_bytes()
    with zipfile.ZipFile(locked) as outer:
        inside = outer.read(INSIDE)
    other = new_lock(PASSPHRASE)
    made = tmp_path / "made.zip"
    damaged = {
        "cut": lambda: made.write_bytes(whole[: len(whole) // 2]),
        "a byte": lambda: made.write_bytes(_flipped(whole, len(whole) // 2)),
        "a byte, cheating": lambda: _packed_anew(locked, made, archive=_flipped(inside, 9000)),
        "cut, cheating": lambda: _packed_anew(locked, made, archive=inside[:65_800]),
        "without its key": lambda: _packed_anew(locked, made, key=b""),
        "another's key": lambda: _packed_anew(locked, made, key=other.key.encode()),
    }
    for make in damaged.values():
        make()
        with pytest.raises(LockDamaged):
            unlock(made, PASSPHRASE, tmp_path / "plain")
    assert not is_locked(tmp_path / "nothing.zip")


def test_a_lock_is_looked_at_before_it_is_used() -> None:
    for text in ("", "elf Zeichen", "x" * 201):
        with pytest.raises(BadLock):
            new_lock(text)
    for lock in (Lock("age1x", "-----BEGIN AGE ENCRYPTED FILE-----"), Lock("", "")):
        with pytest.raises(BadLock):
            need_lock(lock)


def test_what_fails_while_it_is_written_waits_for_nobody(tmp_path: Path) -> None:
    def fails() -> None:
        with locking(tmp_path / "a.zip", new_lock(PASSPHRASE)) as out:
            out.write(DATA)
            raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        fails()
