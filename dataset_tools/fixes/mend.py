"""What becomes of one file: which fixes are applied, whether that is safe, and what the file is called then."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dataset_tools.fixes import FIXES, Fix
from dataset_tools.fixes.names import right_form, right_id
from dataset_tools.model import Articles, Files
from dataset_tools.recipes import Content, Recipe
from dataset_tools.rules import RulePolicy, issue
from dataset_tools.stages.identify import Contents
from dataset_tools.stages.parse import parse
from dataset_tools.text import collapse, nfc, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A file after its fixes: its bytes, its name, and the rules whose findings were mended, in catalogue order."""

    data: bytes
    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mender:
    """What is known of a corpus that decides what is mended, and what is safe.

    `recipe` is None where ids are external; unless `decided`, nobody knows what they are the hash of, and nothing is
    safe.
    """

    file_name: re.Pattern[str]
    recipe: Recipe | None
    decided: bool
    policy: RulePolicy

    def safely(self, path: str, data: bytes) -> Mended:
        """Apply what changes no id and no word; `path` is below the root.

        All fixes together are safe where they give the content that the id is the hash of. Else only those are tried
        that change nothing that a reader sees: together, and then one by one.
        """
        name = path.rpartition("/")[2]
        before = self._article(name, data)
        fixes = self._in_force(path)
        quiet = [fix for fix in fixes if fix.quiet]
        if not self.decided:
            return Mended(data=data, name=name)
        found = to_the_end(data, fixes)
        if self._is_proven(self._article(name, found.data)):
            return Mended(data=found.data, name=name, codes=found.codes)
        found = to_the_end(data, quiet)
        if self._stays(before, self._article(name, found.data)):
            return Mended(data=found.data, name=name, codes=found.codes)
        mended = _Applied(data)
        while True:
            start = mended.data
            for fix in quiet:
                new = fix.apply(mended.data)
                if new != mended.data and self._stays(before, self._article(name, new)):
                    mended.take(fix, new)
            if mended.data == start:
                return Mended(data=mended.data, name=name, codes=mended.codes)

    def wholly(self, path: str, data: bytes) -> Mended:
        """Apply every fix, and give the file the name that it then has to have."""
        name = path.rpartition("/")[2]
        found = to_the_end(data, self._in_force(path))
        codes = list(found.codes)
        new_name = right_form(name, self.file_name) if self._holds("F004", path) else name
        if new_name != name:
            codes.append("F004")
        if self.recipe is not None and (found.data != data or self._holds("I001", path)):
            formed = new_name
            new_name = right_id(formed, self.file_name, self._article(formed, found.data).content, self.recipe)
            if new_name != formed and not self._id_is_right(self._article(formed, data)):
                codes.append("I001")
        return Mended(data=found.data, name=new_name, codes=tuple(codes))

    def _in_force(self, path: str) -> list[Fix]:
        return [fix for fix in FIXES if self._holds(fix.code, path)]

    def _holds(self, code: str, path: str) -> bool:
        return bool(self.policy.apply([issue(code, "", path=printable(path))]))

    def _article(self, name: str, data: bytes) -> "_Article":
        files = Files(rows=[0], paths=[printable(name)], data=[data], issues=[])
        articles = parse(files, file_name=self.file_name)
        return _Article(articles, Contents(files, articles).contents[0])

    def _stays(self, before: "_Article", after: "_Article") -> bool:
        """Whether a change is safe: no other id, and no other word."""
        return self._is_proven(after) or (before.same_words(after) and self._id_stays(before, after))

    def _is_proven(self, article: "_Article") -> bool:
        """Whether the content is that of which the id is the hash, whatever the file held before."""
        return self.recipe is not None and self.recipe.binds_content and self._id_is_right(article)

    def _id_stays(self, before: "_Article", after: "_Article") -> bool:
        if self.recipe is None or before.name_id is None:
            return True
        return self._id_is_right(after) or before.id_by(self.recipe) == after.id_by(self.recipe)

    def _id_is_right(self, article: "_Article") -> bool:
        assert self.recipe is not None
        return article.name_id is not None and article.id_by(self.recipe) == article.name_id


@dataclass(frozen=True, slots=True)
class _Article:
    """One file as the rest of the tool sees it."""

    articles: Articles
    content: Content | None

    @property
    def name_id(self) -> str | None:
        return self.articles.ids[0]

    def id_by(self, recipe: Recipe) -> str | None:
        return None if self.content is None or self.name_id is None else self.content.id_by(recipe, len(self.name_id))

    def same_words(self, other: "_Article") -> bool:
        """Whether title and body are there, and the same but for white space and Unicode form."""
        mine, others = self._words(), other._words()
        return mine is not None and mine == others

    def _words(self) -> tuple[str, str] | None:
        title, body = self.articles.titles[0], self.articles.bodies[0]
        if title is None or body is None:
            return None
        return collapse(nfc(title.decode())), collapse(nfc(body.decode()))


@dataclass(slots=True)
class _Applied:
    """Bytes, and which fixes have changed them."""

    data: bytes
    fixes: list[Fix] = field(default_factory=list)

    def take(self, fix: Fix, data: bytes) -> None:
        self.data = data
        self.fixes.append(fix)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(fix.code for fix in FIXES if fix in self.fixes)


def to_the_end(data: bytes, fixes: Sequence[Fix]) -> _Applied:
    """Apply fixes in turn until none of them changes anything any more."""
    mended = _Applied(data)
    while True:
        start = mended.data
        for fix in fixes:
            new = fix.apply(mended.data)
            if new != mended.data:
                mended.take(fix, new)
        if mended.data == start:
            return mended
