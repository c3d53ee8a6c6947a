"""The front end's own checks, with Node from the system or from the package index.

`python -m tools.web types` makes openapi.json and the desk's types from the routes; `check` is
types of both apps and the desk's tests; `test` is that and the widget's tests.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hatch_build
from tools import openapi

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web"
NEEDED = ("vitest", "vue-tsc", "openapi-typescript")
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
CHECKS = (("run", "typecheck"), ("run", "test", "-w", "desk"))
TESTS = (("run", "test", "-w", "widget"),)
TYPES = (("run", "types", "-w", "desk"),)


class NoNode(RuntimeError):
    """There is neither a new enough Node on PATH nor one from the package index."""


@contextlib.contextmanager
def npm() -> Iterator[tuple[str, dict[str, str]]]:
    """Give npm's path and an environment in which it finds Node. Errors: NoNode."""
    with contextlib.ExitStack() as stack:
        try:
            path = stack.enter_context(hatch_build.programs())
        except SystemExit as error:
            raise NoNode(str(error)) from None
        env = os.environ | {"PATH": path, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
        yield shutil.which("npm", path=path) or "npm", env


def run(*commands: tuple[str, ...]) -> int:
    """Run npm commands in web/ until one fails; return its code. Errors: NoNode."""
    with npm() as (program, env):
        if not all(_is_there(name) for name in NEEDED):
            print("web: installing packages for development 安装前端开发依赖", flush=True)
            commands = (INSTALL, *commands)
        for command in commands:
            print(f"web: npm {' '.join(command)}", flush=True)
            if code := subprocess.run([program, *command], cwd=WEB, env=env).returncode:
                return code
    return 0


def _is_there(name: str) -> bool:
    return (WEB / "node_modules" / name).is_dir()


def main(what: str) -> int:
    """Do what the command line says; the result is the exit code."""
    if what == "types":
        openapi.TARGET.write_text(openapi.description(), "utf-8")
    commands = {"types": TYPES, "check": CHECKS, "test": (*CHECKS, *TESTS)}
    if what not in commands:
        print(__doc__)
        return 2
    try:
        return run(*commands[what])
    except NoNode as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
