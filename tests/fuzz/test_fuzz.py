"""A few hundred cases of every fuzzer, or as many as the environment's FUZZ_INPUTS says."""

from __future__ import annotations

import os
from typing import Final

import pytest

from tests.fuzz.fuzzers import FUZZERS, Fuzzer
from tests.fuzz.trials import run

pytestmark = pytest.mark.slow

INPUTS: Final = int(os.environ.get("FUZZ_INPUTS", "1500"))
"""How many cases all fuzzers try together."""
PARTS: Final = {"specs": 0.6, "sheets": 0.15, "options": 0.15, "files": 0.1}


@pytest.mark.parametrize("fuzzer", FUZZERS, ids=lambda fuzzer: fuzzer.name)
def test_every_case_ends_well_and_soon(fuzzer: Fuzzer) -> None:
    trial = run(fuzzer, range(max(1, round(INPUTS * PARTS[fuzzer.family] * fuzzer.share))), most=1)
    assert not trial.failures, trial.failures[0]
