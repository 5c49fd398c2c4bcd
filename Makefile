# SPDX-License-Identifier: Apache-2.0
# `make` or `make help` lists the targets.

# Without GOEXPERIMENT=simd the pure-Go backend is an order of magnitude slower.
export GOEXPERIMENT ?= simd

GO       ?= go
TAGS     ?=
ARGS     ?=
FUZZTIME ?= 20s
PAGES    ?= $(CURDIR)/runs/pages

# Where `make readers` installs; REVGN_READERS in the environment is another place, and has the tests fail that find nothing there.
READERS  ?= $(or $(REVGN_READERS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/revgn/readers)

.DEFAULT_GOAL := help
.PHONY: help build train verify test lint fmt unit short smoke readers slurm bench table peers scaling torture browser screenshots fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  ARGS=\"...\" goes to train, verify, bench, table and peers; TAGS=noxla builds without cgo and XLA."

build: ## build bin/revgn
	$(GO) build -buildvcs=auto -tags "$(TAGS)" -o bin/revgn ./cmd/revgn

train: build ## build, get a backend, train on the embedded digits, say where the results are
	bin/revgn train $(ARGS)

verify: build ## check the exactness of the mathematics on this machine's backend
	bin/revgn verify $(ARGS)

test: lint unit short ## everything: gofmt, go vet, staticcheck, all tests, short tests without cgo

lint: ## gofmt, go vet and staticcheck
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$files" ]; then echo "not formatted (run make fmt):"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fmt: ## format the sources
	gofmt -w .

unit: ## all tests, on every backend present
	$(GO) test -timeout 20m ./...

short: ## the short tests without cgo, as on a machine without a C compiler
	CGO_ENABLED=0 $(GO) vet -tags noxla ./...
	CGO_ENABLED=0 $(GO) test -tags noxla -short -timeout 20m ./...

readers: ## install what the tests read records and job files with (TensorBoard, MLflow, pandas, schemas of Kubernetes; 376 MB)
	python3 cmd/revgn/testdata/readers/install.py "$(READERS)"

slurm: ## install Slurm (as root, on Debian) and run an array of tasks on it, three of them interrupted
	internal/cluster/slurmtest/install.sh
	REVGN_SLURM=1 $(GO) test -count 1 -timeout 40m ./internal/cluster/slurmtest

smoke: ## put all claims to the test on the digits, twice: the second time nothing is made
	REVGN_SMOKE=1 $(GO) test -count 1 -v -timeout 60m -run TestSmokeStudy ./cmd/revgn

bench: ## benchmarks in Go's format, for benchstat
	$(GO) test -run '^$$' -bench . -benchmem $(ARGS) ./...

table: build ## compare the steps and the baselines on MNIST and write the table of docs/steps.md (hours; resumes; ARGS=--plan asks how many)
	$(GO) run ./bench/steps --out runs/steps --write docs/steps.md $(ARGS)

peers: build ## time other people's programs and revgn in alternation (ARGS="--data-dir DIR"; installs JAX into bench/peers/.venv)
	python3 bench/peers/run.py $(ARGS)

scaling: ## work out the step on several devices and write the tables of docs/scaling.md
	$(GO) run ./bench/scaling --write docs/scaling.md $(ARGS)

browser: ## test the pages of revgn report in Chromium (install it first, or name it in CHROMIUM)
	REVGN_REPORT_PAGES=$(PAGES) $(GO) test -count=1 -run 'TestStudyPage|TestManyRuns|TestHostileRuns|TestVerdictsPage|TestHostileVerdicts' ./internal/report ./internal/study
	cd test/browser && REVGN_REPORT_PAGES=$(PAGES) $(GO) test -count=1 -v $(ARGS) .

screenshots: ## pictures of pages at three widths, light and dark, in runs/screenshots
	REVGN_REPORT_PAGES=$(PAGES) $(GO) test -count=1 -run 'TestStudyPage|TestVerdictsPage' ./internal/report ./internal/study
	cd test/browser && REVGN_REPORT_PAGES=$(PAGES) REVGN_SCREENSHOTS=$(CURDIR)/runs/screenshots $(GO) test -count=1 -v -run TestScreenshots .

torture: ## kill a hundred runs, and sweeps of sixty, at random moments, go on with them and compare
	REVGN_TORTURE=100 $(GO) test -run 'TestKilledRunsGoOn|TestKilledSweeps' -v -timeout 120m ./cmd/revgn

fuzz: ## each fuzz target, one after the other, for FUZZTIME (20s)
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s -parallel 1 $$package || exit 1; \
		done; \
	done

clean: ## remove bin/ (runs/ stays)
	rm -rf bin
