"""Why two contacts are held for one, in words."""

from crm_app.locales import Text, text
from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.levels import FIELDS, MISSING

Reason = list[str]  # [field, level]: what is kept of a reason

TEXTS: dict[tuple[str, str], Text] = {
    ("tax", "same"): text("The same tax number"),
    ("tax", "typo"): text("Nearly the same tax number"),
    ("tax", "different"): text("But different tax numbers"),
    ("email", "same"): text("The same e-mail address"),
    ("email", "local part"): text("The same e-mail name at another provider"),
    ("email", "typo"): text("Nearly the same e-mail address"),
    ("phone", "same"): text("The same phone number"),
    ("phone", "typo"): text("Nearly the same phone number"),
    ("birth", "same"): text("Born on the same day"),
    ("birth", "swapped"): text("Date of birth with day and month swapped"),
    ("birth", "digit"): text("Date of birth with one digit different"),
    ("birth", "two parts"): text("Similar date of birth"),
    ("birth", "year"): text("Born in the same year"),
    ("birth", "anniversary"): text("Born on the same day of another year"),
    ("birth", "different"): text("But different dates of birth"),
    ("first", "same"): text("The same first name"),
    ("first", "short"): text("Short or other form of the same first name"),
    ("first", "typo"): text("First name spelled slightly differently"),
    ("first", "part"): text("Part of the first name"),
    ("first", "similar"): text("Similar first name"),
    ("first", "swapped"): text("First and last name swapped"),
    ("first", "crossed"): text("The first name of one is the last name of the other"),
    ("first", "different"): text("But different first names"),
    ("last", "same"): text("The same last name"),
    ("last", "typo"): text("Last name spelled slightly differently"),
    ("last", "part"): text("Part of the last name"),
    ("last", "similar"): text("Similar last name"),
    ("last", "different"): text("But different last names"),
    ("company", "same"): text("The same company"),
    ("company", "typo"): text("Company spelled slightly differently"),
    ("company", "part"): text("Part of the company’s name"),
    ("street", "same"): text("The same street and number"),
    ("street", "typo"): text("Street spelled slightly differently"),
    ("street", "same street"): text("The same street"),
    ("place", "same code"): text("The same postal code"),
    ("place", "same city"): text("The same city"),
    ("place", "typo"): text("Place spelled slightly differently"),
    ("place", "near"): text("A postal code of the same area"),
    ("gender", "different"): text("But different genders"),
}
_AGAINST = 2  # how many reasons against are named at most


def codes(levels: Array, bits: Array) -> list[Reason]:
    """The reasons of one pair: those for it, the strongest first, then what stands against it."""
    known = [
        (float(bits[row]), [field.name, field.levels[levels[row]].name])
        for row, field in enumerate(FIELDS)
        if levels[row] != MISSING
    ]
    named = [(weight, reason) for weight, reason in known if (reason[0], reason[1]) in TEXTS]
    in_favour = sorted((one for one in named if one[1][1] != "different"), key=lambda one: -one[0])
    against = sorted((one for one in named if one[1][1] == "different"), key=lambda one: one[0])
    return [reason for _, reason in (*in_favour, *against[:_AGAINST])]


def texts(reasons: list[Reason]) -> list[Text]:
    """In words; what a later program noted and this one does not know is left out."""
    return [TEXTS[field, level] for field, level in reasons if (field, level) in TEXTS]
