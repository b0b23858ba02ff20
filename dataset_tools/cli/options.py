"""Arguments and options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """The names of the report formats; a test keeps them equal to the registry, which would be slow to import here."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"


class Color(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class ProgressForm(StrEnum):
    """How to tell how far a command is."""

    AUTO = "auto"
    PLAIN = "plain"
    NONE = "none"


Raw = Annotated[
    Path | None,
    typer.Argument(
        metavar="RAW", help="Folder of the corpus. By default the raw folder of the settings.", show_default=False
    ),
]
Dist = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIST", help="Folder of the dataset. By default that of the settings, dist.", show_default=False
    ),
]
BuiltAs = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="DIST",
        help="Dataset that was built from these files: it says what the ids are.",
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="Settings file. By default the nearest dataset-tools.toml, or pyproject.toml with [tool.dataset-tools], "
        "upwards from the current folder.",
        show_default=False,
    ),
]
Schema = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Schema of an article (pandera): YAML, JSON, or a Python file, which is executed. By default that of the "
        "settings, else the built-in one.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="Worker processes. By default as many as pay off.",
        show_default=False,
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Use nothing that earlier runs have found, and keep nothing for later ones.")
]
Rehash = Annotated[
    bool,
    typer.Option(
        "--rehash",
        help="Read every file, whatever its size and times say, to see by its SHA-256 whether it has changed.",
    ),
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DIST",
        help="A published dataset (a folder, a Parquet file, a URL). Documents that are in it, or nearly so, are left "
        "out by build, and warnings of validate. Can be given again.",
        show_default=False,
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RULE",
        help="Only these rules: a code, the beginning of one, a name, DEFAULT or ALL. Can be given again.",
        show_default=False,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RULE",
        help="Not these rules. Can be given again; adds to those of the settings.",
        show_default=False,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Let warnings count as errors for the exit code.")]
Format = Annotated[OutputFormat, typer.Option("--output-format", help="Form of the report on standard output.")]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output-file", metavar="FILE", help="Write the report to this file instead.", show_default=False),
]
MaxIssues = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Show at most N issues, errors before warnings, and say how many are left out. By default all.",
        show_default=False,
    ),
]
Statistics = Annotated[
    bool,
    typer.Option("--statistics", help="Show how often each rule is broken, not each issue (full, concise, json)."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Draw no progress bars, and say nothing when there is nothing to report.")
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Say on standard error which settings file, schema and rules the run works with."
    ),
]
ColorOption = Annotated[Color, typer.Option("--color", help="When to colour the report and the progress bars.")]
ProgressOption = Annotated[
    ProgressForm,
    typer.Option("--progress", help="Bars on a terminal (auto), a line every 30 seconds (plain), or nothing (none)."),
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="The same as --progress none.")]
ProfileFile = Annotated[
    Path | None,
    typer.Option("--profile", metavar="FILE", help="Write where the time went, by stage, to this file as JSON."),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        max=1.0,
        metavar="NUMBER",
        help="Similarity from which two texts are near-duplicates (Jaccard of word 5-grams). By default 0.8.",
        show_default=False,
    ),
]


def configured_out(config: Path | None) -> Path:
    """The folder of the dataset that the settings name."""
    from dataset_tools import config as settings_files

    return settings_files.load(config).out
