#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Many live sessions on one machine: 8 and 12 (or more) conversations with the default bundle, then 300 that
# only echo. Prints many-sessions.md on standard output; takes half an hour at the default duration.
# Wants a quiet machine with two cores or more, which server and driver share.
# Usage: docs/benchmarks/many-sessions.sh [DURATION [REPORTS_DIR [SESSIONS...]]] > docs/benchmarks/many-sessions.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly duration="${1:-600s}"
readonly reports="${2:-target/many-sessions}"
counts=("${@:3}")
((${#counts[@]})) || counts=(8 12)
readonly echoes=300
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo serve --version > /dev/null
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null
server=
watch=
stop() { # ends the server and who watches it
  [[ -z "$watch" ]] || { kill "$watch" && wait "$watch"; } 2> /dev/null || true
  [[ -z "$server" ]] || { kill "$server" && wait "$server"; } 2> /dev/null || true
  server=
  watch=
}
trap stop EXIT

serve() { # NAME OPTION...
  local name="$1"
  : > "$reports/$name.out"
  ./continuo serve --port 0 --http-port off "${@:2}" > "$reports/$name.out" 2> "$reports/$name.err" &
  server=$!
  until grep -q '^listening on' "$reports/$name.out"; do
    kill -0 "$server" || { cat "$reports/$name.err" >&2; exit 1; }
    sleep 0.5
  done
  address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/$name.out")"
  rss > "$reports/$name.rss"
  while sleep 10; do rss; done >> "$reports/$name.rss" &
  watch=$!
}

rss() { # the server's resident memory in MiB
  awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$server/status"
}

value() { # NAME PATH
  sed -n "s/^$2,//p" "$reports/$1/summary.csv"
}

percent() { # SHARE
  awk -v s="${1:-0}" 'BEGIN { printf "%.1f %%", 100 * s }'
}

run() { # NAME OPTION...
  ./continuo loadtest run --server "$address" --duration "$duration" --seed 1 --report "$reports/$1" \
    "${@:2}" > "$reports/$1.txt"
  rss >> "$reports/$1.rss"
}

memory() { # NAME: first, median and last of what was sampled after the first minute, where there was one
  tail -n +"$(($(wc -l < "$reports/$1.rss") > 12 ? 7 : 2))" "$reports/$1.rss" |
    awk '{ v[NR] = $1 } END { printf "%d, %d, %d MiB", v[1], v[int((NR + 1) / 2)], v[NR] }'
}

cat << HEAD
# Many sessions

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/many-sessions.sh $duration\`; every row has a
server of its own, started by \`./continuo serve\` on the same machine. Memory is the server's resident set,
sampled every ten seconds: first (after a minute), median, last.

\`./continuo loadtest run --sessions N --duration $duration --seed 1\` ([definitions](../load-testing.md))

| sessions | turns | first audio p50 | p95 | p99 | no audible gap | rejected, failed | server memory | lateness p99 | valid | steal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
for n in "${counts[@]}"; do
  serve "$n"
  run "$n" --sessions "$n"
  printf '| %s | %s | %.0f ms | %.0f ms | %.0f ms | %s | %s, %s | %s | %.1f ms | %s | %s |\n' \
    "$n" "$(value "$n" turns)" "$(value "$n" first_audio_after_commit_ms.p50)" \
    "$(value "$n" first_audio_after_commit_ms.p95)" "$(value "$n" first_audio_after_commit_ms.p99)" \
    "$(percent "$(value "$n" continuity_share)")" "$(value "$n" sessions.rejected)" \
    "$(value "$n" sessions.failed)" "$(memory "$n")" "$(value "$n" send_lateness_ms.p99)" \
    "$(value "$n" valid)" "$(percent "$(value "$n" driver.steal_share)")"
  stop
done

cat << HEAD

Transport alone: \`serve --bundle echo --max-sessions $((2 * echoes))\`, \`loadtest run --bundle echo --sessions $echoes\`. What is
measured is each packet's way there and back, from when it was due to be sent.

| sessions | turns | added latency p50 | p99 | max | rejected, failed | server memory | lateness p99 | valid | steal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
serve echo --bundle echo --max-sessions "$((2 * echoes))"
run echo --bundle echo --sessions "$echoes"
printf '| %s | %s | %.1f ms | %.1f ms | %.1f ms | %s, %s | %s | %.1f ms | %s | %s |\n' \
  "$echoes" "$(value echo turns)" "$(value echo echo_ms.p50)" "$(value echo echo_ms.p99)" \
  "$(value echo echo_ms.max)" "$(value echo sessions.rejected)" "$(value echo sessions.failed)" \
  "$(memory echo)" "$(value echo send_lateness_ms.p99)" "$(value echo valid)" \
  "$(percent "$(value echo driver.steal_share)")"
