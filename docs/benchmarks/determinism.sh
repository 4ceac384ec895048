#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same continuations alone, offline, and again and again beside sessions that come in bursts, are turned away, stall
# and lose their connections: whether they are the same to the byte. Prints determinism.md on standard output, and fails
# if one differs. Takes MINUTES for each precision and one more. Wants curl; speed does not matter.
# Usage: [MINUTES=3] docs/benchmarks/determinism.sh [REPORTS_DIR [PRECISION...]] > docs/benchmarks/determinism.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly reports="${1:-target/determinism}" minutes="${MINUTES:-3}" seats=16 burst=20 every_s=8 network_failure=4
precisions=("${@:2}")
((${#precisions[@]})) || precisions=(fp16 f32 int8)
readonly recordings=(loadtest/src/main/resources/dev/continuo/loadtest/plan/*.wav) seeds=(1 2)
mkdir -p "$reports"
for command in loadtest talk serve units; do
  CONTINUO_BUILD_ONLY=1 ./continuo "$command" > /dev/null
done

server= load=
trap 'kill $load $server 2> /dev/null || true' EXIT

value() { # PRECISION PATH
  sed -n "s/^$2,//p" "$reports/$1/load/summary.csv"
}

# The default bundle's weights are stored in float16, so f32 would leave out its second half (decision 003).
bundle_of() { # PRECISION
  if [[ "$1" == f32 ]]; then
    [[ -e "$reports/opt-125m" ]] || ./continuo bundle random --shape opt-125m -o "$reports/opt-125m" > /dev/null
    echo "$reports/opt-125m"
  else
    echo default
  fi
}

start() { # PRECISION BUNDLE: sets server, address, metrics
  ./continuo serve --port 0 --http-port 0 --bundle "$2" --precision "$1" --max-sessions "$seats" --log-level error \
    > "$reports/$1/serve.out" 2> "$reports/$1/serve.err" &
  server=$!
  until grep -q '^listening on' "$reports/$1/serve.out"; do
    kill -0 "$server" || { cat "$reports/$1/serve.err" >&2; exit 1; }
    sleep 0.2
  done
  address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$reports/$1/serve.out")"
  metrics="$(sed -n 's/.*\(http:.*\)$/\1/p' "$reports/$1/serve.out")"
}

active() { # sessions that the server has
  curl -s "$metrics" | sed -n 's/^continuo_sessions_active{.*} //p'
}

continuation() { # CASE OUT OPTION...: one of the recordings with one of the seeds
  ./continuo continue "${recordings[$1 % ${#recordings[@]}]}" --seed "${seeds[$1 / ${#recordings[@]}]}" \
    --seconds 4 --continuation-only -o "$2" "${@:3}" > /dev/null
}

cat << HEAD
# The same alone and among others

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/determinism.sh\`: $((${#recordings[@]} * ${#seeds[@]})) continuations of 4 s (${#recordings[@]} recordings,
${#seeds[@]} seeds) by \`./continuo continue --server\` from a server that does nothing else, by \`./continuo continue\` offline, and for
$minutes minutes in turn from the same server while it has others. Files are compared byte by byte (\`cmp\`). The server has room for
$seats sessions, more where some are silent and step aside; every $every_s s $burst come at once, some of which stall or vanish:

\`./continuo loadtest run --arrivals bursts --burst-size $burst --rate $(awk "BEGIN { print $burst / $every_s }") --stall-share 0.1 --vanish-share 0.2
--prompt-seconds uniform:1,4 --continue-seconds uniform:1,6\`

| precision | bundle | compared | differ | offline differ | sessions meanwhile, mean / most | turned away | others: completed, rejected, failed |
| --- | --- | --- | --- | --- | --- | --- | --- |
HEAD
bad=0
for precision in "${precisions[@]}"; do
  cases=$((${#recordings[@]} * ${#seeds[@]}))
  out="$reports/$precision"
  mkdir -p "$out"
  bundle="$(bundle_of "$precision")"
  start "$precision" "$bundle"
  offline=0
  for ((i = 0; i < cases; i++)); do
    continuation "$i" "$out/alone-$i.wav" --server "$address"
    continuation "$i" "$out/offline-$i.wav" --bundle "$bundle" --precision "$precision"
    cmp -s "$out/alone-$i.wav" "$out/offline-$i.wav" || offline=$((offline + 1))
  done
  ./continuo loadtest run --server "$address" --arrivals bursts --burst-size "$burst" \
    --rate "$(awk "BEGIN { print $burst / $every_s }")" --ramp 0s --warmup 0s --duration "${minutes}m" --seed 1 \
    --stall-share 0.1 --vanish-share 0.2 --prompt-seconds uniform:1,4 --continue-seconds uniform:1,6 \
    --report "$out/load" > "$out/load.txt" 2>&1 &
  load=$!
  compared=0 differ=0 away=0
  : > "$out/active"
  while kill -0 "$load" 2> /dev/null; do
    status=0
    continuation "$((compared % cases))" "$out/again.wav" --server "$address" 2> "$out/again.err" || status=$?
    active >> "$out/active"
    if ((status == network_failure)) && grep -q RESOURCE_EXHAUSTED "$out/again.err"; then
      away=$((away + 1))
      sleep 0.5
      continue
    fi
    if ((status)) || ! cmp -s "$out/again.wav" "$out/alone-$((compared % cases)).wav"; then
      cat "$out/again.err" >&2
      differ=$((differ + 1))
      cp "$out/again.wav" "$out/differs-$compared.wav" || true
    fi
    compared=$((compared + 1))
  done
  wait "$load" || true
  printf '| %s | %s | %s | %s | %s of %s | %s | %s | %s, %s, %s |\n' \
    "$precision" "$([[ "$bundle" == default ]] && echo default || echo 'random opt-125m, stored in f32')" \
    "$compared" "$differ" "$offline" "$cases" \
    "$(awk '{ n++; sum += $1; if ($1 > most) most = $1 } END { printf "%.1f / %d", sum / n, most }' "$out/active")" \
    "$away" "$(value "$precision" sessions.completed)" "$(value "$precision" sessions.rejected)" \
    "$(value "$precision" sessions.failed)"
  bad=$((bad + differ + offline))
  kill "$server"
  wait "$server" || true
done
exit "$((bad > 0))"
