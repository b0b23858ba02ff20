"""The job of `build` in the obvious way: pandas, pandera, datasketch and datasets; runs in an environment of its own.

    python straightforward.py FOLDER OUT {one,batch}

What one would write in an afternoon, without regard to speed or memory, and not slower than need be: files to a data
frame, checks by pandera, copies by a hash, near-duplicates by MinHash-LSH with word 5-grams, Parquet and a card by
datasets. Shingles are hashed one by one, as in the documentation of datasketch, or in a batch for each text. It says
nothing of where an error is, records no removal, and verifies none.
"""

import hashlib
import re
import sys
import unicodedata
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from datasets import Dataset
from datasketch import MinHash, MinHashLSH

THRESHOLD, PERMUTATIONS, NGRAM = 0.8, 128, 5
NAME = re.compile(r"\d{3,}_([0-9a-f]{16})\.txt")

SCHEMA = pa.DataFrameSchema(
    {
        "id": pa.Column(str, pa.Check.str_matches(r"^[0-9a-f]{16}$")),
        "title": pa.Column(str, pa.Check.str_length(1, 500)),
        "body": pa.Column(str, pa.Check.str_length(min_value=1)),
    },
    checks=pa.Check(lambda frame: frame["id"] == frame["expected"], name="id matches the content"),
)


def read(folder: Path) -> pd.DataFrame:
    """A row for each file."""
    rows = []
    for path in sorted(folder.glob("*.txt")):
        title, _, body = path.read_text("utf-8").partition("\n")
        title, body = title.strip(), body.strip("\n")
        content = unicodedata.normalize("NFC", f"{title}\n{body}")
        expected = hashlib.sha256(content.encode()).hexdigest()[:16]
        rows.append({"id": NAME.fullmatch(path.name)[1], "title": title, "body": body, "expected": expected})
    return pd.DataFrame(rows)


def signature_of(text: str, update: str) -> MinHash:
    """The signature of the word 5-grams of a text."""
    words = re.findall(r"\w+", text)
    shingles = [" ".join(words[i : i + NGRAM]).encode() for i in range(max(len(words) - NGRAM + 1, 1))]
    signature = MinHash(num_perm=PERMUTATIONS)
    if update == "batch":
        signature.update_batch(shingles)
    else:
        for shingle in shingles:
            signature.update(shingle)
    return signature


def without_copies(frame: pd.DataFrame, update: str) -> pd.DataFrame:
    """The first of the same texts, and of near-duplicates."""
    text = (frame["title"] + "\n" + frame["body"]).map(lambda text: unicodedata.normalize("NFC", text).casefold())
    frame = frame.assign(text=text).loc[~text.map(lambda text: " ".join(text.split())).duplicated()]
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    kept = []
    for row in frame.itertuples():
        signature = signature_of(row.text, update)
        if not lsh.query(signature):
            lsh.insert(row.Index, signature)
            kept.append(row.Index)
    return frame.loc[kept, ["id", "title", "body"]]


def main(folder: Path, out: Path, update: str) -> None:
    """Do it."""
    frame = SCHEMA.validate(read(folder), lazy=True)
    dataset = Dataset.from_pandas(without_copies(frame, update), preserve_index=False)
    out.mkdir()
    dataset.to_parquet(out / "train.parquet")
    (out / "README.md").write_text(f"---\nlanguage: vi\n---\n\n{dataset.num_rows} articles\n", "utf-8")
    print(dataset.num_rows)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
