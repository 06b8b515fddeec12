"""What comes out of a CNN, layer by layer: shapes, neurons, parameters, receptive fields, operations.

>>> import cnncalc
>>> cnncalc.load("lenet5").analyze().totals.params
61706
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # the one of `typing`, which takes as long as the start of Python: Ctrl-C can't be heeded earlier
if TYPE_CHECKING:
    from cnncalc.analysis.report import Report, Row
    from cnncalc.errors import AnswersError, CnncalcError, Diagnostic, SpecError
    from cnncalc.marking.marker import check
    from cnncalc.marking.marks import Mark, Marks
    from cnncalc.model import Model, from_dict, load, loads

__version__ = "0.1.0"
__all__ = [
    "AnswersError",
    "CnncalcError",
    "Diagnostic",
    "Mark",
    "Marks",
    "Model",
    "Report",
    "Row",
    "SpecError",
    "__version__",
    "check",
    "from_dict",
    "load",
    "loads",
]

_HOMES = {
    "cnncalc.errors": ("AnswersError", "CnncalcError", "Diagnostic", "SpecError"),
    "cnncalc.marking.marker": ("check",),
    "cnncalc.marking.marks": ("Mark", "Marks"),
    "cnncalc.model": ("Model", "from_dict", "load", "loads"),
    "cnncalc.analysis.report": ("Report", "Row"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    # Imported when first used: `cnncalc --help` needs none of it.
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
    import_module("cnncalc.notebook")
    return getattr(import_module(_HOME_OF[name]), name)
