"""Hashing of passwords: in threads of its own, so that guessing cannot starve the conversations."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from peakend.accounts.rules import PASSWORD_LENGTH, is_weak_password
from peakend.kernel.errors import Invalid, TooMany

T = TypeVar("T")

# 19 MiB, two passes, one lane: OWASP's second choice; two at once for each core.
_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_THREADS = 2 * (os.cpu_count() or 1)
_WAITING = 40
# zxcvbn takes 70 ms for 64 characters and grows faster than they do.
JUDGED = 64
# Its scores 0 and 1: fewer than 10^6 guesses.
GUESSABLE = 2
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")


class WeakPassword(Invalid):
    """The password is too short or too well known."""

    wording = "accounts.weak_password"


class HashingBusy(TooMany):
    """More people sign in at once than can be checked."""

    wording = "accounts.sign_in_busy"


async def hash_password(
    password: str, login: str, name: str = "", least: int = PASSWORD_LENGTH[0]
) -> str:
    """Return what is stored of a password. Errors: WeakPassword."""
    if is_weak_password(password, login, name, least) or await _in_thread(
        _guessed_early, password, login, name
    ):
        raise WeakPassword(least=least)
    return await _in_thread(_hasher.hash, password)


async def password_fits(stored: str | None, password: str) -> bool:
    """Say whether a password is the stored one; with none stored it takes just as long."""
    fits = await _in_thread(_verify, stored or _nobody(), password)
    return fits and stored is not None


async def warm_up() -> None:
    """Make what the first sign-in would otherwise wait for."""
    await _in_thread(_nobody)


def _guessed_early(password: str, login: str, name: str) -> bool:
    """Say whether a password is among the first million that are tried of somebody."""
    # Its lists of common words are loaded where the first password is chosen, not at the start.
    from zxcvbn import zxcvbn

    own = [part for part in (login, *login.partition("@")[::2], *name.split()) if part]
    return bool(zxcvbn(password[:JUDGED], user_inputs=own)["score"] < GUESSABLE)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(password, stored)
    except UnknownHashError:
        # Nobody can have chosen a password that is kept like that: none fits.
        return False


@cache
def _nobody() -> str:
    """Return the hash that unknown logins are checked against."""
    return _hasher.hash(os.urandom(16).hex())


async def _in_thread(work: Callable[..., T], *args: str) -> T:
    # The pool's queue is the semaphore; nobody is let to queue without end.
    if _pool._work_queue.qsize() >= _WAITING:
        raise HashingBusy(retry_after_s=2)
    return await asyncio.get_running_loop().run_in_executor(_pool, work, *args)
