"""Make a corpus of any size, the same for the same arguments, with duplicates whose similarity is known.

    python benchmarks/generate.py FOLDER --documents 35000 --near 700 --identical 350 --same-text 350
    python benchmarks/generate.py FOLDER --documents 20000 --template 10000 --similarity 0.75

Articles of about 3.5 kB in words drawn by frequency from a list of Vietnamese syllables (syllables.txt), in sentences,
paragraphs, commas and numbers. They mean nothing and look enough like news for every step of the tool to have its usual
work. Ids follow the recipe for new corpora. Beside the folder, FOLDER.pairs.tsv lists every planted pair: path, path,
exact similarity; copies of the template and bulletins, any two of which have about the similarity asked for, are not in
it. Copies differ in words here and there, and their similarities spread; bulletins all in the same place, and do not.
"""

import argparse
import hashlib
import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from dataset_tools.processes import METHOD, available_cores
from dataset_tools.text import canonical, shingles, similarity

SYLLABLES = Path(__file__).with_name("syllables.txt").read_text("utf-8").split()
"""Syllables by falling frequency, roughly; some stand more than once, as they do in news."""

_WORDS = [*SYLLABLES, *(str(number) for number in (*range(2, 100), *range(1990, 2027)))]
_TITLE_WORDS = (7, 15)
_SENTENCE_WORDS = (8, 30)
_PARAGRAPHS = (4, 18)
_BLOCK = 1000
_PLAIN, _FIRST, _COMMA, _LAST, _END = range(5)


@dataclass(frozen=True)
class Duplicates:
    """How many documents of each kind are made from others; near ones have a similarity between the two given.

    Those of `template` and `bulletins` are made from one text that is not there itself; any two have about the
    `similarity`.
    """

    identical: int = 0
    same_text: int = 0
    near: int = 0
    least: float = 0.65
    most: float = 1.0
    template: int = 0
    bulletins: int = 0
    similarity: float = 0.9


class Writer:
    """Draws texts from the list; one for each block, so that a document does not depend on how many there are."""

    def __init__(self, seed: int, block: int) -> None:
        """Take the seed of the corpus and the number of the block."""
        self.random = np.random.default_rng([seed, block])
        forms = ("{}", "{}", "{},", "{}.", "{}.\n")
        self.tokens = [form.format(word) for form in forms for word in _WORDS]
        for place, word in enumerate(_WORDS):
            self.tokens[_FIRST * len(_WORDS) + place] = word.capitalize()
        weights = 1.0 / (10.0 + np.arange(len(_WORDS)))
        self.chances = np.cumsum(weights / weights.sum())

    def words(self, count: int) -> np.ndarray:
        """Numbers of words, drawn by frequency."""
        return np.minimum(np.searchsorted(self.chances, self.random.random(count)), len(_WORDS) - 1)

    def article(self) -> np.ndarray:
        """Numbers of tokens: a title, and paragraphs of sentences."""
        title = self.words(int(self.random.integers(*_TITLE_WORDS)))
        lengths = self.random.integers(*_SENTENCE_WORDS, int(self.random.integers(*_PARAGRAPHS)) * 3)
        body = self.words(int(lengths.sum()))
        forms = np.where(self.random.random(len(body)) < 0.06, _COMMA, _PLAIN)
        last = np.cumsum(lengths) - 1
        forms[last] = _LAST
        forms[last[2::3]] = _END
        forms[np.concatenate([[0], last[:-1] + 1])] = _FIRST
        title_forms = np.full(len(title), _PLAIN)
        title_forms[0] = _FIRST
        return np.concatenate([title_forms * len(_WORDS) + title, [-1], forms * len(_WORDS) + body])

    def edited(self, article: np.ndarray, wanted: float) -> np.ndarray:
        """The article with single words replaced, far apart, so that about the wanted share of 5-grams is left."""
        body = np.flatnonzero(article < 0)[0] + 1
        places = len(article) - body
        count = max(1, round(places * (1.0 - wanted) / (5.0 * (1.0 + wanted))))
        step = places / count
        at = body + (np.arange(count) * step + self.random.random(count) * max(step - 5.0, 0.0)).astype(int)
        changed = article.copy()
        changed[at] = changed[at] // len(_WORDS) * len(_WORDS) + self.words(count)
        return changed

    def filled(self, article: np.ndarray, similarity: float) -> np.ndarray:
        """The article with other words for a part of it, always the same, so that any two have this similarity."""
        body = np.flatnonzero(article < 0)[0] + 1
        count = round((len(article) * (1.0 - similarity) - 8.0) / (1.0 + similarity))
        changed = article.copy()
        changed[body : body + count] = _PLAIN * len(_WORDS) + self.words(count)
        return changed

    def text(self, article: np.ndarray) -> str:
        """The words of it: the title on the first line."""
        body = int(np.flatnonzero(article < 0)[0])
        title, rest = (
            " ".join(map(self.tokens.__getitem__, part.tolist())) for part in (article[:body], article[body + 1 :])
        )
        return f"{title}\n{rest}".replace("\n ", "\n")


def kinds(count: int, duplicates: Duplicates, seed: int) -> list[str]:
    """How each document is made: the name of a kind of duplicate, or nothing for one of its own."""
    names = ("identical", "same_text", "near", "template", "bulletins")
    planned = [kind for kind in names for _ in range(getattr(duplicates, kind))]
    order = np.random.default_rng(seed).permutation(len(planned))
    every = count / len(planned) if planned else float("inf")
    how: list[str] = []
    made = originals = 0
    for number in range(count):
        if number % _BLOCK == 0:
            originals = 0
        if made < len(planned) and number >= int(made * every + every / 2) and originals:
            how.append(planned[order[made]])
            made += 1
            originals -= how[-1] not in ("template", "bulletins")
        else:
            how.append("")
            originals += 1
    return how


@dataclass(frozen=True)
class Block:
    """Some documents in a row, which can be made without the others: the number of the first, and how each is made."""

    first: int
    kinds: list[str]
    count: int
    duplicates: Duplicates
    seed: int

    def documents(self) -> Iterator[tuple[str, int | None, str]]:
        """Each document: its text, the number of the document that it was made from or None, and how."""
        template = Writer(self.seed, self.count).article()
        alike = self.duplicates.similarity
        left = (2.0 * alike / (1.0 + alike)) ** 0.5  # of its 5-grams, in each copy
        writer = Writer(self.seed, self.first // _BLOCK)
        originals: list[tuple[int, np.ndarray, str]] = []
        for number, kind in enumerate(self.kinds, self.first):
            if not kind:
                article = writer.article()
                originals.append((number, article, writer.text(article)))
                yield originals[-1][2], None, ""
                continue
            if kind == "template":
                yield writer.text(writer.edited(template, left / (2.0 - left))), None, kind
                continue
            if kind == "bulletins":
                yield writer.text(writer.filled(template, alike)), None, kind
                continue
            source, article, text = originals.pop(int(writer.random.integers(len(originals))))
            if kind == "same_text":
                text = text.upper().replace("\n", "\n\n")
            elif kind == "near":
                wanted = writer.random.uniform(self.duplicates.least, self.duplicates.most)
                text = writer.text(writer.edited(article, wanted))
            yield text, source, kind

    def write(self, folder: str) -> str:
        """Write the files; the lines of the planted pairs."""
        paths: list[str] = []
        texts: dict[int, str] = {}
        pairs: list[str] = []
        for number, (text, source, kind) in enumerate(self.documents(), self.first):
            title, _, body = text.partition("\n")
            body = body.strip("\n")
            name_id = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:16]
            paths.append(f"{number:03}_{name_id}.txt")
            with open(f"{folder}/{paths[-1]}", "xb", buffering=0) as file:
                file.write(text.encode())
            if source is None:
                texts[number] = text
            else:
                sets = [shingles(canonical(*one.split("\n", 1))) for one in (texts[source], text)]
                value = similarity(*sets) if kind == "near" else 1.0
                pairs.append(f"{paths[source - self.first]}\t{paths[-1]}\t{json.dumps(value)}\n")
        return "".join(pairs)


def blocks(count: int, duplicates: Duplicates, seed: int) -> list[Block]:
    """The whole corpus."""
    how = kinds(count, duplicates, seed)
    starts = range(0, count, _BLOCK)
    return [Block(first, how[first : first + _BLOCK], count, duplicates, seed) for first in starts]


def documents(count: int, duplicates: Duplicates, seed: int) -> Iterator[tuple[str, int | None, str]]:
    """Each document: its text, the number of the document that it was made from or None, and how."""
    for block in blocks(count, duplicates, seed):
        yield from block.documents()


def write(folder: Path, count: int, duplicates: Duplicates, seed: int) -> None:
    """Write the files, with all cores that may be used, and the planted pairs beside the folder."""
    folder.mkdir(parents=True)
    context = multiprocessing.get_context(METHOD)
    with (
        folder.with_name(f"{folder.name}.pairs.tsv").open("w", encoding="utf-8") as pairs,
        ProcessPoolExecutor(available_cores(), mp_context=context) as workers,
    ):
        pairs.writelines(workers.map(partial(Block.write, folder=str(folder)), blocks(count, duplicates, seed)))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=35_000)
    for kind in ("identical", "same-text", "near", "template", "bulletins"):
        parser.add_argument(f"--{kind}", type=int, default=0)
    parser.add_argument("--similarity", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    call = parser.parse_args()
    duplicates = Duplicates(
        identical=call.identical,
        same_text=call.same_text,
        near=call.near,
        template=call.template,
        bulletins=call.bulletins,
        similarity=call.similarity,
    )
    write(call.folder, call.documents, duplicates, call.seed)


if __name__ == "__main__":
    main()
