"""The long tail of names: put together from their usual parts, so that full names repeat as seldom as in life.

With the common names alone every tenth row of a network would share its full name with another; 1.4 % do in real
exports (of some 2,400 rows), and 1.0 to 2.0 % do in the networks that are drawn here.
"""

from __future__ import annotations

from itertools import product

from tests.linking.name_pools import Written

SHARE = 0.84
"""Of the people whose language has rarer names of a kind: how many bear one."""


def _combined(*columns: str, hinge: str = "") -> tuple[Written, ...]:
    """A part of each column in turn, in their own script and, after `=`, in Latin letters."""
    parts = [
        [(native, latin or native) for native, _, latin in (one.partition("=") for one in column.split(","))]
        for column in columns
    ]
    return tuple(
        Written(hinge.join(native for native, _ in row), (hinge.join(latin for _, latin in row),))
        for row in product(*parts)
    )


FAMILY = {
    "english": _combined(
        "Ash,Black,Brad,Brook,Burn,Chester,Clay,Cran,Dal,East,Elm,Fair,Gar,Hal,Hart,Hazel,Hol,Kings,Lang,Lin,Mar,Mel,Nor,Oak,"
        "Pem,Rad,Red,Stan,Strat,Thorn,Wake,West,Whit,Wood",
        "berry,bridge,brook,burn,by,combe,dale,den,field,ford,ham,land,ley,low,man,more,ridge,son,stone,ton,well,wick,worth",
    ),
    "german": _combined(
        "Alt,Berg,Birken,Eichen,Feld,Gold,Grün,Hasel,Hoch,Kalten,Linden,Neu,Ober,Rosen,Schön,Stein,Wald,Winter",
        ",en,er",
        "acker,bach,bauer,berg,bruch,brunner,feld,hauer,hofer,mann,meier,müller,stein,thal,wald",
    ),
    "french": _combined(
        "Beau,Bel,Bon,Chante,Des,Fon,Gran,Haute,Mal,Mont,Roche,Val,Ver",
        ",e,in",
        "bois,champ,court,fort,jean,lieu,mont,pré,rive,rivière,taine,val,ville",
    ),
    "spanish": _combined(
        "García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Vidal,Serrano,Iglesias,Ramos,Gil,Blanco,Torres,"
        "Domínguez,Vázquez,Suárez,Ortega,Delgado,Navarro",
        "Molina,Castro,Ortiz,Rubio,Marín,Sanz,Medina,Garrido,Cortés,Castillo,Lozano,Guerrero,Cano,Prieto,Méndez,"
        "Cruz,Calvo,Gallego,León,Herrera,Flores,Peña,Cabrera,Campos,Vega,Fuentes,Carrasco",
        hinge=" ",
    ),
    "polish": _combined("Bara,Bort,Chmiel,Dud,Gaj,Jasi,Kali,Majch,Ostr,Pawl,Sob,Urb", ",i,ew", "nowski,ński,ewski,kowski,ecki,czak,czyk,ak"),
    "scandinavian": _combined("Berg,Dal,Ek,Gran,Hav,Høg,Lind,Lund,Nord,Sand,Sten,Øst", ",e,s", "berg,by,gren,holm,lund,mark,qvist,ström,vik"),
    "russian": _combined(
        "Бел=Bel,Верш=Versh,Громов=Gromov,Данил=Danil,Забор=Zabor,Калин=Kalin,Медвед=Medved,Орл=Orl,Рыб=Ryb,Стар=Star,Тих=Tikh",
        "=,ан=an,ер=er",
        "ов=ov,инский=insky,енко=enko,ин=in,овский=ovsky,евич=evich",
    ),
    "greek": _combined(
        "Αναστασ=Anastas,Κωνσταντιν=Konstantin,Μιχαλ=Michal,Παυλ=Pavl,Στεφαν=Stefan,Χριστοδουλ=Christodoul",
        "=,ι=i,αρ=ar,εν=en",
        "όπουλος=opoulos,ίδης=idis,άκης=akis,ου=ou",
    ),
    "arabic": _combined("ال=Al-", "بغدادي=Baghdadi,مصري=Masri,تميمي=Tamimi,زهراني=Zahrani,كردي=Kurdi,عمري=Omari,فارسي=Farsi,دمشقي=Dimashqi,حربي=Harbi,"
        "قحطاني=Qahtani,عتيبي=Otaibi,شمري=Shammari,دوسري=Dosari,غامدي=Ghamdi,مالكي=Maliki,هاشمي=Hashimi,حلبي=Halabi,جزائري=Jazairi,"
        "تونسي=Tounsi,راشد=Rashed,حمادي=Hamadi,سعدي=Saadi,جابري=Jabri,كعبي=Kaabi,بلوشي=Balushi,منصوري=Mansouri,رفاعي=Rifai,"
        "صباغ=Sabbagh,بيطار=Bitar,عطار=Attar,خياط=Khayat,بنا=Banna"),
    "hebrew": _combined("רוזן=Rosen,גולד=Gold,וייס=Weiss,בלום=Blum,לנד=Land,זילבר=Silber,שוורץ=Schwarz", "בלום=blum,שטיין=stein,ברג=berg,מן=man,טל=tal"),
    "hindi": _combined("चंद्र=Chandra,देव=Dev,राम=Ram,विष्णु=Vishnu,हरि=Hari,धन=Dhan,गिरि=Giri,वेद=Ved", "कर=kar,नाथ=nath,वाल=wal,नी=ni,पाल=pal,मणि=mani,राज=raj,दास=das"),
    "japanese": _combined("石=Ishi,上=Ue,岡=Oka,北=Kita,西=Nishi,宮=Miya,森=Mori", "川=kawa,田=da,本=moto,村=mura,島=shima,崎=zaki"),
}  # fmt: skip

GIVEN = {
    "chinese": _combined(
        "志=Zhi,文=Wen,晓=Xiao,建=Jian,国=Guo,美=Mei,雪=Xue,海=Hai,天=Tian,嘉=Jia,春=Chun,永=Yong",
        "强=qiang,红=hong,明=ming,华=hua,玲=ling,峰=feng,琴=qin,平=ping,云=yun,龙=long,涛=tao,辉=hui",
    ),
    "korean": _combined(
        "민=Min,지=Ji,성=Sung,은=Eun,준=Jun,수=Soo,영=Young,현=Hyun,서=Seo,동=Dong,재=Jae,태=Tae",
        "수=soo,영=young,호=ho,지=ji,진=jin,희=hee,우=woo,연=yeon,훈=hoon,미=mi,원=won,경=kyung",
    ),
}  # fmt: skip
