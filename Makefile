# The only door to commands. `make help` lists them; README shows the first two.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := bot followup handlers jobs messenger providers sandbox storage templates
PYTEST := $(BIN)/python -m pytest
JOBS ?= 3
ARGS ?=

# A test run is dozens of processes: each of them would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test crash check bench soak install format lock messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## the bot, a simulated PBX and a Telegram look-alike on http://127.0.0.1:8080
	$(BIN)/perezvon demo $(ARGS)

test: install ## all tests, in random order (ARGS=tests/followup for a part, JOBS=n processes)
	$(PYTEST) -n $(JOBS) --dist worksteal $(ARGS)

crash: install ## the program killed at every place and every await between receipt and record
	$(PYTEST) -n $(JOBS) tests/crash --every-crash $(ARGS)

check: install ## format, lint, types, import contracts, templates and locales
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q -p no:randomly tests/house

bench: install ## the benchmarks, as ratios
	$(BIN)/python -m tests.bench $(ARGS)

soak: install ## 20 minutes on PostgreSQL while Telegram errs and processes are killed (ARGS="--minutes 1 --rate 50 --seed 7")
	$(BIN)/python -m tests.soak $(ARGS)

install: $(INSTALLED) ## .venv with the program and its development tools, from the pinned lock

format: install ## write the format and the safe fixes
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: install ## resolve anew what pyproject.toml asks for (ARGS=--upgrade for the newest)
	$(LOCK) pyproject.toml --output-file requirements.lock $(ARGS)
	$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)

messages: install ## carry new and changed texts of the templates into the catalogues
	$(BIN)/python -m tests.house.catalogues

clean: ## everything that was made here, .venv too
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock serves every Python from 3.11 on and every platform, and names no host it came from.
LOCK = $(BIN)/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# The stamp is written last: what was interrupted is done again. The interpreter is looked at each time,
# because a moved or upgraded Python leaves a .venv that no longer starts.
ifneq ($(shell $(BIN)/python -c 'print(1)' 2>/dev/null),1)
.PHONY: $(INSTALLED)
endif

$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(PYTHON) --version >/dev/null 2>&1 || { $(MISSING); exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(TOO_OLD); exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(MISSING); exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing into $(VENV); the first time takes a minute or two."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

MISSING = echo "make: $(PYTHON) with venv is missing here. Run: apt-get install python3 python3-venv make" >&2
TOO_OLD = echo "make: $$($(PYTHON) --version) is too old, 3.11 or newer is needed. \
Name a newer one: make PYTHON=/path/to/python3.12 …" >&2
