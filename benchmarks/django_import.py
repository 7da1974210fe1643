"""The same file through django-import-export's bulk mode: `python django_import.py FILE DATABASE [--no-look-up]`.

Runs in a virtual environment of its own (`requirements-django.lock`), so nothing of ours is imported here. Its job is
the smaller one: one table with the file's columns, no own fields, tags as text, no timeline, nothing to undo. It gets
what its documentation advises for speed: bulk statements, no diffs, no reports of unchanged rows, all stored rows of
the file loaded at once (`CachedInstanceLoader`); SQLite with the settings of our own connections. The last line is
JSON: seconds to load the file, to import it and of the processor, and the rows in the table.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

BATCH = 1_000
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"


def main(path: Path, database: Path, *, looks_up: bool) -> None:
    set_up(database)
    from django.db import connection, models
    from import_export import fields, instance_loaders, resources, widgets
    from tablib import Dataset

    class Person(models.Model):
        external_id = models.CharField(max_length=200, db_index=True)
        first_name = models.CharField(max_length=200, blank=True)
        last_name = models.CharField(max_length=200, blank=True)
        email = models.CharField(max_length=254, unique=True)
        phone = models.CharField(max_length=60, blank=True)
        city = models.CharField(max_length=200, blank=True)
        postal_code = models.CharField(max_length=20, blank=True)
        birth_date = models.DateField(null=True)
        tags = models.TextField(blank=True)
        notes = models.TextField(blank=True)
        instrument = models.CharField(max_length=200, blank=True)
        hours = models.IntegerField(null=True)

        class Meta:
            app_label = "bench"

    names = [field.name for field in Person._meta.fields if field.name != "id"]

    class People(resources.ModelResource):
        birth_date = fields.Field("birth_date", "birth_date", widget=widgets.DateWidget("%d.%m.%Y"))

        class Meta:
            model = Person
            fields = names
            import_id_fields = ("email",)
            use_bulk = True
            batch_size = BATCH
            skip_diff = True
            report_skipped = False
            force_init_instance = not looks_up
            instance_loader_class = instance_loaders.CachedInstanceLoader

    with connection.schema_editor() as editor:
        editor.create_model(Person)
    begin, used = time.perf_counter(), time.process_time()
    text = path.read_text(encoding="utf-8")
    data: Any = Dataset().load(text, format="csv")
    data.headers = names
    loaded = time.perf_counter()
    result = People().import_data(data, raise_errors=False)
    ended, used = time.perf_counter(), time.process_time() - used
    assert not result.has_errors(), result.row_errors()[:1]
    taken = {"load": loaded - begin, "import": ended - loaded, "processor": used}
    print(json.dumps({**taken, "rows": Person.objects.count()}))


def set_up(database: Path) -> None:
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["import_export"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(database),
                "OPTIONS": {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), looks_up="--no-look-up" not in sys.argv[3:])
