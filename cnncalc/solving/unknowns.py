"""`?` in a spec: a value that is looked for, as in `Conv2D: {filters: ?, kernel_size: 3}`.

It becomes a var, called as the argument is, so that everything else is as if the var had been written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.convert.loading import load_document
from cnncalc.errors import Source, Span
from cnncalc.spec.document import Document
from cnncalc.spec.library import STANDARD_INPUT, exists, parse_document
from cnncalc.spec.placed import Placed
from cnncalc.spec.source_text import read_source, read_standard_input

RANGE: Final = "1..4096"
"""Where a `?` is looked for unless `--vary` says."""
_UNKNOWN: Final = re.compile(
    r"""(?m)(?P<before>(?P<name>[A-Za-z_]\w*)\s*:\s+)(?P<quote>["']?)\?(?P=quote)(?=\s*(?:[,}\]#]|$))"""
)


def load_with_unknowns(spec: str, folder: str | None) -> tuple[Document, tuple[str, ...]]:
    """Reads a spec in which `?` may stand; gives the names of the vars that they became, too. Raises: SpecError."""
    path = Path(spec)
    if spec != STANDARD_INPUT and (path.suffix not in (".yaml", ".yml") or not exists(path)):
        return load_document(spec, folder), ()
    source = read_standard_input() if spec == STANDARD_INPUT else read_source(path)
    names: list[str] = []

    def named(match: re.Match[str]) -> str:
        taken = [name for name in names if re.fullmatch(rf"{match['name']}(?:_\d+)?", name)]
        names.append(f"{match['name']}_{len(taken) + 1}" if taken else match["name"])
        return f"{match['before']}${names[-1]}"

    text = _UNKNOWN.sub(named, source.text)
    if spec == STANDARD_INPUT:
        identity, parent = source.file, None if folder is None else Path(folder)
    else:
        identity, parent = str(path.resolve()), path.resolve().parent
    document = parse_document(Source(source.file, text), identity, parent)
    if not names:
        return document, ()
    # The names come first: vars that are written may use them.
    unknown = {name: Placed(None, Span(document.source)) for name in names}
    spec_with = document.spec.model_copy(update={"vars": {**unknown, **document.spec.vars}})
    return replace(document, spec=spec_with), tuple(names)
