"""The catalogue of rules: every issue that the tool can raise, with its reason and its remedy."""

from dataclasses import dataclass

from dataset_tools.model import Issue, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding: `what` is found, `why` it matters, and the `fix` that a message ends with."""

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    fix: str


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

_RULES = (
    Rule(
        code="F001",
        name="not-utf-8",
        severity=_ERROR,
        what="The file is not UTF-8.",
        why="Text in another encoding, read as UTF-8, loses characters or turns into nonsense.",
        fix="convert the file to UTF-8, for example with: iconv -f ENCODING -t UTF-8 FILE",
    ),
    Rule(
        code="F002",
        name="byte-order-mark",
        severity=_WARNING,
        what="The file starts with a byte-order mark.",
        why="UTF-8 needs none, and programs that do not expect one see it as part of the title.",
        fix="save the file as UTF-8 without BOM; the mark is ignored here, but it is part of a file hash",
    ),
    Rule(
        code="F003",
        name="carriage-return",
        severity=_WARNING,
        what="Lines end with CR LF.",
        why="Git and editors rewrite such line ends, and then every hash of the file changes.",
        fix="convert the line ends to LF; the CRs are ignored here, but they are part of a file hash",
    ),
    Rule(
        code="F004",
        name="file-name",
        severity=_ERROR,
        what="The file name does not match the pattern of the corpus.",
        why="The id of an article is in its file name; without it the article cannot be told from others.",
        fix="rename the file to NNN_<16 lowercase hex digits>.txt, or set file_name in the settings to your pattern",
    ),
    Rule(
        code="F005",
        name="unreadable",
        severity=_ERROR,
        what="The file could not be read.",
        why="What cannot be read can be neither checked nor published.",
        fix="make the file readable for this user, or remove it from the corpus",
    ),
    Rule(
        code="F006",
        name="too-large",
        severity=_ERROR,
        what="The file is larger than max_file_size.",
        why="An article of many megabytes is nearly always a dump or a broken export.",
        fix="split the file, or raise max_file_size in the settings",
    ),
    Rule(
        code="F007",
        name="empty-file",
        severity=_ERROR,
        what="The file has no text.",
        why="There is nothing to publish, and all empty files look like copies of each other.",
        fix="restore the text from its source, or remove the file",
    ),
    Rule(
        code="F008",
        name="link-outside",
        severity=_ERROR,
        what="The file is a link to something outside the corpus.",
        why="Following it could publish what was never meant to be part of the corpus.",
        fix="replace the link by a copy of the file",
    ),
    Rule(
        code="F009",
        name="broken-link",
        severity=_ERROR,
        what="The file is a link whose target does not exist.",
        why="The article is listed but its text is not there.",
        fix="restore the target, or remove the link",
    ),
    Rule(
        code="F010",
        name="not-a-file",
        severity=_ERROR,
        what="The path is neither a file nor a folder.",
        why="Pipes, sockets and devices have no fixed content to check.",
        fix="name a regular file",
    ),
    Rule(
        code="F011",
        name="linked-folder",
        severity=_WARNING,
        what="A link to a folder was not followed.",
        why="Links can leave the corpus or form circles, so articles behind them are not part of it.",
        fix="move the folder into the corpus if its articles belong there",
    ),
    Rule(
        code="F012",
        name="no-articles",
        severity=_WARNING,
        what="No article was found.",
        why="A check of nothing says nothing; most often the folder or the pattern is wrong.",
        fix="name the folder that holds the articles, or set include in the settings",
    ),
    Rule(
        code="I001",
        name="id-mismatch",
        severity=_ERROR,
        what="The id in the file name is not the hash of the content.",
        why="The content was changed after it got its id, or the file has the name of another one.",
        fix="restore the content, or rename the file to the id that it should have",
    ),
    Rule(
        code="I002",
        name="id-conflict",
        severity=_ERROR,
        what="One id is used for different texts.",
        why="An id must lead to one document.",
        fix="give each text its own id",
    ),
    Rule(
        code="I003",
        name="published-id-changed",
        severity=_ERROR,
        what="The published dataset has other content under this id.",
        why="Whoever uses the published dataset relies on an id to stay what it is.",
        fix="give the changed text a new id, or accept the change with --accept-changed ID",
    ),
    Rule(
        code="I004",
        name="ids-undecided",
        severity=_WARNING,
        what="It cannot be told what the ids are the hash of.",
        why="The files at hand are too few to tell a changed file from ids that are hashes of something else.",
        fix='pin the recipe in the settings (recipe = "sha256(file)[:16]", or recipe = "external"), check the whole '
        "folder, or name the dataset that was built from it with --out",
    ),
    Rule(
        code="I005",
        name="recipe-changed",
        severity=_WARNING,
        what="The ids follow another recipe than those of the published dataset.",
        why="Something may have changed every file at once, as Git does when it rewrites line ends.",
        fix="pin the recipe that is right in the settings",
    ),
    Rule(
        code="T001",
        name="title-missing",
        severity=_ERROR,
        what="The first line, the title, is empty.",
        why="The title is a column of the dataset and must not be empty.",
        fix="write the title into the first line",
    ),
    Rule(
        code="T002",
        name="title-length",
        severity=_ERROR,
        what="The title is too long or too short for the schema.",
        why="A very long first line is most often a text whose line breaks were lost.",
        fix="put the title on a line of its own, or change the limits in the schema",
    ),
    Rule(
        code="B001",
        name="body-missing",
        severity=_ERROR,
        what="There is a title but no body.",
        why="A title alone is not an article.",
        fix="add the text below the title, or remove the file",
    ),
    Rule(
        code="S001",
        name="schema",
        severity=_ERROR,
        what="A value does not pass a check of the schema.",
        why="The schema is what users of the dataset may rely on.",
        fix="correct the file, or change the check in the schema",
    ),
    Rule(
        code="D001",
        name="identical",
        severity=_WARNING,
        what="The file has the same bytes as an earlier one.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
    ),
    Rule(
        code="D002",
        name="same-text",
        severity=_WARNING,
        what="The text equals that of another file but for case, white space or Unicode form.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
    ),
    Rule(
        code="D003",
        name="near-duplicate",
        severity=_WARNING,
        what="The text is nearly that of another file.",
        why="A build keeps one of them and records the others as removed.",
        fix="remove one of the two files, or let the build leave it out",
    ),
    Rule(
        code="P001",
        name="license-missing",
        severity=_WARNING,
        what="No license is configured.",
        why="Without one, nobody knows whether the dataset may be used.",
        fix='say it in the settings: [tool.dataset-tools.card] license = "cc-by-4.0"',
    ),
    Rule(
        code="P002",
        name="language-missing",
        severity=_WARNING,
        what="No language is configured.",
        why="People look for datasets by language; the card states only what you say.",
        fix='say it in the settings: [tool.dataset-tools.card] language = ["vi"]',
    ),
    Rule(
        code="P003",
        name="split-empty",
        severity=_WARNING,
        what="A configured split got no document and was left out.",
        why="Code that loads this split will fail.",
        fix="raise its share, or add documents",
    ),
    Rule(
        code="P004",
        name="split-leakage",
        severity=_WARNING,
        what="The dataset has several splits, but near-duplicates were not removed.",
        why="A near copy of a training document in another split makes results look better than they are.",
        fix="set near = true in [tool.dataset-tools.dedup]",
    ),
)

RULES = {rule.code: rule for rule in _RULES}
"""Every rule by its code."""


def issue(
    code: str,
    message: str,
    *,
    path: str | None = None,
    row: int | None = None,
    line: int | None = None,
    column: int | None = None,
    hint: str | None = None,
) -> Issue:
    """One finding of a rule, with the rule's severity and, unless a better one is known, its remedy as the hint."""
    rule = RULES[code]
    return Issue(
        code=code,
        severity=rule.severity,
        message=message,
        hint=hint or rule.fix,
        path=path,
        row=row,
        line=line,
        column=column,
    )
