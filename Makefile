# demo, test, soak, lint and bench share one environment, .venv, which is made anew when the lock changes.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
MADE := .venv/.made-$(shell cksum < requirements-dev.lock | tr ' ' '-')

.PHONY: demo test soak lint bench lock clean

demo: $(MADE)
	$(BIN)/yuqing demo

test: $(MADE)
	$(BIN)/python -m pytest -m "not soak"

# kill -9 of every node of a real cluster of three; needs the archive in .elasticsearch/, 3 GB of memory
.PHONY: test-cluster
test-cluster: $(MADE)
	YUQING_TEST_CLUSTER=1 $(BIN)/python -m pytest tests/cluster

# the heavy properties in full: hours, not minutes
soak: $(MADE)
	YUQING_SOAK=1 $(BIN)/python -m pytest --timeout=7200

lint: $(MADE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(MADE)
	@for figure in bench/*.py; do case $$figure in */__init__.py) continue;; esac; \
		echo "== $$figure"; $(BIN)/python $$figure || exit 1; done

$(MADE): | needs
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.PHONY: needs
needs:
	@test -n "$(PYTHON)" || { \
		echo "需要 Python 3.11 或更新的版本。Debian/Ubuntu: sudo apt install python3 python3-venv"; \
		echo "Python 3.11 or newer is needed. macOS: brew install python"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) 没有 venv。Debian/Ubuntu: sudo apt install python3-venv"; \
		echo "$(PYTHON) has no venv module: install the python3-venv package of your system."; exit 1; }

# after a change of the dependencies in pyproject.toml
COMPILE := build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host
lock: | needs
	test -x build/lock/bin/pip-compile || { $(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet pip-tools; }
	PIP_FIND_LINKS= $(COMPILE) --output-file requirements.lock pyproject.toml
	PIP_FIND_LINKS= $(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv build dist *.egg-info
