"""Words of closed vocabularies, as contacts show them."""

from crm_app.locales import Text, text

CHOICES: dict[str, Text] = {
    "female": text("female"),
    "male": text("male"),
    "other": text("other"),
    "contact": text("Contact"),
    "lead": text("Lead"),
    "customer": text("Customer"),
    "yes": text("yes"),
    "no": text("no"),
}
