import gc
import os

import pytest

from dataset_tools.processes import available_cores, collect_garbage_rarely


def test_the_cores_are_those_this_process_may_use():
    assert available_cores() == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.fixture
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thresholds")
def test_garbage_is_collected_rarely_and_not_never():
    collect_garbage_rarely()
    assert gc.get_threshold() > (1000,)
    assert gc.isenabled()
