"""What comes out of a CNN, layer by layer: shapes, neurons, parameters, receptive fields, operations.

>>> import cnncalc
>>> cnncalc.load("lenet5").analyze().totals.params
61706
"""

from __future__ import annotations

from importlib import import_module

from cnncalc.results import DISPLAYS

TYPE_CHECKING = False  # the one of `typing`, which takes as long as the start of Python: Ctrl-C can't be heeded earlier
if TYPE_CHECKING:
    from cnncalc.analysis.report import Report as Report
    from cnncalc.analysis.report import Row as Row
    from cnncalc.comparing.comparison import Comparison as Comparison
    from cnncalc.comparing.comparison import compare as compare
    from cnncalc.counting import Tallies as Tallies
    from cnncalc.counting import counters as counters
    from cnncalc.errors import AnswersError as AnswersError
    from cnncalc.errors import CnncalcError as CnncalcError
    from cnncalc.errors import Diagnostic as Diagnostic
    from cnncalc.errors import SpecError as SpecError
    from cnncalc.errors import UsageError as UsageError
    from cnncalc.explaining.explanation import Explanation as Explanation
    from cnncalc.explaining.field_report import FieldReport as FieldReport
    from cnncalc.explaining.field_report import rf as rf
    from cnncalc.explaining.model import explain as explain
    from cnncalc.frameworks import from_keras as from_keras
    from cnncalc.frameworks import from_torch as from_torch
    from cnncalc.marking.marker import check as check
    from cnncalc.marking.marks import Mark as Mark
    from cnncalc.marking.marks import Marks as Marks
    from cnncalc.model import Model as Model
    from cnncalc.model import from_dict as from_dict
    from cnncalc.model import load as load
    from cnncalc.model import loads as loads
    from cnncalc.reconciling.search import Reconciliation as Reconciliation
    from cnncalc.reconciling.search import reconcile as reconcile
    from cnncalc.sweeping.running import sweep as sweep

__version__ = "0.1.0"

_HOMES = {
    "cnncalc.analysis.report": ("Report", "Row"),
    "cnncalc.comparing.comparison": ("Comparison", "compare"),
    "cnncalc.counting": ("Tallies", "counters"),
    "cnncalc.errors": ("AnswersError", "CnncalcError", "Diagnostic", "SpecError", "UsageError"),
    "cnncalc.explaining.explanation": ("Explanation",),
    "cnncalc.explaining.field_report": ("FieldReport", "rf"),
    "cnncalc.explaining.model": ("explain",),
    "cnncalc.frameworks": ("from_keras", "from_torch"),
    "cnncalc.marking.marker": ("check",),
    "cnncalc.marking.marks": ("Mark", "Marks"),
    "cnncalc.model": ("Model", "from_dict", "load", "loads"),
    "cnncalc.reconciling.search": ("Reconciliation", "reconcile"),
    "cnncalc.sweeping.running": ("sweep",),
}
"""The Python API: the module of each name, imported when the name is first used."""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "__version__"])

DISPLAYS["text"] = lambda result: import_module("cnncalc.notebook").as_text(result)
DISPLAYS["html"] = lambda result: import_module("cnncalc.notebook").as_html(result)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
