#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One engine thread beside two: how much speech a server makes, and how soon it is heard. Prints lanes.md on
# standard output; takes a quarter of an hour. Wants a quiet machine with two cores or more, which server and
# driver share.
# Usage: docs/benchmarks/lanes.sh [SECONDS [REPORTS_DIR]] > docs/benchmarks/lanes.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly seconds="${1:-30}" reports="${2:-target/lanes}" rounds=2
readonly free=(--arrivals constant --pacing none --prompt-seconds 0.5)
mkdir -p "$reports"
CONTINUO_BUILD_ONLY=1 ./continuo loadtest --version > /dev/null
server=
trap '[[ -z "$server" ]] || kill "$server" 2> /dev/null || true' EXIT

value() { # NAME PATH
  sed -n "s/^$2,//p" "$reports/$1/summary.csv"
}

start() { # NAME THREADS SEATS: a server of its own; sets address and metrics
  : > "$reports/$1.out"
  ./continuo serve --port 0 --http-port 0 --max-sessions "$3" --engine-threads "$2" --log-level warn \
    > "$reports/$1.out" 2> "$reports/$1.err" &
  server=$!
  until grep -q '^listening on' "$reports/$1.out"; do
    kill -0 "$server" || { cat "$reports/$1.err" >&2; exit 1; }
    sleep 0.2
  done
  address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/$1.out")"
  metrics="$(sed -n 's/.*\(http:.*\)$/\1/p' "$reports/$1.out")"
}

stop() {
  kill "$server"
  wait "$server" || true
  server=
}

load() { # NAME SECONDS OPTION...
  ./continuo loadtest run --server "$address" --duration "$2s" --seed 1 --report "$reports/$1" "${@:3}" \
    > "$reports/$1.txt"
}

made() { # seconds of speech of ended sessions
  curl -s "$metrics" | awk '/^continuo_audio_seconds_total{.*dir="out"/ { sum += $2 } END { print sum + 0 }'
}

rate() { # NAME: seconds of speech made a second, once all have come
  local before after
  load "$1" $((seconds + 15)) --rate "$((2 * n))" "${free[@]}" &
  sleep 15
  before="$(made)"
  sleep "$seconds"
  after="$(made)"
  wait $!
  awk -v a="$before" -v b="$after" -v s="$seconds" 'BEGIN { printf "%.1f", (b - a) / s }'
}

cat << HEAD
# One thread or two for the models

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/lanes.sh $seconds\`: every run has a server of its
own, \`./continuo serve --engine-threads 1\` or \`2\`, in turn; driver and server share the machine.

As fast as they come: a server with N seats, and 2 N people a second who say half a second and are answered by six
that are not paced, so that a seat is taken again at once (who finds none is refused). Seconds of speech made a second
(\`continuo_audio_seconds_total\`, over $seconds s), both rounds:

\`./continuo serve --max-sessions N\`, \`./continuo loadtest run --rate 2N ${free[*]} --seed 1\`

| seats | one thread | two threads |
| --- | --- | --- |
HEAD
for n in 1 4 16; do
  cells=('' '')
  for round in $(seq "$rounds"); do
    for threads in 1 2; do
      start "free-$n-$threads-$round" "$threads" "$n"
      cells[threads - 1]+="$(rate "free-$n-$threads-$round"), "
      stop
    done
  done
  printf '| %s | %s | %s |\n' "$n" "${cells[0]%, }" "${cells[1]%, }"
done

cat << HEAD

At the pace of playback, three seconds answered by six: \`./continuo loadtest run --sessions N --duration ${seconds}s --seed 1\`.
First audio is after the commit.

| sessions | threads | turns | first audio p50 | p95 | no audible gap | rejected, failed | valid |
| --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
for n in 12 24; do
  for threads in 1 2; do
    name="paced-$n-$threads"
    start "$name" "$threads" 32
    load "$name" "$seconds" --sessions "$n"
    stop
    printf '| %s | %s | %s | %.0f ms | %.0f ms | %.1f %% | %s, %s | %s |\n' \
      "$n" "$threads" "$(value "$name" turns)" "$(value "$name" first_audio_after_commit_ms.p50)" \
      "$(value "$name" first_audio_after_commit_ms.p95)" \
      "$(awk -v s="$(value "$name" continuity_share)" 'BEGIN { print 100 * s }')" \
      "$(value "$name" sessions.rejected)" "$(value "$name" sessions.failed)" "$(value "$name" valid)"
  done
done
