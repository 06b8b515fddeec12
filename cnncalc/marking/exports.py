"""Whose a file is in a folder that a learning platform exported: Moodle, Canvas or Gradescope.

- Moodle: `Anna Schmidt_4711_assignsubmission_file_/sheet.yaml`, or the same in one name, with `_file_sheet.yaml`.
- Canvas: `schmidtanna_4711_815_sheet.yaml`, with `_LATE` behind the name if it is late.
- Gradescope: `submission_4711/sheet.yaml`, and the names in `submission_metadata.yml` beside these folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_MOODLE: Final = re.compile(r"(?P<name>.+?)_\d+_assignsubmission_\w+?_?(?:_.*)?")
_CANVAS: Final = re.compile(r"(?P<name>[^\W_]+)_(?:LATE_)?\d+_\d+_.+")
_GRADESCOPE: Final = re.compile(r"submission_\d+")
METADATA: Final = "submission_metadata.yml"
_SUBMISSION: Final = re.compile(r"(submission_\d+):\s*")
_NAME: Final = re.compile(r"\s*(?:- )?:name: (.+)")
_MOST_BYTES: Final = 10 * 1024 * 1024

Submitters = Mapping[str, tuple[str, ...]]
"""The students of each submission of Gradescope's, by the name of its folder."""


def students_of(path: str, submitters: Submitters) -> tuple[str, ...]:
    """Finds the students of a file, by its path in the exported folder; none if no platform named it."""
    for part in Path(path).parts:
        if _GRADESCOPE.fullmatch(part):
            return submitters.get(part, (part,))
        if match := _MOODLE.fullmatch(part) or _CANVAS.fullmatch(part):
            return (match["name"].strip(),)
    return ()


def read_submitters(folder: str) -> Submitters:
    """Reads who handed in what from the metadata of a Gradescope export; nothing if there are none.

    The file is YAML with the keys of a Ruby program; two kinds of lines in it are of interest.
    """
    names: dict[str, tuple[str, ...]] = {}
    path = os.path.join(folder, METADATA)
    if not os.path.isfile(path) or os.path.getsize(path) > _MOST_BYTES:
        return names
    submission = None
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        if match := _SUBMISSION.fullmatch(line):
            submission = match[1]
        elif submission is not None and (match := _NAME.fullmatch(line)):
            names[submission] = (*names.get(submission, ()), match[1].strip().strip("'\""))
    return names
