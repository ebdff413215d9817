"""Whatever works on a study, the bytes are the same: processes, a cluster, ranks of a job; and workers that end."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from importlib import import_module

import pytest
from support.campaign import more, times
from support.toy_study import CASES, contents

import simulator as sim
from simulator.errors import SimulatorError
from simulator.scenario.study import Study
from simulator.studies.cases import Cases
from simulator.studies.executors import Pool, pool_of
from simulator.studies.retrying import ENDED, work_off
from simulator.studies.worker import Order

IN_CAMPAIGNS = pytest.mark.skipif(times(1) == 1, reason="only in campaigns: several processes start")


@pytest.mark.parametrize(
    ("executor", "workers", "is_killed"),
    [("loky", 1, True), *more(("loky", 1, False), ("loky", 2, False), ("loky", 2, True), ("processes", 2, True))],
)
def test_processes_make_the_same_bytes_even_if_one_is_killed(place, tmp_path, executor, workers, is_killed):
    others, told = {process.pid for process in multiprocessing.active_children()}, []

    def killing(done, _):
        told.append(done)
        if is_killed and done == 3:
            os.kill(
                next(each.pid for each in multiprocessing.active_children() if each.pid not in others), signal.SIGKILL
            )

    sim.run_study(place / "study.toml", folder=tmp_path / "out", executor=executor, workers=workers, progress=killing)
    assert told == list(range(CASES + 1))
    assert contents(tmp_path / "out") == contents(place / "whole")
    assert {process.pid for process in multiprocessing.active_children()} <= others


@IN_CAMPAIGNS
def test_two_workers_of_a_dask_cluster_make_the_same_bytes(place, tmp_path):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster:
        sim.run_study(place / "study.toml", folder=tmp_path / "out", executor=f"dask:{cluster.scheduler_address}")
    assert contents(tmp_path / "out") == contents(place / "whole")


@IN_CAMPAIGNS
def test_two_ranks_of_a_job_make_the_same_bytes(place, tmp_path):
    pytest.importorskip("mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("there is no mpiexec")
    rank = [sys.executable, "-m", "mpi4py.futures", "-m", "simulator", "sweep", str(place / "study.toml")]
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    allowed["PRTE_MCA_rmaps_default_mapping_policy"] = ":oversubscribe"
    job = ["mpiexec", "-n", "2", *rank, "--executor", "mpi", "-o", str(tmp_path / "out")]
    found = subprocess.run(job, capture_output=True, text=True, env={**os.environ, **allowed}, timeout=300)
    assert found.returncode == 0, found.stderr
    assert contents(tmp_path / "out") == contents(place / "whole")


def _fatal():
    """Let a worker process end at one case."""
    from simulator.studies import worker

    usual = worker.evaluated

    def ending(study, cases, **given):
        if any(case.index == 3 for case in cases):
            os._exit(7)
        return usual(study, cases, **given)

    worker.evaluated = ending


@IN_CAMPAIGNS
@pytest.mark.parametrize("kind", ["loky", "concurrent.futures"])
def test_a_case_that_ends_its_process_is_told(place, kind):
    context = {} if kind == "loky" else {"mp_context": multiprocessing.get_context("spawn")}
    make = partial(import_module(kind).ProcessPoolExecutor, 2, initializer=_fatal, **context)
    cases, pool, rows = Cases.of(Study.read(place / "study.toml")), Pool(make, 4, is_ours=True), {}
    try:
        chunks = [(index, (cases[index],)) for index in range(CASES)]
        work_off(pool, Order.of(cases), chunks, lambda number, done: rows.update({number: done.rows[0]}))
    finally:
        pool.end(at_once=True)
    assert {index: row["reason"] for index, row in rows.items() if row["status"] == "failed"} == {3: ENDED}
    assert sorted(rows) == list(range(CASES))


@pytest.mark.parametrize(
    ("executor", "message"),
    [
        ("threads", "unknown name 'threads'; available: loky, processes, dask"),
        ("mpi", "mpiexec -n 3 python -m mpi4py.futures -m simulator sweep"),
        ("dask:nowhere", "must be the address of a scheduler that runs"),
    ],
)
def test_an_executor_that_is_not_there_is_one_message(place, executor, message):
    order = Order.of(Cases.of(Study.read(place / "study.toml")))
    with pytest.raises(SimulatorError, match=message), pool_of(executor, None, order):
        pass


@pytest.mark.parametrize("executor", ["threads", "dask:", "dask:nowhere", "dask:tcp://somewhere"])
def test_a_name_that_no_executor_has_is_refused_before_anything_is_written(place, tmp_path, executor):
    with pytest.raises(SimulatorError, match="--executor: "):
        sim.run_study(place / "study.toml", folder=tmp_path / "out", executor=executor)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("executor", "module", "extra"), [("dask:tcp://x:1", "distributed", "dask"), ("mpi", "mpi4py.futures", "mpi")]
)
def test_what_is_not_installed_is_named_with_its_extra(place, monkeypatch, executor, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    order = Order.of(Cases.of(Study.read(place / "study.toml")))
    with pytest.raises(SimulatorError, match=rf"pip install 'treatment-geometry-simulator\[{extra}\]'"):
        pool_of(executor, None, order).__enter__()
