"""Reports show themselves as tables in a notebook as soon as this module is imported, as `cnncalc.load` does."""

from __future__ import annotations

from cnncalc.analysis.report import DISPLAYS
from cnncalc.render.html import render_html

DISPLAYS["html"] = render_html
