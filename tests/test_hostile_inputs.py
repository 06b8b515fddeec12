"""Some of the worst inputs, as processes: soon, in little memory, with a diagnostic; docs/developers has all."""

from __future__ import annotations

import pytest

from benchmarks.hostile import run
from benchmarks.hostile_inputs import HOSTILE_INPUTS, HostileInput

pytestmark = pytest.mark.slow

REFUSED = (
    "repeat: 10^12",
    "ten repeats of 10, nothing inside",
    "40 blocks, each using the next twice",
    "$a*$a, 900 blocks deep",
    "aliases of aliases, 2^30 values",
    "200,000 open brackets",
    "a file of 100 MB",
    "70,000 misspelt kinds",
    "a name of a million characters",
    "30 specs, each including the next twice",
    "a spec that includes itself",
    "600 nested blocks with names of 200 characters",
)
ANSWERED = (
    "3 MiB in one line",
    "a window, stride and dilation of 10^17",
    "upsampling by primes",
    "branches inside branches, as deep as YAML goes",
    "500 layers with names of 9,600 characters, as table",
)


CHOSEN = [hostile for hostile in HOSTILE_INPUTS if hostile.name in (*REFUSED, *ANSWERED)]


@pytest.mark.parametrize("hostile", CHOSEN, ids=lambda hostile: hostile.name)
def test_it_ends_soon_and_small(hostile: HostileInput) -> None:
    end = run(hostile)
    assert end.is_fine, end
    assert end.code == (2 if hostile.name in REFUSED else 0)
    assert end.said.startswith("error: ") == (hostile.name in REFUSED)


def test_every_chosen_input_is_there() -> None:
    assert len(CHOSEN) == len(REFUSED) + len(ANSWERED)
