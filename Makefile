GO            ?= go
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
REDOCLY       := @redocly/cli@2.77.0
SPECTRAL      := @stoplight/spectral-cli@6.16.3
# Every build tag of the Go files. internal/tags_test.go holds the list to them.
TAGS          := clients,peers,race,suites

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## play every case offline and report
	@$(GO) run ./cmd/assay run

test: ## run every test: the suites, the packages, the command; after 90 s name the slowest
	@$(GO) run ./internal/slowest ./...

soak: ## ask sandbox and proxy thousands of times under load, where make test asks hundreds
	$(GO) test ./cmd/assay -run 'TestLoad$$|TestProxyUnderLoad' -count=1 -args -soak

race: ## run every test under the race detector, in random order
	$(GO) test -race -shuffle=on ./...

build: ## build bin/assay, and bin/assay.test: the suites without a toolchain
	CGO_ENABLED=0 $(GO) build -o bin/assay ./cmd/assay
	CGO_ENABLED=0 $(GO) test -c -o bin/assay.test ./suites

cassettes: ## record what the sandbox responses, and write what the other cassettes are asked
	$(GO) run ./cmd/assay record --sandbox --yes --data .
	$(GO) test ./internal/recording -run TestCassettes -count=1 -args -update

shapes: ## accept what the cases are responded as the baseline of drift
	$(GO) run ./cmd/assay drift cases --accept --data .

golden: ## write the golden files that tests compare with
	$(GO) test ./internal/judge -run 'TestFindingsOfDamage|TestMutants' -count=1 -args -update
	$(GO) test ./internal/engine -run 'TestNegativeNames|TestEverythingConforms|TestFaults|TestPlantedDefects|TestChangedRow' -count=1 -args -update
	$(GO) test ./internal/check ./internal/report ./internal/adapter ./internal/negative ./internal/overlay ./internal/specdiff ./internal/traffic ./cmd/assay -count=1 -args -update

bench: ## measure a cold run, looking at an exchange, reading recordings, the proxy, the sandbox, and drift
	$(GO) test -run '^$$' -bench . -benchmem ./cmd/assay ./internal/cassette ./internal/traffic ./internal/proxy ./internal/sandbox ./internal/ledger
	$(GO) test -run '^$$' -bench Table -benchtime 1x ./internal/judge
	$(GO) test -run '^$$' -bench Check -benchtime 3x ./internal/judge

bench-peers: ## measure the proxy and the sandbox beside Prism's (needs Node; 6 minutes)
	@command -v npm >/dev/null || { echo "bench-peers needs Node: npm is not on the PATH"; exit 1; }
	cd cmd/assay/testdata/peers && npm ci --ignore-scripts --no-audit --no-fund
	cd cmd/assay && $(GO) test -tags peers -count=1 -run TestPeers

mutants: ## change every member of every exchange, and count what the rules notice
	cd internal/judge && $(GO) test -run TestMutants -count=1 -args -mutants

fuzz: ## fuzz the JSON reader, the adapters and what reads recordings, a minute each
	$(GO) test ./internal/contract -run '^$$' -fuzz FuzzDecode -fuzztime 60s
	$(GO) test ./internal/adapter -run '^$$' -fuzz FuzzRead -fuzztime 60s
	$(GO) test ./internal/traffic -run '^$$' -fuzz FuzzLine -fuzztime 60s
	$(GO) test ./internal/traffic -run '^$$' -fuzz FuzzHAR -fuzztime 60s
	$(GO) test ./internal/spec -run '^$$' -fuzz FuzzDifferential -fuzztime 60s

vet: ## compile and vet every package, without build tags and with all of them
	$(GO) vet ./...
	$(GO) vet -tags $(TAGS) ./...

test-clients: ## hold signatures and sandbox to the providers' own packages (needs Node)
	@command -v npm >/dev/null || { echo "test-clients needs Node: npm is not on the PATH"; exit 1; }
	cd internal/signature/testdata/clients && npm ci --ignore-scripts --no-audit --no-fund
	cd internal/sandbox/testdata/clients && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags clients -count=1 -run 'TestAgainst|TestPaytmSDK' ./internal/signature ./internal/sandbox

test-suites: ## ask the validators the JSON Schema Test Suite's questions (needs Node)
	@command -v npm >/dev/null || { echo "test-suites needs Node: npm is not on the PATH"; exit 1; }
	cd internal/spec/testdata/suites && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags suites -count=1 -run TestDraft4 ./internal/spec

lint: ## run the pinned linter
	$(GO) run $(GOLANGCI_LINT) run ./...

lint-specs: ## hold the specifications to redocly and spectral (needs Node)
	@command -v npx >/dev/null || { echo "lint-specs needs Node: npx is not on the PATH"; exit 1; }
	npx --yes $(REDOCLY) lint --config .redocly.yaml specs/*.yaml
	npx --yes $(SPECTRAL) lint --ruleset .spectral.yaml --fail-severity error specs/*.yaml

.PHONY: help run test soak vet test-clients test-suites race build cassettes shapes golden bench bench-peers mutants fuzz lint lint-specs
