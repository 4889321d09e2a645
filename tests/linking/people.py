"""People of the sample worlds: what they are called, how they write it, and how their addresses are built."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.linking.name_pools import LANGUAGES, SHORT_FORMS, Language, Written
from tests.linking.rare_names import FAMILY, GIVEN, SHARE

if TYPE_CHECKING:
    from random import Random

_ODD_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "ð": "d", "đ": "d", "ı": "i"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True)
class Human:
    """Somebody: the names in both scripts, with the one spelling in Latin letters that is their own."""

    language: Language
    given: Written
    family: Written
    latin_given: str
    latin_family: str


def somebody(random: Random, family_of: Human | None = None) -> Human:
    """Somebody of the languages' shares; a relative of `family_of` if there is one."""
    key = random.choices(list(LANGUAGES), [one.share for one in LANGUAGES.values()])[0]
    if family_of is not None:
        key = next(name for name, one in LANGUAGES.items() if one is family_of.language)
    language = LANGUAGES[key]
    given = _drawn(random, language.given, GIVEN.get(key, ()))
    family = family_of.family if family_of else _drawn(random, language.family, FAMILY.get(key, ()))
    latin_family = family_of.latin_family if family_of else _usual(random, family.latin)
    return Human(language, given, family, _usual(random, given.latin), latin_family)


def _drawn(random: Random, common: tuple[Written, ...], rare: tuple[Written, ...]) -> Written:
    if rare and random.random() < SHARE:
        return random.choice(rare)
    return random.choices(common, [1 / (rank + 25) for rank in range(len(common))])[0]


def _usual(random: Random, spellings: tuple[str, ...]) -> str:
    return random.choices(spellings, [1 / 2**rank for rank in range(len(spellings))])[0]


def native(human: Human) -> str:
    """The name in its own script and order."""
    first, last = human.given.native, human.family.native
    blank = "" if human.language.joined else " "
    return f"{last}{blank}{first}" if human.language.family_first else f"{first} {last}"


def latin(human: Human) -> str:
    """The name in Latin letters, given name first."""
    return f"{human.latin_given} {human.latin_family}"


def on_linkedin(random: Random, human: Human) -> str:
    """How a profile writes it: 7 % carry credentials or an emoji, a few a middle initial or a second name in brackets.

    Of those with another script, a third keeps it.
    """
    name = native(human) if not human.language.is_latin and random.random() < 0.33 else latin(human)
    drawn = random.random()
    if drawn < 0.07:
        return name + random.choice((", PhD", ", MBA", " PMP", ", CPA", " 🚀", " ✨", ", M.Sc.", " (She/Her)", " 🇺🇦"))
    if drawn < 0.10:
        return f"{human.latin_given} {random.choice('ABCDEFGHJKLMRST')}. {human.latin_family}"
    if drawn < 0.11:
        return f"Dr. {name}"
    if drawn < 0.13 and human.given.native in SHORT_FORMS:
        return f"{random.choice(SHORT_FORMS[human.given.native])} {human.latin_family}"
    return name


def in_mail(random: Random, human: Human, company: str) -> str:
    """A display name as mail programs send it; empty in one of twenty."""
    plain = native(human) if not human.language.is_latin and random.random() < 0.4 else latin(human)
    first, last = human.latin_given, human.latin_family
    short = SHORT_FORMS.get(human.given.native, (first,))
    styles: tuple[tuple[float, str], ...] = (
        (0.62, plain),
        (0.08, f"{last}, {first}"),
        (0.05, ""),
        (0.04, first),
        (0.05, f"{random.choice(short)} {last}"),
        (0.02, f"{first[0]}. {last}"),
        (0.03, f"{first} {random.choice('ABCDEFGHJKLMRST')}. {last}"),
        (0.02, f"{last.upper()} {first}"),
        (0.02, f"{plain} ({company})" if company else plain),
        (0.01, f"Dr. {plain}"),
        (0.01, f"{last}, {first}, MBA"),
        (0.02, mistyped(random, plain)),
        (0.02, plain.lower()),
        (0.01, f"{first} {last.split()[0]}"),
    )
    return random.choices([text for _, text in styles], [share for share, _ in styles])[0]


def mistyped(random: Random, text: str) -> str:
    """The text with two neighbouring letters changed over, or one left out."""
    if len(text) < 6:
        return text
    place = random.randrange(1, len(text) - 2)
    if random.random() < 0.5:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def plain_letters(random: Random, text: str) -> str:
    """A name as local parts spell it: `ü` is `ue` to most Germans and `u` to others."""
    lowered = text.lower()
    if random.random() < 0.6:
        lowered = lowered.translate(_GERMAN)
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_ODD_LETTERS))
    return "".join(char for char in decomposed if char.isascii() and char.isalnum())


LOCAL_PARTS: tuple[tuple[float, str], ...] = (
    (0.44, "{g}.{f}"), (0.20, "{i}{f}"), (0.11, "{g}"), (0.05, "{g}{j}"), (0.04, "{f}"), (0.04, "{g}_{f}"),
    (0.03, "{f}.{g}"), (0.03, "{i}.{f}"), (0.03, "{f}{i}"), (0.03, "{g}{f}"),
)  # fmt: skip
"""How organisations build local parts, and how often."""

PERSONAL: tuple[tuple[float, str], ...] = (
    (0.27, "{g}.{f}"), (0.20, "{g}{f}"), (0.14, "{i}{f}"), (0.10, "{g}{f}{n}"), (0.06, "{f}{g}"), (0.05, "{g}{n}"),
    (0.04, "{i}{f}{n}"), (0.14, "{odd}{n}"),
)  # fmt: skip
"""How people build their own; one of seven says nothing of the name."""


def pattern(random: Random, patterns: tuple[tuple[float, str], ...]) -> str:
    """One of these, as often as it is met."""
    return random.choices([text for _, text in patterns], [share for share, _ in patterns])[0]


def local_part(random: Random, human: Human, form: str) -> str:
    """The local part that this form gives."""
    given, family = plain_letters(random, human.latin_given), plain_letters(random, human.latin_family)
    odd = random.choice(
        ("skywalker", "coffee", "runner", "bluebird", "hal", "kite", "mango", "sunny", "rockstar", "zorro")
    )
    number = str(random.choice((random.randrange(1, 100), random.randrange(1950, 2005))))
    return form.format(g=given, f=family, i=given[:1], j=family[:1], n=number, odd=odd)
