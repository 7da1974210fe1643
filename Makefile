# Two commands: `make run` starts the product, `make test` is the gate. The rest is for those who work on it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Hashes are checked; nothing is built from source but this package itself.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test test-fast test-postgres lint format types build screenshots bench faults catalogues lock clean

run: $(VENV)/.installed
	@$(BIN)/crm run

test: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.gate

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

types: $(VENV)/.installed-dev
	@$(BIN)/mypy

# Everything but the browser.
test-fast: $(VENV)/.installed-dev
	@$(BIN)/pytest -n 2 -m "not browser"

# The service tests on PostgreSQL; the script starts a server of its own.
test-postgres: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.postgres

screenshots: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.e2e.screenshots

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.prepare_build
	@$(BIN)/python -m benchmarks.run $(NAMES)

# Faults made on purpose: kills, aborted uploads, damaged files. Takes a while.
faults: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.prepare_build
	@$(BIN)/python -m faults.run $(NAMES)

# Texts from the sources into the catalogues.
catalogues: $(VENV)/.installed-dev
	@$(BIN)/python -m crm_app.locales.extract

# Extras stay in the lock: pip pins a package asked for with an extra only where the lock names it so.
lock: $(VENV)/.installed-dev
	@$(PIP) uv
	@$(BIN)/uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev --extra postgres -c requirements.lock pyproject.toml -o requirements-dev.lock

$(BIN)/python:
	@echo "make: creating the virtual environment …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python 3.11 with venv is needed (Debian: apt install python3-venv)."; exit 1; }

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	@echo "make: installing the locked packages …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "make: installing the packages for tests …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --require-hashes -r requirements-data.lock
	@touch $@

clean:
	rm -rf $(VENV) .web .states .mypy_cache .ruff_cache .build
