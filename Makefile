# One command for each habit. `make help` lists them.

PYTHON := .venv/bin/python
TESTS ?= tests
# What asks no database, has SQLite files of its own, or is about words alone says the same on each;
# `make test` has run it.
SAME_ON_EACH := tests/architecture tests/settings tests/cms/rules tests/members/rules \
	tests/resolutions/rules tests/resolutions/exports tests/search/rules tests/search/engines \
	tests/workspace/test_korean_office.py tests/workspace/test_loanwords.py
# What pages show and forms say. On PostgreSQL every page is opened as three kinds of people, and the
# acts behind the buttons are tried as services.
PAGES := $(addprefix tests/workspace/test_,$(addsuffix .py,admin_gate amendments demo desk drafting \
	letters members_pages office people practices sign_in signatures)) \
	$(addprefix tests/cms/test_,$(addsuffix .py,amendments practice_admin public_pages reading \
	signatories verification))
# That the change of each single column is found: once. On PostgreSQL, too, the whole day is proved,
# and rows that are removed, other bytes, entries and ledgers that are changed are found.
ONCE := tests/resolutions/test_integrity.py::test_a_changed_column_is_found_and_named \
	tests/security/test_access_matrix.py::test_everybody_is_answered_at_every_address_as_the_table_says \
	tests/security/test_access_matrix.py::test_views_of_ours_answer_head_as_get_and_know_no_rarer_method
# The whole day is played on PostgreSQL by tests/resolutions/test_integrity.py; to its interesting moment,
# and once more, by tests/workspace/test_run_demonstration.py.
PLAYED := tests/workspace/test_replay.py
APPS := cms members resolutions search secretariat

# A process that finds its modules compiled starts in 4 seconds instead of 9, and tests are collected
# in 8 instead of 22: what images set for their own sake is not wanted in a tree that is worked in.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help bootstrap run test test-postgres lint format bench messages lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

bootstrap: ## make .venv and install requirements.lock (the other commands do this first)
	@.ci/bootstrap

run: bootstrap ## the demonstration on 127.0.0.1:8000, from nothing
	@DEMONSTRATION=1 $(PYTHON) manage.py run_demonstration

test: bootstrap ## all tests on SQLite, browser journeys included (TESTS=tests/members: a part)
	@.ci/system-tools
	@$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(TESTS)

test-postgres: bootstrap ## the tests, with those of concurrency, on a private PostgreSQL
	@.ci/with-postgres $(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not browser and not own_process" \
		$(addprefix --ignore=,$(SAME_ON_EACH) $(PAGES) $(PLAYED)) $(addprefix --deselect=,$(ONCE)) $(TESTS)

lint: bootstrap ## style, types, layers, templates, migrations, system checks
	@PYTHON=$(PYTHON) .ci/lint

format: bootstrap ## put the code in the house's form
	$(PYTHON) -m ruff check --fix --quiet .
	$(PYTHON) -m ruff format .

bench: bootstrap ## measure what has a time limit
	@$(PYTHON) -m pytest -p no:xdist -q -s -o python_files='bench_*.py' tests/benchmarks

messages: bootstrap ## collect strings to translate into the Korean catalogues (needs gettext)
	@for app in $(APPS); do \
		(cd $$app && ../$(PYTHON) ../manage.py makemessages --locale ko --no-location --no-obsolete) || exit 1; \
	done

lock: ## resolve requirements.lock again (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11.2 --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml --group dev -o requirements.lock

clean: ## remove the environment, the data of the demonstration, and all caches
	rm -rf .venv var .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -path '*/locale/*' -name '*.mo' -exec rm -f {} +
