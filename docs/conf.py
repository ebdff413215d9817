"""How the site is made: `sphinx-build -W --keep-going -b html docs out/site`. It needs no network, and neither do its readers."""

import sys
from pathlib import Path

import simulator

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "treatment-geometry-simulator"
author = "the authors of treatment-geometry-simulator"
version = release = simulator.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "mathml", "fields"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples/*/**", "extensions/**"]
nitpicky = True
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Where can a treatment machine aim?"
html_copy_source = False
html_show_sourcelink = False
