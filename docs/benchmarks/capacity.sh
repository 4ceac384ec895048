#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The default bundle under 1, 2, 4 and 8 sessions, as a table for capacity.md on standard output.
# Wants a quiet machine with two cores or more: the server has all of them, the driver is small.
# Usage: docs/benchmarks/capacity.sh [REPORTS_DIR [SESSIONS...]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly reports="${1:-target/capacity}"
counts=("${@:2}")
((${#counts[@]})) || counts=(1 2 4 8)
mkdir -p "$reports"

./continuo serve --port 0 > "$reports/serve.out" 2> "$reports/serve.err" &
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

cores() { # the server's processor time so far, in ticks
  awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"
}

printf '| sessions | first audio p50 | p95 | p99 | gap p99 | no audible gap | RTF p50 | server cores | rejected, failed | valid | steal |\n'
printf '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n'
for n in "${counts[@]}"; do
  before="$(cores)"
  started="$(date +%s.%N)"
  ./continuo loadtest run --server "$address" --sessions "$n" --duration 60s --seed 1 \
    --report "$reports/$n" > "$reports/$n.txt"
  used="$(awk -v t="$(($(cores) - before))" -v hz="$(getconf CLK_TCK)" -v from="$started" \
    -v to="$(date +%s.%N)" 'BEGIN { printf "%.2f", t / hz / (to - from) }')"
  printf '| %s | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.1f %% | %.3f | %s | %s, %s | %s | %.1f %% |\n' "$n" \
    "$(value "$n" first_audio_after_commit_ms.p50)" "$(value "$n" first_audio_after_commit_ms.p95)" \
    "$(value "$n" first_audio_after_commit_ms.p99)" "$(value "$n" chunk_gap_ms.p99)" \
    "$(awk -v s="$(value "$n" continuity_share)" 'BEGIN { print 100 * s }')" "$(value "$n" rtf.p50)" "$used" \
    "$(value "$n" sessions.rejected)" "$(value "$n" sessions.failed)" "$(value "$n" valid)" \
    "$(awk -v s="$(value "$n" driver.steal_share)" 'BEGIN { print 100 * s }')"
done
