"""The workflows of docs/ci: their steps are run as GitHub and GitLab run them, against what a stranger may send."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cmarkgfm
import pytest
import yaml

from tests.ci.conftest import commit, git_in
from tests.ci.steps import Runner, step_named
from tests.conftest import ROOT, CorpusFolder, article

DOCS = ROOT / "docs" / "ci"
PREVIEW, COMMENT, GITLAB = DOCS / "corpus.yml", DOCS / "corpus-comment.yml", DOCS / "gitlab-ci.yml"


@pytest.mark.parametrize("path", [ROOT / "action.yml", PREVIEW, COMMENT], ids=lambda path: path.name)
def test_zizmor_finds_nothing(path: Path) -> None:
    zizmor = Path(sys.executable).parent / "zizmor"
    done = subprocess.run([zizmor, "--offline", "--no-progress", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_of_a_pull_request_runs_where_there_are_rights() -> None:
    preview, comment = (yaml.safe_load(path.read_text("utf-8")) for path in (PREVIEW, COMMENT))
    assert set(preview[True]) == {"push", "pull_request"}  # YAML reads on as true
    assert preview["permissions"] == comment["permissions"] == {}
    assert preview["jobs"]["check"]["permissions"] == {"contents": "read"}
    assert "secrets" not in PREVIEW.read_text("utf-8") + COMMENT.read_text("utf-8")
    uses = [step["uses"].partition("@")[0] for step in comment["jobs"]["comment"]["steps"] if "uses" in step]
    assert uses == ["actions/download-artifact"]


class TestThePreview:
    def preview(self, runner: Runner, base: str) -> str:
        runner.context["github.event.pull_request.base.sha"] = base
        done = runner.run(step_named(PREVIEW, "What a build would change"))
        assert done.returncode == 0, done.stderr
        return (runner.temp / "preview" / "preview.txt").read_text("utf-8")

    def test_says_what_is_added_removed_and_rejected(self, runner: Runner, repository: CorpusFolder) -> None:
        place = runner.checkout
        base = git_in(place, "rev-parse", "HEAD")
        git_in(place, "checkout", "-q", "-b", "work")
        gone = sorted(repository.folder.iterdir())[2]
        gone.unlink()
        new = repository.add(article(20))
        copy = repository.add(article(20))
        wrong = repository.add(article(21), name_id="0" * 16)
        commit(place)
        said = self.preview(runner, base)
        assert re.search(rf"^\+ {new.name} ", said, re.MULTILINE)
        assert re.search(rf"^- {gone.name} ", said, re.MULTILINE)
        assert f"raw/{wrong.name}: I001 " in said
        assert f"raw/{copy.name}: D001 the same bytes as {new.name}" in said
        assert said.endswith("Files with errors would be rejected.\n")
        assert git_in(place, "status", "--porcelain") == ""

    def test_of_the_first_articles_says_why_there_is_nothing_to_compare(
        self, runner: Runner, repository: CorpusFolder
    ) -> None:
        place = runner.checkout
        for path in repository.folder.iterdir():
            path.unlink()
        (repository.folder / "keep.md").write_text("", "utf-8")
        base = commit(place)
        new = repository.add(article(20), name_id="0" * 16)
        commit(place)
        said = self.preview(runner, base)
        assert "There is nothing to compare, since a build stops:" in said
        assert f"raw/{new.name}: " in said or "Checked 1 file" in said

    def test_shows_hostile_names_as_text(self, runner: Runner, repository: CorpusFolder) -> None:
        base = git_in(runner.checkout, "rev-parse", "HEAD")
        repository.add(b"\xff", name="a\n```\n\x1b[31m\u202e.txt")
        commit(runner.checkout)
        said = self.preview(runner, base)
        assert all(one.isprintable() for one in said.replace("\n", ""))
        assert "\n```" not in said


GH = """#!{python}
import json, os, sys
place = os.environ["RUNNER_TEMP"]
arguments = sys.argv[1:]
body = open(arguments[arguments.index("--input") + 1]).read() if "--input" in arguments else None
with open(place + "/calls", "a") as log:
    print(json.dumps([arguments, body]), file=log)
if any(one.endswith("/pulls") for one in arguments):
    print(open(place + "/pulls.json").read())
elif body is None:
    print(os.environ.get("COMMENTS", ""))
"""


class TestTheComment:
    @pytest.fixture
    def job(self, runner: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
        """The job, with a command gh that notes what it is asked and knows two pull requests of one branch."""
        gh = tmp_path / "bin" / "gh"
        gh.parent.mkdir()
        gh.write_text(GH.format(python=sys.executable), "utf-8")
        gh.chmod(0o755)
        monkeypatch.setenv("PATH", f"{gh.parent}{os.pathsep}{os.environ['PATH']}")
        pulls = [{"number": 7, "head": {"sha": "b" * 40}}, {"number": 8, "head": {"sha": "a" * 40}}]
        (runner.temp / "pulls.json").write_text(json.dumps(pulls), "utf-8")
        (runner.temp / "preview").mkdir()
        event = "github.event.workflow_run"
        runner.context |= {
            "github.token": "token",
            "github.repository": "someone/corpus",
            f"{event}.head_sha": "a" * 40,
            f"{event}.head_repository.owner.login": "stranger",
            f"{event}.head_branch": "@/etc/passwd $(touch pwned)",
            f"{event}.html_url": "https://github.com/someone/corpus/actions/runs/1",
        }
        return runner

    def calls(self, job: Runner, text: str | bytes | None, **more: str) -> list[tuple[list[str], str | None]]:
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (job.temp / "preview" / "preview.txt").write_bytes(data)
        done = job.run(step_named(COMMENT, "Comment"), **more)
        assert done.returncode == 0, done.stderr
        log = job.temp / "calls"
        return [tuple(json.loads(line)) for line in log.read_text("utf-8").splitlines()] if log.exists() else []

    def test_is_made_on_the_pull_request_of_the_commit(self, job: Runner) -> None:
        look, comments, post = self.calls(job, "+ 001.txt\n")
        assert look[0][-1] == "head=stranger:@/etc/passwd $(touch pwned)"
        assert "repos/someone/corpus/issues/8/comments" in comments[0]
        assert post[0][:4] == ["api", "--method", "POST", "repos/someone/corpus/issues/8/comments"]
        assert json.loads(post[1] or "")["body"] == (
            "<!-- dataset-tools -->\nWhat this pull request would change in the dataset "
            "([all of it](https://github.com/someone/corpus/actions/runs/1)):\n\n    + 001.txt\n"
        )
        assert not (job.checkout / "pwned").exists()

    def test_takes_the_place_of_the_one_before(self, job: Runner) -> None:
        *_, post = self.calls(job, "+ 001.txt\n", COMMENTS="41\n42")
        assert post[0][:4] == ["api", "--method", "PATCH", "repos/someone/corpus/issues/comments/41"]

    def test_is_left_out_where_the_commit_is_that_of_no_open_pull_request(self, job: Runner) -> None:
        job.context["github.event.workflow_run.head_sha"] = "c" * 40
        (look,) = self.calls(job, "+ 001.txt\n")
        assert look[1] is None

    def test_is_left_out_without_a_preview_or_with_a_link_in_its_place(self, job: Runner) -> None:
        assert self.calls(job, None) == []
        (job.temp / "preview" / "preview.txt").symlink_to("/etc/passwd")
        assert self.calls(job, None) == []

    @pytest.mark.parametrize(
        "text",
        [
            "```\n![x](https://evil.example/x.png) @everyone #1\n",
            "~~~\n````\n`````text\n[x](https://evil.example)\n",
            "</code></pre><img src=https://evil.example>\n--><script>1</script>",
            "a\r\n```\r\n<b>b</b>",
            "\u202e\x1b[31m\x00\u2028```\n@x",
            "`" * 4000 + "\n[x](y)",
            "\n\n[x](y)\n\n\n- [x](y)\n\n      [x](y)\n",
            "\t[x](y)\n> [x](y)\n---\n# [x](y)",
        ],
    )
    def test_shows_the_text_of_a_stranger_as_text(self, text: str, job: Runner) -> None:
        *_, post = self.calls(job, text)
        body = json.loads(post[1] or "")["body"]
        html = cmarkgfm.github_flavored_markdown_to_html(body)
        assert html.count("<a ") == 1
        assert html.count("<pre") == html.count("</pre>") == 1
        assert html.rstrip().endswith("</code></pre>")
        assert not re.search("<(img|script|b)\\b", html)
        assert not re.search("[\u202e\x1b\x00\u2028\r]", body)

    @pytest.mark.parametrize("text", ["x" * 200 + "\n", "`", "\n\na", "a\n", "\U0001f600" * 200 + "\n"])
    def test_is_cut_to_what_github_takes(self, text: str, job: Runner) -> None:
        *_, post = self.calls(job, "a" + text * 200_000 + "a")
        body = json.loads(post[1] or "")["body"]
        assert 30_000 < len(body) < 31_000
        assert body.endswith("\n    …\n")

    def test_takes_any_bytes(self, job: Runner) -> None:
        *_, post = self.calls(job, b"\xff\xfe\x00" * 100)
        assert "\ufffd" in json.loads(post[1] or "")["body"]


def test_gitlab_gets_a_report_of_what_has_changed(
    repository: CorpusFolder, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = repository.folder.parent
    base = git_in(place, "rev-parse", "HEAD")
    repository.add(article(0), name="old wrong name.txt")
    before = commit(place)
    wrong = repository.add(article(21), name_id="0" * 16)
    commit(place)
    monkeypatch.setenv("PATH", f"{Path(command).parent}{os.pathsep}{os.environ['PATH']}")
    job = yaml.safe_load(GITLAB.read_text("utf-8"))["corpus"]
    install, check = job["script"]
    assert install.startswith("pip install ")
    for since, codes in ((before, {"I001"}), (base, {"I001", "F004"}), ("", {"I001", "F004"})):
        environment = {**os.environ, "CI_MERGE_REQUEST_DIFF_BASE_SHA": since}
        assert subprocess.run(["bash", "-c", check], env=environment, check=False, capture_output=True).returncode == 1
        report = json.loads((place / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
        assert {one["check_name"][:4] for one in report} == codes
        assert f"raw/{wrong.name}" in {one["location"]["path"] for one in report}
