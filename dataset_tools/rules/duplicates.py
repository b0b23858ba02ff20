"""Rules about documents that are there more than once."""

from dataset_tools.rules.rule import WARNING, Rule

RULES = (
    Rule(
        code="D001",
        name="identical",
        severity=WARNING,
        what="The file has the same bytes as an earlier one.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
        bad="000_0123456789abcdef.txt\n001_0123456789abcdef.txt, the same bytes",
        good="000_0123456789abcdef.txt",
    ),
    Rule(
        code="D002",
        name="same-text",
        severity=WARNING,
        what="The text equals that of another file but for case, white space or Unicode form.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
        bad="Chợ phiên họp lại …\nCHỢ PHIÊN họp  lại …",
        good="Chợ phiên họp lại …",
    ),
    Rule(
        code="D003",
        name="near-duplicate",
        severity=WARNING,
        what="The text is nearly that of another file.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
        bad="two reports of one event, a word changed in one of them",
        good="one of them",
    ),
    Rule(
        code="D004",
        name="published",
        severity=WARNING,
        what="The document is in a published dataset already: the same bytes, the same text, or nearly the same.",
        why="A build with --against leaves it out and records the published document that it is a copy of.",
        fix="remove the file, or let the build leave it out",
        bad="an article that is in the published dataset, under its id or another",
        good="an article that is in none of the datasets of --against",
    ),
)
