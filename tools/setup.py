"""For `make`: install the project into the environment that runs this, showing how far it is.

Only the standard library: nothing is installed yet. `--dev` adds what development needs.
"""

import re
import subprocess
import sys
import time

SHOWN = re.compile(
    r"^\s*(?:(?:Collecting|Downloading|Installing|Building|Preparing|Created) .+|web: .+)"
)
LONGEST = 72
QUIET_S = 3


def main() -> int:
    extra = "[dev]" if "--dev" in sys.argv else ""
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    # -v lets the messages of the web build through.
    command += ["--no-input", "--progress-bar", "off", "-v", "-e", f".{extra}"]
    began, told = time.monotonic(), 0.0
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said = [*said[-60:], line]
            if not SHOWN.match(line):
                continue
            passed = time.monotonic() - began
            text = f"  {passed:4.0f} s  {line.strip()[:LONGEST]}"
            if sys.stdout.isatty():
                print(f"\r{text:<{LONGEST + 12}}", end="", flush=True)
            elif "web:" in line or passed - told > QUIET_S:
                told = passed
                print(text, flush=True)
    if sys.stdout.isatty():
        print(f"\r{'':<{LONGEST + 12}}\r", end="")
    if pip.returncode:
        # Below this line pip only says that it was not pip.
        noise = next((i for i, line in enumerate(said) if "subprocess-exited" in line), None)
        print("".join(said[:noise]))
        print(
            "The installation failed; the last lines above say why.  安装失败，原因见上方最后几行。"
        )
    else:
        print(f"  done in {time.monotonic() - began:.0f} s")
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main())
