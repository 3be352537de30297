# make run: set up once, fetch the trained weights once, start the app.  make test: check and test everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python -m tests.js.node
PORT ?= 8501

.PHONY: run weights test check benchmarks animation
.DEFAULT_GOAL := run

run: $(VENV)/.run weights
	@echo "Starting Regard…"
	@$(BIN)/streamlit run app.py --server.port $(PORT)

weights: $(VENV)/.run
	@$(BIN)/python -m attention_core weights || echo "Going on without them."

test: check weights
	$(NPM) test --silent
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(VENV)/.test node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NPM) run check --silent

benchmarks: $(VENV)/.test weights
	$(BIN)/python -m benchmarks

animation: $(VENV)/.test weights
	$(BIN)/python -m docs.make_animation

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Regard needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Creating $(VENV) and installing requirements.txt (once; some minutes)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need (once)…"
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json $(VENV)/.test
	@echo "Installing what checks the JavaScript (once)…"
	@$(NPM) ci --silent
	@touch $@
