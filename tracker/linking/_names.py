"""What people are called: display names and names of profiles, read into their parts; the only home of nameparser."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from nameparser import Lexicon, parse

from tracker.linking._scripts import is_han, is_hangul, korean_family, letters, split_han, writes_vowels

_LONGEST = 200
_ASSISTANT = re.compile(
    r"\bassistant (?:to|of|for)\b|['’]s (?:executive |personal )?(?:assistant|office|team|secretary|pa|ea)\b"
    r"|\boffice of\b|\((?:ea|pa|assistant|assistenz|sekretariat)\)| office$"
    r"|^(?:sekretariat|büro|assistenz|oficina de|bureau de)\b|\bon behalf of\b|\bi\. ?a\. ",
    re.IGNORECASE,
)
_ASSISTANT_WORDS = re.compile(
    r"\b(?:executive|personal|assistant|secretary|office|team|the|to|of|for|on behalf)\b", re.IGNORECASE
)
_VIA = re.compile(r"\s+(?:via|über|through|par l'intermédiaire de)\s+.*$|\s+(?:auf|sur|на) linkedin$", re.IGNORECASE)
_FROM_COMPANY = re.compile(r"\s+(?:from|at|of|@|bei|de chez)\s+\S.*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s(?:&|\+|and|und|et|y|e|og|och|en)\s", re.IGNORECASE)
_ADDRESS = re.compile(r"\S@\S")
_BRACKETS = re.compile(r"[(\[{（【]([^)\]}）】]*)[)\]}）】]")
_TAIL = re.compile(r"\s*(?:\||•|·|/|\s[-–—]\s|:).*$")
_PLAIN = re.compile(r"([A-Z][a-z]+(?:-[A-Z][a-z]+)?) ([A-Z][a-z]+)")
_ARTICLE = re.compile(r"\b(?:al|el|ul)[- ](?=\w{3})|(?<!\w)ال(?=\w{3})", re.IGNORECASE)
_NOT_PLAIN = (
    frozenset(Lexicon.default().titles)
    | frozenset(Lexicon.default().suffix_acronyms)
    | frozenset(Lexicon.default().suffix_words)
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in plain Latin letters.

    given, family  each as one word; empty where the text does not say
    words          every word of it, titles and credentials left out, as written
    short          a nickname that stood in brackets or quotes
    has_vowels     whether the script wrote them
    """

    given: str
    family: str
    words: tuple[str, ...]
    short: str = ""
    has_vowels: bool = True
    is_latin: bool = True

    @property
    def is_full(self) -> bool:
        """Whether there is a given name (or its initial) and a family name."""
        return bool(self.given and self.family)


@dataclass(frozen=True, slots=True)
class Reading:
    """A display name: whose, and whether somebody or something else writes under it."""

    name: Name
    is_via: bool = False
    is_assistant: bool = False
    is_company: bool = False
    is_several: bool = False


NOBODY = Name("", "", ())


@lru_cache(maxsize=131_072)
def read_name(text: str) -> Reading:
    """What a name says, whatever its order, script and decoration. Never fails: what is no name has no parts."""
    if plain := _PLAIN.fullmatch(text):
        given, family = letters(plain[1]), letters(plain[2])
        if not {given, family} & _NOT_PLAIN:
            return Reading(Name(given, family, (given, family)))
    text = _cleaned(text[:_LONGEST])
    if _ADDRESS.search(text):
        return Reading(NOBODY)
    is_via, is_assistant = bool(_VIA.search(text)), bool(_ASSISTANT.search(text))
    text = _VIA.sub("", text)
    if is_assistant:
        text = _ASSISTANT_WORDS.sub(" ", re.sub(r"['’]s\b.*", "", text))
    is_company, is_several = bool(_FROM_COMPANY.search(text)), bool(_SEVERAL.search(text))
    name = _parts(_FROM_COMPANY.sub("", text))
    return Reading(name, is_via=is_via, is_assistant=is_assistant, is_company=is_company, is_several=is_several)


def _cleaned(text: str) -> str:
    """Without emoji, quotes around everything and what moves text about."""
    shown = (
        " " if unicodedata.category(char) in {"So", "Sk", "Cn", "Co", "Cc"} else char
        for char in unicodedata.normalize("NFKC", text)
    )
    kept = (char for char in shown if unicodedata.category(char) not in {"Cf", "Cs"})
    return " ".join("".join(kept).strip(" '\"").split())


def _parts(text: str) -> Name:
    brackets = [inside.strip() for inside in _BRACKETS.findall(text)]
    text = _TAIL.sub("", _BRACKETS.sub(" ", text)).strip()
    short = next((letters(one) for one in brackets if one.isalpha() and len(one) > 2), "")
    joined = text.replace("・", "").replace("·", "")
    if is_han(joined.replace(" ", "")) and " " not in joined:
        family, given = split_han(joined)
        return Name(given, family, tuple(word for word in (given, family) if word), short, is_latin=False)
    return _western(text, short)


def _western(text: str, short: str) -> Name:
    parsed = parse(_ARTICLE.sub("", text))
    first, *others = [*parsed.given.split(), *parsed.middle.split()] or [""]
    family = parsed.family
    if is_hangul(family):
        given_words, family_word = [letters(first + "".join(others))], korean_family(family)
    elif is_han(family):
        given_words, family_word = [split_han(family + first)[1] or letters(first)], split_han(family)[0]
    else:
        given_words, family_word = [letters(word) for word in (first, *others)], letters(family)
    family_words = (
        [letters(word) for word in re.split(r"[\s-]+", family)] if family_word == letters(family) else [family_word]
    )
    words = tuple(word for word in (*given_words, *family_words) if word)
    short = short or letters(parsed.nickname)
    return Name(given_words[0], family_word, words, short, writes_vowels(text), text.isascii() or _is_latin(text))


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(char, "").startswith("LATIN") for char in text if char.isalpha())
