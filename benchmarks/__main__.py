"""`python -m benchmarks [PART...]`: all parts, or the chosen ones, print one table; all together write the page."""

from __future__ import annotations

import sys

from benchmarks import cold_start, engine, many, page, scale, slow_spots

PARTS = {
    "cold_start": cold_start.lines,
    "engine": engine.lines,
    "scale": scale.lines,
    "many": many.lines,
    "slow_spots": slow_spots.lines,
}


def main(chosen: list[str]) -> None:
    """Measures the parts, or all of them."""
    lines: list[page.Line] = []
    for name in chosen or PARTS:
        print(f"measuring {name} ...", file=sys.stderr)
        lines += PARTS[name]()
    print(page.table(lines))
    if not chosen:
        page.write(lines)
        print(f"\nwritten to {page.PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
