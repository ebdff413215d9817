"""Models that many set-ups have in common: loaded once, so that what is made of their meshes is made once, too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Loaded = TypeVar("Loaded")

MOST = 32
"""Models that are kept; a machine, a couch and a patient with the trees of their meshes take about 100 MB."""


class Shared:
    """The models that were loaded last.

    Files are taken to stay as they are as long as it is used.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, Any] = OrderedDict()
        self._choosing = Lock()

    def once(self, load: Callable[Given, Loaded], *args: Given.args, **kwargs: Given.kwargs) -> Loaded:
        """Return what a function of plain values loads; what it loaded before for the same ones.

        Errors are those of the function.
        """
        asked = repr((load, args, sorted(kwargs.items())))
        with self._choosing:
            if asked not in self._known:
                self._known[asked] = load(*args, **kwargs)
            self._known.move_to_end(asked)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
            found: Loaded = self._known[asked]
        return found
