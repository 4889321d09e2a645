"""One mailbox has one spelling, whoever wrote it; what is no addr-spec has none."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.addresses import MAX_LENGTH, display, normalise
from tracker.domain.message import AddrSpec

SPELLINGS = {
    # The domain: lower case, A-labels (UTS 46), no final dot.
    "Jane@ACME.Example": "jane@acme.example",
    "j@acme.example.": "j@acme.example",
    "j@BÜCHER.example": "j@xn--bcher-kva.example",
    "j@XN--BCHER-KVA.example": "j@xn--bcher-kva.example",
    "j@faß.example": "j@xn--fa-hia.example",
    "j@ａｃｍｅ。example": "j@acme.example",
    "j@acme.example。": "j@acme.example",
    "j@mail_1.acme.example": "j@mail_1.acme.example",
    "root@localhost": "root@localhost",
    # Address literals stay (RFC 5321, 4.1.3).
    "j@[192.0.2.1]": "j@[192.0.2.1]",
    "j@[IPv6:2001:DB8::1]": "j@[ipv6:2001:db8::1]",
    # The local part: NFC and case-folded, quotes only where they protect something.
    "  jane@acme.example\n": "jane@acme.example",
    "JANE\u0301@acme.example": "jan\xe9@acme.example",
    "\N{KELVIN SIGN}im@acme.example": "kim@acme.example",
    '"jane"@acme.example': "jane@acme.example",
    '"Jane Doe"@acme.example': '"jane doe"@acme.example',
    '"a@b\\"c\\\\"@acme.example': '"a@b\\"c\\\\"@acme.example',
    '"j\\ane"@acme.example': "jane@acme.example",
    "a..b@acme.example": "a..b@acme.example",
    # Tags go where the service documents them, dots on Gmail, whose two domains are one.
    "Jane.Doe+list@gmail.com": "janedoe@gmail.com",
    "jane.doe@googlemail.com": "janedoe@gmail.com",
    "jane.doe+list@outlook.com": "jane.doe@outlook.com",
    "jane+list@proton.me": "jane@proton.me",
    "jane-list@yahoo.com": "jane-list@yahoo.com",
    "jan.e.\u0301@gmail.com": "jan\xe9@gmail.com",
    "jane+list@acme.example": "jane+list@acme.example",
    "+list@gmail.com": "+list@gmail.com",
    '"jane+a b"@gmail.com': '"jane+a b"@gmail.com',
}


@pytest.mark.parametrize(("written", "spelling"), SPELLINGS.items(), ids=[ascii(written) for written in SPELLINGS])
def test_a_mailbox_has_one_spelling(written: str, spelling: str) -> None:
    assert normalise(written) == spelling


NONE = (
    "",
    "jane",
    "@acme.example",
    "jane@",
    "a@b@acme.example",
    "jane doe@acme.example",
    "<jane@acme.example>",
    "jane@-acme.example",
    "jane@acme..example",
    "jane@acme example",
    f"jane@{'a' * 64}.example",
    "jane@☃.example",
    "jane@[300.0.0.1]",
    "jane@[acme]",
    'ja"ne@acme.example',
    '"ja"ne"@acme.example',
    '"jane\\"@acme.example',
    '"ja\nne"@acme.example',
    '"ja\0ne"@acme.example',
    "ja\u200bne@acme.example",
    "ja\u202ene@acme.example",
    "ja\ud800ne@acme.example",
    "jane\u037e@acme.example",  # the Greek question mark is a semicolon under NFC
)


@pytest.mark.parametrize("text", NONE, ids=ascii)
def test_what_is_no_addr_spec_has_no_spelling(text: str) -> None:
    assert normalise(text) is None


def test_an_address_may_be_as_long_as_smtp_carries() -> None:
    domain = "@acme.example"
    longest = "a" * (MAX_LENGTH - len(domain)) + domain
    assert normalise(longest) == longest
    assert normalise(f"a{longest}") is None
    assert normalise("é" * (MAX_LENGTH // 2) + domain) is None, "octets count, not characters"


locals_ = st.text(st.sampled_from("aB9.+-_ \\\"@'ßİı\u0301\u0345Ωü;，\u00a0"), min_size=1, max_size=8)
wholes = st.one_of(
    locals_, locals_.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'), st.text(max_size=8)
)
domains = st.one_of(
    st.sampled_from(
        ["gmail.com", "googlemail.com", "pm.me", "ACME.example", "bücher.example", "faß.example", "[IPv6:::1]"]
    ),
    st.text(st.sampled_from("aZ0-_.ßüİıς\u0301。ａ中"), min_size=1, max_size=10),
    st.text(max_size=8),
)


def test_the_one_spelling_is_its_own_spelling() -> None:
    seen: Counter[str] = Counter()

    @given(wholes, domains)
    @settings(max_examples=500)
    def check(local: str, domain: str) -> None:
        written = f"{local}@{domain}"
        spelling = normalise(written)
        seen["none" if spelling is None else "as it was" if spelling == written else "changed"] += 1
        if spelling is not None:
            assert normalise(spelling) == spelling

    check()
    assert min(seen["none"], seen["changed"]) > 20, seen


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    normalise(text)


@pytest.mark.parametrize(
    ("addr", "shown"),
    [
        ("jane@acme.example", "jane@acme.example"),
        ("jane@xn--bcher-kva.example", "jane@bücher.example"),
        ("и@xn--80a1acny.xn--p1ai", "и@почта.рф"),
        ("k@xn--r8jz45g.xn--zckzah", "k@例え.テスト"),
        ("jane@xn--pple-43d.example", "jane@xn--pple-43d.example"),  # a Cyrillic а, then Latin
        ("j@xn--80a1acny.example", "j@xn--80a1acny.example"),
        ("j@xn--zzzz99.example", "j@xn--zzzz99.example"),  # no Punycode
        ("j@[192.0.2.1]", "j@[192.0.2.1]"),
    ],
)
def test_a_domain_is_shown_in_its_letters_unless_it_mixes_scripts(addr: str, shown: str) -> None:
    assert display(AddrSpec(addr)) == shown
    assert normalise(shown) == addr
