"""What is proven of a room, cell by cell: which poses of the joints that aim are free, and which cells touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from simulator.arguments import checked
from simulator.certify.branch_and_bound import NOT_FREE, UNDECIDED, Cells
from simulator.certify.cell_graph import CellGraph
from simulator.delivery.roads.free_space import FreeSpace
from simulator.errors import SimulatorError
from simulator.plans.ways import told
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup


@dataclass(frozen=True, eq=False, repr=False)
class ProvenRoom:
    """A room in certified cells.

    Attributes
    ----------
    setup : Setup
        The room.
    joints : tuple of str
        The k joints that aim, in the order of the columns of cells.
    cells : Cells
        Of all that they can do: free, not free, undecided.
    turns : tuple of bool, length k
        Which of them have no limits: values a full turn apart are one pose.
    stands : mapping of str to float
        Where other joints stand, of those that are not where the set-up has them.
    sweep : Sweep, optional
        What was mapped, if not all that the limits of the joints allow.
    """

    setup: Setup
    joints: tuple[str, ...]
    cells: Cells
    turns: tuple[bool, ...]
    stands: Mapping[str, float] = field(default_factory=dict)
    sweep: Sweep | None = None

    @checked
    def require_of(self, setup: Setup) -> None:
        """Refuse what was proven of another room, or with joints elsewhere than a set-up has them.

        Parameters
        ----------
        setup : Setup
            What is asked about.

        Raises
        ------
        SimulatorError
            Saying what differs.
        """
        if self.setup.scene.sha256 != setup.scene.sha256:
            raise SimulatorError("roads: must be of the set-up that is asked about, was of another room")
        if self.stands:
            raise SimulatorError(f"roads: must be of the set-up as it stands, was of {told(self.stands)}")

    @cached_property
    def space(self) -> FreeSpace:
        """The free cells."""
        return FreeSpace.of(self.cells, self.turns)

    @cached_property
    def graph(self) -> CellGraph:
        """Which of all cells share a face."""
        return CellGraph.of(self.cells, turns=self.turns)

    @cached_property
    def open_graph(self) -> CellGraph:
        """Which of the cells that are not proven not to be free touch, be it at a corner."""
        return CellGraph.of(self.cells.only(self.cells.status != NOT_FREE), turns=self.turns, corners=True)

    @cached_property
    def undecided(self) -> CellGraph:
        """Which of the undecided cells touch."""
        return CellGraph.of(self.cells.only(self.cells.status == UNDECIDED), turns=self.turns)
