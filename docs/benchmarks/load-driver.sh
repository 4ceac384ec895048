#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How many sessions one core drives: 300 people at once against `serve --bundle echo`, the server on one core,
# the driver on another. Prints load-driver.md on standard output. Wants a quiet machine.
# Usage: docs/benchmarks/load-driver.sh [REPORTS_DIR] > docs/benchmarks/load-driver.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly reports="${1:-target/load-driver}"
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null

taskset -c 0 ./continuo serve --bundle echo --port 0 --max-sessions 2000 \
  > "$reports/serve.out" 2> "$reports/serve.err" &
readonly server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
until grep -q '^listening on' "$reports/serve.out"; do
  kill -0 "$server" || { cat "$reports/serve.err" >&2; exit 1; }
  sleep 0.5
done
address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/serve.out")"

run() { # NAME SESSIONS
  taskset -c 1 ./continuo loadtest run --server "$address" --sessions "$2" --duration 30s \
    --prompt-seconds 6 --think-seconds 0.2 --report "$reports/$1" > "$reports/$1.txt"
}

value() { # NAME PATH
  sed -n "s/^$2,//p" "$reports/$1/summary.csv"
}

run one 1
base="$(value one driver.peak_memory_mb)"
cat << HEAD
# The load driver itself

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/load-driver.sh\`: 300 people in a closed loop, PCM16, prompts of
6 s, 0.2 s between sessions, against \`serve --bundle echo\`; the server on one core, the driver on another, 30 s measured.
Lateness is from a frame's intended time to its hand-over; echo from there to its return. Memory is the process's
peak, $base MB with one session.

| run | frames | lateness p50 | p99 | max | echo p50 | p99 | driver cores | peak memory | a session | steal | valid |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
for i in 1 2 3; do
  run "$i" 300
  printf '| %s | %s | %.2f ms | %.2f ms | %.1f ms | %.2f ms | %.2f ms | %.2f | %.0f MB | %.2f MB | %.1f %% | %s |\n' "$i" \
    "$(value "$i" frames.sent)" "$(value "$i" send_lateness_ms.p50)" "$(value "$i" send_lateness_ms.p99)" \
    "$(value "$i" send_lateness_ms.max)" "$(value "$i" echo_ms.p50)" "$(value "$i" echo_ms.p99)" \
    "$(value "$i" driver.cpu_cores)" "$(value "$i" driver.peak_memory_mb)" \
    "$(awk -v m="$(value "$i" driver.peak_memory_mb)" -v b="$base" 'BEGIN { print (m - b) / 299 }')" \
    "$(awk -v s="$(value "$i" driver.steal_share)" 'BEGIN { print 100 * s }')" "$(value "$i" valid)"
done
