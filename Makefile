# Every target sets up what it needs on a fresh Debian machine that has python3, git and make.
#   make demo    the whole job on a sample mailbox        make check   the house rules, without servers
#   make test    everything, against real servers         make fix     format, and mend what can be mended
#   make test-slow   the same faults, far more often and in far larger mailboxes (hours)
#   make docs    docs/cli.md                              make pictures   docs/pictures/
#   make bench   every target of speed beside its reference (5 minutes; SIZE=100000 ROWS="first_sync growth peers")

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
WORKERS ?= auto

.PHONY: demo test test-slow check fix docs pictures bench clean

demo: $(VENV)/.demo
	@$(BIN)/tracker demo
	@command -v tracker >/dev/null || echo "(tracker is $(BIN)/tracker here.)" >&2

test: $(VENV)/.dev
	@tests/install-servers
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

test-slow: $(VENV)/.dev
	@tests/install-servers
	TRACKER_SLOW=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/faults tests/machine/test_sync_machine.py

check: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q -n $(WORKERS) $(wildcard tests/unit tests/properties tests/importers tests/golden tests/project)

fix: $(VENV)/.dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(VENV)/.dev
	$(BIN)/python -m tests.project.cli_reference

pictures: $(VENV)/.dev
	@command -v chromium >/dev/null && fc-list :lang=ja | grep -q . || \
	  tests/install-servers chromium fontconfig fonts-noto-core fonts-ipafont-gothic
	$(BIN)/python -m tests.project.pictures

SIZE ?= 20000
ROWS ?=
bench: $(VENV)/.dev
	@tests/install-servers
	$(BIN)/python -m tests.benchmarks.bench $(ROWS) --size $(SIZE) --write

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tracker needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv is missing; install it with: sudo apt-get install python3-venv"; exit 1; }
	@echo "creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "installing tracker into $(VENV) ..."
	@$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml | venv-package $(BIN)/python
	@echo "installing tracker and its tests into $(VENV) ..."
	@$(PIP) -e '.[demo,google,keyring,metrics,microsoft,postgresql,dev]'
	@touch $@

# The tests may install what they need; the demo only names it.
.PHONY: venv-package
venv-package:
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || tests/install-servers python3-venv
