"""Gender in the words of German, Italian, Polish and English lists."""

from crm_app.locales import text
from crm_app.models import Gender
from crm_app.services.fields.characters import folded, one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

GENDERS = (
    (Gender.FEMALE.value, text("female")),
    (Gender.MALE.value, text("male")),
    (Gender.OTHER.value, text("other")),
)

# Folded words → `models.contact.Gender`. Forms of address (Herr, Sig.ra, Pani) belong to the salutation.
_GENDER: dict[str, str] = {
    word: gender
    for gender, known in {
        "female": (
            "f w k female weiblich weibl femmina femminile donna kobieta kobiecy zenska zenski woman girl"
            " madchen ragazza dziewczyna fem ♀"
        ),
        "male": (
            "m male mannlich mannl mann maschio maschile uomo mezczyzna meski man boy junge ragazzo chlopak masc ♂"
        ),
        "other": "d x o other divers diverse nonbinary altro inna inny inne non-binary nicht-binar ⚧",
    }.items()
    for word in known.split()
}


def parse_gender(cell: str, context: FieldContext) -> Verdict:
    """A value of `models.contact.Gender`: female, male or other."""
    word = folded(one_line(cell)).rstrip(".").replace("maennlich", "mannlich").replace("maedchen", "madchen")
    if not word:
        return EMPTY
    gender = _GENDER.get(word)
    if gender is None:
        return refused(text("This gender is not known; write female, male or other."))
    return Verdict(gender, gender)
