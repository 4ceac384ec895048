#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ten times as many sessions at once as a server has room for, again and again. Prints burst.md on standard output;
# takes five minutes. Wants a quiet machine with two cores or more, which server and driver share, and curl.
# Usage: docs/benchmarks/burst.sh [REPORTS_DIR [BUNDLE...]] > docs/benchmarks/burst.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly reports="${1:-target/burst}" seats=12 every=2
bundles=("${@:2}")
((${#bundles[@]})) || bundles=(echo default)
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null

server= poll=
trap 'kill $poll $server 2> /dev/null || true' EXIT

value() { # NAME PATH
  sed -n "s/^$2,//p" "$reports/$1/summary.csv"
}

start() { # NAME BUNDLE: sets server, address, metrics
  ./continuo serve --port 0 --http-port 0 --bundle "$2" --max-sessions "$seats" --log-level warn \
    > "$reports/$1.out" 2> "$reports/$1.err" &
  server=$!
  until grep -q '^listening on' "$reports/$1.out"; do
    kill -0 "$server" || { cat "$reports/$1.err" >&2; exit 1; }
    sleep 0.2
  done
  address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/$1.out")"
  metrics="$(sed -n 's/.*\(http:.*\)$/\1/p' "$reports/$1.out")"
}

cat << HEAD
# Admission under a burst

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/burst.sh\`: a server with room for $seats
sessions, and every $every s $((10 * seats)) that come at the same moment. The bursts of the first half minute, which find code that
was never run before, are not counted:

\`./continuo loadtest run --arrivals bursts --burst-size $((10 * seats)) --rate $((10 * seats / every)) --ramp 0s --warmup 30s --duration 30s --seed 1 --connections N\`

Rejection is from the intended arrival to the status at the client, in the driver on the same cores; "in the server" is the
share of \`continuo_rejection_seconds\`, from the call's arrival to its status, that is at most 10 ms, first bursts included. "Most
at once" is \`continuo_seats_taken\`, read ten times a second.

| bundle | connections | sessions | admitted | rejected, failed | rejected after p50 | p95 | max | in the server | most at once | valid | steal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
burst() { # BUNDLE CONNECTIONS
  local name="${1//[^A-Za-z0-9]/-}-$2"
  start "$name" "$1"
  while :; do
    curl -s "$metrics" | sed -n 's/^continuo_seats_taken //p' >> "$reports/$name.taken" || true
    sleep 0.1
  done &
  poll=$!
  ./continuo loadtest run --server "$address" --arrivals bursts --burst-size "$((10 * seats))" \
    --rate "$((10 * seats / every))" --ramp 0s --warmup 30s --duration 30s --seed 1 --connections "$2" \
    --report "$reports/$name" > "$reports/$name.txt"
  kill "$poll"
  printf '| %s | %s | %s | %s | %s, %s | %.1f ms | %.1f ms | %.1f ms | %s | %.0f | %s | %.1f %% |\n' \
    "$1" "$2" "$(value "$name" sessions.started)" "$(value "$name" sessions.completed)" \
    "$(value "$name" sessions.rejected)" "$(value "$name" sessions.failed)" \
    "$(value "$name" reject_ms.p50)" "$(value "$name" reject_ms.p95)" "$(value "$name" reject_ms.max)" \
    "$(curl -s "$metrics" | awk '/^continuo_rejection_seconds_bucket{le="0.01"}/ { n = $2 } /^continuo_rejection_seconds_count/ { printf "%.0f %%", 100 * n / $2 }')" \
    "$(sort -g "$reports/$name.taken" | tail -n 1)" "$(value "$name" valid)" \
    "$(awk -v s="$(value "$name" driver.steal_share)" 'BEGIN { print 100 * s }')"
  kill "$server"
  wait "$server" || true
  rm -f "$reports/$name.taken"
}
for bundle in "${bundles[@]}"; do
  for connections in 1 4; do
    burst "$bundle" "$connections"
  done
done
