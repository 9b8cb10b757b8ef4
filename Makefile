# The commands of the README; each does all set-up and is safe to run again.
.PHONY: demo test ui up lint

RUN = .venv/bin/tasfiya
# The demo's own installation lies in var/; set TASFIYA_HOME to put it elsewhere.
export TASFIYA_ENVIRONMENT ?= demo

demo:  ## a simulated day, from scan and electronic file to an approved bank file
	@sh infra/deploy/set_up.sh
	@$(RUN) demo

test:  ## the whole suite, on SQLite and on a throw-away PostgreSQL
	@sh infra/deploy/set_up.sh test
	@$(MAKE) --no-print-directory lint
	.venv/bin/python -m pytest -q -p no:cacheprovider -n 2 --dist worksteal

lint:  ## style and types
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

ui:  ## the Prefect UI on the history of the demo, and the review desk
	@sh infra/deploy/set_up.sh
	@$(RUN) ui

up:  ## server, worker and schedules on this host
	@sh infra/deploy/set_up.sh
	@$(RUN) ui --all
