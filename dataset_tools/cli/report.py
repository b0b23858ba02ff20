"""`dataset-tools report`."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.console import look_of, run, write_text


def report(
    dist: options.Dist = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="File to write.")] = Path("report.html"),
    raw: Annotated[
        Path | None,
        typer.Option(
            metavar="RAW",
            help="Folder of the corpus, to show texts of documents that were left out as well.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            help="Another dataset (a folder, a Parquet file, a URL), to show what changed since.",
            show_default=False,
        ),
    ] = None,
    config: options.Config = None,
) -> None:
    """Show a dataset as one HTML file.

    From files to rows, issues, lengths, words, duplicates, how it was made. The file asks nothing of the network and
    runs nothing but its own script. It quotes texts of the dataset.
    """

    def command() -> int:
        from dataset_tools import html_report

        folder = dist if dist is not None else options.configured_out(config)
        written = html_report.report(folder, out, raw=raw, old=compare)
        from dataset_tools.formats.summary import Summary, text

        summary = Summary(said=written.sentences(), next=[f"open {out} in a browser"])
        write_text(text(summary, look_of(options.Color.AUTO, None)), None)
        return 0

    run(command)
