# One entry for what a person or a CI does with this project; `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements
# Folders of tests: what shows a mistake soonest and what takes longest first, and small files last, so that all processes
# end together. Those that deploy take turns with the others (tests/conftest.py).
TESTS := tests/unit tests/lifecycle tests/upgrade tests/properties tests/clients tests/simulator tests/lab
# Its routers notice a loss within a second, and so a busy machine too: these tests go before the others, which run beside
# them with what they leave of the processors.
FIRST := tests/lab/test_lab_short.py
# Processes for pytest: two more than there are processors, since tests also wait; at most 4.
WORKERS ?= $(shell n=$$(($$(getconf _NPROCESSORS_ONLN) + 2)); [ "$$n" -gt 4 ] && n=4; echo "$$n")
# importlib: two folders may have a test file of the same name. A file's tests share what they set up, so they stay together.
PYTEST = $(BIN)/python -m pytest --import-mode=importlib -n $(WORKERS) --dist loadscope --no-loadscope-reorder

# Compiled modules make every start of the program seconds faster, so they are written even where that is switched off.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test unit examples lint lab bench sweep versions nightly simulator az azure engine policy clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-11s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP) ## prove the failover of `reference`, then bring it up on a simulated Azure, in both phases (about a minute)
	@$(BIN)/python -m toolchain demo

test: engine ## check style, and run all tests but those of the examples (about 11 minutes)
	@mkdir -p build
	@$(BIN)/ruff check && $(BIN)/ruff format --check
	@$(BIN)/python -m pytest -n 0 $(FIRST) > build/lab-short.log 2>&1 & lab=$$!; \
		nice -n 19 $(PYTEST) $(TESTS) --ignore $(FIRST); code=$$?; \
		wait $$lab; lab=$$?; cat build/lab-short.log; \
		[ "$$code" -ne 0 ] || code=$$lab; echo $$code > build/pytest-exit; exit $$code

unit: $(STAMP) ## run the unit tests alone (about 30 seconds)
	@$(PYTEST) tests/unit

# Each example has a test of its own, which goes to whichever process is free.
examples: $(STAMP) engine ## deploy every example on a simulated Azure twice, run every page's commands, check users' types (2 minutes)
	@$(BIN)/python -m pytest --import-mode=importlib -n $(WORKERS) --dist worksteal tests/examples

lint: $(STAMP) ## check style, format and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/basedpyright

lab: $(STAMP) ## run the failover on real routers and real IPsec, seven topologies (about 13 minutes; root on Debian)
	@$(BIN)/python -m lab run

sweep: $(STAMP) engine ## fail every call to Azure in every way, try every change, break the recovery on purpose (about 30 minutes)
	@SWEEP=full $(PYTEST) tests/lifecycle/test_sweep.py tests/lifecycle/test_recover_broken.py \
		tests/lifecycle/test_ratchet.py tests/lifecycle/test_spokes.py tests/lifecycle/test_brown_field.py \
		tests/lifecycle/test_operations.py tests/lifecycle/test_consequences.py \
		tests/unit/operations/test_drill_faults.py

versions: $(STAMP) ## test the library with the oldest and the newest Pulumi that it allows (some minutes)
	@$(BIN)/python -m tests.versions -n $(WORKERS)

nightly: $(STAMP) ## read 2,000 stack files with slips in them, and survey 100 networks (200 and 6 in `make test`)
	@READING=full $(PYTEST) tests/properties/test_reading.py tests/properties/test_survey.py

bench: $(STAMP) engine ## measure what speed matters, as ratios with limits; also in build/bench.json
	@$(BIN)/python -m tests.bench

simulator: $(STAMP) ## serve a simulated Azure kept in build/cloud.db, to Pulumi and over HTTP, until Ctrl-C
	@mkdir -p build
	@$(BIN)/python -m simulator serve --cloud build/cloud.db --arm-port 0

az: $(STAMP) ## let azure-cli, in an environment of its own, use the simulated Azure (some minutes)
	@$(BIN)/python -m tests.clients.az

azure: $(STAMP) ## record what a real Azure answers to the same tests: SUBSCRIPTION=ID, and GATEWAYS=yes for all of them
	@test -n "$(SUBSCRIPTION)" || { echo "Name the subscription: make azure SUBSCRIPTION=ID" >&2; exit 2; }
	@$(BIN)/python -m tests.clients.on_azure --subscription $(SUBSCRIPTION) \
		$(if $(filter yes,$(GATEWAYS)),--gateways)

engine: $(STAMP) ## make sure that there is a Pulumi CLI and print the folder to put on PATH
	@$(BIN)/python -m toolchain path

policy: $(STAMP) ## make the policy pack's own environment and print its folder: pulumi preview --policy-pack policy
	@$(BIN)/python -m toolchain policy

clean: ## remove what was made here (.venv, build, caches); what is in your cache folder stays
	@rm -rf .venv build policy/venv .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Python compiles what is used when it is: azure-native has 6,000 files, of which a program loads some.
# Made anew only when a requirement or the interpreter's version changes; the stamp is the last thing written, so an
# interrupted installation is done again. All it says goes to standard error: what stands on the other is an answer, as in
# `export PATH="$(make -s engine):$PATH"`.
$(STAMP): requirements.txt requirements-tools.txt requirements-operations.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Installing the pinned requirements into .venv (half a minute; again only when they change)." >&2
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt >&2
	@touch $@
