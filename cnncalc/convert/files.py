"""Bytes of a stranger's file, within limits."""

from __future__ import annotations

from pathlib import Path

from cnncalc.convert.graph import ReadingProblem


def read_bytes(path: Path, limit: int) -> bytes:
    """Reads a file. Raises: ReadingProblem: it has more bytes than the limit, or the system refuses."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ReadingProblem("file-not-readable", f"the file cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise too_large(limit)
    return data


def too_large(limit: int) -> ReadingProblem:
    """Makes the problem of a description of a net that is too large."""
    return ReadingProblem(
        "file-too-large", "the description of the net is too large", expected=f"at most {limit // 2**20} MiB",
        suggestion="is this the right file? A thousand layers take about 1 MB",
    )  # fmt: skip
