"""Rules about characters."""

from dataset_tools.rules.rule import WARNING, Rule

RULES = (
    Rule(
        code="U001",
        name="not-nfc",
        severity=WARNING,
        what="The text is not in Unicode normalization form C.",
        why="Letters that look the same are then different characters, and search, counts and models see two words.",
        fix="normalize the file to NFC, for example with: uconv -x any-nfc",
    ),
    Rule(
        code="U002",
        name="invisible-character",
        severity=WARNING,
        what="The text has zero-width or soft-hyphen characters.",
        why="Nobody sees them, and they cut words in two for search and for models.",
        fix="delete the character",
    ),
    Rule(
        code="U003",
        name="non-breaking-space",
        severity=WARNING,
        what="The text has non-breaking spaces.",
        why="They come from web pages, and many programs do not take them for spaces.",
        fix="replace it by a space",
    ),
    Rule(
        code="U004",
        name="private-use",
        severity=WARNING,
        what="The text has characters of a private use area.",
        why="They mean something only in the font that they were made for.",
        fix="replace it by the character that is meant, or delete it",
    ),
    Rule(
        code="U005",
        name="replacement-character",
        severity=WARNING,
        what="The text has U+FFFD, which stands for what could not be decoded.",
        why="A character was lost before the file was written.",
        fix="restore the text from its source",
    ),
    Rule(
        code="U006",
        name="mojibake",
        severity=WARNING,
        what="UTF-8 was read as another encoding and saved again.",
        why="Each letter with a mark has become two or three others.",
        fix="restore the text from its source, or repair it with ftfy",
    ),
    Rule(
        code="U007",
        name="look-alike-letter",
        severity=WARNING,
        what="A word of Latin letters has a Cyrillic or Greek letter that looks like a Latin one.",
        why="The word looks right and is another one for every program.",
        fix="type the letter anew",
    ),
    Rule(
        code="U008",
        name="mixed-tone-placement",
        severity=WARNING,
        what="The same Vietnamese syllable has its tone mark on different letters in one document (hòa, hoà).",
        why="They are one word to readers and two to programs.",
        fix="use one of the two spellings throughout",
    ),
    Rule(
        code="U009",
        name="control-character",
        severity=WARNING,
        what="The text has control characters.",
        why="They are no text; some end a string or drive a terminal.",
        fix="delete the character",
    ),
)
