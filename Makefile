# Every command of the house. `make demo` needs python3 and node; `make test` also needs the
# Debian packages of tools/system.sh (chromium, fonts, PostgreSQL, hledger, ledger, Java), which it
# installs itself when root.

SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONPATH := src
PYTEST := $(PY) -m pytest -q
CODE := src tests tools $(wildcard bench)
TEMPLATES := $(wildcard src/sanzi/templates)

.PHONY: demo demo-reset seal-simulator test test-long chaos check fix fast bench docs schemas contracting assets peers lake lock
.DEFAULT_GOAL := check

# --- set-up ------------------------------------------------------------------------------------

$(VENV)/.runtime: requirements/installer.txt requirements/runtime.txt pyproject.toml
	@tools/install.sh $(VENV) runtime

$(VENV)/.dev: requirements/installer.txt requirements/dev.txt pyproject.toml
	@tools/install.sh $(VENV) dev

schemas: build/iso20022/.stamp ## the seven ISO 20022 schemas, from published packages
build/iso20022/.stamp: requirements/schemas.txt tools/schemas.py | $(VENV)/.runtime
	@$(PY) tools/schemas.py

contracting: build/contracting/.stamp ## the official open contracting schemas, from published packages
build/contracting/.stamp: requirements/contracting.txt tools/contracting.py | $(VENV)/.runtime
	@$(PY) tools/contracting.py

peers: build/peers/.stamp ## bean-check, in an environment of its own: it is never imported
build/peers/.stamp: requirements/peers.txt | $(VENV)/.runtime
	@tools/peers.sh build/peers requirements/peers.txt

lake: build/lake/.stamp ## Spark and a store that speaks S3, in a folder of their own, for the tests of the lake
build/lake/.stamp: requirements/lake.txt tools/lake.sh | $(VENV)/.runtime
	@tools/lake.sh build/lake requirements/lake.txt

assets: build/axe.min.js ## the front-end files that tests and pages need, by name
build/axe.min.js: package-lock.json src/sanzi/interfaces/look/icons.py tools/assets.py | $(VENV)/.runtime
	@npm ci --silent --ignore-scripts --no-audit --no-fund
	@$(PY) tools/assets.py
	@mkdir -p build && cp node_modules/axe-core/axe.min.js build/axe.min.js

# --- run ---------------------------------------------------------------------------------------

demo: $(VENV)/.runtime schemas assets ## a county, a payment waiting, alerts open: prints the address
	@$(VENV)/bin/sanzi demo

demo-reset: $(VENV)/.runtime schemas assets ## the same from the beginning
	@$(VENV)/bin/sanzi demo --reset

seal-simulator: $(VENV)/.runtime ## seal machines with faults, on port 8900; their keys in var/seal-keys
	@$(VENV)/bin/sanzi-seal --push http://127.0.0.1:8000/api/v1/seals/events

# --- prove -------------------------------------------------------------------------------------

test: $(VENV)/.dev schemas contracting assets peers lake ## everything, on SQLite and on PostgreSQL, with the browser story
	@tools/system.sh
	@tools/test.sh "not long"

test-long: $(VENV)/.dev schemas contracting assets peers lake ## the tests that take minutes, too
	@tools/system.sh
	@tools/test.sh "long or not long"

chaos: $(VENV)/.dev schemas ## 1,000 batches of 352 through every fault, with kills, on both engines
	@tools/system.sh
	@$(PY) bench/chaos.py

check: $(VENV)/.dev ## style, types, import law, templates, house tests
	@$(VENV)/bin/ruff check $(CODE)
	@$(VENV)/bin/ruff format --check $(CODE)
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(if $(TEMPLATES),$(VENV)/bin/djlint --quiet --lint $(TEMPLATES))
	@$(PY) tools/make_docs.py --check
	@$(PYTEST) tests/house

fix: $(VENV)/.dev ## let the tools tidy up
	@$(VENV)/bin/ruff check --fix $(CODE)
	@$(VENV)/bin/ruff format $(CODE)

fast: $(VENV)/.dev ## the tests of every day: SQLite, no browser
	@$(PYTEST) -n 2 -m "not long and not browser"

bench: $(patsubst bench/bench_%.py,bench-%,$(wildcard bench/bench_*.py)) ## every measure
bench-ledger: peers
bench-lake: lake
bench-portal: $(patsubst bench/bench_%.py,bench-%,$(wildcard bench/bench_verifier.py bench/bench_lighthouse.py))
bench-verifier: assets
bench-%: $(VENV)/.dev schemas
	@mkdir -p bench/out
	@$(PY) bench/bench_$(subst -,_,$*).py

docs: $(VENV)/.dev ## pages made from data and code
	@$(PY) tools/make_docs.py

lock: $(VENV)/.dev ## new lock files after a change of requirements/*.in
	@tools/lock.sh $(VENV)
