"""What a helper does beside this process is what this one would do."""

import os

import pytest
from support.helper_work import ends_other_processes, refuses

from simulator.errors import SimulatorError
from simulator.maps.beside import beside
from simulator.maps.helpers import stop_helpers


@pytest.fixture(params=["1", "2"])
def cores(request, monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", request.param)
    return request.param


def test_a_helper_works_if_there_is_one(cores):
    assert (beside(os.getpid)() == os.getpid()) == (cores == "1")


@pytest.mark.usefixtures("cores")
def test_arguments_are_handed_over():
    assert beside(divmod, 7, 4)() == (1, 3)


@pytest.mark.usefixtures("cores")
def test_a_refusal_is_told():
    with pytest.raises(SimulatorError, match="must not"):
        beside(refuses)()


@pytest.mark.usefixtures("cores")
def test_a_helper_that_ends_leaves_the_work_to_this_process():
    assert beside(ends_other_processes, os.getpid())() == "here"
    assert beside(divmod, 7, 4)() == (1, 3)  # with a new one


@pytest.mark.usefixtures("cores")
def test_helpers_are_stopped_and_the_work_is_done_all_the_same():
    answer = beside(os.strerror, 2)
    stop_helpers()
    assert answer() == os.strerror(2)
