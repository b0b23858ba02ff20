import gc
import os
import subprocess
import sys

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


DROPPED = """
import gc, signal, sys, time
from dataset_tools.processes import heed_every_interrupt

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        for _ in range(1000):
            pass

heed_every_interrupt()
try:
    Finalized()
    time.sleep(20)
except KeyboardInterrupt:
    print("heard", flush=True)
"""


def test_an_interrupt_that_meets_a_finalizer_is_heard():
    done = subprocess.run([sys.executable, "-c", DROPPED], capture_output=True, text=True, timeout=15, check=False)
    assert (done.stdout, done.stderr) == ("heard\n", "")


def test_other_faults_of_finalizers_are_still_told():
    fails = DROPPED.replace("signal.raise_signal(signal.SIGINT)", "raise ValueError('told')").replace("20", "0")
    done = subprocess.run([sys.executable, "-c", fails], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == ""
    assert "ValueError: told" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's mallopt")
def test_freed_memory_is_kept_for_the_next_array():
    code = (
        "import resource, sys, numpy as np; from dataset_tools.processes import keep_freed_memory\n"
        "if sys.argv[1] == 'kept': keep_freed_memory()\n"
        "for _ in range(20): arrays = [np.ones(1 << 18) for _ in range(8)]; del arrays\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)"
    )
    faults = [
        int(subprocess.run([sys.executable, "-c", code, how], capture_output=True, text=True, check=True).stdout)
        for how in ("kept", "not")
    ]
    assert faults[0] < faults[1] / 2


def test_light_workers_do_without_pandas() -> None:
    code = "import dataset_tools.light, pyarrow as pa; pa.array([1]); import sys; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
