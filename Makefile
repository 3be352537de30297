# make run: set up once, fetch the trained weights once, start the app.  make quick: checks for every day.  make test: check and test.
# make nightly: the tests that take longer.  make test-firefox: the browser tests of make test, in Firefox.
# make benchmarks PARTS="journey slow_line": some of the benchmarks.
# TORCH=cpu: torch's small build. Without it, torch comes from the package index. On Linux that brings CUDA's libraries, some 3 GB.
# UV=: install with pip although uv is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python -m tests.js.node
PORT ?= $(or $(REGARD_PORT),8501)
TORCH ?=
PARTS ?=
UV ?= $(shell command -v uv 2>/dev/null)
LOCK := deploy/requirements.lock
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Only uv knows the addresses of torch's builds. If TORCH is set and uv is missing, pip installs uv.
WITH_UV := $(or $(UV),$(if $(TORCH),$(BIN)/uv))
PIP := $(BIN)/python -m pip install --disable-pip-version-check
INSTALL := $(if $(WITH_UV),$(WITH_UV) pip install --python $(BIN)/python $(TORCH:%=--torch-backend=%),$(PIP))

.PHONY: run weights quick test test-firefox nightly check benchmarks animation lock audit
.DEFAULT_GOAL := run

run: $(VENV)/.run weights
	@echo "Starting Regard…"
	@REGARD_PORT=$(PORT) exec $(BIN)/python -m ui

weights: $(VENV)/.run
	@$(BIN)/python -m attention_core weights || echo "Continuing without them."

quick: $(VENV)/.test node_modules/.installed weights
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(NPM) run quick --silent
	$(NPM) test --silent
	$(PYTEST) --quick

test: check weights
	$(NPM) test --silent
	$(PYTEST)

test-firefox: $(VENV)/.test weights
	$(PYTEST) --firefox tests/browser --ignore tests/browser/test_firefox.py

nightly: $(VENV)/.test weights
	$(PYTEST) -m nightly

check: $(VENV)/.test node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NPM) run check --silent

benchmarks: $(VENV)/.test weights
	$(BIN)/python -m benchmarks $(PARTS)

animation: $(VENV)/.test weights
	$(BIN)/python -m docs.make_animation

lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
		$(UPGRADE) --output-file $(LOCK) requirements.txt

audit: $(VENV)/.test
	$(BIN)/uv tool run pip-audit --strict --disable-pip --require-hashes --requirement $(LOCK)

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Regard needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Creating $(VENV) and installing requirements.txt with $(if $(WITH_UV),uv,pip)$(TORCH:%=, torch for %) (once; some minutes)…"
	@test -x $(BIN)/python || $(if $(UV),$(UV) venv --quiet --seed --python $(PYTHON),$(PYTHON) -m venv) $(VENV)
	@$(if $(WITH_UV),command -v $(WITH_UV) >/dev/null || $(PIP) uv)
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	@echo "Installing the packages for the tests (once)…"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json $(VENV)/.test
	@echo "Installing the checks of JavaScript (once)…"
	@$(NPM) ci --silent
	@touch $@

# Passes damaged files of every format to load_image, SECONDS_EACH each. Files that break it go to test-artefacts/fuzz/.
.PHONY: fuzz
SECONDS_EACH ?= 60
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz.large
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS_EACH)
