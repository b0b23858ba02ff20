"""For workers that do without pandas: the first thing that the process imports which they are forked from."""

from dataset_tools.processes import do_without_pandas

do_without_pandas()
