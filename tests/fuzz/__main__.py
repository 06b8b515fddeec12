"""`python -m tests.fuzz --specs 500000 --sheets 50000 --files 20000`: tries so many cases, and reports.

`--seed N` starts elsewhere; `--only WORD` runs the fuzzers whose name has the word.
"""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.fuzzers import FUZZERS
from tests.fuzz.trials import run


def main() -> int:
    """Runs the fuzzers, prints a line for each and every failure. Ends with 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    for family in ("specs", "sheets", "options", "files"):
        parser.add_argument(f"--{family}", type=int, default=0, help=f"how many cases of {family}")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--only", default="", help="a word of the fuzzers' names")
    chosen = parser.parse_args()
    failures: list[str] = []
    total = 0
    for fuzzer in FUZZERS:
        count = round(fuzzer.share * getattr(chosen, fuzzer.family))
        if not count or chosen.only not in fuzzer.name:
            continue
        trial = run(fuzzer, range(chosen.seed, chosen.seed + count))
        total += trial.cases
        print(
            f"{fuzzer.name:28} {trial.cases:9,} cases in {trial.seconds:7,.0f} s, the slowest {trial.slowest:5.2f} s "
            f"(seed {trial.slowest_seed}), {len(trial.failures)} failures",
            flush=True,
        )
        for failure in trial.failures:
            print(failure, flush=True)
        failures += trial.failures
    print(f"{total:,} cases, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
