"""What the tests of schemas share."""

import polars as pl

from dataset_tools.schema import check_failures, compiled, load


def load_text(folder, text, name="article.yaml"):
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return load(path)


def failing(schema, titles):
    """For each check of a schema for titles that fails: its label and the titles that do not pass."""
    failures = check_failures(compiled(schema.source), pl.DataFrame({"title": titles}, schema={"title": pl.String}))
    assert [failure.broken for failure in failures] == [None] * len(failures)
    return {failure.label: [titles[row] for row in failure.rows] for failure in failures}
