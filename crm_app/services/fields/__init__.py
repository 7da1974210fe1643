"""One parser per kind of field, one verdict for form, import and API."""
