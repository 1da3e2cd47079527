GO            ?= go
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CYCLONEDX     := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
# The newest whose modules this project's machines can fetch.
GORELEASER    := github.com/goreleaser/goreleaser/v2@v2.16.0
REDOCLY       := @redocly/cli@2.77.0
SPECTRAL      := @stoplight/spectral-cli@6.16.3
# How long make fuzz spends on each fuzz test.
FUZZTIME      ?= 60s
# Every build tag of the Go files. internal/tags_test.go holds the list to them.
TAGS          := browser,clients,peers,race,release,reports,suites

# The tests of hostile peers, and their packages. CONTRIBUTING.md says what each holds.
ATTACKS       := ^TestAttack|^TestSignal|^TestInterrupt|^Test(Order)?SentOnce$$|^TestKilled$$|^TestProcesses$$|^TestOneLedger$$|NoCanary$$|^TestProxyOverTLS$$|^TestProxyLogFails$$|^TestTogether$$|^TestHostileBodies$$|^TestMutants$$|^TestCheckAgrees$$|^TestBounds$$|^TestLargeForms$$|^TestEveryKeywordIsCompared$$|^TestDifferential$$|^TestLoadErrorsHaveLines$$
ATTACKED      := ./internal/atomicfile ./internal/cassette ./internal/judge ./internal/ledger ./internal/media ./internal/notify ./internal/openapi ./internal/proxy ./internal/redact ./internal/sandbox ./internal/specdiff ./internal/transport ./internal/watchstore ./cmd/assay

# The tests that write golden files, and their packages. internal/makefile_test.go holds
# the list to them.
WRITERS       := ^Test(ChangedRowTurnsRed|ClientGolden|Conditions|Corpus|Dialects|Docs|DriftLeavesNoCanary|EveryKeyword|EverythingConforms|Failing|Faults|FindingsOfDamage|FindingsOfProbes|Forms|Golden|HAREntry|History|HTML|Line|Metrics|Mutants|NegativeNames|PathParameters|PlantedDefects|Propose|Readme|ReadmeChange|Scripts)$$
GOLDEN        := ./internal/openapi ./internal/judge ./internal/engine ./internal/rule ./internal/report ./internal/adapter ./internal/negative ./internal/notify ./internal/overlay ./internal/specdiff ./internal/traffic ./internal/dashboard ./cmd/assay

# The tests that do less in make test, and their packages. internal/full_test.go holds the
# list to them.
FULL          := ^(FuzzForeign|FuzzFormats|FuzzLint|TestAdapters|TestAttackFlippedBytes|TestAttackForgedFindings|TestAttackFullDisk|TestAttackHalfSent|TestAttackHostileBodies|TestAttackHostileLines|TestAttackKilledDrift|TestAttackKilledRecord|TestAttackKilledWriter|TestAttackLargeTraffic|TestAttackPasswordInBase|TestAttackProxySendsOnce|TestAttackSentOnce|TestAttackSlowRecording|TestAttackStatusSentOnce|TestAttackTogether|TestBadClients|TestBounds|TestChangedOutcomeTurnsRed|TestCheckAgrees|TestCheckEach|TestCheckLeavesNoCanary|TestCheckMemory|TestCheckOfSpecs|TestCheckShapes|TestConformPrivate|TestConformWays|TestCreatorPosition|TestDamage|TestDamageIsBounded|TestDamageIsFound|TestDifferential|TestDriftNonsense|TestDriftSchema|TestEveryKeywordIsCompared|TestEveryMember|TestExecSignal|TestFailing|TestFaultsAreBounded|TestFigures|TestFindAllocates|TestFindingsAgain|TestFindingsOfDamage|TestFolderNames|TestForeignModule|TestHARBodies|TestHTML_foreign|TestHTML_size|TestHelpExamplesRun|TestHostile|TestHostileBodies|TestJudgeReusesSubjects|TestKillLive|TestKilled|TestLargeForms|TestLearn_bounded|TestLearn_parallel|TestLimitsAgree|TestLoad|TestLoadErrorsHaveLines|TestMemory|TestMemoryBehindLarge|TestMerge|TestNegatives|TestNegativesLive|TestNightlyIssues|TestNonsense|TestOneViolationEach|TestOrderSentOnce|TestOverlayLeavesNothing|TestPackedCut|TestPanics|TestPipes|TestProcesses|TestProvidersClients|TestProxyUnderLoad|TestReadmeWritten|TestRecordLeavesNoCanary|TestRecorder|TestRecorderNumbers|TestRenamedConditionTurnsRed|TestRenamedMemberTurnsRed|TestReportFormats|TestReportSchema|TestSandboxAsStrictAsRules|TestSentOnce|TestSentences|TestShapesAgree|TestShards|TestSignalUnread|TestSignalWhileReading|TestSteady|TestStore|TestSummaryFits|TestTogether|TestTooManyValues|TestTraffic|TestUndocumentedResponses|TestWatchLeavesNoCanary|TestWatchMonth|TestWays|TestYear)$$|^TestScripts$$/^(cashfree|conform|conformways|drift|exec|expressions|negative|once|razorpay|reportclient|spec-only|stripe|variantcases)$$
FULL_PACKAGES := ./cmd/assay ./internal/adapter ./internal/atomicfile ./internal/cassette ./internal/conform ./internal/engine ./internal/judge ./internal/ledger ./internal/lint ./internal/media ./internal/openapi ./internal/overlay ./internal/protocol ./internal/proxy ./internal/recording ./internal/redact ./internal/report ./internal/rule ./internal/sandbox ./internal/shape ./internal/skeleton ./internal/specdiff ./internal/suitestest ./internal/traffic ./internal/transport ./internal/watchstore ./suites/examples/go

.DEFAULT_GOAL := help

# Build without cgo, as releases do: no C compiler is needed, and programs start sooner.
export CGO_ENABLED := 0
race: export CGO_ENABLED := 1

# A line that begins with ##@ opens a group of make help. internal/makefile_test.go
# wants a group, a ## line and an entry in .PHONY for every target.

##@ Every day

help: ## list the targets
	@awk -F ':.*## ' '/^##@ /{print gap substr($$0, 5); gap = "\n"} /^[a-z-]+:.*## /{printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## play every case offline and report
	@$(GO) run ./cmd/assay run

test: ## run the tests, but not the long ones of test-full; name slow ones after 90 s
	@$(GO) run ./internal/slowest ./...

build: ## build bin/assay, and bin/assay.test: the suites without a toolchain
	$(GO) build -o bin/assay ./cmd/assay
	$(GO) test -c -o bin/assay.test ./suites

lint: ## run the pinned linter
	$(GO) run $(GOLANGCI_LINT) run ./...

##@ Data

cassettes: ## record the sandbox's responses, and rewrite the requests of the other cassettes
	$(GO) run ./cmd/assay record --sandbox --yes --data .
	$(GO) test ./internal/recording -run TestCassettes -count=1 -args -update

shapes: ## accept the shapes of the cases' responses as the baseline of drift
	$(GO) run ./cmd/assay drift cases --accept --data .

golden: ## rewrite the golden files of the tests
	ASSAY_TESTS=full $(GO) test $(GOLDEN) -run '$(WRITERS)' -count=1 -args -update

client-reports: ## rewrite the reports about published clients, after make test-clients (needs Node)
	$(GO) test -tags clients -count=1 -run TestPublishedClients ./cmd/assay -args -update

provider: ## after specs/NAME.yaml and its cases are written, make the rest: P=NAME
	@test -n "$(P)" || { echo "provider needs a name: make provider P=NAME"; exit 1; }
	@test -f specs/$(P).yaml || { echo "provider needs specs/$(P).yaml; CONTRIBUTING.md says how to write it"; exit 1; }
	$(GO) run ./cmd/assay lint .
	$(MAKE) cassettes shapes golden
	$(GO) run ./cmd/assay run $(P)

##@ Measuring

bench: ## measure start-up, a cold run, rules, recordings, proxy, sandbox, drift and conform
	$(GO) test -run '^$$' -bench . -benchmem ./cmd/assay ./internal/cassette ./internal/traffic ./internal/sandbox ./internal/ledger ./internal/watchstore
	$(GO) test -run '^$$' -bench 'Conform|Pipe' -benchtime 1s ./internal/conform ./internal/protocol
	$(GO) test -run '^$$' -bench Table -benchtime 1x ./internal/judge
	$(GO) test -run '^$$' -bench Check -benchtime 3x ./internal/judge
	@command -v chromium google-chrome chrome >/dev/null || { echo "no Chromium: the time of the first paint is not measured"; exit 0; }; \
	$(GO) test -tags browser -run '^$$' -bench FirstPaint -benchtime 5x ./internal/report

bench-check: ## run every benchmark once, with little to do, to see that it works
	$(GO) test -short -run '^$$' -bench . -benchtime 1x $$(grep -rl '^func Benchmark' --include '*_test.go' . | xargs -n 1 dirname | sort -u)

bench-peers: ## measure proxy and sandbox beside Prism's (needs Node; 6 minutes)
	@command -v npm >/dev/null || { echo "bench-peers needs Node: npm is not on the PATH"; exit 1; }
	cd cmd/assay/testdata/peers && npm ci --ignore-scripts --no-audit --no-fund
	cd cmd/assay && $(GO) test -tags peers -count=1 -run TestPeers

mutants: ## change every member of every exchange, and count the changes that rules find
	cd internal/judge && $(GO) test -run TestMutants -count=1 -args -mutants

##@ Checks

test-full: ## run what make test skips, and large tests with all their inputs
	@ASSAY_TESTS=full $(GO) test -count=1 -run '$(FULL)' $(FULL_PACKAGES)

attack: test-full ## run the tests of hostile peers in their long form (minutes)
	ASSAY_TESTS=long $(GO) test -count=1 -p 1 -timeout 60m -run '$(ATTACKS)' $(ATTACKED)

race: ## run every test under the race detector, in random order
	ASSAY_TESTS=full $(GO) test -race -shuffle=on -timeout 30m ./...

# FuzzForeign runs whole commands, and FuzzSay finds names in a cache: their coverage is never
# twice the same, and each input would be made smaller for a minute.
fuzz: ## run every fuzz test for FUZZTIME, a minute each unless you set it
	$(GO) test ./internal/contract -run '^$$' -fuzz FuzzDecode -fuzztime $(FUZZTIME)
	$(GO) test ./internal/config -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME)
	$(GO) test ./internal/judge -run '^$$' -fuzz FuzzReadTest -fuzztime $(FUZZTIME)
	$(GO) test ./internal/route -run '^$$' -fuzz FuzzFind -fuzztime $(FUZZTIME)
	$(GO) test ./internal/skeleton -run '^$$' -fuzz FuzzSource -fuzztime $(FUZZTIME)
	$(GO) test ./internal/adapter -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME)
	$(GO) test ./internal/redact -run '^$$' -fuzz FuzzRedact -fuzztime $(FUZZTIME)
	$(GO) test ./internal/redact -run '^$$' -fuzz FuzzSearch -fuzztime $(FUZZTIME)
	$(GO) test ./internal/traffic -run '^$$' -fuzz FuzzLine -fuzztime $(FUZZTIME)
	$(GO) test ./internal/traffic -run '^$$' -fuzz FuzzHAR -fuzztime $(FUZZTIME)
	$(GO) test ./internal/notify -run '^$$' -fuzz FuzzSay -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	$(GO) test ./internal/openapi -run '^$$' -fuzz FuzzDifferential -fuzztime $(FUZZTIME)
	$(GO) test ./internal/jsonschema -run '^$$' -fuzz FuzzNumber -fuzztime $(FUZZTIME)
	$(GO) test ./internal/jsonschema -run '^$$' -fuzz FuzzFormats -fuzztime $(FUZZTIME)
	$(GO) test ./internal/report -run '^$$' -fuzz FuzzFormats -fuzztime $(FUZZTIME)
	$(GO) test ./internal/report -run '^$$' -fuzz FuzzReadJSON -fuzztime $(FUZZTIME)
	$(GO) test ./internal/media -run '^$$' -fuzz FuzzForm -fuzztime $(FUZZTIME)
	$(GO) test ./internal/lint -run '^$$' -fuzz FuzzLint -fuzztime $(FUZZTIME)
	$(GO) test ./cmd/assay -run '^$$' -fuzz FuzzForeign -fuzztime $(FUZZTIME) -fuzzminimizetime 1x

vulncheck: ## look for known vulnerabilities in code that is called (needs the network)
	$(GO) run $(GOVULNCHECK) ./...

vet: ## compile and vet every package, without build tags and with all of them
	$(GO) vet ./...
	$(GO) vet -tags $(TAGS) ./...
	GOOS=windows $(GO) vet ./internal/cassette ./internal/filelock ./internal/journal ./internal/child ./internal/protocol ./internal/testheap

test-clients: ## hold published and example clients to the contract (needs Node and Python)
	@command -v npm >/dev/null || { echo "test-clients needs Node: npm is not on the PATH"; exit 1; }
	@command -v python3 >/dev/null || { echo "test-clients needs Python 3.9 or newer: python3 is not on the PATH"; exit 1; }
	cd internal/signature/testdata/clients && npm ci --ignore-scripts --no-audit --no-fund
	cd internal/sandbox/testdata/clients && npm ci --ignore-scripts --no-audit --no-fund
	cd cmd/assay/testdata/clients && npm ci --ignore-scripts --no-audit --no-fund
	cd suites/clients && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags clients -count=1 -run 'TestAgainst|TestPaytmSDK|TestProvidersClients|TestPublishedClients' ./internal/signature ./internal/sandbox ./cmd/assay

test-suites: ## compare validator, readers and patterns with public suites (needs Node)
	@command -v npm >/dev/null || { echo "test-suites needs Node: npm is not on the PATH"; exit 1; }
	cd internal/openapi/testdata/suites && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags suites -count=1 -run 'TestSchemaSuites|TestJSONSuite|TestPatternsBesideNode' ./internal/openapi ./internal/jsonschema

test-reports: ## read reports with the schemas and readers of others (needs Node)
	@command -v npm >/dev/null || { echo "test-reports needs Node: npm is not on the PATH"; exit 1; }
	cd cmd/assay/testdata/reports && npm ci --ignore-scripts --no-audit --no-fund
	cd internal/report/testdata/browser && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags reports -count=1 -run 'TestReaders|TestMarkup' ./cmd/assay ./internal/report

test-browser: ## try the HTML report and the page of watch in Chromium (needs Node and Chromium)
	@command -v npm >/dev/null || { echo "test-browser needs Node: npm is not on the PATH"; exit 1; }
	cd internal/report/testdata/browser && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) test -tags browser -count=1 -run TestBrowser ./internal/report ./internal/dashboard

pictures: ## write the pictures of both pages that README.md shows (needs Chromium)
	ASSAY_PICTURES=$(CURDIR)/docs/pictures $(GO) test -tags browser -count=1 -run TestPictures ./internal/report ./internal/dashboard

lint-specs: ## lint the specifications with redocly and spectral (needs Node)
	@command -v npx >/dev/null || { echo "lint-specs needs Node: npx is not on the PATH"; exit 1; }
	npx --yes $(REDOCLY) lint --config .redocly.yaml specs/*.yaml
	npx --yes $(SPECTRAL) lint --ruleset .spectral.yaml --fail-severity error specs/*.yaml

##@ Release

# fetched builds a tool from the module cache alone, so that it needs no network once it was
# fetched: the go command asks for newer versions else.
fetched = GOPROXY=file://$$($(GO) env GOMODCACHE)/cache/download GOBIN=$(CURDIR)/build/tools $(GO) install $(1) 2>/dev/null \
	|| GOBIN=$(CURDIR)/build/tools $(GO) install $(1)
# The version in the source. make release refuses a tag that differs.
VERSION = $(shell sed -n 's/^const version = "\(.*\)"$$/\1/p' cmd/assay/main.go)

# One build after the other: an archive has the binaries in the order in which they are done.
RELEASE = build/tools/goreleaser release --clean --parallelism 1

release-tools: ## fetch all modules, and build goreleaser and cyclonedx-gomod in build/tools
	$(GO) mod download
	$(call fetched,$(GORELEASER))
	$(call fetched,$(CYCLONEDX))

release-dry-run: release-tools ## build the archives of a release in dist, and publish nothing
	GORELEASER_CURRENT_TAG=v$(VERSION) $(RELEASE) --snapshot

test-release: release-tools ## build the archive for linux/amd64 twice, compare the bytes, and try the binaries
	ASSAY_VERSION=$(VERSION) ASSAY_RELEASE='$(RELEASE)' $(GO) test -tags release -count=1 -v -timeout 20m -run '^TestRelease$$' ./internal

release: release-tools ## build the archives of a tag, and a draft on GitHub (needs GITHUB_TOKEN)
	$(RELEASE)

.PHONY: help run test build lint cassettes shapes golden client-reports provider bench bench-check bench-peers mutants test-full attack race fuzz vulncheck vet test-clients test-suites test-reports test-browser pictures lint-specs release-tools release-dry-run test-release release
