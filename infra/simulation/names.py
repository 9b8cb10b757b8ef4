"""Very common Moroccan names with their usual Latin spellings and the Arabic one.

Persons are made by combining a family name with a given name at random: nobody real is meant.
"""

#: Family names: Latin spellings (the register's first), then Arabic.
FAMILY_NAMES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ALAOUI", "ALAWI"), "العلوي"),
    (("BENNANI", "BENANI"), "بناني"),
    (("EL AMRANI", "AMRANI", "EL AMRANY"), "العمراني"),
    (("EL IDRISSI", "IDRISSI", "EL IDRISSY"), "الإدريسي"),
    (("TAZI", "TAZY"), "التازي"),
    (("BERRADA", "BARRADA"), "برادة"),
    (("CHRAIBI", "CHRAIBY"), "الشرايبي"),
    (("EL FASSI", "FASSI", "EL FASSY"), "الفاسي"),
    (("BENJELLOUN", "BENJELOUN"), "بنجلون"),
    (("LAHLOU", "LAHLOU"), "لحلو"),
    (("SQALLI", "SKALLI"), "الصقلي"),
    (("EL MANSOURI", "MANSOURI", "EL MANSOURY"), "المنصوري"),
    (("ZIANI", "ZIYANI"), "الزياني"),
    (("HAJJI", "HAJI"), "حجي"),
    (("OUAZZANI", "OUAZANI"), "الوزاني"),
    (("BOUZIDI", "BOUZIDY"), "البوزيدي"),
    (("RACHIDI", "RASHIDI"), "الرشيدي"),
    (("NACIRI", "NASSIRI"), "الناصري"),
    (("SLAOUI", "SLAWI"), "السلاوي"),
    (("KABBAJ", "KABAJ"), "القباج"),
    (("MERNISSI", "MARNISSI"), "المرنيسي"),
    (("BELHAJ", "BELHADJ"), "بلحاج"),
    (("CHERKAOUI", "CHERKAWI"), "الشرقاوي"),
    (("DAOUDI", "DAWDI"), "الداودي"),
    (("FILALI", "FILALY"), "الفيلالي"),
    (("GUESSOUS", "GESSOUS"), "كسوس"),
    (("HAMDAOUI", "HAMDAWI"), "الحمداوي"),
    (("JABRI", "JABRY"), "الجابري"),
    (("KADIRI", "KADIRY"), "القادري"),
    (("MOUSSAOUI", "MOUSSAWI"), "الموساوي"),
    (("SAIDI", "SAIDY"), "السعيدي"),
    (("TOUZANI", "TOUZANY"), "التوزاني"),
    (("YACOUBI", "YAKOUBI"), "اليعقوبي"),
    (("ZEROUALI", "ZEROUALY"), "الزروالي"),
    (("BOUAZZA", "BOUAZA"), "بوعزة"),
    (("HASSANI", "HASSANY"), "الحسني"),
)

#: Men's given names, in the same form.
GIVEN_NAMES_M: tuple[tuple[tuple[str, ...], str], ...] = (
    (("MOHAMED", "MOHAMMED", "MUHAMMAD"), "محمد"),
    (("AHMED", "AHMAD"), "أحمد"),
    (("YOUSSEF", "YOUSSOUF", "YUSSEF"), "يوسف"),
    (("HASSAN", "HASAN"), "حسن"),
    (("HUSSEIN", "HOUSSEIN", "HOUSSINE"), "حسين"),
    (("RACHID", "RASHID"), "رشيد"),
    (("KHALID", "KHALED"), "خالد"),
    (("SAID", "SAÏD"), "سعيد"),
    (("MUSTAPHA", "MOSTAFA", "MUSTAFA"), "مصطفى"),
    (("ABDELLAH", "ABDALLAH"), "عبد الله"),
    (("OMAR", "OMAR"), "عمر"),
    (("ALI", "ALI"), "علي"),
    (("BRAHIM", "IBRAHIM"), "إبراهيم"),
    (("HAMZA", "HAMZA"), "حمزة"),
    (("AMINE", "AMIN"), "أمين"),
    (("KARIM", "KARIM"), "كريم"),
    (("DRISS", "IDRISS"), "إدريس"),
    (("JAMAL", "DJAMAL"), "جمال"),
    (("NABIL", "NABIL"), "نبيل"),
    (("SAMIR", "SAMIR"), "سمير"),
    (("TARIK", "TARIQ"), "طارق"),
    (("ANAS", "ANAS"), "أنس"),
)

#: Women's given names, in the same form.
GIVEN_NAMES_F: tuple[tuple[tuple[str, ...], str], ...] = (
    (("FATIMA", "FATEMA"), "فاطمة"),
    (("KHADIJA", "KHADIJAH"), "خديجة"),
    (("AICHA", "AÏCHA"), "عائشة"),
    (("MERYEM", "MARYAM", "MERIEM"), "مريم"),
    (("NADIA", "NADIA"), "نادية"),
    (("SAMIRA", "SAMIRA"), "سميرة"),
    (("LATIFA", "LATIFA"), "لطيفة"),
    (("NAIMA", "NAÏMA"), "نعيمة"),
    (("HANANE", "HANAN"), "حنان"),
    (("SANAA", "SANAE"), "سناء"),
    (("IMANE", "IMAN"), "إيمان"),
    (("SALMA", "SALMA"), "سلمى"),
    (("ZINEB", "ZAYNAB"), "زينب"),
    (("HAFSA", "HAFSA"), "حفصة"),
    (("AMINA", "AMINA"), "أمينة"),
    (("RACHIDA", "RASHIDA"), "رشيدة"),
    (("SOUAD", "SOUAD"), "سعاد"),
    (("MALIKA", "MALIKA"), "مليكة"),
    (("HOUDA", "HUDA"), "هدى"),
    (("NAJAT", "NAJAT"), "نجاة"),
    (("LEILA", "LAILA"), "ليلى"),
    (("KENZA", "KENZA"), "كنزة"),
)

#: A name that resembles none of the above in any spelling, for a sheet of somebody else.
STRANGER_NAMES: tuple[str, ...] = (
    "WEXELBAUM Thorvald",
    "PRZYBYLSKI Kunigunde",
    "QUIGGLESWORTH Egbert",
)


def spellings_of(latin: str) -> tuple[str, ...]:
    """All Latin spellings of a name of these lists; the name itself when it is not in them."""
    return _SPELLINGS.get(latin, (latin,))


_SPELLINGS = {
    names[0]: names
    for source in (FAMILY_NAMES, GIVEN_NAMES_M, GIVEN_NAMES_F)
    for names, _ in source
}
