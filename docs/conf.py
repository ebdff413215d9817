"""How the site is made: `sphinx-build -W --keep-going -q -b html docs out/site`.

It needs no network, and neither do its readers.
"""

import re
import sys
from pathlib import Path

import numpydoc.xref

import simulator

OURS = Path(__file__).parent / "extensions"
sys.path.insert(0, str(OURS))

project = "treatment-geometry-simulator"
author = "the authors of treatment-geometry-simulator"
copyright = author
version = release = simulator.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "sphinx_copybutton"]
extensions += sorted(path.stem for path in OURS.glob("*.py"))
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples/*/**", "extensions/**", "static/**", "templates/**"]
templates_path = ["templates"]
nitpicky = True
smartquotes_action = "qe"  # no dashes: --json is an option
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3

# The reference: a class with all that it and its own bases have, and nothing of pydantic's or Python's.
autodoc_default_options = {
    "members": True,
    "inherited-members": "BaseModel,Exception,BaseException,IntEnum,int,Sequence,Mapping,dict,object",
    "member-order": "bysource",
    "exclude-members": "model_config,model_post_init,FILE",
}
autodoc_typehints = "none"  # the sections of parameters say them
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"  # types of other packages are words: links to their manuals would need the network
numpydoc.xref.DEFAULT_LINKS.clear()
numpydoc_xref_aliases = {name: f"simulator.{name}" for name in simulator.__all__}
numpydoc_xref_aliases |= {
    name.rpartition(".")[2]: name
    for page in Path(__file__).parent.glob("reference/api/*.md")
    for name in re.findall(r"autoclass:: (simulator\..+)", page.read_text(encoding="utf-8"))
    if not name.endswith(".Beam")  # there are two: a plan's, and a machine's
}
autosummary_generate = False
add_module_names = False

html_theme = "furo"
html_title = "Where can a treatment machine aim?"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {"top_of_page_buttons": []}  # of the page's source, which is not here
html_show_search_summary = False  # a browser may not fetch pages for it that are files

# Only what is typed is copied: no prompt, and nothing that was printed.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"
