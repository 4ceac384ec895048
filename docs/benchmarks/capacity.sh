#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The default bundle under 1, 2, 4 and 8 sessions. Prints capacity.md on standard output; takes six minutes.
# Wants a quiet machine with two cores or more, which server and driver share.
# Usage: docs/benchmarks/capacity.sh [REPORTS_DIR [SESSIONS...]] > docs/benchmarks/capacity.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly reports="${1:-target/capacity}"
counts=("${@:2}")
((${#counts[@]})) || counts=(1 2 4 8)
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null

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

cat << HEAD
# Capacity of the default bundle

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/capacity.sh\`, that is for each line, against one server
started by \`./continuo serve\` on the same machine:

\`./continuo loadtest run --sessions N --duration 60s --seed 1\`

N people in a closed loop, prompts of 3 s, continuations of 6 s, 1 s of thought ([definitions](../load-testing.md)). First
audio is from the commit as it was intended. The service level is a p95 of at most 300 ms and 99 % of turns without an
audible gap. Server cores are the server's processor time over the whole run, ramp and end included.

| sessions | turns | first audio p50 | p95 | p99 | gap p99 | no audible gap | RTF p50 | server cores | rejected, failed | lateness p99 | valid | steal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
for n in "${counts[@]}"; do
  before="$(cores)"
  started="$(date +%s.%N)"
  ./continuo loadtest run --server "$address" --sessions "$n" --duration 60s --seed 1 \
    --report "$reports/$n" > "$reports/$n.txt"
  used="$(awk -v t="$(($(cores) - before))" -v hz="$(getconf CLK_TCK)" -v from="$started" \
    -v to="$(date +%s.%N)" 'BEGIN { printf "%.2f", t / hz / (to - from) }')"
  printf '| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.1f %% | %.3f | %s | %s, %s | %.1f ms | %s | %.1f %% |\n' \
    "$n" "$(value "$n" turns)" \
    "$(value "$n" first_audio_after_commit_ms.p50)" "$(value "$n" first_audio_after_commit_ms.p95)" \
    "$(value "$n" first_audio_after_commit_ms.p99)" "$(value "$n" chunk_gap_ms.p99)" \
    "$(awk -v s="$(value "$n" continuity_share)" 'BEGIN { print 100 * s }')" "$(value "$n" rtf.p50)" "$used" \
    "$(value "$n" sessions.rejected)" "$(value "$n" sessions.failed)" "$(value "$n" send_lateness_ms.p99)" \
    "$(value "$n" valid)" \
    "$(awk -v s="$(value "$n" driver.steal_share)" 'BEGIN { print 100 * s }')"
done
