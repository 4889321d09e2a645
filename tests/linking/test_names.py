"""Names: what is read of them, and which may be the same person's."""

from __future__ import annotations

import pytest

from tracker.linking._likeness import Likeness, likeness
from tracker.linking._names import read_name


def alike(one: str, other: str) -> Likeness:
    return likeness(read_name(one).name, read_name(other).name)


@pytest.mark.parametrize(
    "written",
    [
        "Jane Doe", "Doe, Jane", "DOE Jane", "jane doe", "'Jane Doe'", '"Doe, Jane"', "Jane Doe, PhD", "Dr. Jane Doe",
        "Jane Doe MBA", "Doe, Jane, MBA", "Jane Doe 🚀", "Jane Doe (She/Her)", "Jane Doe (Acme Inc.)", "Jane Doe | CEO",
        "Jané Dœ".replace("œ", "oe"), "Jane\u200b Doe", "Ｊａｎｅ Ｄｏｅ", "Prof. Dr. Jane Doe, M.Sc.", "Jane Doe via Some List",
    ],
)  # fmt: skip
def test_decoration_order_and_case_change_no_name(written: str) -> None:
    assert alike("Jane Doe", written) is Likeness.SAME


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Юлия Щербакова", "Yulia Shcherbakova"),
        ("Сергей Михайлов", "Sergei Mikhaylov"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
        ("محمد الخطيب", "Mohammed Al-Khatib"),
        ("طارق منصور", "Tarek Mansour"),
        ("דוד כהן", "David Cohen"),
        ("משה גולדברג", "Moshe Goldberg"),
        ("王小明", "Wang Xiaoming"),
        ("王小明", "Xiao Ming Wang"),
        ("欧阳文博", "Wenbo Ouyang"),
        ("田中太郎", "Taro Tanaka"),
        ("鈴木さくら", "Sakura Suzuki"),
        ("김민수", "Min-soo Kim"),
        ("이지영", "Jiyoung Lee"),
        ("박성호", "Sungho Park"),
        ("प्रिया शर्मा", "Priya Sharma"),
        ("राहुल वर्मा", "Rahul Verma"),
    ],
)
def test_a_name_is_known_again_in_latin_letters(native: str, latin: str) -> None:
    assert alike(native, latin) in {Likeness.SAME, Likeness.SCRIPT}
    assert alike(latin, native) in {Likeness.SAME, Likeness.SCRIPT}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Jane Q. Doe", "Jane Doe", Likeness.MIDDLE),
        ("Jürgen Müller", "Juergen Mueller", Likeness.SPELLING),
        ("Yulia Petrova", "Julia Petrova", Likeness.SPELLING),
        ("María García López", "María García", Likeness.PART),
        ("Robert Smith", "Bob Smith", Likeness.SHORT_FORM),
        ("Robert (Bert) Smith", "Bert Smith", Likeness.SHORT_FORM),
        ("Александр Волков", "Sasha Volkov", Likeness.SHORT_FORM),
        ("Małgorzata Nowak", "Gosia Nowak", Likeness.SHORT_FORM),
        ("Jane Doe", "J. Doe", Likeness.INITIAL),
        ("Catherine Hawthorne", "Catherine Hawthrone", Likeness.SLIP),
        ("Jane Doe", "Jane", Likeness.ALONE),
        ("Jane Doe", "", Likeness.UNNAMED),
        ("Jane Doe", "jane.doe@acme.example", Likeness.UNNAMED),
        ("Jane Doe", "John Doe", Likeness.FAMILY),
        ("Jane Doe", "R. Doe", Likeness.FAMILY),
        ("María Ortega Castillo", "María González Castillo", Likeness.FAMILY),
        ("Jane Doe", "John Smith", Likeness.OTHER),
        ("Jane Doe", "Acme Support", Likeness.OTHER),
        ("Leo Kim", "Lea Kim", Likeness.FAMILY),
    ],
)
def test_how_like_two_names_are(one: str, other: str, expected: Likeness) -> None:
    assert alike(one, other) is expected


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        ("Office of Jane Doe", "is_assistant"),
        ("Jane Doe's assistant", "is_assistant"),
        ("Assistant to Jane Doe", "is_assistant"),
        ("Jane Doe (EA)", "is_assistant"),
        ("Jane Doe via Dev List", "is_via"),
        ("Jane Doe via LinkedIn", "is_via"),
        ("Jane from Acme", "is_company"),
        ("Jane at Acme", "is_company"),
        ("Jane & John Doe", "is_several"),
        ("Jane und John Doe", "is_several"),
    ],
)
def test_who_else_writes_under_a_name_is_noticed(written: str, flag: str) -> None:
    reading = read_name(written)
    assert getattr(reading, flag)
    assert "jane" in reading.name.words
    assert not getattr(read_name("Jane Doe"), flag)


def test_a_particle_is_no_company() -> None:
    name = read_name("Anna-Lena von der Heide").name
    assert (name.given, name.family) == ("annalena", "vonderheide")


@pytest.mark.parametrize(
    "text", ["", " ", "🚀", "((((", ",", "PhD", "Dr.", "-", "’", "a" * 5000, "\ud800", "\x00", "،", "王", "이"]
)
def test_what_is_no_name_is_read_as_hardly_one_and_never_fails(text: str) -> None:
    assert not read_name(text).name.is_full
