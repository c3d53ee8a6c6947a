"""Hashing of passwords: in threads of its own, so that guessing cannot starve the conversations."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from peakend.accounts.rules import PASSWORD_LENGTH, is_weak_password
from peakend.kernel.errors import Invalid, TooMany

T = TypeVar("T")

# 19 MiB, two passes, one lane: OWASP's second choice; two at once for each core.
_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_THREADS = 2 * (os.cpu_count() or 1)
_WAITING = 40
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")


class WeakPassword(Invalid):
    """The password is too short or too well known."""

    wording = "accounts.weak_password"


class HashingBusy(TooMany):
    """More people sign in at once than can be checked."""

    wording = "accounts.sign_in_busy"


async def hash_password(password: str, login: str) -> str:
    """Return what is stored of a password. Errors: WeakPassword."""
    if is_weak_password(password, login):
        raise WeakPassword(least=PASSWORD_LENGTH[0])
    return await _in_thread(_hasher.hash, password)


async def password_fits(stored: str | None, password: str) -> bool:
    """Say whether a password is the stored one; with none stored it takes just as long."""
    fits = await _in_thread(_verify, stored or _nobody(), password)
    return fits and stored is not None


async def warm_up() -> None:
    """Make what the first sign-in would otherwise wait for."""
    await _in_thread(_nobody)


def _verify(stored: str, password: str) -> bool:
    return _hasher.verify(password, stored)


@cache
def _nobody() -> str:
    """Return the hash that unknown logins are checked against."""
    return _hasher.hash(os.urandom(16).hex())


async def _in_thread(work: Callable[..., T], *args: str) -> T:
    # The pool's queue is the semaphore; nobody is let to queue without end.
    if _pool._work_queue.qsize() >= _WAITING:
        raise HashingBusy(retry_after_s=2)
    return await asyncio.get_running_loop().run_in_executor(_pool, work, *args)
