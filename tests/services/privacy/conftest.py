from tests.services.imports.conftest import flow, inline  # noqa: F401  (fixtures)
