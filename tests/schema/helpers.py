"""What the tests of schemas share."""

import polars as pl

from dataset_tools.schema import check_failures, compiled, load

HEAD = "import pandera.polars as pa\nimport polars as pl\n"


def load_text(folder, text, name="article.yaml"):
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return load(path)


def title_schema(line):
    return f"columns:\n  title:\n    dtype: String\n    {line}\n"


def failing(schema, titles):
    """For each check of a schema for titles that fails: its label and the titles that do not pass."""
    failures = check_failures(compiled(schema.source), pl.DataFrame({"title": titles}, schema={"title": pl.String}))
    assert [failure.broken for failure in failures] == [None] * len(failures)
    return {failure.label: [titles[row] for row in failure.rows] for failure in failures}


def load_python(folder, text, head=HEAD):
    return load_text(folder, head + text, "article.py")


def one_column(arguments):
    return f"schema = pa.DataFrameSchema({{\n    'title': pa.Column(str, {arguments}),\n}})\n"


def failing_titles(folder, line, titles):
    """`failing` for a YAML schema of titles."""
    return failing(load_text(folder, title_schema(line)), titles)
