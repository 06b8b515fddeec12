"""A thousand seeds of every level: all keys right, all choices different. `python -m benchmarks.exercises [COUNT]`"""

from __future__ import annotations

import sys
import time

from cnncalc.exercise.course import make_course
from cnncalc.exercise.questions import TOPICS
from cnncalc.exercise.template import LEVELS, level_template
from tests.exercise.test_exercises import check_keys


def main() -> None:
    """Draws the exercises, and recomputes every key from the spec as it is written."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for level in LEVELS:
        start = time.process_time()
        for seed in range(count):
            (exercise,) = make_course(level_template(level), seed, level, ["student"], TOPICS, "").exercises
            check_keys(exercise)
        print(f"level {level}: {count} seeds, every key right, {time.process_time() - start:.1f} s")


if __name__ == "__main__":
    main()
