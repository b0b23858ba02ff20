"""Rules about the file of metadata beside the articles."""

from dataset_tools.rules.rule import ERROR, Rule

RULES = (
    Rule(
        code="M001",
        name="metadata-unreadable",
        severity=ERROR,
        what="The file of metadata cannot be read as a table of text, numbers, and true or false, with a column id.",
        why="A row that is read wrongly would put one article's source or date on another.",
        fix="correct the file; README.md says what it may hold",
        bad='id,source\n9c1185a5c5e9fc54,"Báo Sông',
        good='id,source\n9c1185a5c5e9fc54,"Báo Sông"',
        always=True,
    ),
    Rule(
        code="M002",
        name="metadata-id-unknown",
        severity=ERROR,
        what="A row of the metadata has an id that no article has.",
        why="The id is misspelt, and its article is without metadata; or the article is gone.",
        fix="correct the id, or remove the row",
        bad="id,source\n9c1185a5c5e9fc55,Báo Sông",
        good="id,source\n9c1185a5c5e9fc54,Báo Sông",
    ),
    Rule(
        code="M003",
        name="metadata-id-repeated",
        severity=ERROR,
        what="Two rows of the metadata have the same id.",
        why="Nothing says which of the two is true.",
        fix="keep one of the two rows",
        bad="id,source\n9c1185a5c5e9fc54,Báo Sông\n9c1185a5c5e9fc54,Báo Núi",
        good="id,source\n9c1185a5c5e9fc54,Báo Sông",
        always=True,
    ),
    Rule(
        code="M004",
        name="metadata-missing",
        severity=ERROR,
        what="The metadata has no row for an article.",
        why="Its columns would be empty. Where that is meant, make this a warning.",
        fix='add a row, or set [tool.dataset-tools.severity] metadata-missing = "warning" to leave such columns empty',
        bad="001_9c1185a5c5e9fc54.txt, and no row with 9c1185a5c5e9fc54",
        good="001_9c1185a5c5e9fc54.txt, and 9c1185a5c5e9fc54,Báo Sông",
    ),
    Rule(
        code="M005",
        name="metadata-type",
        severity=ERROR,
        what="A value of the metadata is not of the type that the schema says.",
        why="A column has one type; the value cannot be written.",
        fix="correct the value, or the dtype in the schema",
        bad="year: dtype: Int64, and a row with năm 2024",
        good="year: dtype: Int64, and a row with 2024",
        always=True,
    ),
)
