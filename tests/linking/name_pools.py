"""Common given and family names of fourteen languages, as people write them, for networks that nobody lives in.

An entry is a name in its own script and, after `=`, how its bearers write it in Latin letters (usages, not the output
of any library). The most common come first. Real people are met here only as often as any combination of common names
is somebody's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A name in its own script (`native`), and its usual spellings in Latin letters, the most frequent first."""

    native: str
    latin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """What people are called who speak it. `share`: of a network; `family_first`: so written in its own script."""

    share: float
    given: tuple[Written, ...]
    family: tuple[Written, ...]
    family_first: bool = False
    joined: bool = False
    """Written without a blank in its own script."""

    @property
    def is_latin(self) -> bool:
        """Whether the native script is the Latin one."""
        return self.family[0].native == self.family[0].latin[0]


def _read(text: str) -> tuple[Written, ...]:
    entries = (entry.strip().partition("=") for entry in text.split(","))
    return tuple(Written(native, tuple(latin.split("/")) if latin else (native,)) for native, _, latin in entries)


LANGUAGES = {
    "english": Language(
        0.36,
        _read(
            "James,Mary,Michael,Jennifer,Robert,Patricia,John,Linda,David,Elizabeth,William,Susan,Richard,Jessica,Joseph,"
            "Sarah,Thomas,Karen,Christopher,Emily,Daniel,Ashley,Matthew,Kimberly,Andrew,Emma,Joshua,Michelle,Kenneth,Amanda,"
            "Kevin,Melissa,Steven,Deborah,Edward,Stephanie,Brian,Rebecca,Ronald,Laura,Timothy,Catherine,Jason,Amy,Jeffrey,"
            "Rachel,Ryan,Heather,Nicholas,Samantha,Gregory,Victoria,Alexander,Margaret,Benjamin,Christine,Samuel,Janet,"
            "Patrick,Olivia,Peter,Grace,Zachary,Natalie,Douglas,Charlotte,Nathan,Abigail,Oliver,Hannah,Isaac,Megan,Graham,"
            "Imogen,Jasper,Beatrice,Rowan,Priscilla"
        ),
        _read(
            "Smith,Johnson,Williams,Brown,Jones,Davis,Miller,Wilson,Moore,Taylor,Anderson,Thomas,Jackson,White,Harris,Martin,"
            "Thompson,Robinson,Clark,Lewis,Lee,Walker,Hall,Allen,Young,King,Wright,Scott,Green,Baker,Adams,Nelson,Hill,"
            "Campbell,Mitchell,Roberts,Carter,Phillips,Evans,Turner,Parker,Collins,Edwards,Stewart,Morris,Murphy,Cook,Rogers,"
            "Morgan,Cooper,Reed,Bailey,Kelly,Howard,Ward,Watson,Brooks,Bennett,Gray,Hughes,Foster,Russell,Griffin,Hayes,"
            "Chapman,O'Connor,McCarthy,Fitzgerald,Hawthorne,Whitaker,Ellsworth,Pemberton,Ashdown,Birtwistle,Thackeray,"
            "Wolstenholme,Featherstone,Lockridge,Marchbanks,Cunningham"
        ),
    ),
    "german": Language(
        0.12,
        _read(
            "Thomas,Anna,Michael,Julia,Stefan,Katharina,Andreas,Sabine,Christian,Claudia,Markus,Petra,Jürgen,Birgit,Wolfgang,"
            "Monika,Klaus,Ursula,Matthias,Lena,Sebastian,Franziska,Tobias,Johanna,Jörg,Anja,Björn,Heike,Florian,Marlene,"
            "Hans-Peter,Anna-Lena,Karl-Heinz,Ulrike"
        ),
        _read(
            "Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Bauer,Richter,Klein,"
            "Wolf,Schröder,Neumann,Schwarz,Zimmermann,Braun,Krüger,Hofmann,Hartmann,Lange,Krause,Lehmann,Köhler,Herrmann,"
            "König,Großmann,Weiß,von Bülow,von der Heide,Grünwald,Dörfler,Streicher,Kirchgässner"
        ),
    ),
    "french": Language(
        0.06,
        _read(
            "Jean,Marie,Pierre,Nathalie,Philippe,Isabelle,François,Sylvie,Nicolas,Céline,Laurent,Élodie,Jean-Luc,Françoise,"
            "Benoît,Hélène,Mathieu,Aurélie,Stéphane,Chloé"
        ),
        _read(
            "Martin,Bernard,Dubois,Thomas,Robert,Richard,Petit,Durand,Leroy,Moreau,Simon,Laurent,Lefèvre,Michel,Garcia,"
            "Lefebvre,Roux,Fournier,Girard,Bonnet,Dupont,Lambert,Rousseau,de La Fontaine,Chevalier,Béranger,Desrosiers"
        ),
    ),
    "spanish": Language(
        0.09,
        _read(
            "Antonio,María,José,Carmen,Manuel,Ana,Francisco,Laura,Juan,Marta,David,Lucía,Javier,Cristina,Carlos,Paula,Miguel,"
            "Elena,Alejandro,Sofía,María José,José Luis,Jesús,Begoña,Íñigo"
        ),
        _read(
            "García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Martín,Jiménez,Ruiz,Hernández,Díaz,Moreno,"
            "Muñoz,Álvarez,Romero,Alonso,Gutiérrez,García López,Fernández Ruiz,Pérez Gómez,Núñez,Ibáñez,de la Vega,Etxeberria"
        ),
    ),
    "polish": Language(
        0.04,
        _read(
            "Piotr,Anna,Krzysztof,Katarzyna,Andrzej,Małgorzata,Tomasz,Agnieszka,Paweł,Joanna,Łukasz,Ewa,Michał,Zofia"
        ),
        _read(
            "Nowak,Kowalski,Wiśniewski,Wójcik,Kowalczyk,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski,"
            "Jankowski,Mazur,Krawczyk,Błaszczykowski"
        ),
    ),
    "scandinavian": Language(
        0.05,
        _read(
            "Lars,Anna,Erik,Karin,Søren,Mette,Jens,Åsa,Anders,Kristin,Björn,Ingrid,Øystein,Sigrid,Magnus,Freja,Håkon"
        ),
        _read(
            "Andersson,Johansson,Hansen,Nielsen,Jensen,Larsen,Olsen,Karlsson,Nilsson,Eriksson,Pedersen,Kristensen,Sørensen,"
            "Ødegård,Lindström,Sjöberg,Bjørnstad,Håkansson"
        ),
    ),
    "russian": Language(
        0.06,
        _read(
            "Александр=Alexander/Aleksandr/Alexandr,Елена=Elena/Yelena,Сергей=Sergey/Sergei/Serguei,Ольга=Olga,"
            "Дмитрий=Dmitry/Dmitri/Dmitriy,Татьяна=Tatiana/Tatyana,Андрей=Andrey/Andrei,Наталья=Natalia/Natalya,"
            "Алексей=Alexey/Alexei/Aleksey,Юлия=Yulia/Julia/Yuliya,Иван=Ivan,Анна=Anna,Евгений=Evgeny/Eugene/Yevgeny,"
            "Мария=Maria/Mariya,Владимир=Vladimir,Екатерина=Ekaterina/Catherine,Михаил=Mikhail/Michael,Анастасия=Anastasia,"
            "Павел=Pavel,Ксения=Ksenia/Xenia,Юрий=Yury/Yuri/Yuriy,Светлана=Svetlana"
        ),
        _read(
            "Иванов=Ivanov,Смирнов=Smirnov,Кузнецов=Kuznetsov,Попов=Popov,Васильев=Vasiliev/Vasilyev,Петров=Petrov,"
            "Соколов=Sokolov,Михайлов=Mikhailov/Mikhaylov,Новиков=Novikov,Фёдоров=Fedorov/Fyodorov,Морозов=Morozov,"
            "Волков=Volkov,Алексеев=Alekseev/Alexeev,Лебедев=Lebedev,Семёнов=Semenov/Semyonov,Егоров=Egorov/Yegorov,"
            "Павлов=Pavlov,Козлов=Kozlov,Щербаков=Shcherbakov/Scherbakov,Жуков=Zhukov,Цветков=Tsvetkov,Чайковский=Tchaikovsky/"
            "Chaikovsky,Хрущёв=Khrushchev,Юдин=Yudin"
        ),
    ),
    "greek": Language(
        0.02,
        _read(
            "Γιώργος=Giorgos/George/Yorgos,Μαρία=Maria,Δημήτρης=Dimitris/Dimitrios,Ελένη=Eleni,Κώστας=Kostas/Costas,"
            "Κατερίνα=Katerina,Γιάννης=Giannis/Yannis,Βασιλική=Vasiliki,Νίκος=Nikos,Σοφία=Sofia/Sophia,Παναγιώτης=Panagiotis"
        ),
        _read(
            "Παπαδόπουλος=Papadopoulos,Γεωργίου=Georgiou,Νικολάου=Nikolaou,Δημητρίου=Dimitriou,Παπαδάκης=Papadakis,"
            "Αγγελόπουλος=Angelopoulos/Aggelopoulos,Οικονόμου=Economou/Oikonomou,Βλάχος=Vlachos,Αθανασίου=Athanasiou,"
            "Μακρής=Makris,Χατζής=Chatzis/Hatzis,Ψαρράς=Psarras"
        ),
    ),
    "arabic": Language(
        0.04,
        _read(
            "محمد=Mohammed/Muhammad/Mohamed,فاطمة=Fatima,أحمد=Ahmed/Ahmad,مريم=Maryam/Mariam,علي=Ali,عائشة=Aisha,"
            "خالد=Khaled/Khalid,نور=Noor/Nour,يوسف=Youssef/Yusuf/Yousef,سارة=Sara/Sarah,عمر=Omar/Umar,ليلى=Layla/Leila,"
            "حسن=Hassan/Hasan,طارق=Tariq/Tarek,كريم=Karim/Kareem,هدى=Huda/Houda"
        ),
        _read(
            "حسين=Hussein/Hussain,إبراهيم=Ibrahim,السيد=Al-Sayed/Elsayed,عبدالله=Abdullah/Abdallah,منصور=Mansour/Mansoor,"
            "الخطيب=Al-Khatib/El Khatib,حداد=Haddad,النجار=Al-Najjar/Najjar,صالح=Saleh/Salih,سليمان=Suleiman/Sulaiman,"
            "الشريف=Al-Sharif/Elsherif,قاسم=Qasim/Kassem,درويش=Darwish/Darwich,بركات=Barakat"
        ),
    ),
    "hebrew": Language(
        0.02,
        _read(
            "דוד=David,נועה=Noa,יוסף=Yosef/Joseph,תמר=Tamar,משה=Moshe,מיכל=Michal,אברהם=Avraham/Abraham,שרה=Sarah/Sara,"
            "יעקב=Yaakov/Jacob,רחל=Rachel/Rahel,איתי=Itay/Itai,עומר=Omer,גלעד=Gilad,ליאור=Lior"
        ),
        _read(
            "כהן=Cohen,לוי=Levi/Levy,מזרחי=Mizrahi/Mizrachi,פרץ=Peretz,ביטון=Biton/Bitton,דהן=Dahan,אברהם=Avraham,פרידמן=Friedman,"
            "שפירא=Shapira,גולדברג=Goldberg,בן דוד=Ben David/Ben-David,רוזנברג=Rosenberg,אשכנזי=Ashkenazi"
        ),
    ),
    "chinese": Language(
        0.05,
        _read(
            "伟=Wei,芳=Fang,小明=Xiaoming/Xiao Ming,秀英=Xiuying,敏=Min,静=Jing,丽=Li,强=Qiang,磊=Lei,洋=Yang,艳=Yan,勇=Yong,军=Jun,"
            "杰=Jie,娟=Juan,志强=Zhiqiang/Zhi-Qiang,晓红=Xiaohong,建国=Jianguo,文博=Wenbo,雨桐=Yutong,子涵=Zihan,思远=Siyuan"
        ),
        _read(
            "王=Wang,李=Li,张=Zhang,刘=Liu,陈=Chen,杨=Yang,黄=Huang,赵=Zhao,吴=Wu,周=Zhou,徐=Xu,孙=Sun,马=Ma,朱=Zhu,胡=Hu,郭=Guo,"
            "何=He,林=Lin,高=Gao,罗=Luo,欧阳=Ouyang"
        ),
        family_first=True,
        joined=True,
    ),
    "japanese": Language(
        0.03,
        _read(
            "太郎=Taro,花子=Hanako,健=Ken/Takeshi,美咲=Misaki,翔太=Shota,陽子=Yoko,大輔=Daisuke,直美=Naomi,さくら=Sakura,浩=Hiroshi,"
            "みなみ=Minami,裕子=Yuko,拓也=Takuya,真由美=Mayumi,ひかる=Hikaru,健一=Kenichi"
        ),
        _read(
            "佐藤=Sato/Satou,鈴木=Suzuki,高橋=Takahashi,田中=Tanaka,伊藤=Ito/Itoh,渡辺=Watanabe,山本=Yamamoto,中村=Nakamura,"
            "小林=Kobayashi,加藤=Kato,吉田=Yoshida,山田=Yamada,佐々木=Sasaki,松本=Matsumoto,大野=Ono/Ohno,五十嵐=Igarashi,長谷川=Hasegawa"
        ),
        family_first=True,
        joined=True,
    ),
    "korean": Language(
        0.03,
        _read(
            "민수=Minsu/Min-soo/Minsoo,지영=Jiyoung/Ji-young,성호=Sungho/Seong-ho,은지=Eunji/Eun-ji,준호=Junho/Jun-ho,"
            "수진=Sujin/Soo-jin,영희=Younghee/Young-hee,현우=Hyunwoo/Hyun-woo,서연=Seoyeon/Seo-yeon,동현=Donghyun/Dong-hyun,"
            "하은=Haeun/Ha-eun,지훈=Jihoon/Ji-hoon"
        ),
        _read(
            "김=Kim,이=Lee/Yi,박=Park,최=Choi,정=Jung/Jeong/Chung,강=Kang,조=Cho/Jo,윤=Yoon/Yun,장=Jang/Chang,임=Lim/Im,한=Han,"
            "오=Oh,서=Seo/Suh,신=Shin,권=Kwon,황=Hwang"
        ),
        family_first=True,
        joined=True,
    ),
    "hindi": Language(
        0.03,
        _read(
            "राहुल=Rahul,प्रिया=Priya,अमित=Amit,नेहा=Neha,विकास=Vikas,पूजा=Pooja/Puja,संजय=Sanjay,अंजलि=Anjali,राजेश=Rajesh,"
            "कविता=Kavita/Kavitha,दीपक=Deepak/Dipak,सुनीता=Sunita,अर्जुन=Arjun,मीरा=Meera/Mira,विवेक=Vivek"
        ),
        _read(
            "शर्मा=Sharma,सिंह=Singh,कुमार=Kumar,गुप्ता=Gupta,वर्मा=Verma/Varma,मिश्रा=Mishra/Misra,पटेल=Patel,जोशी=Joshi,"
            "अग्रवाल=Agarwal/Aggarwal,चौधरी=Chaudhary/Choudhary,मेहता=Mehta,त्रिपाठी=Tripathi,राव=Rao,बनर्जी=Banerjee"
        ),
    ),
}

# Short forms as their bearers use them; several are of no table that the program knows.
SHORT_FORMS = {
    "Robert": ("Bob", "Rob"), "William": ("Bill", "Will"), "Richard": ("Rick", "Dick"), "Michael": ("Mike",),
    "James": ("Jim", "Jamie"), "Elizabeth": ("Liz", "Beth", "Libby"), "Jennifer": ("Jen", "Jenny"), "Thomas": ("Tom",),
    "Christopher": ("Chris", "Topher"), "Daniel": ("Dan",), "Matthew": ("Matt",), "Andrew": ("Andy", "Drew"),
    "Katharina": ("Kathi", "Käthe"), "Stefan": ("Steff",), "Alexander": ("Alex", "Sascha"), "Francisco": ("Paco", "Fran"),
    "José": ("Pepe",), "Александр": ("Саша",), "Елена": ("Лена",), "Дмитрий": ("Дима",), "Mikhail": ("Misha",),
    "Piotr": ("Piotrek",), "Małgorzata": ("Gosia",), "Edward": ("Ed", "Ted"), "Joseph": ("Joe",), "Susan": ("Sue",),
    "Patricia": ("Pat", "Trish"), "David": ("Dave",), "Samantha": ("Sam",), "Samuel": ("Sam",), "Steven": ("Steve",),
    "Timothy": ("Tim",), "Gregory": ("Greg",), "Nicholas": ("Nick",), "Benjamin": ("Ben",), "Kenneth": ("Ken",),
    "Margaret": ("Maggie", "Peggy"), "Catherine": ("Cathy", "Kate"), "Rebecca": ("Becky",), "Philippe": ("Phil",),
    "Sebastian": ("Basti",), "Antonio": ("Toni",), "Deborah": ("Debbie",), "Zachary": ("Zach",), "Joshua": ("Josh",),
}  # fmt: skip
