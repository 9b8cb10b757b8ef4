"""Labelled pairs of written names: the same person spelt differently, or two persons.

Drawn from lists of its own, apart from the matcher's lists of known names, by a seeded generator.
True pairs change script, spelling, particles, order, drop a second given name, shorten to an
initial, or have one typing error. False pairs are two persons who could be confused: one family,
two given names; father and son; names one letter apart; one given name, two families. Both members
of a false pair are spelt as freely as those of a true one.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

#: (Latin spellings, Arabic), men.
MEN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Mohamed", "Mohammed", "Mouhamed", "Muhammad"), "محمد"),
    (("Mahmoud", "Mahmud"), "محمود"),
    (("Ahmed", "Ahmad"), "أحمد"),
    (("Hassan", "Hasan", "Hassane"), "حسن"),
    (("Hossein", "Hussein", "Houssine", "Houcine"), "حسين"),
    (("Amine", "Amin"), "أمين"),
    (("Youssef", "Yousef", "Youcef", "Yusuf"), "يوسف"),
    (("Rachid", "Rashid"), "رشيد"),
    (("Khalid", "Khaled"), "خالد"),
    (("Khalil", "Khaleel"), "خليل"),
    (("Said", "Saïd", "Saeed"), "سعيد"),
    (("Saad", "Sad"), "سعد"),
    (("Jamal", "Djamal", "Gamal"), "جمال"),
    (("Kamal", "Kamel"), "كمال"),
    (("Karim", "Kareem"), "كريم"),
    (("Nabil", "Nabeel"), "نبيل"),
    (("Jamil", "Djamil"), "جميل"),
    (("Samir", "Sameer"), "سمير"),
    (("Abdellah", "Abdallah", "Abdullah", "Abd Allah"), "عبد الله"),
    (("Abderrahmane", "Abdurrahman", "Abd Errahmane"), "عبد الرحمان"),
    (("Abdelkrim", "Abdelkarim", "Abd El Krim"), "عبد الكريم"),
    (("Abdelaziz", "Abd El Aziz", "Abdulaziz"), "عبد العزيز"),
    (("Abdessamad", "Abdesamad", "Abd Essamad"), "عبد الصمد"),
    (("Noureddine", "Nour Eddine", "Nordine", "Nouredine"), "نور الدين"),
    (("Salaheddine", "Salah Eddine", "Salahdine"), "صلاح الدين"),
    (("Mustapha", "Mostafa", "Moustapha"), "مصطفى"),
    (("Brahim", "Ibrahim"), "إبراهيم"),
    (("Driss", "Idriss"), "إدريس"),
    (("Othmane", "Otmane", "Osman"), "عثمان"),
    (("Zakaria", "Zakariya", "Zakariae"), "زكرياء"),
    (("Ayoub", "Ayyoub"), "أيوب"),
    (("Yassine", "Yacine", "Yasin"), "ياسين"),
    (("Soufiane", "Sofiane", "Sufyan"), "سفيان"),
    (("Marouane", "Marwane", "Marwan"), "مروان"),
    (("Hicham", "Hisham"), "هشام"),
    (("Anouar", "Anwar"), "أنور"),
    (("Mounir", "Munir"), "منير"),
    (("Tarik", "Tariq", "Tarek"), "طارق"),
    (("Adil", "Adel"), "عادل"),
    (("Bilal", "Billal"), "بلال"),
    (("Ilyas", "Elias", "Ilyass"), "إلياس"),
    (("Ghali", "Rhali"), "غالي"),
    (("Bachir", "Bashir", "Béchir"), "بشير"),
    (("Jaouad", "Jawad"), "جواد"),
    (("Zouhair", "Zuhair", "Zoheir"), "زهير"),
    (("Badr", "Bader"), "بدر"),
    (("Tahar", "Taher"), "طاهر"),
    (("Ouassim", "Wassim", "Wasim"), "وسيم"),
    (("Haroun", "Harun"), "هارون"),
    (("Chafik", "Chafiq", "Shafik"), "شفيق"),
    (("Fouad", "Fuad"), "فؤاد"),
    (("Miloud", "Miloude"), "ميلود"),
    (("Lahcen", "Lahsen", "Lahcene"), "لحسن"),
    (("Larbi", "El Arbi", "Elarbi"), "العربي"),
)
WOMEN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Amina", "Aminah"), "أمينة"),
    (("Fatima", "Fatema", "Fatimah"), "فاطمة"),
    (("Fatima Zahra", "Fatima Ezzahra", "Fatimazahra", "Fatima Zahrae"), "فاطمة الزهراء"),
    (("Khadija", "Khadidja", "Khadijah"), "خديجة"),
    (("Aicha", "Aïcha", "Aisha"), "عائشة"),
    (("Meryem", "Mariam", "Maryam", "Meriem"), "مريم"),
    (("Karima", "Kareema"), "كريمة"),
    (("Samira", "Sameera"), "سميرة"),
    (("Rachida", "Rashida"), "رشيدة"),
    (("Saida", "Saïda"), "سعيدة"),
    (("Jamila", "Djamila"), "جميلة"),
    (("Latifa", "Lateefa"), "لطيفة"),
    (("Leila", "Laila", "Layla"), "ليلى"),
    (("Salma", "Selma"), "سلمى"),
    (("Salwa", "Saloua"), "سلوى"),
    (("Houda", "Huda"), "هدى"),
    (("Nadia", "Nadya"), "نادية"),
    (("Naima", "Naïma"), "نعيمة"),
    (("Zineb", "Zaineb", "Zaynab"), "زينب"),
    (("Souad", "Suad"), "سعاد"),
    (("Hanane", "Hanan"), "حنان"),
    (("Imane", "Iman"), "إيمان"),
    (("Ouafae", "Wafae", "Wafaa"), "وفاء"),
    (("Bouchra", "Bushra", "Boushra"), "بشرى"),
    (("Ghizlane", "Rhizlane", "Ghizlan"), "غزلان"),
    (("Chaimae", "Chaymae", "Shaimaa"), "شيماء"),
    (("Hajar", "Hajer"), "هاجر"),
    (("Soumaya", "Sumaya", "Soumia"), "سمية"),
    (("Asmae", "Asmaa", "Asma"), "أسماء"),
    (("Ikram", "Ikrame"), "إكرام"),
    (("Rajae", "Rajaa"), "رجاء"),
    (("Siham", "Sihame"), "سهام"),
    (("Ilham", "Ilhame"), "إلهام"),
    (("Touria", "Thouria", "Touriya"), "ثرية"),
    (("Malika", "Maleeka"), "مليكة"),
    (("Btissam", "Ibtissam"), "ابتسام"),
    (("Dounia", "Dunia", "Dounya"), "دنيا"),
    (("Yousra", "Yusra"), "يسرى"),
    (("Oumaima", "Oumayma", "Umaima"), "أميمة"),
    (("Kaoutar", "Kawtar", "Kaouthar"), "كوثر"),
)
FAMILIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Alami", "El Alami", "Al Alami"), "العلمي"),
    (("Alaoui", "Alawi", "El Alaoui"), "العلوي"),
    (("Bennani", "Benani"), "بناني"),
    (("Bennis", "Benniss"), "بنيس"),
    (("Benjelloun", "Ben Jelloun", "Benjeloun"), "بنجلون"),
    (("Ben Abdellah", "Benabdellah", "Benabdallah"), "بن عبد الله"),
    (("Benkirane", "Ben Kirane", "Benkiran"), "بنكيران"),
    (("Ben Ali", "Benali"), "بن علي"),
    (("Idrissi", "El Idrissi", "Elidrissi", "Al Idrissi"), "الإدريسي"),
    (("Tazi", "Et Tazi", "Ettazi"), "التازي"),
    (("Fassi", "El Fassi", "El Fasi"), "الفاسي"),
    (("Filali", "El Filali"), "الفيلالي"),
    (("Chraibi", "Chraïbi", "Shraibi"), "الشرايبي"),
    (("Cherkaoui", "Charkaoui", "Cherqaoui"), "الشرقاوي"),
    (("Ouazzani", "Wazzani", "El Ouazzani"), "الوزاني"),
    (("Naciri", "Nassiri", "Ennaciri", "En Naciri"), "الناصري"),
    (("Rachidi", "Errachidi", "Er Rachidi"), "الرشيدي"),
    (("Saidi", "Essaidi", "Es Saidi"), "السعيدي"),
    (("Amrani", "El Amrani", "Lamrani"), "العمراني"),
    (("Mansouri", "El Mansouri", "Mansori"), "المنصوري"),
    (("Guessous", "Gessous"), "كسوس"),
    (("Berrada", "Barrada"), "برادة"),
    (("Lahlou", "Lahlu"), "لحلو"),
    (("Skalli", "Sqalli", "Es Skalli"), "الصقلي"),
    (("Kettani", "El Kettani", "Kittani"), "الكتاني"),
    (("Sebti", "Essebti", "Sebty"), "السبتي"),
    (("Zniber", "Znibar"), "زنيبر"),
    (("Bouazza", "Bou Azza", "Bouaza"), "بوعزة"),
    (("Bouzidi", "El Bouzidi", "Bouzidy"), "البوزيدي"),
    (("Boukhari", "El Boukhari", "Bokhari"), "البخاري"),
    (("Hajji", "El Hajji", "Haji"), "الحجي"),
    (("Haddad", "El Haddad"), "الحداد"),
    (("Khattabi", "El Khattabi", "Khatabi"), "الخطابي"),
    (("Ghazali", "El Ghazali", "Rhazali"), "الغزالي"),
    (("Daoudi", "Daoudy", "Dawudi"), "الداودي"),
    (("Mrabet", "El Mrabet", "Lmrabet"), "المرابط"),
    (("Ait Lahcen", "Aït Lahcen"), "أيت لحسن"),
    (("Ait Haddou", "Aït Haddou"), "أيت حدو"),
    (("Ould Sidi", "Ould Sidy"), "ولد سيدي"),
    (("Jabri", "El Jabri", "Djabri"), "الجابري"),
    (("Kadiri", "El Kadiri", "Qadiri"), "القادري"),
    (("Touzani", "Touzany", "Tozani"), "التوزاني"),
    (("Yacoubi", "El Yacoubi", "Yaakoubi"), "اليعقوبي"),
    (("Zerouali", "Zeroualy", "Zarwali"), "الزروالي"),
    (("Moussaoui", "El Moussaoui", "Moussawi"), "الموساوي"),
    (("Slaoui", "Slawi", "Es Slaoui"), "السلاوي"),
    (("Squiri", "Es Squiri"), "السقيري"),
    (("Mernissi", "El Mernissi", "Marnissi"), "المرنيسي"),
    (("Belkadi", "Belqadi", "Bel Kadi"), "بلقاضي"),
    (("Ziani", "Ezziani", "Zyani"), "الزياني"),
    (("Regragui", "Ragragui"), "الركراكي"),
    (("Ouahbi", "Wahbi", "El Ouahbi"), "وهبي"),
    (("Chaoui", "Ech Chaoui", "Shawi"), "الشاوي"),
    (("Harrak", "El Harrak"), "الحراق"),
    (("Semlali", "Es Semlali", "Samlali"), "السملالي"),
    (("Tahiri", "Et Tahiri", "Taheri"), "الطاهري"),
    (("Lazrak", "Lazraq", "El Azrak"), "الأزرق"),
    (("Doukkali", "Eddoukkali", "Dokkali"), "الدكالي"),
    (("Messaoudi", "El Messaoudi", "Masoudi"), "المسعودي"),
    (("Qabbaj", "Kabbaj", "El Kabbaj"), "القباج"),
)
#: Two persons whose given names are a letter or two apart: first Latin spellings.
CONFUSABLE: tuple[tuple[str, str], ...] = (
    ("Mohamed", "Mahmoud"),
    ("Mohamed", "Ahmed"),
    ("Hassan", "Hossein"),
    ("Amine", "Amina"),
    ("Karim", "Karima"),
    ("Samir", "Samira"),
    ("Rachid", "Rachida"),
    ("Said", "Saad"),
    ("Said", "Saida"),
    ("Jamal", "Kamal"),
    ("Jamal", "Jamila"),
    ("Jamil", "Jamila"),
    ("Nabil", "Jamil"),
    ("Khalid", "Khalil"),
    ("Salma", "Salwa"),
    ("Nadia", "Naima"),
    ("Abdelkrim", "Abdelaziz"),
    ("Fouad", "Souad"),
    ("Ilham", "Siham"),
    ("Ikram", "Ilham"),
    ("Asmae", "Chaimae"),
    ("Hassan", "Lahcen"),
    ("Badr", "Bachir"),
    ("Tahar", "Tarik"),
)
_AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two written names, whether one person is meant, and which way they were made."""

    left: str
    right: str
    is_same: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name's Latin spellings and its Arabic one."""

    latin: tuple[str, ...]
    arabic: str


@dataclass(frozen=True, slots=True)
class _Person:
    """A family name and one or two given names."""

    family: Name
    given: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that persons are made of, and the given names that are easily confused."""

    men: tuple[Name, ...]
    women: tuple[Name, ...]
    families: tuple[Name, ...]
    confusable: tuple[tuple[Name, Name], ...]

    @property
    def given(self) -> tuple[Name, ...]:
        return (*self.men, *self.women)

    def only(self, keep: Callable[[Name], bool]) -> "Names":
        """Return these names without those that are not kept."""
        return Names(
            men=tuple(filter(keep, self.men)),
            women=tuple(filter(keep, self.women)),
            families=tuple(filter(keep, self.families)),
            confusable=tuple(pair for pair in self.confusable if keep(pair[0]) and keep(pair[1])),
        )


def all_names() -> Names:
    """Return every name of this file's lists."""
    men, women, families = (
        tuple(Name(*name) for name in names) for names in (MEN, WOMEN, FAMILIES)
    )
    by_latin = {name.latin[0]: name for name in (*men, *women)}
    confusable = tuple((by_latin[one], by_latin[two]) for one, two in CONFUSABLE)
    return Names(men, women, families, confusable)


_SPELLINGS = frozenset(
    spelling.casefold()
    for names in (MEN, WOMEN, FAMILIES)
    for name in names
    for spelling in name[0]
)
Maker = Callable[[random.Random, Names], Pair]


def make_pairs(seed: int, count: int = 2_000, names: Names | None = None) -> list[Pair]:
    """Return ``count`` labelled pairs, one half of each label."""
    rng = random.Random(seed)
    source = names or all_names()
    true_kinds: tuple[Maker, ...] = (
        _other_script,
        _other_script,
        _other_spelling,
        _particles,
        _other_order,
        _one_typo,
        _no_second_given,
        _initial,
    )
    false_kinds: tuple[Maker, ...] = (
        _other_given,
        _confusable if source.confusable else _other_given,
        _father_and_child,
        _other_second_given,
        _other_family,
        _strangers,
    )
    half = count // 2
    pairs = [true_kinds[number % len(true_kinds)](rng, source) for number in range(half)]
    pairs += [false_kinds[number % len(false_kinds)](rng, source) for number in range(count - half)]
    return pairs


def _person(rng: random.Random, names: Names, given_count: int = 1) -> _Person:
    source = names.men if rng.random() < 0.5 else names.women
    return _Person(rng.choice(names.families), tuple(rng.sample(source, given_count)))


def _latin(rng: random.Random, person: _Person, *, free: bool = True) -> str:
    """A person's name in Latin letters: family first or last, capitals or not, any spelling."""
    family = rng.choice(person.family.latin) if free else person.family.latin[0]
    given = [rng.choice(name.latin) if free else name.latin[0] for name in person.given]
    words = [family, *given] if rng.random() < 0.6 else [*given, family]
    text = " ".join(words)
    return text.upper() if rng.random() < 0.5 else text


def _arabic(rng: random.Random, person: _Person) -> str:
    given = [name.arabic for name in person.given]
    words = [*given, person.family.arabic] if rng.random() < 0.7 else [person.family.arabic, *given]
    return " ".join(words)


def _written(rng: random.Random, person: _Person) -> str:
    return _arabic(rng, person) if rng.random() < 0.25 else _latin(rng, person)


def _other_script(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names, rng.choice((1, 1, 2)))
    pair = [_latin(rng, person), _arabic(rng, person)]
    rng.shuffle(pair)
    return Pair(pair[0], pair[1], True, "other_script")


def _other_spelling(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names, rng.choice((1, 1, 2)))
    return Pair(_latin(rng, person, free=False), _latin(rng, person), True, "other_spelling")


def _particles(rng: random.Random, names: Names) -> Pair:
    """The article or another particle is written, left out, joined or apart."""
    person = _Person(
        rng.choice([name for name in names.families if len(name.latin) > 1]),
        (rng.choice(names.given),),
    )
    left, right = rng.sample(person.family.latin, 2)
    given = person.given[0].latin[0]
    return Pair(f"{left} {given}", f"{right} {given}".upper(), True, "particles")


def _other_order(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names, rng.choice((1, 2)))
    family, given = person.family.latin[0], " ".join(name.latin[0] for name in person.given)
    return Pair(f"{family} {given}", f"{given} {family}", True, "other_order")


def _one_typo(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names)
    words = [person.family.latin[0], person.given[0].latin[0]]
    at = rng.randrange(2)
    wrong = words[at]
    while wrong.casefold() in _SPELLINGS or wrong == words[at]:
        wrong = _mistyped(rng, words[at])
    typed = [wrong if number == at else word for number, word in enumerate(words)]
    return Pair(" ".join(words), " ".join(typed), True, "one_typo")


def _mistyped(rng: random.Random, word: str) -> str:
    """One letter doubled, left out, exchanged with the next, or the neighbour on the keyboard."""
    at = rng.randrange(len(word))
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at] + word[at:]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    row = next((row for row in _AZERTY if word[at].lower() in row), "")
    if not row:
        return word
    place = row.index(word[at].lower())
    near = [row[index] for index in (place - 1, place + 1) if 0 <= index < len(row)]
    return word[:at] + rng.choice(near) + word[at + 1 :]


def _no_second_given(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names, 2)
    short = _Person(person.family, person.given[:1])
    return Pair(_latin(rng, person), _written(rng, short), True, "no_second_given")


def _initial(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names)
    letter = person.given[0].latin[0][0]
    family = rng.choice(person.family.latin)
    short = f"{letter}. {family}" if rng.random() < 0.5 else f"{family} {letter}"
    return Pair(short, _latin(rng, person, free=False), True, "initial")


def _other_given(rng: random.Random, names: Names) -> Pair:
    """One family, two given names: husband and wife under one name, brothers, sisters."""
    person = _person(rng, names)
    other = rng.choice([name for name in names.given if _differs(name, person.given[0])])
    twin = _Person(person.family, (other,))
    return Pair(_written(rng, person), _written(rng, twin), False, "other_given")


def _confusable(rng: random.Random, names: Names) -> Pair:
    first, second = rng.choice(names.confusable)
    family = rng.choice(names.families)
    left, right = _Person(family, (first,)), _Person(family, (second,))
    return Pair(_written(rng, left), _written(rng, right), False, "confusable")


def _father_and_child(rng: random.Random, names: Names) -> Pair:
    """The child bears the father's given name after its own, or after Ben."""
    father, child = rng.sample(names.men, 2)
    family = rng.choice(names.families)
    if rng.random() < 0.5:
        left = f"{child.latin[0]} Ben {father.latin[0]}"
        return Pair(left, f"{father.latin[0]} Ben {child.latin[0]}", False, "father_and_child")
    left = _written(rng, _Person(family, (child,)))
    return Pair(left, _written(rng, _Person(family, (father,))), False, "father_and_child")


def _other_second_given(rng: random.Random, names: Names) -> Pair:
    first, second, third = rng.sample(names.men, 3)
    family = rng.choice(names.families)
    left, right = _Person(family, (first, second)), _Person(family, (first, third))
    return Pair(_written(rng, left), _written(rng, right), False, "other_second_given")


def _other_family(rng: random.Random, names: Names) -> Pair:
    person = _person(rng, names)
    other = rng.choice([name for name in names.families if name is not person.family])
    twin = _Person(other, person.given)
    return Pair(_written(rng, person), _written(rng, twin), False, "other_family")


def _strangers(rng: random.Random, names: Names) -> Pair:
    left, right = _person(rng, names), _person(rng, names)
    while right.family is left.family or not _differs(left.given[0], right.given[0]):
        right = _person(rng, names)
    return Pair(_written(rng, left), _written(rng, right), False, "strangers")


def _differs(left: Name, right: Name) -> bool:
    """Whether two given names are different ones; Fatima Zahra is a Fatima with a second name."""
    return left.arabic.split()[0] != right.arabic.split()[0]
