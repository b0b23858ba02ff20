"""Stamps: what tells a file that has not changed, without opening it."""

import os
import struct

SETTLED = 2 * 10**9
"""Nanoseconds after which another change of a file shows in its times, whatever the file system."""

_PARTS = struct.Struct("<qqqQ")
_TIMES = struct.Struct("<8xqq8x")

STAMP_SIZE = _PARTS.size
"""Bytes of a stamp."""


def stamp(status: os.stat_result) -> bytes:
    """Size, time of the last change of content and of the inode (ns), and inode, as 32 bytes."""
    return _PARTS.pack(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def is_settled(status: os.stat_result, now: int) -> bool:
    """Whether a stamp taken `now` (ns) tells later changes: a file that was just written may change again unseen."""
    return now - max(status.st_mtime_ns, status.st_ctime_ns) >= SETTLED


def are_settled(stamps: bytes, now: int) -> bool:
    """Whether each of these stamps, one after the other and all taken `now` (ns), tells later changes."""
    return all(now - max(times) >= SETTLED for times in _TIMES.iter_unpack(stamps))
