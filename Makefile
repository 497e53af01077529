# One target a chore. `make demo` and `make test` need only Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
DEV := $(VENV)/.dev
JOBS ?= auto
PYTEST ?=

# Type checkers follow the plain path entry of the compat mode, and not the import hook that would take its place.
# -qq: setuptools warns of every editable install, with advice for folders that we do not have.
INSTALL := $(BIN)/python -m pip install -qq --config-settings editable_mode=compat --editable .

.PHONY: help demo test check interop corpus bench bench-tool bench-rpc bench-client counts soak fuzz leaks valgrind golden fmt clean

help:
	@echo "make demo    install, generate code from idl_samples/, start a server, call it"
	@echo "make test    install, run all tests"
	@echo "make check   lint, types, import contracts (what CI runs beside the tests)"
	@echo "make interop  all calls between us, Kitex and Volo; writes docs/interop.md (needs Go and Rust)"
	@echo "make corpus  every file of the IDL corpus, nothing left out (set KITEXGEN_CORPUS)"
	@echo "make bench   what we claim about speed, rivals in the same run; writes docs/performance.md"
	@echo "make bench-tool  of that, the command line alone"
	@echo "make bench-rpc  what a call costs a server: ours, rivals, floor and Go Kitex; writes docs/performance-calls.md"
	@echo "                (SHORT=1 for a quick look, which writes nothing)"
	@echo "make counts  instructions of the compiled codec against their baseline (needs valgrind)"
	@echo "make bench-client  what a call costs a client: ours, rivals and floors; writes docs/performance-clients.md (SHORT=1: a look)"
	@echo "make soak    hours of trouble in minutes; writes docs/reliability.md (SHORT=1 for a taste)"
	@echo "make fuzz    spoiled bytes to every decoder, FUZZ_SECONDS each (60); needs clang with libFuzzer"
	@echo "make leaks   ten million calls of the compiled codec leave nothing behind (LEAK_CALLS)"
	@echo "make valgrind  the tests of the compiled codec under valgrind"
	@echo "make golden  rewrite golden files; review the diff like code"
	@echo "make docs    build the site of docs/ into site/, check every link, open the docs plugin's pages in Chromium"
	@echo "make reference  rewrite the pages of docs/ that follow from the code; make picture  the README's terminal"
	@echo "make vscode  the extension: its tests, editors/vscode/kitexgen.vsix, and a tour of it in code-server where that is"
	@echo "make fmt     format our Python"
	@echo "make clean   remove what the other targets made"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "kitexgen needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(CORE): pyproject.toml | $(BIN)/python
	$(INSTALL)
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	$(INSTALL) --group dev
	@touch $(CORE) $@

demo: $(CORE)
	@$(BIN)/python idl_samples/demo/demo.py

test: $(DEV)
	$(BIN)/python -m pytest --numprocesses $(JOBS) $(PYTEST)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

interop: $(DEV)
	KITEXGEN_VOLO=1 $(BIN)/python -m pytest -p tests.interop_table --numprocesses $(JOBS) tests/interop_kitex tests/interop_volo

corpus: $(DEV)
	KITEXGEN_CORPUS_FULL=1 $(BIN)/python -m pytest --numprocesses $(JOBS) -m corpus

bench: $(DEV)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python tests/benchmarks/run.py

bench-tool: $(DEV)
	$(BIN)/python tests/benchmarks/bench_tool.py

bench-rpc: $(DEV)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python tests/benchmarks/bench_rpc.py $(if $(SHORT),--short)

counts: $(DEV)
	$(BIN)/python tests/benchmarks/counts.py

bench-client: $(DEV)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python tests/benchmarks/bench_client.py $(if $(SHORT),--short)

soak: $(DEV)
	$(BIN)/python tests/soak/run.py $(if $(SHORT),--quick)

fuzz: $(DEV)
	$(BIN)/python -m pip install --quiet atheris
	$(BIN)/python tests/fuzz/run_native.py --seconds $(or $(FUZZ_SECONDS),60)
	$(BIN)/python tests/fuzz/run_atheris.py all -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=4096

leaks: $(DEV)
	$(BIN)/python tests/fuzz/run_leaks.py --calls $(or $(LEAK_CALLS),10_000_000)

valgrind: $(DEV)
	$(BIN)/python tests/fuzz/run_valgrind.py

golden: $(DEV)
	KITEXGEN_GOLDEN=write $(BIN)/python -m pytest --quiet tests/test_golden.py tests/house tests/codegen

.PHONY: docs reference picture vscode
docs: $(DEV)
	$(BIN)/python -m pip install --quiet --group docs
	$(BIN)/python -m docs.tools.links
	$(BIN)/zensical build --clean
	$(BIN)/python -m docs.tools.links site
	$(BIN)/python -m pytest --quiet tests/docs tests/plugins/docs

reference: $(CORE)
	$(BIN)/python -m docs.tools.reference

vscode: $(DEV)
	$(BIN)/python -m pip install --quiet --group docs
	npm --prefix editors/vscode ci
	npm --prefix editors/vscode test
	npm --prefix editors/vscode run package
	$(BIN)/python -m pytest --quiet tests/editors

picture: $(CORE)
	$(BIN)/python -m docs.tools.picture

fmt: $(DEV)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .demo .peers site build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
