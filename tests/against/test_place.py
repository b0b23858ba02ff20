"""Where published datasets lie: paths, URLs, and what is refused."""

from pathlib import Path

import pytest
from fsspec.registry import known_implementations

from dataset_tools.against.place import locate
from dataset_tools.model import UserError
from dataset_tools.text import printable


def refused(word: str) -> UserError:
    with pytest.raises(UserError) as caught:
        locate(word)
    return caught.value


def test_a_path_is_known_by_its_last_part_which_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    place = locate(str(tmp_path / "set"))
    assert (place.name, place.local) == ("set", tmp_path / "set")


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    place = locate(f"file://{tmp_path}/t%E1%BA%ADp")
    assert (place.name, place.local) == ("tập", tmp_path / "tập")


def test_a_url_is_known_by_itself_without_what_may_be_secret_in_it() -> None:
    place = locate("memory://published/set?token=bímật#x")
    assert (place.name, place.shown) == ("memory://published/set", "memory://published/set")


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    error = refused("s3://key:bimat@bucket/set")
    assert "bimat" not in str(error)
    assert "key" not in error.message
    assert "environment" in error.hint


def test_a_kind_of_url_that_nobody_knows_is_refused() -> None:
    assert "'foo' is not a kind of URL" in refused("foo://bucket/set").message


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(known_implementations, "kho", {"class": "gói_không_có.Kho", "err": "kho needs gói_không_có"})
    error = refused("kho://bucket/set")
    assert "kho:// is not installed" in error.message
    assert error.hint == "install it: pip install gói_không_có"


@pytest.mark.parametrize("word", ["file://thư-mục/x", "file://", "s3://[x", "a\0b", "file:///a%00b"])
def test_what_is_no_path_and_no_url_is_refused(word: str) -> None:
    error = refused(word)
    assert printable(error.message) == error.message


def test_a_chain_of_urls_is_refused() -> None:
    assert "chain" in refused("simplecache::memory://a/b").message


def test_what_a_plug_in_raises_is_an_error_of_the_user_and_a_defect_of_ours_is_none() -> None:
    with (
        pytest.raises(UserError, match=r"cannot read memory://a: no https://x/y\?… there;"),
        locate("memory://a").faults(),
    ):
        raise RuntimeError("no https://x/y?signature=bimat there")
    with pytest.raises(RuntimeError), locate("a").faults():
        raise RuntimeError
