# Every target builds .venv by itself, from the versions and hashes in requirements.lock; all but the demo add the tools of
# development, which are in requirements-dev.lock and take more room than the product.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
ARGS ?=
BIN := .venv/bin
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
INSTALL := $(BIN)/python scripts/pip_progress.py \
	$(BIN)/python -m pip install --progress-bar=off --disable-pip-version-check --require-hashes

# What is compiled is kept: the stories start hundreds of processes, which would each compile the bot again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint bench screenshots texts settings sbom lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/ready ## the bot at work in a local Slack: no account, no key
	@$(BIN)/teleprinter demo $(ARGS)

test: .venv/dev .venv/servers ## all tests; those of the page where a Chromium is found
	@echo "Running the tests ..."
	@$(BIN)/python -m pytest -n 4 --dist worksteal -m 'not slow' $(ARGS)

check: .venv/dev .venv/servers ## everything a change has to pass: format, lint, types, tests, coverage
	@scripts/check

lint: .venv/dev ## the part of `make check` that runs nothing
	@scripts/check --static

bench: .venv/dev ## how soon readers see the words, beside other bots (ARGS=--real: over sockets, in minutes)
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/dev ## the pictures of the README, taken anew
	@$(BIN)/python scripts/screenshots.py

texts: .venv/dev ## the catalogues of what the bot says, after a text was added or translated
	@$(BIN)/python scripts/catalogues.py

settings: .venv/ready ## docs/settings.md, after a setting was added or changed
	@$(BIN)/python scripts/settings_page.py

sbom: .venv/dev ## sbom.json (CycloneDX) and docs/licences.md, from the lock files
	@$(BIN)/python scripts/sbom.py

lock: ## all lock files anew, after a change of pyproject.toml (wants uv)
	@$(COMPILE) --group build pyproject.toml -o requirements.lock
	@$(COMPILE) --all-extras --group build --constraint requirements.lock pyproject.toml -o requirements-extras.lock
	@$(COMPILE) --group pyproject.toml:dev --constraint requirements-extras.lock -o requirements-dev.lock

clean: ## away with .venv and what tools left behind
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

.venv/ready: .venv/packages pyproject.toml
	@echo "3/3 Installing teleprinter itself ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/packages: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 2; }
	@echo "1/3 Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv
	@echo "2/3 Installing the pinned packages (about 110 MB to fetch; a minute, once) ..."
	@$(INSTALL) -r requirements.lock
	@touch $@

# A server that acts, for the stories of the tools: they say so where it is missing.
.venv/servers: .venv/dev tests/servers/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing the MCP server of the stories (about 10 MB to fetch) ..."; \
		npm ci --prefix tests/servers --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null && touch $@ || \
			echo "npm could not fetch it: its stories are skipped."; \
	else echo "There is no npm here: the stories of the MCP server that acts are skipped."; fi

.venv/dev: .venv/ready requirements-dev.lock
	@echo "Installing the tools of development (about 150 MB to fetch; a minute, once) ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
