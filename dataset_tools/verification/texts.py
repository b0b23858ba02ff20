"""Title and body of a row, from the columns that there are: a build may have been told to leave some out."""

from collections.abc import Collection, Sequence


def text_columns(columns: Collection[str]) -> tuple[str, ...]:
    """The columns that title and body are read from; none where the title was left out."""
    if "title" in columns and "body" in columns:
        return ("title", "body")
    return ("text",) if "text" in columns else ()


def title_and_body(values: Sequence[str]) -> tuple[str, str]:
    """Title and body, from the values of `text_columns`, of which there is at least one."""
    if len(values) == 2:
        return values[0], values[1]
    title, _, body = values[0].partition("\n\n")  # no title has a line break
    return title, body
