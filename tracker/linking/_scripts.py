"""Names of every script in plain Latin letters, and what is left of a word when spelling does not count.

The only home of anyascii. What it cannot know is said here: Arabic and Hebrew write few vowels (`writes_vowels`),
Korean surnames have settled spellings, and Japanese names in kanji cannot be read without a dictionary, so only the
most common ones are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_FEW_VOWELS = re.compile("[\u0590-\u06ff\u0750-\u077f\u0900-\u097f]")
_RATHER = str.maketrans({"ة": "", "ב": "b"})  # written for nothing but its vowel; b more often than v
_NOT_A_LETTER = re.compile(r"[^a-z]+")

# The spellings by which bearers of the most common surnames are known, against the Revised Romanization of anyascii.
_KOREAN = {
    "gim": "kim", "i": "lee", "bag": "park", "choe": "choi", "jeong": "jung", "gang": "kang", "jo": "cho",
    "yun": "yoon", "im": "lim", "o": "oh", "seo": "seo", "sin": "shin", "gwon": "kwon", "yu": "yoo",
    "an": "ahn", "go": "ko", "mun": "moon", "heo": "hur", "sim": "shim", "no": "noh", "gwag": "kwak",
    "u": "woo", "gu": "koo", "baeg": "paik",
}  # fmt: skip
_SAME_SURNAME = {
    "yi": "lee", "rhee": "lee", "jeong": "jung", "chung": "jung", "jo": "cho", "yun": "yoon", "im": "lim",
    "suh": "seo", "chang": "jang", "choe": "choi", "ahn": "an", "yoo": "yu", "moon": "mun",
}  # fmt: skip

_KANJI_FAMILY = {
    "佐藤": "sato", "鈴木": "suzuki", "高橋": "takahashi", "田中": "tanaka", "伊藤": "ito",
    "渡辺": "watanabe", "渡邊": "watanabe", "山本": "yamamoto", "中村": "nakamura", "小林": "kobayashi",
    "加藤": "kato", "吉田": "yoshida", "山田": "yamada", "佐々木": "sasaki", "山口": "yamaguchi",
    "松本": "matsumoto", "井上": "inoue", "木村": "kimura", "斎藤": "saito", "斉藤": "saito",
    "清水": "shimizu", "山崎": "yamazaki", "池田": "ikeda", "橋本": "hashimoto", "阿部": "abe",
    "石川": "ishikawa", "山下": "yamashita", "中島": "nakajima", "石井": "ishii", "小川": "ogawa",
    "前田": "maeda", "岡田": "okada", "長谷川": "hasegawa", "藤田": "fujita", "後藤": "goto", "近藤": "kondo",
    "村上": "murakami", "遠藤": "endo", "青木": "aoki", "坂本": "sakamoto", "福田": "fukuda", "太田": "ota",
    "西村": "nishimura", "藤井": "fujii", "岡本": "okamoto", "三浦": "miura", "金子": "kaneko",
    "中川": "nakagawa",
}  # fmt: skip
_KANJI_GIVEN = {
    "太郎": "taro", "一郎": "ichiro", "次郎": "jiro", "健太": "kenta", "大輔": "daisuke", "翔太": "shota",
    "直樹": "naoki", "浩二": "koji", "健二": "kenji", "誠": "makoto", "隆": "takashi", "花子": "hanako",
    "陽子": "yoko", "恵子": "keiko", "裕子": "yuko", "美咲": "misaki", "由美子": "yumiko", "久美子": "kumiko",
    "智子": "tomoko", "愛": "ai", "直子": "naoko", "明美": "akemi", "洋子": "yoko", "和子": "kazuko",
    "拓也": "takuya", "達也": "tatsuya", "和也": "kazuya",
}  # fmt: skip
_TWO_CHARACTERS = frozenset({"欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒"})

# Letter groups that romanisations, and countries, write differently; 3 stands for the sound of `ch`.
_GROUPS = (
    ("q", "k"), ("shch", "s"), ("tsch", "3"), ("tch", "3"), ("sch", "s"), ("kh", "k"), ("sh", "s"),
    ("zh", "z"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("ck", "k"), ("ch", "3"), ("x", "ks"), ("c", "k"),
    ("w", "v"), ("yeo", "iu"), ("you", "iu"), ("eo", "u"), ("ou", "u"), ("oy", "u"), ("oo", "u"), ("ae", "a"),
    ("oe", "o"), ("ue", "u"), ("ee", "i"), ("ie", "i"), ("y", "i"), ("j", "i"), ("ei", "i"), ("ai", "a"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_SOFT_START = re.compile(r"^i(?=[eo])")


def letters(text: str) -> str:
    """`text` in lower-case Latin letters and nothing else: `Søren` is `soren`, `Щербаков` is `shcherbakov`."""
    return _NOT_A_LETTER.sub("", anyascii(text.translate(_RATHER)).lower())


def writes_vowels(text: str) -> bool:
    """Whether all vowels are written (Arabic, Hebrew and, as it is romanised, Devanagari leave some out)."""
    return not _FEW_VOWELS.search(text)


def is_han(text: str) -> bool:
    """Whether a name is written in Chinese characters, perhaps with kana after them, and no blank."""
    return bool(text) and all(unicodedata.name(char, "").startswith(("CJK", "HIRA", "KATA", "IDEO")) for char in text)


def is_hangul(text: str) -> bool:
    """Whether a name is written in the Korean script."""
    return bool(text) and all(unicodedata.name(char, "").startswith("HANGUL") for char in text)


def split_han(text: str) -> tuple[str, str]:
    """Family and given name, romanised, of a name without a blank; the latter empty where it cannot be known."""
    for length in (3, 2):
        if (family := _KANJI_FAMILY.get(text[:length])) is not None:
            rest = text[length:]
            given = _KANJI_GIVEN.get(rest, "" if any(_is_ideograph(char) for char in rest) else letters(rest))
            return family, given
    length = 2 if text[:2] in _TWO_CHARACTERS else 1
    return letters(text[:length]), letters(text[length:])


def _is_ideograph(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK")


def korean_family(text: str) -> str:
    """A surname as its bearers write it in Latin letters."""
    plain = letters(text)
    return _KOREAN.get(plain, plain)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """What remains of a word of `letters` when spelling does not count: of `yulia` and `julia`, the same."""
    word = _SAME_SURNAME.get(word, word)
    for group, one in _GROUPS:
        word = word.replace(group, one)
    word = _TWICE.sub(r"\1", _SOFT_START.sub("", word))
    return word.removesuffix("h") if len(word) > 1 else word


@lru_cache(maxsize=65_536)
def consonants(word: str) -> str:
    """What a script without vowels would leave of a word of `letters`: `mohammed` and `mhmd` are both `mhmd`."""
    return re.sub(r"[aeiouv]+", "", sound(word)) if word else ""
