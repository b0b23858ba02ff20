"""The fix of file names: the form that the corpus asks for, and the id that the content gives."""

import re

from dataset_tools.file_names import difference
from dataset_tools.recipes import Content, Recipe
from dataset_tools.text import printable


def right_form(name: str, pattern: re.Pattern[str]) -> str:
    """The name as the pattern has it, where one small change leads to it; else the name."""
    match = pattern.fullmatch(name)
    if (match and match["id"] is not None) or name != printable(name):
        return name
    return difference(name, pattern).right_name or name


def right_id(name: str, pattern: re.Pattern[str], content: Content | None, recipe: Recipe) -> str:
    """The name with the id that a recipe gives of the content; the name where there is no id, or no content."""
    match = pattern.fullmatch(name)
    if match is None or match["id"] is None or content is None:
        return name
    should = content.id_by(recipe, len(match["id"]))
    if should is None:
        return name
    start, end = match.span("id")
    right = name[:start] + should + name[end:]
    again = pattern.fullmatch(right)
    return right if again and again["id"] == should else name
