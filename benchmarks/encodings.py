"""How many encodings are named right: the table of docs/encodings.md, for a folder of files and a list of their labels.

    python -m benchmarks.encodings FOLDER LABELS.tsv [VIETNAMESE_FOLDER] > docs/encodings.md

LABELS.tsv has a header, and in each line the path below FOLDER and the label, which is the name of an encoding, with a
language behind it or not. Texts of VIETNAMESE_FOLDER, in UTF-8, are encoded here. Times go to standard error.
"""

import codecs
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dataset_tools.encodings import probable_encoding
from tests.transcoder import tcvn3, viscii, vni, windows_1258

LANGUAGES = "arabic bulgarian croatian czech greek hebrew hungarian polish romanian russian slovak slovene turkish"
SPELLINGS = {"maccyrillic": "mac-cyrillic", "macintosh": "mac-roman", "mac-centraleurope": "mac-latin2"}
FAMILIES = [
    {"big5", "big5hkscs"},
    {"euc_kr", "cp949"},
    {"gb2312", "gb18030"},
    {"shift_jis", "cp932"},
    {"tis-620", "cp874"},
]
"""The second has the characters of the first and more; they are not the same text where a file has some of the more, or
in the few signs that Python maps otherwise."""

TEXT = """# Which encodings are named right

A file that is not UTF-8 gets the error F001, with the place of the first byte that is not UTF-8, and, where one
encoding is much more likely than all others, with its name and how to convert the file.

The table is what `python -m benchmarks.encodings` makes of a corpus of labelled files, the test files of chardet 5.2.0
and uchardet 0.0.7. {valid} of its files are UTF-8 by their bytes (as ISO-2022 is, and ASCII in UTF-16, which
is F016) and not counted here; the other {files} are. The name of a file is right if

* the label and the name are the same encoding by Python's list of aliases (the column "same name"), or
* Python decodes the whole file to the same text with both, apart from a byte-order mark, or
* the name is that of the wider encoding of a family, with which iconv converts more files: BIG5-HKSCS for Big5, CP932
  for Shift_JIS, CP949 for EUC-KR, GB18030 for GB2312, CP874 for TIS-620.

Right: {right} of {files} ({share:.1%}), {same} of them by the same name. Wrong: {wrong}. Not named: {none}.
A wrong name does more harm than none, so where it is not clear there is none. At most 16 KiB of a file are looked at.
"""

VIETNAMESE = """
## Vietnamese

Files in the old encodings of Vietnamese are rare. So {documents} news articles were encoded in them: whole, and their
first 100 and 50 characters only.

| encoding | files | right, whole | 100 characters | 50 characters | wrong in all |
|---|---:|---:|---:|---:|---:|
"""

NOTES = """
TCVN3, also called ABC, has no capital letters with a tone: they came from fonts whose names end with H (.VnTimeH), in
which small letters look like capitals. In the file they are small letters, and stay so when it is converted. iconv
knows TCVN5712-1, which has the letters of TCVN3; but it has capitals where such files may have quotation marks of
Windows. VNI is known to neither iconv nor uconv.
"""


class Verdict(NamedTuple):
    """A label, the name that was given, and what it is: same, text, wider, wrong or none."""

    label: str
    name: str | None
    kind: str


def spelling(name: str) -> str:
    """The name of an encoding in small letters, without a language."""
    plain = re.sub(f"-({LANGUAGES.replace(' ', '|')})$", "", name.lower())
    return SPELLINGS.get(plain, plain)


def codec(name: str) -> str:
    """The name that Python has for an encoding, or the name itself if Python does not know it."""
    try:
        return codecs.lookup(spelling(name)).name
    except LookupError:
        return spelling(name)


def decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except (LookupError, UnicodeError):
        return None


def judge(label: str, data: bytes, name: str | None) -> Verdict:
    """Whether `name` is right for `data`."""
    if name is None:
        return Verdict(label, None, "none")
    expected, given = codec(label), codec(name)
    text = decoded(data, expected)
    if expected == given:
        kind = "same"
    elif text is not None and text == decoded(data, given):
        kind = "text"
    else:
        kind = "wider" if {expected, given} in FAMILIES else "wrong"
    return Verdict(label, name, kind)


def name_of(data: bytes) -> str | None:
    """The name of bytes that are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = probable_encoding(data, error.start)
        return None if encoding is None else encoding.name
    raise ValueError("these bytes are UTF-8")


def verdicts(folder: Path, labels: Path) -> Iterator[Verdict | None]:
    """One for each labelled file, None for those that are UTF-8."""
    for line in labels.read_text("utf-8").splitlines()[1:]:
        path, label = line.split("\t")[:2]
        data = (folder / path).read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            yield judge(label, data, name_of(data))
        else:
            yield None


def table(found: Iterable[Verdict]) -> Iterator[str]:
    """Lines of Markdown, by label."""
    by_label: dict[str, list[Verdict]] = defaultdict(list)
    for one in found:
        by_label[spelling(one.label)].append(one)
    yield "| label | files | right | same name | wrong | not named |"
    yield "|---|---:|---:|---:|---:|---:|"
    for label, some in sorted(by_label.items()):
        count = Counter(one.kind for one in some)
        names = ", ".join(sorted(f"{one.name}" for one in some if one.kind == "wrong"))
        right = count["same"] + count["text"] + count["wider"]
        wrong = f"{count['wrong']} ({names})" if names else "0"
        yield f"| {label} | {len(some)} | {right} | {count['same']} | {wrong} | {count['none']} |"


def vietnamese(folder: Path) -> Iterator[str]:
    """Lines of Markdown, by encoding, for texts that are encoded here."""
    texts = [path.read_text("utf-8") for path in sorted(folder.iterdir())]
    yield from VIETNAMESE.format(documents=f"{len(texts):,}").splitlines()
    encoders: dict[str, Callable[[str], bytes]] = {
        "TCVN3 (ABC)": tcvn3,
        "VISCII": viscii,
        "VNI": vni,
        "WINDOWS-1258": windows_1258,
        "UTF-16LE": lambda text: text.encode("utf-16-le"),
        "UTF-16BE": lambda text: text.encode("utf-16-be"),
    }
    for name, encode in encoders.items():
        found = []
        for length in (None, 100, 50):
            files = [encode(text[:length]) for text in texts]
            found.append(Counter(name_of(data) for data in files if decoded(data, "utf-8") is None))
        wrong = sum(count for names in found for given, count in names.items() if given not in (name, None))
        yield f"| {name} | {len(texts):,} | {' | '.join(f'{names[name]:,}' for names in found)} | {wrong} |"


def times() -> Iterator[str]:
    """Seconds of processor time, for files that no encoding fits and for small ones that some does."""
    noise = random.Random(1).randbytes(32 << 20)
    small = [windows_1258(f"Bài số {number}\n" + "Nước lên, ghe xuồng về chợ nổi. " * 60) for number in range(1000)]
    for what, files in (("32 MiB of random bytes", [noise]), ("1,000 files of 2 KB in windows-1258", small)):
        start = time.process_time()
        for data in files:
            name_of(data)
        yield f"{what}: {time.process_time() - start:.3f} s"


def main(folder: Path, labels: Path, vietnamese_folder: Path | None) -> None:
    start = time.process_time()
    all_files = list(verdicts(folder, labels))
    seconds = time.process_time() - start
    found = [one for one in all_files if one is not None]
    count = Counter(one.kind for one in found)
    right = count["same"] + count["text"] + count["wider"]
    print(
        TEXT.format(
            valid=len(all_files) - len(found),
            files=len(found),
            right=right,
            share=right / len(found),
            same=count["same"],
            wrong=count["wrong"],
            none=count["none"],
        )
    )
    print(*table(found), sep="\n")
    if vietnamese_folder is not None:
        print(*vietnamese(vietnamese_folder), sep="\n")
    print(NOTES, end="")
    print(f"{len(found)} labelled files: {seconds:.3f} s", *times(), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) == 4 else None)
