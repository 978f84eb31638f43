# Everything a developer calls. `make help` lists it. Needs Python >= 3.11, make and git; the rest installs itself.
PYTHON ?= python3
BIN := .venv/bin
# Commands that read the settings without any server (linters, makemigrations --check).
OFFLINE := EMBEDDED=1 SECRET_KEY=only-for-linters
# uv installs in a sixth of pip's time; pip takes over where uv has no wheel, or where only pip knows the mirror.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade
UV := VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --require-hashes
# Compiled modules are kept also where the environment says otherwise (images of containers do): each of the dozens of
# processes that `make run` and `make test` start would compile all libraries anew, 6 to 12 CPU seconds each.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test coverage lint format bench peers demo docs screens lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: .venv/runtime.stamp ## start Touchstone here (PORT=8000, DATA_DIR=.data, DEMO=0 skips the demo); Ctrl-C ends it
	@exec $(BIN)/python -m config.run

test: .venv/dev.stamp node_modules/.stamp ## everything: lint, types, tests, browser
	@$(OFFLINE) $(BIN)/python -m tools.gate lint test

coverage: .venv/dev.stamp node_modules/.stamp ## which statements the tests reach (those of Python, without the browser)
	@$(OFFLINE) $(BIN)/python -m tools.gate coverage

lint: .venv/dev.stamp node_modules/.stamp ## only the checks that need no database
	@$(OFFLINE) $(BIN)/python -m tools.gate lint

format: .venv/dev.stamp node_modules/.stamp ## format Python, JavaScript and CSS
	@$(BIN)/ruff check --quiet --select I --fix . && $(BIN)/ruff format .
	@$(BIN)/python -m tools.node biome format --write

bench: .venv/dev.stamp ## measure, and write benchmarks/RESULTS.md (ONLY=queue,import for a part)
	@$(BIN)/python -m benchmarks

peers: .venv/dev.stamp ## measure the same work beside Label Studio, which this installs (PEERS_DIR=.data-peers)
	@$(BIN)/python -m benchmarks.peers

demo: .venv/runtime.stamp ## load the demo into a Touchstone that runs here
	@$(BIN)/python manage.py load_demo

docs: .venv/dev.stamp ## check the documentation's links and its list of settings
	@$(OFFLINE) $(BIN)/python -m tools.docs

screens: .venv/dev.stamp ## picture every page, light and dark, wide and narrow, into screens/
	@$(BIN)/python -m tools.screens

# Extras stay in the lock: pip asks `coverage[toml]` of a dependent anew, and takes a newer release than the pinned one.
lock: .venv/dev.stamp ## resolve requirements*.in anew into the hashed lock files
	@$(COMPILE) -o requirements.lock requirements.in
	@$(COMPILE) -c requirements.lock -o requirements-dev.lock requirements-dev.in
	@$(COMPILE) -c requirements-dev.lock -o requirements-install.lock requirements-install.in

clean: ## remove what was installed and built here, never the data
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .coverage .coverage.* screens

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PIP) -r requirements-install.lock || true

.venv/runtime.stamp: requirements.lock | .venv/bin/python
	@echo "Installing what Touchstone runs with ..."
	@$(UV) -r requirements.lock || $(PIP) -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/bin/python
	@echo "Installing what developing needs ..."
	@$(UV) -r requirements-dev.lock || $(PIP) --use-pep517 -r requirements-dev.lock
	@touch $@ .venv/runtime.stamp

node_modules/.stamp: package-lock.json .venv/dev.stamp
	@$(BIN)/python -m tools.node npm ci --no-audit --no-fund --loglevel=error
	@touch $@
