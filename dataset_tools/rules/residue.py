"""Rules about what web pages leave behind in texts that were taken from them."""

from dataset_tools.rules.rule import WARNING, Rule

RULES = (
    Rule(
        code="W001",
        name="image-markup",
        severity=WARNING,
        what="A line has image markup without an image.",
        why="It is what is left of a page, not a part of the article.",
        fix="delete the line",
    ),
    Rule(
        code="W002",
        name="table-row",
        severity=WARNING,
        what="A line is a row of a table in Markdown.",
        why="Most often it is a box of links that stood beside the article.",
        fix="delete the line if it is not a part of the article",
    ),
    Rule(
        code="W003",
        name="headline-tail",
        severity=WARNING,
        what="The text ends with a list of headlines of other articles.",
        why="The same headlines stand in many documents, and are about something else.",
        fix="delete everything from this line on",
    ),
    Rule(
        code="W004",
        name="html",
        severity=WARNING,
        what="The text has HTML tags.",
        why="Markup is not text.",
        fix="delete the tags",
    ),
    Rule(
        code="W005",
        name="html-entity",
        severity=WARNING,
        what="The text has HTML entities, such as &amp;.",
        why="They stand for characters that should be in the text themselves.",
        fix="replace it by its character",
    ),
    Rule(
        code="W006",
        name="read-more",
        severity=WARNING,
        what="The text ends with an invitation to read on elsewhere.",
        why="The article is cut off.",
        fix="restore the rest of the article from its source",
    ),
    Rule(
        code="W007",
        name="page-prompt",
        severity=WARNING,
        what="A line is a button of a web page: share, comment, a social network.",
        why="It is not a part of the article.",
        fix="delete the line",
    ),
    Rule(
        code="W010",
        name="boilerplate-line",
        severity=WARNING,
        what="A line stands in many documents: in at least 10, and in at least 1 of 200.",
        why="What stands in so many texts belongs to the page they were taken from, and models learn it by heart.",
        fix="delete the line from all documents, if it is not a part of the texts",
        bad="Theo dõi chúng tôi trên mạng xã hội (below many articles)",
        good="a line that is found in one article only",
    ),
)
