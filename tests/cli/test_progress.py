import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dataset_tools.cli import progress
from dataset_tools.cli.options import ProgressForm
from dataset_tools.cli.progress import Stage, shown_progress
from dataset_tools.model import UserError
from dataset_tools.processes import Processor
from tests.cli.test_commands import call
from tests.conftest import CorpusFolder, article


def test_a_line_says_what_is_done_how_fast_and_what_is_left() -> None:
    stage = Stage("Checking", 400, began=time.monotonic() - 10)
    assert stage.line() == "Checking 0 of 400 (0%)"
    stage.advance(100, 3)
    assert stage.line() == "Checking 100 of 400 (25%), 10 a second, about 30 s left, 3 with problems"
    stage.advance(300, 0)
    assert stage.line() == "Checking 400 of 400 (100%), 40 a second, 3 with problems"
    assert Stage("Writing", 0).line() == "Writing 0 of 0"


def test_plain_progress_is_a_line_now_and_then_even_while_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(progress, "EVERY", 0.01)
    monkeypatch.setattr("sys.stderr", stream)
    with shown_progress(ProgressForm.PLAIN, quiet=False, no_color=True, profile=None) as shown:
        time.sleep(0.05)
        assert stream.getvalue() == ""
        shown.stage("Comparing", 10)
        shown.advance(4)
        deadline = time.monotonic() + 10
        while stream.getvalue().count("\n") < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    lines = stream.getvalue().splitlines()
    assert len(lines) >= 2
    assert all(line.startswith("Comparing 4 of 10 (40%), ") for line in lines)


@pytest.mark.parametrize("form", [ProgressForm.NONE, ProgressForm.AUTO])
def test_nothing_is_shown_where_there_is_no_terminal(form: ProgressForm, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with shown_progress(form, quiet=False, no_color=True, profile=None) as shown:
        shown.stage("Checking", 1)
        shown.advance(1)
    assert stream.getvalue() == ""


def test_a_profile_has_each_stage_with_its_documents_and_times(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add("chỉ có tiêu đề\n")
    result = call("build", corpus.folder, "-o", "dist", "--on-invalid", "quarantine", "--profile", "profile.json")
    assert result.exit_code == 0
    stages = json.loads(Path("profile.json").read_text("utf-8"))["stages"]
    assert [(one["stage"], one["documents"]) for one in stages] == [
        ("Starting", 0),
        ("Checking", 2),
        ("Comparing", 1),
        ("Writing", 1),
    ]
    assert all(one["wall_seconds"] >= 0 and one["processor_seconds"] >= 0 for one in stages)


def test_a_profile_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "profile.json"
    with (
        pytest.raises(UserError, match="cannot write the profile"),
        shown_progress(ProgressForm.NONE, quiet=True, no_color=True, profile=missing),
    ):
        pass


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="workers are seen in /proc")
def test_the_time_of_workers_is_seen() -> None:
    code = "import time\nwhile time.process_time() < 0.3: 0\nprint('busy', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        own, workers = Processor().look()
        process.kill()
    assert workers >= 0.25
    assert own > 0
