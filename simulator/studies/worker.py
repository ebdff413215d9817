"""The task of a worker process, on this machine or another: cases of one study in, what was found out."""

from __future__ import annotations

import pickle
import secrets
import time
from dataclasses import dataclass, field
from functools import lru_cache

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.dataset import MAP
from simulator.maps.sealed import netcdf_of
from simulator.models.shared import Shared
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study
from simulator.studies.case import Case
from simulator.studies.cases import Cases
from simulator.studies.evaluate import evaluated
from simulator.studies.program import program_sha256
from simulator.studies.rows import FAILED, Row, unanswered


@dataclass(frozen=True)
class Order:
    """What all tasks of one run have in common.

    Attributes
    ----------
    study : bytes
        The study and its scenario, pickled, with a number of its own for each run: files may change between two.
    program : str
        The hash of the program that the run is of.
    """

    study: bytes
    program: str

    @classmethod
    def of(cls, cases: Cases) -> Order:
        """Return that of a new run; a path is sent as one that means the same in any folder."""
        base = cases.base.model_copy()
        if base.path is not None:
            base._path = base.path.absolute()
        return cls(pickle.dumps((cases.study, base, secrets.token_hex(8))), program_sha256())


@dataclass(frozen=True)
class Done:
    """What a worker brings of one chunk.

    Attributes
    ----------
    rows : list of Row
        One for each case; empty if there is an error.
    error : str
        What the program raised; empty for most.
    seconds, cpu_seconds : float
        What it took.
    maps : dict of int to bytes
        NetCDF files by the number of the case, if they are to be kept.
    """

    rows: list[Row]
    error: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    maps: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def failed(cls, case: Case, reason: str) -> Done:
        """Return what is told of a case that the program fails at."""
        return cls([unanswered(case, FAILED, reason)])

    @classmethod
    def joined(cls, parts: list[Done]) -> Done:
        """Return several as one."""
        return cls(
            [row for part in parts for row in part.rows],
            "",
            sum(part.seconds for part in parts),
            sum(part.cpu_seconds for part in parts),
            {index: content for part in parts for index, content in part.maps.items()},
        )


def require_program(program: str) -> None:
    """Refuse to work for another program than this one: its rows would not fit.

    Raises
    ------
    SimulatorError
        If the hash is another one.
    """
    if program != program_sha256():
        raise SimulatorError(
            "executor: its workers must have the same version of the simulator, of Python and of the packages that "
            "it rests on as the program that starts the study; they have not"
        )


def work(order: Order, cases: tuple[Case, ...]) -> Done:
    """Return what is found of the cases of one chunk; called in a worker process.

    Raises
    ------
    SimulatorError
        If the worker has another version of the program.
    """
    require_program(order.program)
    start, cpu_start = time.perf_counter(), time.process_time()
    study, base, shared = _opened(order.study)
    maps: dict[int, bytes] = {}

    def keep(case: Case, cmap: CollisionMap) -> None:
        maps[case.index] = netcdf_of(cmap.dataset, MAP)

    try:
        rows = evaluated(study, cases, shared=shared, base=base, keep=keep if study.measure.keep_maps else None)
    except Exception as error:  # a defect of the program, or no memory: told of this case, and the study goes on
        return Done([], " ".join(f"{type(error).__name__}: {error}".split()))
    return Done(rows, "", time.perf_counter() - start, time.process_time() - cpu_start, maps)


@lru_cache(maxsize=1)
def _opened(study: bytes) -> tuple[Study, Scenario, Shared]:
    """Return the study of a run with its scenario, and the models that its cases share in this process."""
    opened, base, _ = pickle.loads(study)
    return opened, base, Shared()
