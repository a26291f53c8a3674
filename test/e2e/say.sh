# How the scripts that get components speak: on standard error, since their standard output is lines of NAME=path.

# A tool's chatter is of interest only when it fails.
quietly() {
  local output status=0
  output=$("$@" 2>&1 </dev/null) || status=$?
  if [ "$status" != 0 ]; then
    printf '%s\n' "$output" | tail -n 40 >&2
    echo "failed ($status): $*" >&2
  fi
  return "$status"
}

say() { echo "e2e components: $*" >&2; }

fail() {
  say "$*"
  exit 1
}
