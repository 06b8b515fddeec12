"""Runs fuzzers over many seeds, and makes a case that fails as small as it goes."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fuzz.fuzzers import Case, Fuzzer
from tests.fuzz.outcomes import TooSlow

MAX_TRIES: Final = 2_000
"""How many smaller cases are tried for one that fails."""


@dataclass
class Trial:
    """How many cases of a fuzzer were tried, how long the slowest took, and which failed."""

    fuzzer: Fuzzer
    cases: int = 0
    slowest: float = 0.0
    slowest_seed: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def run(fuzzer: Fuzzer, seeds: Iterable[int], most: int = 5) -> Trial:
    """Tries the cases of many seeds; after so many kinds of failures it stops."""
    trial = Trial(fuzzer)
    kinds: set[str] = set()
    begin = time.perf_counter()
    for seed in seeds:
        case = fuzzer.case(seed)
        before = time.process_time()
        failure = failure_of(fuzzer, case)
        seconds = time.process_time() - before
        trial.cases += 1
        if seconds > trial.slowest:
            trial.slowest, trial.slowest_seed = seconds, seed
        if failure is not None and failure not in kinds:
            kinds.add(failure)
            trial.failures.append(_described(fuzzer, seed, failure))
            if len(kinds) >= most:
                break
    trial.seconds = time.perf_counter() - begin
    return trial


def failure_of(fuzzer: Fuzzer, case: Case) -> str | None:
    """What is wrong with what comes of a case: the error and the line that raised it; `None`: nothing."""
    try:
        fuzzer.check(case)
    except (Exception, TooSlow) as error:
        if isinstance(error, TooSlow):
            return "TooSlow"
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {last.filename}:{last.lineno}"
    return None


def _described(fuzzer: Fuzzer, seed: int, failure: str) -> str:
    small = smallest(fuzzer.case(seed), lambda case: failure_of(fuzzer, case) == failure)
    try:
        fuzzer.check(small)
    except (Exception, TooSlow):
        text = traceback.format_exc(limit=-4)
    else:
        text = "it did not fail again\n"
    return f"{fuzzer.name}, seed {seed}: {failure}\n{small!r}\n{text}"


def smallest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """A small case that still fails: parts are left out as long as it does."""
    tries = 0
    found = True
    while found:
        found = False
        for smaller in _smaller(case):
            tries += 1
            if tries > MAX_TRIES:
                return case
            if fails(smaller):
                case, found = smaller, True
                break
    return case


def _smaller(case: Any) -> Iterator[Any]:
    """The case with a part of it left out, large parts first."""
    if isinstance(case, dict):
        for key in case:
            yield {other: value for other, value in case.items() if other != key}
        for key, value in case.items():
            for smaller in _smaller(value):
                yield {**case, key: smaller}
    elif isinstance(case, tuple):  # the parts of a case, all of which are needed
        for place, value in enumerate(case):
            for smaller in _smaller(value):
                yield (*case[:place], smaller, *case[place + 1 :])
    else:
        yield from _with_less(case)


def _with_less(case: Any) -> Iterator[Any]:
    """A list, a text or bytes with a stretch left out."""
    if isinstance(case, (list, str, bytes)):
        size = len(case) // 2
        while size:
            for start in range(0, len(case), size):
                before, behind = case[:start], case[start + size :]
                yield before + behind  # type: ignore[operator]
            size //= 2
        if isinstance(case, list):
            if len(case) == 1:
                yield []
            for place, value in enumerate(case):
                for smaller in _smaller(value):
                    yield [*case[:place], smaller, *case[place + 1 :]]
