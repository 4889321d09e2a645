"""The sample network: who they are, what they were asked, and how they behave. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reaction(StrEnum):
    """What comes back after an ask."""

    REPLY = "reply"
    OTHER_THREAD = "writes in another thread"
    COLLEAGUE = "a colleague answers instead"
    ABSENCE = "an absence note"
    BOUNCE = "a bounce"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class DemoAsk:
    """An ask so many days ago, what came back after how many hours, and after how many days it was repeated."""

    days: float
    reaction: Reaction = Reaction.NOTHING
    hours: float = 0.0
    nudge_days: float | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A connection of the sample, and the verdict that follows from what happened."""

    first: str
    last: str
    slug: str
    verdict: str
    company: str = ""
    position: str = ""
    domain: str | None = None
    connected: str = "04 Mar 2021"
    asks: tuple[DemoAsk, ...] = field(default=())

    @property
    def name(self) -> str:
        """As the export writes it."""
        return f"{self.first} {self.last}".strip()

    @property
    def address(self) -> str:
        """Their address, empty if the export shows none."""
        return f"{self.slug}@{self.domain}" if self.domain else ""


def _replies(*pairs: tuple[float, float]) -> tuple[DemoAsk, ...]:
    """Asks (days ago) that were answered (hours later)."""
    return tuple(DemoAsk(days, Reaction.REPLY, hours) for days, hours in pairs)


def _silence(*days: float) -> tuple[DemoAsk, ...]:
    return tuple(DemoAsk(day) for day in days)


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("Júlia", "Eriksson", "julia", "responsive", "Ionos Capital", "Partner", "ionos.example", "12 Jun 2016",
               _replies((300, 5), (260, 3), (200, 7), (150, 4), (120, 6), (90, 5), (60, 2), (42, 9))),
    DemoPerson("Hiro", "Weber", "hiro", "responsive", "Pallas Consulting", "Founder", "pallas.example", "01 Feb 2019",
               (*_replies((240, 22), (180, 30), (56, 18)), DemoAsk(20, Reaction.REPLY, 40, nudge_days=1))),
    DemoPerson("中村", "さくら", "sakura", "responsive", "任天堂", "Head of Sales", "nintendo.example", "20 May 2020",
               (*_replies((400, 2), (310, 3), (205, 1), (130, 2), (44, 4)), *_silence(360))),
    DemoPerson("Bartholomew", "Featherstonehaugh-Cholmondeley", "bart", "responsive", "Cobalt Bank", "Founder",
               "cobalt.example", "09 Sep 2018", (*_replies((220, 6), (140, 8), (95, 5)), *_silence(30))),
    DemoPerson("Zoë", "Kowalski", "zoe", "responsive", "Lumen Health", "CTO", "lumen.example", "17 Nov 2022",
               (*_replies((180, 12), (100, 10)), DemoAsk(75, Reaction.ABSENCE, 0.1), *_replies((25, 14)))),
    DemoPerson("Алексей", "Смирнов", "alexey", "responsive", "Квант", "Инженер", "kvant.example", "23 Aug 2021",
               _replies((160, 20), (33, 26))),
    DemoPerson("מיכל", "לוי", "michal", "responsive", "Negev Robotics", "Product Manager", "negev.example", "02 Jan 2023",
               _replies((110, 16), (61, 9))),
    DemoPerson("अनीता", "शर्मा", "anita", "responsive", "Ganga Analytics", "Data Scientist", "ganga.example", "14 Apr 2022",
               _replies((90, 31), (18, 11))),
    DemoPerson("Nadia", "Müller", "nadia", "responsive", "Ionos Capital", "CFO", "ionos.example", "30 Oct 2017",
               (*_replies((320, 2), (210, 3)), DemoAsk(50, Reaction.OTHER_THREAD, 20))),
    DemoPerson("Maren", "Hoffmann", "maren", "responsive", "Acme", "Recruiter", "acme.example", "11 Nov 2020",
               _replies((170, 3), (12, 5))),
    DemoPerson("Uma", "Xu", "uma", "responsive", "Ember Labs", "Data Scientist", "ember.example", "21 Jul 2019",
               (*_silence(250), *_replies((190, 8), (70, 60), (21, 7)))),
    DemoPerson("Kavita", "Hoffmann", "kavita", "slow", "Borealis Energy", "Partner", "borealis.example", "05 May 2018",
               _replies((330, 260), (240, 270), (165, 290), (80, 120))),
    DemoPerson("محمد", "الأحمد", "mohammed", "slow", "شركة النور", "Data Scientist", "alnoor.example", "19 Mar 2021",
               (*_replies((280, 20), (200, 150), (110, 140)), *_silence(56))),
    DemoPerson("Ben", "Nakamura", "ben", "slow", "Juniper Foods", "Consultant", "juniper.example", "08 Dec 2022",
               _replies((14, 70))),
    DemoPerson("Zoë", "Dubois", "zoed", "slow", "Lumen Health", "Software Engineer", "lumen.example", "16 Jun 2020",
               (*_replies((270, 30), (98, 90)), *_silence(180))),
    DemoPerson("Chloé", "Demir", "chloe", "unresponsive", "Borealis Energy", "Recruiter", "borealis.example", "25 Feb 2017",
               (*_silence(350, 270, 190, 100), DemoAsk(28, nudge_days=4))),
    DemoPerson("Kavita", "Kowalski", "kavitak", "unresponsive", "Ionos Capital", "CFO", "ionos.example", "03 Oct 2019",
               _silence(300, 210, 150, 90)),
    DemoPerson("Ivo 🚀", "Varga", "ivo", "unresponsive", "", "", "varga.example", "27 Jan 2020", _silence(420, 350, 275)),
    DemoPerson("Hiro", "Abdi", "hiroa", "unresponsive", "Solstice Media", "Founder", "solstice.example", "13 Jul 2021",
               _silence(340, 245)),
    DemoPerson("Xenia", "Okafor", "xenia", "unproven", "Fjord Systems", "Software Engineer", "fjord.example", "06 Aug 2022",
               _silence(4)),
    DemoPerson("Grace", "Ueda", "grace", "unproven", "Borealis Energy", "Founder", "borealis.example", "22 Sep 2021",
               (DemoAsk(65, Reaction.COLLEAGUE, 5), *_silence(5))),
    DemoPerson("Karim", "Castellanos", "karim", "unproven", "Northwind Traders", "Product Manager", "northwind.example",
               "18 Apr 2018", (DemoAsk(600, Reaction.OTHER_THREAD, 200),)),
    DemoPerson("Cem", "Dubois", "cem", "waiting", "Ember Labs", "CTO", "ember.example", "29 Nov 2023", _silence(0.8)),
    DemoPerson("Júlia", "Castellanos", "juliac", "waiting", "Solstice Media", "Partner", "solstice.example", "10 Oct 2023",
               _silence(1.2)),
    DemoPerson("Anna", "Bauer", "anna", "unreachable", "Acme", "Software Engineer", "gone.example", "07 Jun 2016",
               (DemoAsk(120, Reaction.BOUNCE, 0.02),)),
    DemoPerson("Tomás", "Ferreira", "tomas", "untested", "Kestrel Aero", "Pilot", "kestrel.example", "15 May 2023"),
    DemoPerson("李", "娜", "lina", "untested", "晨光科技", "工程师"),
    DemoPerson("Olga", "Petrenko", "olga", "untested", "Quarry Metals", "Buyer"),
    DemoPerson("김", "민준", "minjun", "untested", "한빛", "디자이너"),
    DemoPerson("Ελένη", "Παπαδοπούλου", "eleni", "untested", "Aegean Lines", "Captain"),
    DemoPerson("Smith, PhD", "Jordan", "jordan", "untested", "Granite Legal", "Counsel"),
    DemoPerson("Priya", "Raman", "priya", "untested", "Ganga Analytics", "CEO"),
)  # fmt: skip

STRANGERS = 8
"""Further connections, without an address and never asked: most of a real network looks like that."""
