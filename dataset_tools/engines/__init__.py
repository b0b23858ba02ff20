"""Where stage functions run. An engine has two verbs; stages do not know which engine runs them.

Stage functions are pure and picklable, take and give one `pa.Table` with int64, binary and string columns, and never
raise for one bad row.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import pyarrow as pa

Stage = Callable[[pa.Table], pa.Table]


class Engine(Protocol):
    """The two verbs."""

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """Apply a stage to every table, cut into batches of at most `rows` rows; results in the order of the input."""

    def map_groups(self, tables: Iterable[pa.Table], bucket: str, stage: Stage) -> Iterator[pa.Table]:
        """Apply a stage once to all rows that share a value of the column `bucket`, whole; groups in order of value.

        The column is of int64. The rows of a group are in the order of the input. What `map_batches` of the same engine
        has given may be handed on as it is: nobody else looks at it, and it need not come back to this process.
        """
