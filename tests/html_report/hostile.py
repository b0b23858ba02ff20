"""A dataset whose texts, names and card try to be more than text on a page."""

import hashlib
from pathlib import Path

import dataset_tools
from tests.conftest import CorpusFolder

SCRIPT = "<script>window.ran = 'script'</script>"
IMAGE = "<img src=x onerror=\"window.ran = 'image'\">"
CLOSING = "</style></script></title><svg onload=\"window.ran = 'svg'\"></svg>"
TEMPLATE = "{{ 7 * 7 }} ${7 * 7} {% raw %} --> ]]> &lt;b&gt; &#60;i&#62;"
BIDI = "abc\u202egnp.exe\u2066 \u200bhidden\u2069"
REMOTE = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><img src="http://127.0.0.1:9/a.png">'
HUGE = "W" * 1_000_000


def body(number: int, words: int = 120) -> str:
    return " ".join(f"từ{number}x{i}" for i in range(words))


def hostile_dataset(folder: Path) -> tuple[Path, Path]:
    """Build it below a folder; returns the dataset and its corpus."""
    corpus = CorpusFolder(folder / "raw")
    texts = [
        f"{SCRIPT}\n{body(1)}\n",
        f"{IMAGE}\n{body(2)} {IMAGE}\n",
        f"{CLOSING}\n{body(3)}\n",
        f"{TEMPLATE}\n{body(4)}\n",
        f"{BIDI}\n{body(5)}\n{BIDI}\n",
        f"{REMOTE}\n{body(6)}\n",
        f"Từ dài\n{body(7)} {HUGE}\n",
        f"Từ dài hơn\n{body(7)} {HUGE}X {SCRIPT} {CLOSING} {TEMPLATE} {BIDI} {REMOTE}\n",
        f"{SCRIPT} {BIDI}\n{body(1)} {IMAGE} {body(8, 12)}\n",
        f"Một dòng chung\n{body(9)}\n{IMAGE}\n",
        f"Gần ngưỡng, ở dưới\n{body(2)} {body(10, 60)} {SCRIPT}\n",
    ]
    for text in texts:
        corpus.add(text)
    corpus.add(f"Tên lạ\n{body(11)}\n", name=f"<script>{BIDI}\nwindow.ran='name'.txt")
    corpus.add(f"Sai id\n{body(12)}\n", name=f"099_{hashlib.sha256(b'x').hexdigest()[:16]}.txt")
    settings = folder / "dataset-tools.toml"
    settings.write_text(
        f"[card]\npretty_name = '''{SCRIPT}{IMAGE}'''\nlanguage = ['vi']\n[split]\nheldout = 0.3\n", "utf-8"
    )
    report = dataset_tools.build(
        corpus.folder, folder / "dist", config_file=settings, on_invalid="quarantine", cache=False
    )
    assert report.dataset is not None
    return folder / "dist", corpus.folder
