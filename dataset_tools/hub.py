"""What the Hugging Face Hub takes as license, language and task of a dataset, to be checked without a network.

The languages are those that `datasets` ships. Of licenses and tasks no library ships a list: those here are from the
documentation of the Hub (hub-docs, repositories-licenses.md; huggingface.js, pipelines.ts), read in November 2026.
"""

import importlib.util
import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from dataset_tools.text import shortened

LICENSES: dict[str, str | None] = {
    "afl-3.0": "AFL-3.0",
    "agpl-3.0": "AGPL-3.0-only",
    "apache-2.0": "Apache-2.0",
    "artistic-2.0": "Artistic-2.0",
    "bigcode-openrail-m": None,
    "bigscience-bloom-rail-1.0": None,
    "bigscience-openrail-m": None,
    "bsd": None,
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd-3-clause-clear": "BSD-3-Clause-Clear",
    "bsl-1.0": "BSL-1.0",
    "c-uda": "C-UDA-1.0",
    "cc": None,
    "cc-by-2.0": "CC-BY-2.0",
    "cc-by-2.5": "CC-BY-2.5",
    "cc-by-3.0": "CC-BY-3.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-2.0": "CC-BY-NC-2.0",
    "cc-by-nc-3.0": "CC-BY-NC-3.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-nd-3.0": "CC-BY-NC-ND-3.0",
    "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
    "cc-by-nc-sa-2.0": "CC-BY-NC-SA-2.0",
    "cc-by-nc-sa-3.0": "CC-BY-NC-SA-3.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "cc-by-nd-4.0": "CC-BY-ND-4.0",
    "cc-by-sa-3.0": "CC-BY-SA-3.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc0-1.0": "CC0-1.0",
    "cdla-permissive-1.0": "CDLA-Permissive-1.0",
    "cdla-permissive-2.0": "CDLA-Permissive-2.0",
    "cdla-sharing-1.0": "CDLA-Sharing-1.0",
    "creativeml-openrail-m": None,
    "deepfloyd-if-license": None,
    "ecl-2.0": "ECL-2.0",
    "epl-1.0": "EPL-1.0",
    "epl-2.0": "EPL-2.0",
    "etalab-2.0": "etalab-2.0",
    "eupl-1.1": "EUPL-1.1",
    "gemma": None,
    "gfdl": None,
    "gpl": None,
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "isc": "ISC",
    "lgpl": None,
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "lgpl-lr": "LGPLLR",
    "llama2": None,
    "lppl-1.3c": "LPPL-1.3c",
    "mit": "MIT",
    "mpl-2.0": "MPL-2.0",
    "ms-pl": "MS-PL",
    "ncsa": "NCSA",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "ofl-1.1": "OFL-1.1",
    "openrail": None,
    "openrail++": None,
    "osl-3.0": "OSL-3.0",
    "other": None,
    "pddl": "PDDL-1.0",
    "postgresql": "PostgreSQL",
    "unknown": None,
    "unlicense": "Unlicense",
    "wtfpl": "WTFPL",
    "zlib": "Zlib",
}
"""The licenses of the Hub, each with its identifier of SPDX where it is one license with one text."""

TASK_CATEGORIES = (
    "any-to-any",
    "audio-classification",
    "audio-text-to-text",
    "audio-to-audio",
    "automatic-speech-recognition",
    "depth-estimation",
    "document-question-answering",
    "feature-extraction",
    "fill-mask",
    "graph-ml",
    "image-classification",
    "image-feature-extraction",
    "image-segmentation",
    "image-text-to-text",
    "image-to-3d",
    "image-to-image",
    "image-to-text",
    "image-to-video",
    "keypoint-detection",
    "mask-generation",
    "multiple-choice",
    "object-detection",
    "other",
    "question-answering",
    "reinforcement-learning",
    "robotics",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "table-to-text",
    "tabular-classification",
    "tabular-regression",
    "tabular-to-text",
    "text-classification",
    "text-generation",
    "text-ranking",
    "text-retrieval",
    "text-to-3d",
    "text-to-audio",
    "text-to-image",
    "text-to-speech",
    "text-to-video",
    "text2text-generation",
    "time-series-forecasting",
    "token-classification",
    "translation",
    "unconditional-image-generation",
    "video-classification",
    "video-text-to-text",
    "visual-document-retrieval",
    "visual-question-answering",
    "voice-activity-detection",
    "zero-shot-classification",
    "zero-shot-image-classification",
    "zero-shot-object-detection",
)
"""The tasks of the Hub."""

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@cache
def languages() -> dict[str, str]:
    """The codes of languages that the Hub knows, as `datasets` has them, and what each is called in English."""
    spec = importlib.util.find_spec("datasets")  # its import would take seconds
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    listed = json.loads((folder / "utils" / "resources" / "languages.json").read_text("utf-8"))
    return {**listed, "multilingual": "Multilingual"}


def known_license(name: str) -> str:
    """The name of a license, if the Hub knows it.

    Raises:
        ValueError: if it does not; with the nearest one that it does.
    """
    return _known(name, {known: known for known in LICENSES}, "a license that the Hub knows")


def known_task(name: str) -> str:
    """The name of a task, if the Hub knows it.

    Raises:
        ValueError: if it does not; with the nearest one that it does.
    """
    return _known(name, {known: known for known in TASK_CATEGORIES}, "a task that the Hub knows")


def known_language(tag: str) -> str:
    """A tag of a language in the form of BCP 47 (`vi`, `zh-Hant`, `pt-BR`), if the Hub knows its first part.

    Raises:
        ValueError: if it does not, or it has another form.
    """
    language = tag.partition("-")[0]
    if language in languages():
        if language == tag or _TAG.fullmatch(tag):
            return tag
        raise ValueError(f"{shortened(tag)} is not a tag of BCP 47 such as vi, zh-Hant or pt-BR")
    called = {name.lower(): code for code, name in languages().items()}
    return _known(tag, {**{code: code for code in languages()}, **called}, "a language that the Hub knows")


def language_code(tag: str) -> str:
    """The first part of a tag of BCP 47, which is what the Hub takes as a language."""
    return tag.partition("-")[0]


def _known(name: str, known: Mapping[str, str], what: str) -> str:
    """The name, if it is one of those known; `known` gives for each what is to be written for it."""
    if name in known.values():
        return name
    near = get_close_matches(name.lower().replace(" ", "-"), known, n=1, cutoff=0.0)
    raise ValueError(f"{shortened(name)} is not {what}; the nearest is {known[near[0]]}")
