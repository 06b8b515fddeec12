"""How many inputs the fuzzers try: 500 in all, or as many as the environment's FUZZ_INPUTS says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

INPUTS = int(os.environ.get("FUZZ_INPUTS", "500"))

settings.register_profile(
    "fuzz", max_examples=INPUTS, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
)


def share(part: float) -> settings:
    """The settings of one fuzzer: its part of all inputs."""
    return settings(settings.get_profile("fuzz"), max_examples=max(1, round(INPUTS * part)))
