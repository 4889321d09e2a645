"""Short forms of given names: the common ones of a few languages, in plain Latin letters."""

from __future__ import annotations

_FAMILIES = """
alexander alex sasha sascha aleksandr alexandr aleksander xander sandy alessandro alejandro
alexandra alex sasha sandra sandy
abigail abby
andrew andy drew andreas andrei andrey andres
anna anne ann annie ana hannah anya
anthony tony antonio antoine toni anton
benjamin ben benny
catherine katherine kate kathy cathy katie kathi katharina katarina ekaterina katya katarzyna kasia katerina
charles charlie chuck carlos karl carl
christopher chris topher kit christoph
christine christina chris tina kristin kristina
daniel dan danny dani
david dave davey
deborah debbie deb debra
dimitrios dimitris dmitry dmitri dmitriy dima mitya
edward ed eddie ted ned eduard
elizabeth liz beth betsy lisa eliza betty elisabeth lizzie libby
elena lena helen helena yelena eleni
eugene gene evgeny yevgeny zhenya
francis frank fran francisco paco pancho francesco franz francois
frederick fred freddy frederic friedrich fritz
george giorgos georgios jorge georg yorgos juergen jurgen
gregory greg gregor
giovanni gianni john johannes hans juan ivan jan johann vanya ioannis giannis yannis sean
jacob jake jakob yaakov
james jim jimmy jamie
jennifer jen jenny
jessica jess jessie
john jack johnny jon
jonathan jon johnny
joseph joe joey josef jose pepe yosef josep giuseppe beppe
joshua josh
kenneth ken kenny
kimberly kim
lawrence larry laurence
leonard leo len leonardo
margaret maggie peggy meg marge margarita greta malgorzata gosia
maria mary marie mariya masha miriam
matthew matt matthias mathieu matteo matias
melissa mel
michael mike mick mickey michel miguel mikhail misha michal mikkel
natalia natalie natasha nathalie natalya
nathaniel nathan nate
nicholas nick nico nicolas nikolas nikos nikolai kolya klaus
olga olya
oliver olli ollie
patricia pat patty trish tricia
patrick pat paddy
paul pavel pablo paolo pawel pasha
peter pete pedro pierre piotr pietro petr petya piotrek
philip phil philippe felipe filip
rachel rach
raymond ray
rebecca becky becca
richard rick dick rich ricky ricardo
robert bob rob bobby robbie bert roberto
ronald ron ronnie
samantha sam sammy
samuel sam sammy
sebastian seb basti bastian
stephanie steph steffi
stephen steven steve stefan stephan esteban stefano etienne
susan sue suzie susanne suzanne
svetlana sveta
tatiana tanya tatyana
theodore ted teddy theo
thomas tom tommy tomas tomasz
timothy tim timmy
tobias tobi toby
ursula uschi ulla
victoria vicky tori
vladimir vova volodya
walter walt
william bill will billy liam willy guillermo wilhelm guillaume
wolfgang wolf
zachary zach zack
"""


def _read() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_FAMILIES.split("\n")):
        for name in line.split():
            found[name] = found.get(name, frozenset()) | {number}
    return found


_FAMILIES_OF = _read()


def families(given: str) -> frozenset[int]:
    """The families of forms that a given name belongs to; two names may be one person's if they share one."""
    return _FAMILIES_OF.get(given, frozenset())
