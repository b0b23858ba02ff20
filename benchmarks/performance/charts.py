"""The charts of docs/performance.md, as SVG: the same bytes for the same figures and the same matplotlib."""

import io
from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.performance.cases import BUILD, FLOOR, VALIDATE
from benchmarks.performance.page import full_size
from benchmarks.performance.results import Measured, Results, Section

TEXT = "#7a7a7a"
COLOURS = {FLOOR: "#7a7a7a", VALIDATE: "#2f81c7", BUILD: "#d1661f"}
"""All of them stand out on white as well as on the near-black of dark pages; a test says how much."""

OTHERS = "#8a63d2"
STYLE = {
    "svg.hashsalt": "dataset-tools",
    "svg.fonttype": "none",  # text stays text: small, searchable, in a font that the reader has
    "font.family": "sans-serif",
    "font.size": 10.0,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "legend.frameon": False,
}


def charts(results: Results) -> dict[str, bytes]:
    """Each chart by the name of its file; those of which nothing was measured are left out."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        drawn = {}
        sizes = results.of("size")
        if sizes:
            drawn["time.svg"] = _by_size(sizes, "µs for each document", lambda one, of: one.seconds() / of * 1e6)
            drawn["memory.svg"] = _by_size(sizes, "peak memory, MB", lambda one, _: one.look.memory / 1e6)
        full = full_size(results)
        if full is not None:
            base = full.case(FLOOR)
            assert base is not None
            label = f"times the floor, {full.documents:,} documents"
            drawn["ratios.svg"] = _bars(full.cases, label, lambda one: one.seconds() / base.seconds())
        for peers in results.of("peers"):
            label = f"seconds, {peers.documents:,} documents"
            drawn["peers.svg"] = _bars(peers.cases, label, Measured.seconds, scale="log")
    return drawn


def _by_size(sizes: Sequence[Section], label: str, value: Callable[[Measured, int], float]) -> bytes:
    figure, axes = _figure(3.4)
    for name, colour in COLOURS.items():
        points = [(one.documents, value(case, one.documents)) for one in sizes if (case := one.case(name)) is not None]
        axes.plot(*zip(*points, strict=True), marker="o", color=colour, label=name)
    axes.set_xscale("log")
    axes.set_xticks([one.documents for one in sizes], [f"{one.documents:,}" for one in sizes])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("documents")
    axes.set_ylabel(label)
    axes.legend()
    return _svg(figure)


def _bars(cases: Sequence[Measured], label: str, value: Callable[[Measured], float], scale: str = "linear") -> bytes:
    figure, axes = _figure(0.9 + 0.32 * len(cases))
    values = [value(one) for one in cases]
    bars = axes.barh([one.name for one in cases], values, color=[COLOURS.get(one.name, OTHERS) for one in cases])
    axes.bar_label(bars, [f"{one:.2f}" for one in values], padding=3)
    axes.invert_yaxis()
    axes.set_xscale(scale)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(x=0.1)
    axes.set_xlabel(label)
    return _svg(figure)


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8.0, height), layout="constrained")
    return figure, figure.add_subplot()


def _svg(figure: Figure) -> bytes:
    """The bytes, on a transparent ground, without the time."""
    metadata: Mapping[str, str | None] = {"Date": None}
    file = io.BytesIO()
    figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    return file.getvalue()
