"""Become PostgreSQL: drop privileges, tie the life of this process to its parent, and exec.

Run as a program of its own (no other module is imported), so that nothing of the parent's threads
is disturbed between fork and exec: `launch.py PARENT UID GID PROGRAM ARGUMENT...`; UID -1 keeps
the user, PARENT 0 does not tie.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, uid, gid = (int(word) for word in sys.argv[1:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if parent and sys.platform == "linux":
        # After dropping privileges: a change of user forgets the signal. SIGINT is PostgreSQL's
        # fast shutdown, so that a killed parent leaves a clean cluster and no process.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            raise SystemExit("the parent ended before PostgreSQL started")
    os.umask(0o077)
    os.chdir("/")
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606  (no shell is what we want)


if __name__ == "__main__":
    main()
