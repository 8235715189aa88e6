"""Words into the phonemes that Kokoro was taught: Mandarin by misaki, English by misaki's American dictionary."""

import importlib.resources
import json
import re

VOWELS = set("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
# What the dictionary lacks, or gives a stress or a sound that our sentences do not want.
ENGLISH = {
    "a": "ɐ",
    "an": "ɐn",
    "in": "ɪn",
    "minutes": "mˈɪnəts",
    "workers'": "wˈɜɹkəɹz",
    "not": "nˈɑt",
    "your": "jʊɹ",
    "oh": "ˈO",
    "eighth": "ˈAtθ",
}
# Tones as they are spoken, where the dictionary has those of the single characters (5 is the neutral tone).
MANDARIN = {
    "一次": ["yi2", "ci4"],
    "不用": ["bu2", "yong4"],
    "名字": ["ming2", "zi5"],
    "事情": ["shi4", "qing5"],
    "谢谢": ["xie4", "xie5"],
    "谢谢您": ["xie4", "xie5", "nin2"],
    "早上": ["zao3", "shang5"],
    "晚上": ["wan3", "shang5"],
}


def of(language, words):
    """The phonemes of a sentence, with the punctuation that makes its pauses."""
    return mandarin(words) if language == "zh-CN" else english(words)


def mandarin(words):
    import pypinyin
    from misaki import zh

    pypinyin.load_phrases_dict({word: [[tone] for tone in tones] for word, tones in MANDARIN.items()}, style="tone2")
    return zh.ZHG2P()(words)[0]


def english(words):
    spoken = re.findall(r"[a-z]+(?:'[a-z]*)?|[,.;:?!]", words.lower().replace("-", " "))
    if re.search(r"\d", words):
        raise SystemExit(f"numbers are written in words: {words}")
    said = ""
    for at, word in enumerate(spoken):
        if word in ",.;:?!":
            said += word
            continue
        following = next((after for after in spoken[at + 1 :]), "")
        said += " " + pronounced(word, following)
    return said.strip()


def pronounced(word, following):
    before_vowel = following[:1].isalpha() and sound(following).lstrip("ˈˌ")[:1] in VOWELS
    if word == "the":
        return "ði" if before_vowel else "ðə"
    if word == "to":
        return "tʊ" if before_vowel else "tə"
    return sound(word)


def sound(word):
    for book in (ENGLISH, dictionary("us_gold"), dictionary("us_silver")):
        found = book.get(word) or book.get(word.capitalize())
        if isinstance(found, dict):
            found = found["DEFAULT"]
        if found:
            return found
    raise SystemExit(f"no pronunciation of {word!r}: add it to ENGLISH in {__file__}")


BOOKS = {}


def dictionary(name):
    if name not in BOOKS:
        text = importlib.resources.files("misaki.data").joinpath(f"{name}.json").read_text("utf-8")
        BOOKS[name] = json.loads(text)
    return BOOKS[name]
