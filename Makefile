# `make run` and `make test` set everything up on a Debian with Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test bench lint install clean help

help:
	@echo "make run    install, create the database, load the demonstration company, serve the site"
	@echo "make test   install what tests need and run them"
	@echo "make bench  measure speed and memory"

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) tools/bootstrap.py $(VENV)

$(VENV)/.installed: requirements.lock $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test-installed: requirements-test.lock $(VENV)/.installed
	$(BIN)/python -m pip install -q --require-hashes -r requirements-test.lock
	@touch $@

install: $(VENV)/.installed

run: install
	$(BIN)/python -m engine.cli run --demo

test: $(VENV)/.test-installed
	$(BIN)/lint-imports
	GUICHENG_WITHOUT_NODE=$(if $(wildcard web/studio/node_modules/feelin web/studio/node_modules/@bpmn-io/feelin),,1) $(BIN)/python -m pytest -n 2 -q

bench: install
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist
