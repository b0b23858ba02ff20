"""Run the commands of a section in turn, and put together what was measured."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.performance.cases import Case, dataset, into_disk_cache
from benchmarks.performance.opened import opened_files
from benchmarks.performance.results import Kind, Look, Measured, Section, Time


def section(kind: Kind, project: Path, cases: Sequence[Case], rounds: int) -> Section:
    """Every case once to look at it, then once in each round."""
    sizes = [path.stat().st_size for path in (project / "raw").iterdir()]
    looks: dict[str, Look] = {}
    datasets: dict[str, list[str]] = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            case.before()
            into_disk_cache(project)
            if number == 0:
                looks[case.name] = look(case, project)
            else:
                case.run(project, watch=False)
            datasets[case.name].append(dataset(project))
            line = f"{kind}, {len(sizes):,} documents, round {number}: {case.name}: {case.runs[-1].wall:.2f} s"
            print(line, file=sys.stderr, flush=True)
    return Section(
        kind=kind,
        documents=len(sizes),
        size=sum(sizes),
        cases=[
            Measured(
                name=case.name,
                times=[Time(wall=run.wall, processor=run.processor) for run in case.runs[1:]],
                look=looks[case.name],
                datasets=datasets[case.name],
            )
            for case in cases
        ],
    )


def look(case: Case, project: Path) -> Look:
    """Run a case to see its memory, the files of the corpus that it opens, and where its time goes."""
    profile = project / "profile.json"
    profile.unlink(missing_ok=True)
    with opened_files(project / "raw") as names:
        run = case.run(project, watch=True)
    stages = json.loads(profile.read_bytes())["stages"] if profile.exists() else []
    seconds = {one["stage"]: one["wall_seconds"] for one in stages}
    return Look(memory=run.memory, opened=len(names), stages=seconds)
