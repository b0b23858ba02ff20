import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.config import find, load
from dataset_tools.model import UserError
from dataset_tools.settings import Settings, digest
from dataset_tools.text import printable


def write(text, name="dataset-tools.toml"):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def refused(text, name="dataset-tools.toml"):
    path = write(text, name)
    with pytest.raises(UserError) as caught:
        load(path)
    assert printable(caught.value.message) == caught.value.message
    return caught.value


def error_of(path):
    """The message of the user error that a file gives, None if it gives settings."""
    try:
        assert isinstance(load(path), Settings)
    except UserError as error:
        return error.message
    return None


def test_without_a_settings_file_the_defaults_hold():
    assert load() == Settings()


def test_settings_are_searched_upwards_from_the_current_folder(monkeypatch):
    write("max_invalid = 3")
    write("[project]\nname = 'x'", "a/pyproject.toml")  # has no table of ours, so the search goes on
    Path("a/b").mkdir()
    monkeypatch.chdir("a/b")
    assert load().max_invalid == 3
    write("[tool.dataset-tools]\nmax_invalid = 4", "../pyproject.toml")
    assert load().max_invalid == 4


def test_dataset_tools_toml_wins_over_pyproject_toml_in_the_same_folder():
    write("[tool.dataset-tools]\nmax_invalid = 1", "pyproject.toml")
    assert find(Path.cwd()) == Path.cwd() / "pyproject.toml"
    write("max_invalid = 2")
    assert find(Path.cwd()) == Path.cwd() / "dataset-tools.toml"
    assert load().max_invalid == 2


def test_a_named_settings_file_wins_over_what_lies_nearby():
    write("max_invalid = 1")
    assert load(write("max_invalid = 2", "sub/own.toml")).max_invalid == 2


def test_paths_in_the_settings_are_relative_to_their_file_and_those_of_the_call_are_not(monkeypatch):
    write("raw = 'bài'\nschema = 'my.yaml'\n[card]\ntext = 'thẻ.md'", "project/dataset-tools.toml")
    write("", "project/thẻ.md")
    Path("project/deep").mkdir()
    project = Path.cwd() / "project"
    monkeypatch.chdir("project/deep")
    found = load()
    assert (found.raw.resolve(), found.out.resolve()) == (project / "bài", project / "dist")
    assert (found.article_schema.resolve(), found.card.text.resolve()) == (project / "my.yaml", project / "thẻ.md")
    called = load(raw=Path("here"), out=Path("there"), schema=Path("s.yaml"))
    assert (called.raw, called.out, called.article_schema) == (Path("here"), Path("there"), Path("s.yaml"))
    assert load(schema=Path("s.yaml")).out == found.out
    assert load(write("raw = '/mnt/raw'", "absolute.toml")).raw == Path("/mnt/raw")


def test_paths_are_shown_as_seen_from_the_current_folder():
    write("", "project/dataset-tools.toml")
    assert load(Path("project/dataset-tools.toml").absolute()).raw == Path("project/raw")


def test_a_schema_nearby_is_used_unless_another_is_configured():
    write("", "schemas/article.yaml")
    assert load().article_schema == Path("schemas/article.yaml")
    write("schema = 'other.yaml'")
    assert load().article_schema == Path("other.yaml")


def test_a_schema_nearby_is_yaml_or_json_and_never_a_program():
    write("", "schemas/article.py")
    assert load().article_schema is None
    write("", "schemas/article.json")
    assert load().article_schema == Path("schemas/article.json")
    write("", "schemas/article.yaml")
    with pytest.raises(UserError, match=r"schemas/article\.yaml and schemas/article\.json"):
        load()
    assert load(schema=Path("schemas/article.py")).article_schema == Path("schemas/article.py")


def test_what_the_call_says_wins_and_the_dedup_settings_merge_key_by_key():
    write("on_invalid = 'quarantine'\njobs = 2\n[dedup]\nthreshold = 0.7\npolicy = 'longest'")
    found = load(jobs=4, recipe=None, dedup={"threshold": 0.9})
    assert (found.on_invalid, found.jobs, found.recipe) == ("quarantine", 4, "auto")
    assert (found.dedup.threshold, found.dedup.policy) == (0.9, "longest")


def test_another_policy_of_the_call_does_without_the_priorities_of_the_file():
    write("[dedup]\npolicy = 'priority'\npriority = ['a/**', 'b/**']")
    assert load().dedup.priority == ("a/**", "b/**")
    assert load(dedup={"policy": "longest"}).dedup.priority == ()
    assert load(dedup={"policy": "priority", "threshold": 0.7}).dedup.priority == ("a/**", "b/**")


def test_a_wrong_value_of_the_call_is_named():
    with pytest.raises(UserError, match=r"the call: dedup\.threshold: .*less than or equal to 1"):
        load(dedup={"threshold": 2.0})


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("max_filesize = 1", "max_filesize is not a setting", "did you mean max_file_size?"),
        ("article_schema = 'x'", "article_schema is not a setting", "did you mean schema?"),
        ("[dedup]\ntreshold = 0.5", "dedup.treshold is not a setting", "did you mean threshold?"),
        ("[package]\ntext_colum = true", "package.text_colum is not a setting", "did you mean text_column?"),
        ("[card]\nlicence = 'mit'", "card.licence is not a setting", "did you mean license?"),
        ("threshold = 0.5", "threshold is not a setting", "put it in the table [dedup]"),
        ("treshold = 0.5", "treshold is not a setting", "did you mean threshold, in the table [dedup]?"),
        ("[dedup]\nraw = 'x'", "dedup.raw is not a setting", "put it at the top of the file, above all tables"),
        ("[tool.dataset-tools]\nraw = 'x'", "tool is not a setting", "leave tool.dataset-tools out"),
        ("zzz = 1", "zzz is not a setting", "known: raw, out, schema,"),
        ('"\\u001b[31m" = 1', "\\x1b[31m is not a setting", "known: "),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_one_named(text, said, hint):
    error = refused(text)
    assert error.message == f"dataset-tools.toml: {said}"
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("raw = 3", "raw", "3"),
        ("schema = []", "schema", "[]"),
        ("include = 3", "include", "3"),
        ("include = ['*.txt', 1]", "include.1", "1"),
        ("include = '[z-a]'", "include.0", "'[z-a]' is not a glob: the range z-a is empty"),
        ("[per_path_ignore]\n'[z-a]' = 'W'", "per_path_ignore.[z-a]", "'[z-a]' is not a glob"),
        ("[per_path_ignore]\n'a/**' = [1]", "per_path_ignore.a/**.0", "1"),
        ("per_path_ignore = ['W']", "per_path_ignore", "valid dictionary"),
        ("[severity]\nW = 'warn'", "severity.W", "'error' or 'warning'"),
        ("severity = 'error'", "severity", "valid dictionary"),
        ("file_name = '['", "file_name", "is not a regular expression"),
        ("file_name = '\\d+.txt'", "file_name", "needs a group (?P<id>...)"),
        ("file_name = '(?P<id>x){99999999999999999999}'", "file_name", "is not a regular expression"),
        ("recipe = 'sha265(file)'", "recipe", "'sha265' is not a known algorithm"),
        ('recipe = "\\u001b[31m\\n"', "recipe", "is not an id recipe"),
        ("recipe = 3", "recipe", "valid string"),
        ("max_file_size = '3 XB'", "max_file_size", "must be a size such as 32 MiB"),
        ("max_file_size = '2 GiB'", "max_file_size", "less than or equal to 1073741824"),
        ("max_file_size = 0", "max_file_size", "greater than 0"),
        ("max_file_size = true", "max_file_size", "True"),
        ("max_file_size = 1.5", "max_file_size", "1.5"),
        ("on_invalid = 'warn'", "on_invalid", "'fail' or 'quarantine'"),
        ("max_invalid = -1", "max_invalid", "greater than or equal to 0"),
        ("max_invalid = '3'", "max_invalid", "'3'"),
        ("jobs = 0", "jobs", "greater than 0"),
        ("jobs = 'many'", "jobs", "'many'"),
        ("dedup = 3", "dedup", "3"),
        ("[dedup]\nnear = 'yes'", "dedup.near", "'yes'"),
        ("[dedup]\nthreshold = 0.05", "dedup.threshold", "greater than or equal to 0.1"),
        ("[dedup]\nthreshold = nan", "dedup.threshold", "nan"),
        ("[dedup]\nthreshold = true", "dedup.threshold", "True"),
        ("[dedup]\nthreshold = '0.8'", "dedup.threshold", "'0.8'"),
        ("[dedup]\npolicy = 'shortest'", "dedup.policy", "'first', 'longest' or 'priority'"),
        ("[dedup]\npolicy = 'priority'", "dedup", "needs priority = ["),
        ("[dedup]\npolicy = 'longest'\npriority = 'a/**'", "dedup", 'no effect with policy = "longest"'),
        ("[dedup]\npriority = ['a/**']", "dedup", 'no effect with policy = "first"'),
        ("[dedup]\npolicy = 'priority'\npriority = ['a/**', 'b', 'a/**']", "dedup", "names 'a/**' twice"),
        ("[dedup]\npolicy = 'priority'\npriority = ['[z-a]']", "dedup.priority.0", "'[z-a]' is not a glob"),
        ("[dedup]\nnumbers = 'ignore'", "dedup.numbers", "'remove' or 'keep'"),
        ("[dedup]\nnear = false\nnumbers = 'keep'", "dedup", "no effect with near = false"),
        ("[dedup]\nmax_cluster = 0", "dedup.max_cluster", "greater than 0"),
        ("[dedup]\nmax_removed = 1", "dedup.max_removed", "less than 1"),
        ("[dedup]\nmax_removed = '50%'", "dedup.max_removed", "'50%'"),
        ("[dedup]\nbucket_limit = 0", "dedup.bucket_limit", "greater than 0"),
        ("[package]\nshard_size = '1 TB'", "package.shard_size", "must be a size"),
        ("[card]\nlanguage = 3", "card.language", "3"),
        ("[card]\ntags = [1]", "card.tags.0", "1"),
        ("split = 3", "split", "3"),
        ("[split]\ntest = 0", "split.test", "greater than 0"),
        ("[split]\ntest = nan", "split.test", "nan"),
        ("[split]\ntest = '0.1'", "split.test", "'0.1'"),
        ("[split]\nliteral_texts = 2", "split.literal_texts", "less than 1"),
        ("[split]\ntrain = 0.9", "split", "train is what the other splits leave"),
        ("[split]\nall = 0.1", "split", "'all' cannot be the name of a split"),
        ("[split]\n'kiểm tra' = 0.1", "split", "'kiểm tra' cannot be the name of a split"),
        ("[split]\ntest = 0.5\nvalidation = 0.5", "split", "the shares add up to 1, which leaves nothing for train"),
        ("[split]\na = 0.9\nb = 0.9", "split", "add up to 1.8"),
    ],
)
def test_a_wrong_value_is_refused_and_its_key_named(text, key, said):
    error = refused(text)
    assert error.message.startswith(f"dataset-tools.toml: {key}: ")
    assert said in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.dataset-tools]\nrraw = 'x'", "rraw is not a setting"),
        ("[tool.other]", "has no [tool.dataset-tools]"),
        ("[tool.dataset_tools]\nraw = 'x'", "has the table [tool.dataset_tools]"),
        ("x = [", "is not TOML"),
        ("tool = 3", "pyproject.toml"),
        ("[[tool]]\na = 1", "pyproject.toml"),
        ("[tool]\ndataset-tools = 3", "pyproject.toml"),
        ("[tool]\ndataset-tools = []", "pyproject.toml"),
    ],
)
def test_a_pyproject_that_is_not_as_it_should_be_is_a_user_error(text, said):
    assert said in refused(text, "pyproject.toml").message


def test_a_pyproject_whose_tool_is_no_table_is_a_user_error_or_passed_over_when_it_is_found():
    write("tool = 3", "pyproject.toml")
    message = error_of(None)
    assert message is None or "pyproject.toml" in message


def test_a_settings_file_that_cannot_be_read_is_a_user_error():
    for path, said in ((Path("none.toml"), "No such file"), (Path(), "Is a directory")):
        with pytest.raises(UserError, match=said):
            load(path)
    Path("utf16.toml").write_bytes("raw = 'bài'".encode("utf-16"))
    with pytest.raises(UserError, match="is not TOML"):
        load(Path("utf16.toml"))


# fmt: off
toml_values = st.sampled_from(
    ["3", "-1", "true", "nan", "inf", "0.5", "''", "'auto'", "'fail'", "'32 MiB'", "[]", "[1]", "['vi']", "{}",
     "{a = 0.1}", "{near = false}", "{x = 1}", "2024-02-03", "'(?P<id>.)'", '"\\u001b[31m\\u202e"', '"a\\u0000"']
)
# fmt: on


@given(st.sampled_from([field.alias or name for name, field in Settings.model_fields.items()]), toml_values)
def test_any_value_of_any_key_gives_settings_or_a_user_error_of_one_line(key, value):
    message = error_of(write(f"{key} = {value}"))
    assert message is None or message.startswith(f"dataset-tools.toml: {key}")
    assert message is None or printable(message) == message


@pytest.mark.parametrize(
    ("written", "size"),
    [("'10'", 10), ("10", 10), ("'2kB'", 2000), ("'3 MB'", 3_000_000), ("'32 MiB'", 32 << 20), ("' 1 GiB '", 1 << 30)],
)
def test_sizes_may_have_a_unit(written, size):
    assert load(write(f"max_file_size = {written}")).max_file_size == size


def test_one_word_stands_for_a_list_of_one():
    found = load(write("include = 'bài/*.txt'\n[card]\nlanguage = 'vi'"))
    assert found.include == ("bài/*.txt",)
    assert found.card.language == ("vi",)


def test_a_recipe_is_written_in_one_way():
    assert load(write("recipe = ' sha256 ( title + body,nfc ) [:16]'")).recipe == "sha256(title+body, nfc)[:16]"


def content_digest(text):
    return digest(load(write(text)).content_settings())


def test_the_order_of_splits_changes_the_digest_and_the_order_of_other_keys_does_not():
    a, b = "test = 0.1\n", "validation = 0.1\n"
    assert content_digest(f"[split]\n{a}{b}") != content_digest(f"[split]\n{b}{a}")
    assert content_digest("[dedup]\nnear = true\nthreshold = 0.7") == content_digest(
        "[dedup]\nthreshold = 0.7\nnear = true"
    )


LIMITS = ["max_invalid = 9", "[dedup]\nmax_cluster = 9", "[dedup]\nmax_removed = 0.5"]


@pytest.mark.parametrize("text", ["jobs = 3", "raw = 'x'", "out = 'y'", *LIMITS])
def test_settings_that_cannot_change_bytes_do_not_change_the_digest(text):
    assert content_digest(text) == content_digest("")


@pytest.mark.parametrize(
    "text",
    [
        "include = '*.md'",
        "file_name = '(?P<id>.+)'",
        "max_file_size = 9",
        "[severity]\nW001 = 'error'",
        "[per_path_ignore]\n'a/**' = 'W'",
        "on_invalid = 'quarantine'",
        "[dedup]\nthreshold = 0.7",
        "[dedup]\npolicy = 'longest'",
        "[dedup]\npolicy = 'priority'\npriority = 'a/**'",
        "[dedup]\nnumbers = 'keep'",
        "[split]\ntest = 0.1",
        "[package]\ntext_column = true",
        "[card]\nlicense = 'mit'",
    ],
)
def test_settings_that_can_change_bytes_change_the_digest(text):
    assert content_digest(text) != content_digest("")


def test_settings_of_one_corpus_do_not_speak_of_another():
    write("raw = 'mine'\n[card]\nlicense = 'cc0-1.0'\n[split]\ntest = 0.5", "dataset-tools.toml")
    assert load(raw=Path("mine")).card.license == "cc0-1.0"
    other = load(raw=Path("other"), out=Path("elsewhere"))
    assert (other.card.license, other.card.text, other.split) == (None, None, {"test": 0.5})
    with pytest.raises(UserError, match=r"is not the corpus of dataset-tools\.toml") as raised:
        load(raw=Path("other"))
    assert "--out" in raised.value.hint


def test_a_card_text_that_is_named_must_exist():
    write("[card]\ntext = 'thẻ.md'", "dataset-tools.toml")
    with pytest.raises(UserError, match=r"there is no file thẻ\.md"):
        load()


def test_published_datasets_are_relative_to_the_file_unless_they_are_urls_and_a_call_replaces_them():
    path = write("against = ['old', 's3://bucket/set', '/abs']", "sub/own.toml")
    assert load(path).against == ("sub/old", "s3://bucket/set", "/abs")
    assert load(path, against=["here"]).against == ("here",)
    assert load(write("against = 'old'")).against == ("old",)
    assert "against.0: must name a path or a URL" in refused("against = ['']").message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not search the folder")
def test_in_a_folder_that_may_not_be_searched_no_settings_are_found(tmp_path):
    tmp_path.chmod(0o700)
    os.seteuid(65534)
    try:
        assert find(tmp_path / "here") is None
    finally:
        os.seteuid(0)


def test_a_corpus_may_be_named_by_a_url_in_the_settings_and_in_the_call(tmp_path: Path) -> None:
    path = tmp_path / "dataset-tools.toml"
    path.write_text('raw = "s3://kho/tin"\n[engine]\nname = "daft"\nwork_dir = "work"\n', "utf-8")
    settings = load(path)
    assert (settings.engine.source, settings.engine.work_dir) == ("s3://kho/tin", str(tmp_path / "work"))
    assert load(path, raw=Path("s3://kho/tin")).engine.source == "s3://kho/tin"
    other = load(path, raw=Path("s3://kho/khac"), out=Path("khac"))
    assert (other.engine.source, other.engine.name) == ("s3://kho/khac", "daft")
    here = load(path, raw=tmp_path, out=Path("khac"), engine={"work_dir": "s3://kho/viec"})
    assert (here.raw, here.engine.source, here.engine.work_dir) == (tmp_path, None, "s3://kho/viec")
    with pytest.raises(UserError, match="s3:/kho/khac is not the corpus of"):
        load(path, raw=Path("s3://kho/khac"))


@pytest.mark.parametrize("by", ["settings", "call"])
def test_a_dataset_at_a_url_is_built_in_a_folder_and_pushed(by: str, tmp_path: Path) -> None:
    path = tmp_path / "dataset-tools.toml"
    path.write_text('out = "s3://kho/tin"\n' if by == "settings" else "", "utf-8")
    with pytest.raises(UserError, match=r"s3://kho/tin is a URL; .* dataset-tools push FOLDER s3://kho/tin"):
        load(path, out=Path("s3://kho/tin") if by == "call" else None)
