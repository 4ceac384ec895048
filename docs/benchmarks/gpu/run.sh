#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Parity tests, bench and loadtest on a CUDA machine; prints one page of tables on standard output.
# Needs what docs/gpu.md says; DEVICE=cpu runs all of it without a GPU.
# Usage: [DEVICE=cuda:0] [SHAPES="12x384 smollm2-135m opt-350m"] [PRECISIONS="f32 fp16"] [BATCHES=1,4,16,64]
#   [SESSIONS="1 4 16"] [DURATION=60s] docs/benchmarks/gpu/run.sh [REPORTS_DIR] > docs/benchmarks/gpu/results.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly device="${DEVICE:-cuda:0}"
readonly reports="${1:-target/gpu}"
read -ra shapes <<< "${SHAPES:-12x384 smollm2-135m opt-350m}"
read -ra precisions <<< "${PRECISIONS:-f32 fp16}"
read -ra sessions <<< "${SESSIONS:-1 4 16}"
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo serve --version > /dev/null
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null

# Fails at once, with one line, where torch cannot use the device.
./continuo bench lm --shape 12x384 --device "$device" --batch 1 --repeat 1 > /dev/null

cat << HEAD
# Continuo on $device

$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2> /dev/null || echo 'no GPU'),
$(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1),
$(./continuo --version 2> /dev/null | tr '\n' ' ' | sed 's/ *$//').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD), \`docs/benchmarks/gpu/run.sh\`.

## Parity

HEAD
tests='FamilyParityTest,DefaultBundleLmParityTest,PlainKernelsTest'
if mvn -B -ntp -q -pl model -am -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false \
  -Dcontinuo.test.device="$device" verify > "$reports/parity.txt" 2>&1; then
  echo "\`$tests\` on $device: passed."
else
  echo "\`$tests\` on $device: **failed**, see $reports/parity.txt."
fi
sed -n 's/.*\(lm-[^ ]* on [^ ]*: relative logit error of fp16 .*\)/- \1/p' "$reports/parity.txt"

cat << HEAD

## Decode step

512 positions in each row's cache; ms, least and median of 50; share of the machine's limit, by what it reads and
multiplies in the same run. \`lm_prefill\`: 64 given units of one row.

| shape | precision | stage | rows | least | median | share |
| --- | --- | --- | --- | --- | --- | --- |
HEAD
for shape in "${shapes[@]}"; do
  for precision in "${precisions[@]}"; do
    ./continuo bench lm --shape "$shape" --device "$device" --precision "$precision" \
      --batch "${BATCHES:-1,4,16,64}" --json | tee -a "$reports/bench.jsonl" |
      awk 'function field(name, value) {
             value = $0; sub(".*\"" name "\":\"?", "", value); sub("[\",}].*", "", value); return value }
           { printf "| %s | %s | %s | %s | %s | %s | %s |\n", field("shape"), field("precision"), field("stage"),
               field("batch"), field("min_ms"), field("median_ms"), field("limit_share") }'
  done
done

./continuo serve --port 0 --device "$device" > "$reports/serve.out" 2> "$reports/serve.err" &
readonly server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
until grep -q '^listening on' "$reports/serve.out"; do
  kill -0 "$server" || { cat "$reports/serve.err" >&2; exit 1; }
  sleep 0.5
done
address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/serve.out")"
value() { # SESSIONS PATH
  sed -n "s/^$2,//p" "$reports/$1/summary.csv"
}

cat << HEAD

## Load

Default bundle, \`./continuo serve --device $device\`, driver on the same machine, ${DURATION:-60s} a line
([definitions](../../load-testing.md)).

| sessions | turns | first audio p50 | p95 | gap p99 | no audible gap | RTF p50 | valid |
| --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
for n in "${sessions[@]}"; do
  ./continuo loadtest run --server "$address" --sessions "$n" --duration "${DURATION:-60s}" --seed 1 \
    --report "$reports/$n" > "$reports/$n.txt"
  printf '| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.1f %% | %.3f | %s |\n' \
    "$n" "$(value "$n" turns)" "$(value "$n" first_audio_after_commit_ms.p50)" \
    "$(value "$n" first_audio_after_commit_ms.p95)" "$(value "$n" chunk_gap_ms.p99)" \
    "$(awk -v s="$(value "$n" continuity_share)" 'BEGIN { print 100 * s }')" \
    "$(value "$n" rtf.p50)" "$(value "$n" valid)"
done
