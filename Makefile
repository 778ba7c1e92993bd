# Everything one does with this house. `make help` prints the list.
SHELL = /bin/sh
VENV = .venv/bin
# The first Python that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)
COMPILE = $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.PHONY: help install run test check format lock plugin screenshots audit bench clean
.NOTPARALLEL:

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 13

install: ## install everything into the checkout (.venv, node_modules) and build the panel
	@test -n "$(PYTHON)" || { echo "install: Python 3.11 or newer is needed (PYTHON=... names one)." >&2; exit 1; }
	@$(PYTHON) setup/install.py

run: install ## start the app and a sample store; prints four addresses (PORT, DATA_DIR)
	@exec $(VENV)/python -m sandbox.run --end-with-parent

test: install ## run the whole suite (ARGS="-k cart" picks)
	@$(VENV)/python -m setup.browser --install >/dev/null || true
	@$(VENV)/python -m setup.wordpress --install >/dev/null || true
	@$(VENV)/pytest $(if $(ARGS),$(ARGS),-n auto --maxprocesses 4 --dist worksteal)

check: install ## format, lint, types, imports, dead code
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-logo
	$(VENV)/python -m setup.dead_code
	$(VENV)/python -m setup.panel check

format: install ## put the code into shape
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix --exit-zero .

lock: install ## pin every dependency anew (UPGRADE=1 takes the newest)
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/app.txt

plugin: install ## build the WordPress plugin's zip (WORDS=1 renews its translations first)
	@$(if $(WORDS),$(VENV)/python -m setup.plugin --words)
	@$(VENV)/python -m setup.plugin

screenshots: install ## picture every page and state of the panel into var/screenshots (ARGS="-k customer" picks)
	@$(VENV)/python -m setup.browser --install >/dev/null || true
	@rm -rf var/screenshots && mkdir -p var/screenshots
	@SCREENSHOTS=$(CURDIR)/var/screenshots $(VENV)/pytest -q tests/embedded_ui -m browser $(ARGS)
	@echo "$$(ls var/screenshots | wc -l) pictures in var/screenshots"

audit: install ## look for known vulnerabilities, where the services that know are reachable
	@$(VENV)/python -m setup.audit

bench: install ## measure the speed figures (QUICK=1: in under five minutes)
	@QUICK=$(QUICK) $(VENV)/python -m benchmarks

clean: ## remove what was installed and built; data in var/ stays
	rm -rf .venv .install.lock node_modules embedded_ui/panel/node_modules embedded_ui/panel/dist \
		tests/oracles/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache build dist *.egg-info
