"""How Sphinx makes the site: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from cnncalc import __version__
from tests.reference_pages import layers_page

project = "cnncalc"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["error_catalogue.yaml"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]
html_theme = "furo"
html_title = f"cnncalc {version}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
# A page that is opened from disk may not read others: the search shows titles, from an index that is a script.
html_show_search_summary = False

# Generated here, not kept: it is as long as all other pages together, and `cnncalc layers` shows it.
(Path(__file__).parent / "layers.md").write_text(layers_page(), encoding="utf-8")
