"""How fast cnncalc is, beside what it is compared with: `python -m benchmarks` writes `docs/benchmarks.md`."""
