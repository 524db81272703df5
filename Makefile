# `make run` starts the guide, `make test` tests everything; each sets up all it needs.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))) python3)
VENV := .venv
BIN := $(VENV)/bin
RUN_PACKAGES := python3 python3-venv libportaudio2 espeak-ng flite libasound2-plugins
TEST_PACKAGES := pulseaudio pulseaudio-utils
MODEL_PACKAGES := libfst-tools libfst22-plugins-base festival festvox-kallpc16k festvox-us-slt-hts festvox-kdlpc16k
DATA ?= ../shared/data
ARGS ?=

.PHONY: run test check model mask clean
.DELETE_ON_ERROR:

run: $(VENV)/.run
	@scripts/run_or_rehearse.sh $(ARGS)

test: check
	$(BIN)/pytest $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

model: $(VENV)/.training
	$(BIN)/python -m training.build --data $(DATA) --out models/voiceguide-en-basic

mask: $(VENV)/.training
	$(BIN)/python -m training.echo_mask --data $(DATA)

clean:
	rm -rf $(VENV) dist rehearsal .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@scripts/system_packages.sh $(RUN_PACKAGES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "voiceguide needs Python 3.11 or newer: install it, or name it with make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt $(BIN)/python
	@scripts/system_packages.sh $(RUN_PACKAGES)
	@echo "Setting up voiceguide in $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(BIN)/python
	@scripts/system_packages.sh $(RUN_PACKAGES) $(TEST_PACKAGES)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.training: $(VENV)/.dev
	@scripts/system_packages.sh $(MODEL_PACKAGES)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[training]'
	@touch $@
