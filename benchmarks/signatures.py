"""Which signatures are better: MinHash with permutations (rensa), or one permutation cut into bins (numpy).

    python benchmarks/signatures.py FOLDER

FOLDER holds text files; their shingles are what is timed. Recall is counted on pairs of sets drawn for it, at the
threshold or just above it, by the bands that the tool uses. A table in Markdown goes to standard output.

One permutation hashing (Li, Owen and Zhang 2012) hashes each shingle once; the hash says which bin it is for, and the
least of a bin is the value. An empty bin takes the value of another, looked for in an order that is the same for all
texts (Shrivastava 2017), so that values agree as often as the sets are similar.
"""

import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dataset_tools.stages.fingerprint import Banding, banding, minhash, shingle_hashes
from dataset_tools.text import nfc
from dataset_tools.units import pieces, scrambled

THRESHOLD = 0.8
PAIRS = 20_000
SHINGLES = (9, 13, 27, 54, 150, 600)
ROUNDS = 5

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Signatures = Callable[[U64, I64, int], npt.NDArray[np.uint32]]


def one_permutation(hashes: U64, counts: I64, bins: int) -> npt.NDArray[np.uint32]:
    """Signatures, a row of `bins` values for each text, all of which have shingles."""
    place = ((hashes >> np.uint64(32)) * np.uint64(bins) >> np.uint64(32)).astype(np.int64)
    place += np.repeat(bins * np.arange(len(counts)), counts)
    empty = np.uint64(1 << 32)
    least = np.full(len(counts) * bins, empty)
    np.minimum.at(least, place, hashes & np.uint64(0xFFFFFFFF))
    values, rest, orders = least.copy(), np.flatnonzero(least == empty), _orders(bins)
    for attempt in range(bins):
        place = rest % bins
        values[rest] = least[rest - place + orders[place, attempt]]
        rest = rest[values[rest] == empty]
    return values.astype(np.uint32).reshape(len(counts), bins)


@lru_cache(maxsize=1)
def _orders(bins: int) -> I64:
    """For each bin an order of all bins."""
    keys = scrambled(np.arange(1, bins * bins + 1, dtype=np.uint64)).reshape(bins, bins)
    return np.argsort(keys, axis=1, kind="stable")


def drawn_pairs(shingles: int, random: np.random.Generator) -> tuple[U64, I64]:
    """Hashes of `PAIRS` pairs of sets, the two of a pair one after the other, at the threshold or just above it."""
    shared = int(np.ceil(2 * shingles * THRESHOLD / (1 + THRESHOLD)))
    sets = random.integers(0, 1 << 63, (PAIRS, 2 * shingles - shared), dtype=np.uint64)
    both = np.concatenate([sets[:, :shingles], sets[:, shingles - shared :]], axis=1)
    return scrambled(both.ravel()), np.full(2 * PAIRS, shingles)


def recall(signatures: Signatures, cut: Banding, shingles: int) -> tuple[float, float]:
    """The share of pairs that agree in a band, and the share that theory expects at their similarity."""
    hashes, counts = drawn_pairs(shingles, np.random.default_rng(shingles))
    values = signatures(hashes, counts, cut.permutations).reshape(PAIRS, 2, cut.bands, cut.rows)
    found = (values[:, 0] == values[:, 1]).all(axis=2).any(axis=1).mean()
    shared = int(np.ceil(2 * shingles * THRESHOLD / (1 + THRESHOLD)))
    return float(found), cut.recall(shared / (2 * shingles - shared))


def seconds(signatures: Signatures, cut: Banding, batches: list[tuple[U64, I64]]) -> float:
    """The least of some rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for hashes, counts in batches:
            signatures(hashes, counts, cut.permutations)
        times.append(time.perf_counter() - start)
    return min(times)


def main(folder: Path) -> None:
    """Do it."""
    texts = [nfc(path.read_bytes().decode()) for path in sorted(folder.rglob("*.txt"))]
    cut = banding(THRESHOLD)
    batches = [shingle_hashes(texts[a:b]) for a, b in pieces([len(text) for text in texts])]
    ways: dict[str, Signatures] = {"permutations (rensa)": minhash, "one permutation (numpy)": one_permutation}
    heads = " | ".join(f"{shingles} shingles" for shingles in SHINGLES)
    print(f"| signatures of {cut.permutations} values | µs a text | {heads} |")
    print(f"|---|---:|{'---:|' * len(SHINGLES)}")
    for name, signatures in ways.items():
        each = seconds(signatures, cut, batches) / len(texts) * 1e6
        shares = " | ".join(f"{recall(signatures, cut, shingles)[0]:.2%}" for shingles in SHINGLES)
        print(f"| {name} | {each:.1f} | {shares} |", flush=True)
    expected = " | ".join(f"{recall(minhash, cut, shingles)[1]:.2%}" for shingles in SHINGLES)
    print(f"| expected | | {expected} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
