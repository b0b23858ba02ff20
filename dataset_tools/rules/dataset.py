"""Rules about the dataset that is written."""

from dataset_tools.rules.rule import ERROR, WARNING, Rule

RULES = (
    Rule(
        code="P001",
        name="license-missing",
        severity=WARNING,
        what="No license is configured.",
        why="Without one, nobody knows whether the dataset may be used.",
        fix='put license = "cc-by-4.0" into [card] of dataset-tools.toml, [tool.dataset-tools.card] of pyproject.toml',
        bad="[tool.dataset-tools.card]",
        good='[tool.dataset-tools.card]\nlicense = "cc-by-4.0"',
    ),
    Rule(
        code="P002",
        name="language-missing",
        severity=WARNING,
        what="No language is configured.",
        why="People look for datasets by language; the card states only what you say.",
        fix='put language = ["vi"] into [card] of dataset-tools.toml, [tool.dataset-tools.card] of pyproject.toml',
        bad="[tool.dataset-tools.card]",
        good='[tool.dataset-tools.card]\nlanguage = ["vi"]',
    ),
    Rule(
        code="P003",
        name="split-empty",
        severity=WARNING,
        what="A configured split got no document and was left out.",
        why="Code that loads this split will fail.",
        fix="raise its share, or add documents",
        bad="test = 0.001, and 40 documents",
        good="test = 0.1, and 40 documents",
    ),
    Rule(
        code="P004",
        name="split-leakage",
        severity=WARNING,
        what="The dataset has several splits, but not all near-duplicates were removed.",
        why="A near copy of a training document in another split makes results look better than they are.",
        fix='set near = true and numbers = "remove" in [tool.dataset-tools.dedup]',
        bad="[tool.dataset-tools.split]\ntest = 0.1\n[tool.dataset-tools.dedup]\nnear = false",
        good="[tool.dataset-tools.split]\ntest = 0.1",
    ),
    Rule(
        code="P005",
        name="dataset-stale",
        severity=ERROR,
        what="The dataset is not what a build of the corpus gives (build --check).",
        why="Whoever reads it reads something else than the corpus, the settings and the tool make.",
        fix="run dataset-tools build, and see with dataset-tools diff what it has changed",
        bad="dist/ without the article that was added to raw/",
        good="dist/ as build writes it",
        always=True,
    ),
)
