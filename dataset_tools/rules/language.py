"""Rules about the language of a text."""

from dataset_tools.rules.rule import WARNING, Rule

RULES = (
    Rule(
        code="L001",
        name="language",
        severity=WARNING,
        what="The text is in another language than the card states.",
        why="Whoever loads a dataset by its language expects texts in that language.",
        fix="remove the text, or add its language to language in [card] of the settings",
        bad="The market opens at six in the morning. (in a Vietnamese dataset)",
        good="Chợ mở cửa từ sáu giờ sáng.",
        default=False,
    ),
)
