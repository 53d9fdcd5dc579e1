# Tidemark. `make demo` and `make test` do all their own set-up on a Debian with Swift 6.3.

SCRATCH ?= .build
SWIFT_FLAGS := --scratch-path $(SCRATCH)
PEERS := .peers
DEBIAN := libsqlite3-dev zlib1g-dev libssl-dev libzstd-dev liblz4-dev libsnappy-dev zstd jq kcat python3-venv ca-certificates openssl \
    systemd procps
# Root installs as it is; anybody else through sudo.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# The toolchain's own libFuzzer, without a main; inputs for each target.
FUZZER_RUNTIME = $(firstword $(wildcard $(dir $(realpath $(shell command -v swift)))../lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-$(shell uname -m).a))
FUZZ := TIDEMARK_FUZZER_RUNTIME=$(FUZZER_RUNTIME) swift build --scratch-path $(SCRATCH)-fuzz --product fuzz
FUZZ_RUNS ?= 1300000
FUZZ_TARGETS ?=

.PHONY: help setup peers build demo test soak weeks lint format sanitize fuzz fuzz-corpus bench-quick clean

help:
	@echo "make demo         an embedded cluster backed up, lost, restored and compared (sets itself up)"
	@echo "make test         every test, real Kafka clients included (sets itself up)"
	@echo "make sanitize     the tests under the thread and the address sanitizer"
	@echo "make fuzz         libFuzzer on every decoder, FUZZ_RUNS inputs each"
	@echo "make bench-quick  calls, time, memory and bytes of a snapshot of 1,000 topics"
	@echo "make soak         the agent for five minutes at every: 2s, its memory and descriptors watched"
	@echo "make weeks        simulated weeks of two agents with random seeds, WEEKS of them"
	@echo "make lint         layout and the rules of the house"

# Only what is missing is installed, so that a second run needs neither network nor rights.
setup:
	@missing=""; for package in $(DEBIAN); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	    $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

$(PEERS)/bin/python:
	/usr/bin/python3 -m venv $(PEERS)

# Out of Debian's package and no more of it: the package itself would start a server.
$(PEERS)/bin/promtool: | $(PEERS)/bin/python
	@if command -v promtool >/dev/null; then ln -sf "$$(command -v promtool)" $@; else \
	    rm -rf $(PEERS)/prometheus && mkdir -p $(PEERS)/prometheus && cd $(PEERS)/prometheus && \
	    { apt-get download -qq prometheus 2>/dev/null || { $(SUDO) apt-get update -qq && apt-get download -qq prometheus; }; } && \
	    dpkg-deb --extract *.deb . && mv usr/bin/promtool $(abspath $@) && cd .. && rm -rf prometheus; fi

# The clients, signers and checkers of others that judge ours. Asked for only where one is missing, so that a second run needs no network.
peers: $(PEERS)/bin/python $(PEERS)/bin/promtool
	@$(PEERS)/bin/python -c "import confluent_kafka, fastavro, kafka, snappy, lz4, zstandard, botocore, aws_msk_iam_sasl_signer, jsonschema, yaml, kubernetes_validate" 2>/dev/null || \
	    $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check \
	        "confluent-kafka[schemaregistry,avro]" kafka-python python-snappy lz4 zstandard botocore aws-msk-iam-sasl-signer-python \
	        jsonschema pyyaml kubernetes-validate

build: setup
	swift build $(SWIFT_FLAGS) --product tidemark

demo: build
	$(SCRATCH)/debug/tidemark demo

# A few tests at a time. All at once, those that compute keep both threads of a small machine from those that wait for a socket.
RUN_TESTS := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 TIDEMARK_PEERS_PYTHON=$(abspath $(PEERS)/bin/python) \
    PATH="$(abspath $(PEERS)/bin):$$PATH"

test: setup peers lint
	swift build $(SWIFT_FLAGS) --build-tests
	$(RUN_TESTS) .ci/suite swift test $(SWIFT_FLAGS) --skip-build

soak: setup
	TIDEMARK_SOAK_SECONDS=300 swift test $(SWIFT_FLAGS) --filter AgentSoakTests

# A seed that fails is printed, and TIDEMARK_WEEK_SEED repeats it.
WEEKS ?= 10
weeks: setup
	swift build $(SWIFT_FLAGS) --build-tests
	for week in $$(seq $(WEEKS)); do TIDEMARK_WEEK_SEED=random swift test $(SWIFT_FLAGS) --skip-build --filter WeekTests || exit 1; done

lint:
	swift format lint --strict -r -p Package.swift Sources Tests
	.ci/rules

format:
	swift format -i -r -p Package.swift Sources Tests

# A scratch path each: the objects of one variant are of no use to another. XCTest itself leaks, so it is switched off; and so is the
# search for leaks: it takes a pointer with an enum's tag in its spare bits for none, and a static of such a type for leaked. What was freed is
# held back for a while, but less of it than usual: a test watches that memory does not grow. Explored interleavings take turns on one thread,
# where no race is to be found: few of them, and by themselves, as they would keep everybody else waiting for what the runtime locks.
sanitize: setup peers
	for tests in "--skip ExplorationTests" "--filter ExplorationTests"; do \
	    $(RUN_TESTS) TIDEMARK_INTERLEAVINGS=200 TSAN_OPTIONS="halt_on_error=1 suppressions=$(abspath Tests/thread-sanitizer.suppressions)" \
	        swift test --scratch-path $(SCRATCH)-thread --sanitize=thread --disable-xctest $$tests || exit 1; done
	$(RUN_TESTS) TIDEMARK_INTERLEAVINGS=200 ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16 \
	    swift test --scratch-path $(SCRATCH)-address --sanitize=address --disable-xctest

# A build of its own: our modules are optimised and instrumented, which no other build is.
fuzz: setup
	$(FUZZ)
	Tests/Fuzzing/run $(SCRATCH)-fuzz/debug/fuzz $(SCRATCH)-fuzz/corpus $(FUZZ_RUNS) $(FUZZ_TARGETS)

# Keeps what `make fuzz` found to be worth it: the fewest inputs that reach the same code.
fuzz-corpus: setup
	$(FUZZ)
	Tests/Fuzzing/keep $(SCRATCH)-fuzz/debug/fuzz $(SCRATCH)-fuzz/corpus Tests/FuzzTargets/Corpus

bench-quick: setup
	cd Benchmarks && swift run -c release --scratch-path $(abspath $(SCRATCH))-benchmarks tidemark-bench quick

clean:
	rm -rf $(SCRATCH) $(PEERS)
