# `make run` and `make test` set everything up on a Debian with Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test bench install studio clean

help:
	@echo "make run    install, create the database, load the demonstration company, serve the site"
	@echo "make test   install what tests need and run them"
	@echo "make bench  measure speed and memory"

$(VENV)/.made: tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock $(VENV)/.made
	@echo "Installing the packages of requirements.lock ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test-installed: requirements-test.lock $(VENV)/.installed
	@echo "Installing the packages of requirements-test.lock ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

install: $(VENV)/.installed

studio: install
	@$(BIN)/python tools/studio.py

run: install studio
	@$(BIN)/python -m engine.cli run --demo

test: $(VENV)/.test-installed studio
	$(BIN)/lint-imports --no-logo
	PATH="$(CURDIR)/$(BIN):$$PATH" GUICHENG_WITHOUT_NODE=$$(test -d web/studio/node_modules/@bpmn-io/feelin || echo 1) $(BIN)/python -m pytest -n 2 -q

bench: install
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist web/static/studio web/studio/node_modules
