"""Each source of settings in its turn, in an internet of its own: which one wins, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.discovery.net import ISPDB

if TYPE_CHECKING:
    from tests.discovery.net import Net


def server(host: str = "imap.firm.example", port: int = 993, tls: str = "SSL", **more: str) -> str:
    """An incoming server as autoconfig writes it."""
    ways = more.get("authentication", "password-cleartext").split()
    user = more.get("user", "%EMAILADDRESS%")
    return (
        f'<incomingServer type="{more.get("kind", "imap")}"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{tls}</socketType><username>{user}</username>"
        + "".join(f"<authentication>{way}</authentication>" for way in ways)
        + "</incomingServer>"
    )


def page(*servers: str, domain: str = "firm.example", head: str = "") -> dict[str, Any]:
    body = "".join(servers or (server(),))
    return {
        "body": f'<?xml version="1.0"?>{head}<clientConfig version="1.1"><emailProvider id="firm">'
        f"<domain>{domain}</domain>{body}</emailProvider></clientConfig>"
    }


OWN = "autoconfig.firm.example/mail/config-v1.1.xml"
WELL_KNOWN = "firm.example/.well-known/autoconfig/mail/config-v1.1.xml"
MX = {"MX": ["10 mx.hoster.example."]}

NAMES = {
    "firm.example": {},
    "google.example": {"MX": ["1 aspmx.l.google.com.", "5 alt1.aspmx.l.google.com."]},
    "office.example": {"MX": ["0 office-example.mail.protection.outlook.com."]},
    "apple.example": {"MX": ["10 mx01.mail.icloud.com."]},
    "fast.example": {"MX": ["10 in1-smtp.messagingengine.com."]},
    "known.example": {},
    "hosted.example": MX,
    "announced.example": {},
    "_imaps._tcp.announced.example": {"SRV": ["0 1 993 mail.announced.example."]},
    "old.example": {},
    "_imap._tcp.old.example": {"SRV": ["0 1 143 imap.old.example."]},
}
PAGES = {
    OWN: page(),
    f"{ISPDB}/v1.1/known.example": page(server("imap.known.example"), domain="known.example"),
    f"{ISPDB}/v1.1/hoster.example": page(server("imap.hoster.example"), domain="hoster.example"),
}


def test_twelve_addresses_are_found_each_by_the_first_source_that_knows_it(net: Net) -> None:
    net.write(NAMES, PAGES)
    addresses = {
        "ann@gmail.com": ("imap.gmail.com", "the built-in table (Gmail)"),
        "ann@outlook.com": ("outlook.office365.com", "the built-in table (Microsoft)"),
        "Ann@iCloud.com": ("imap.mail.me.com", "the built-in table (iCloud)"),
        "ann@google.example": ("imap.gmail.com", "the built-in table (Gmail, who receives the domain's mail)"),
        "ann@office.example": (
            "outlook.office365.com",
            "the built-in table (Microsoft, who receives the domain's mail)",
        ),
        "ann@apple.example": ("imap.mail.me.com", "the built-in table (iCloud, who receives the domain's mail)"),
        "ann@fast.example": ("imap.fastmail.com", "the built-in table (Fastmail, who receives the domain's mail)"),
        "ann@firm.example": ("imap.firm.example", "the autoconfig of firm.example"),
        "ann@known.example": ("imap.known.example", "the ISPDB"),
        "ann@hosted.example": ("imap.hoster.example", "the ISPDB, for hoster.example"),
        "ann@announced.example": ("mail.announced.example", "an SRV record of announced.example"),
        "ann@old.example": ("imap.old.example", "an SRV record of old.example"),
    }
    searches = net.searches(*addresses)
    found = [(search["found"]["server"]["host"], search["found"]["source"]) for search in searches]
    assert found == list(addresses.values())
    tls = [search["found"]["server"]["tls"] for search in searches]
    assert tls == ["implicit"] * 11 + ["starttls"]
    assert [search["found"]["is_vouched"] for search in searches] == [*[True] * 9, False, True, True]
    assert searches[2]["found"]["server"]["user"] == "Ann"
    assert searches[1]["found"]["server"]["sign_in"] == ["oauth2"]


def test_what_is_known_by_its_domain_is_looked_up_nowhere(net: Net) -> None:
    assert net.searches("ann@gmail.com")[0]["found"]
    assert net.asked == []


def test_the_ispdb_is_told_the_domain_alone_and_only_if_it_may_be(net: Net) -> None:
    net.write({"firm.example": {}, ISPDB: {"A": ["127.0.0.1"]}}, {})
    assert net.searches("ann@firm.example")[0]["found"] is None
    asked = [line for line in net.asked if ISPDB in line]
    assert asked[-1] == f"https {ISPDB}/v1.1/firm.example"
    net.write({"firm.example": {}, ISPDB: {"A": ["127.0.0.1"]}}, {})
    assert net.searches("ann@firm.example", "--no-ispdb")[0]["found"] is None
    assert [line for line in net.asked if ISPDB in line] == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"status": 301, "headers": {"Location": "http://autoconfig.firm.example/x"}},
            "sends us to a place without TLS",
        ),
        ({"status": 302, "headers": {"Location": f"https://{OWN}"}}, "sends us from place to place"),
        (page() | {"times": 300}, "sends more than 64 KB"),
        (page(head='<!DOCTYPE x [<!ENTITY a "b">]>'), "has a DOCTYPE, which no such file needs"),
        (page(head="<!DOCTYPE clientConfig>") | {"encoding": "utf-16"}, "has a DOCTYPE, which no such file needs"),
        (page(server(tls="plain", port=143)), "offers plain text only, which would show the password to all"),
        (page(server(kind="pop3")), "offers no IMAP"),
        (page(domain="other.example"), "is for other domains"),
        (page(server(host="-firm.example/x")), "offers nothing that can be used"),
        (page(server(port=70000)), "offers nothing that can be used"),
        (page(server(authentication="GSSAPI")), "offers nothing that can be used"),
        ({"body": "<html><p>Welcome"}, "is no XML"),
        ({"body": ""}, "is no XML"),
        ({"status": 500}, "answers with status 500"),
    ],
)
def test_an_answer_that_lies_or_harms_is_passed_over_with_its_reason(
    net: Net, answer: dict[str, Any], reason: str
) -> None:
    zone = {"firm.example": {}, "_imaps._tcp.firm.example": {"SRV": ["0 1 993 imap.firm.example."]}}
    net.write(zone, {OWN: answer})
    (search,) = net.searches("ann@firm.example", "--no-ispdb")
    assert ["the provider's autoconfig", reason] in search["tried"]
    assert search["found"]["source"] == "an SRV record of firm.example"


def test_a_certificate_for_another_name_is_not_accepted(net: Net) -> None:
    net.write({"firm.example": {}}, {OWN: page() | {"status": 301, "headers": {"Location": "https://forged.example/"}},
                                     "forged.example/": page()})  # fmt: skip
    (search,) = net.searches("ann@firm.example", "--no-ispdb")
    assert ["the provider's autoconfig", "has a certificate that is not valid"] in search["tried"]


def test_a_redirect_under_tls_and_the_second_place_are_followed(net: Net) -> None:
    to = {"status": 307, "headers": {"Location": "https://conf.hoster.example/firm"}}
    net.write({}, {WELL_KNOWN: to, "conf.hoster.example/firm": page()})
    (search,) = net.searches("ann@firm.example")
    assert search["found"]["source"] == "the autoconfig of firm.example"


def test_tls_from_the_start_is_taken_before_starttls_and_the_users_name_is_filled_in(net: Net) -> None:
    offers = (
        server(tls="plain", port=143),
        server(tls="STARTTLS", port=143),
        server(user="firm-%EMAILLOCALPART%", authentication="OAuth2 password-cleartext"),
    )
    net.write({"firm.example": {}}, {OWN: page(*offers)})
    (search,) = net.searches("Ann.Lee@firm.example")
    assert search["found"]["server"] == {
        "host": "imap.firm.example",
        "port": 993,
        "tls": "implicit",
        "user": "firm-Ann.Lee",
        "sign_in": ["oauth2", "password"],
        "oauth2": "",
        "note": "",
    }


def test_an_srv_record_that_leads_elsewhere_needs_a_look_and_a_service_that_is_not_offered_is_none(net: Net) -> None:
    net.write(
        {
            "firm.example": {},
            "_imaps._tcp.firm.example": {"SRV": ["0 0 0 ."]},
            "_imap._tcp.firm.example": {"SRV": ["20 1 143 b.example.", "10 1 143 notfirm.example."]},
        },
        {},
    )
    (search,) = net.searches("ann@firm.example")
    assert (search["found"]["server"]["host"], search["found"]["is_vouched"]) == ("notfirm.example", False)


def test_a_domain_that_does_not_exist_ends_the_search(net: Net) -> None:
    (search,) = net.searches("ann@gmial.example")
    assert search == {"found": None, "tried": [["DNS", "knows no domain gmial.example"]]}
    assert len(net.asked) == 1


def test_where_no_server_for_names_answers_nothing_else_is_tried(net: Net) -> None:
    net.write({"silent": True}, {})
    (search,) = net.searches("ann@firm.example")
    assert search == {"found": None, "tried": [["DNS", "does not answer; is there a network?"]]}


def test_a_server_that_says_nothing_is_waited_for_only_so_long(net: Net) -> None:
    zone = {"firm.example": {}, "_imaps._tcp.firm.example": {"SRV": ["0 1 993 imap.firm.example."]}}
    net.write(zone, {OWN: {"silent": True}})
    (search,) = net.searches("ann@firm.example", "--no-ispdb")
    assert ["the provider's autoconfig", "does not answer in time"] in search["tried"]
    assert search["found"]["source"] == "an SRV record of firm.example"
