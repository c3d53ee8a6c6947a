"""`python -m bench [--only NAME]… [--full] [--list]`: run the measures, show and keep them."""

import argparse
import asyncio
import os
import sys
import time
from dataclasses import replace

import psutil
import uvloop

from bench.figures import Figure, console, keep, show, stolen_share
from bench.processes import KEY

# A busy machine takes minutes for a million rows.
LONGEST_S = 480
LONGEST_FULL_S = 7200


def main() -> None:
    """Run what is asked for; leave with 1 if a measure broke (a missed target is only shown)."""
    os.environ.setdefault("PEAKEND_SECRET_KEY", KEY)
    from bench.measures import MEASURES

    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(MEASURES), metavar="NAME")
    parser.add_argument("--full", action="store_true", help="take all the sizes, for long")
    parser.add_argument("--list", action="store_true", help="name the measures")
    given = parser.parse_args()
    if given.full:
        os.environ["BENCH_FULL"] = "1"
    longest_s = LONGEST_FULL_S if given.full else LONGEST_S
    if given.list:
        console.print("\n".join(MEASURES))
        return
    figures: list[Figure] = []
    broken = False
    for name in given.only or MEASURES:
        began, before = time.monotonic(), psutil.cpu_times()
        console.print(f"[bold]{name}[/]")
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                found = runner.run(asyncio.wait_for(MEASURES[name](), longest_s))
        except Exception as error:  # noqa: BLE001  (the other measures go on)
            console.print_exception(max_frames=4)
            found = [Figure(name, None, note=type(error).__name__)]
            broken = True
        stolen = stolen_share(before, psutil.cpu_times())
        figures += [replace(one, stolen=stolen) for one in found]
        took = f"{time.monotonic() - began:.0f} s"
        console.print(f"  {took}, {stolen:.0%} of the processors given elsewhere", style="dim")
    if hasattr(os, "getloadavg"):
        console.print(f"load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores", style="dim")
    show(figures)
    keep(figures)
    sys.exit(broken)


if __name__ == "__main__":
    main()
