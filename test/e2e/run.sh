#!/usr/bin/env bash
# The end-to-end tests: the shipped bundle between real Docker Engines and real backends, all started and ended by the tests.
#   bash test/e2e/run.sh                                all of them
#   bash test/e2e/run.sh test/e2e/commands.e2e.ts       some of them
# A test that is skipped, or none at all, is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

node=$PWD/node_modules/.bin/node
[ -x "$node" ] || { echo "e2e: the dependencies are missing: start this by 'npm run e2e'" >&2; exit 1; }
files=("$@")
[ $# -gt 0 ] || files=("test/e2e/*.e2e.ts")

# Prints where the binaries are, as NAME=path.
binaries=$(bash test/e2e/components.sh)
npm run --silent bundle

# All folders of the tests are below this one, so what an interrupted run left behind can be told from the machine's own.
TMPDIR=$(mktemp -d /tmp/tallyman-e2e.XXXX)
export TMPDIR
report=$TMPDIR/report
trap end_leftovers EXIT

end_leftovers() {
  local process mount
  for process in /proc/[0-9]*; do
    if [ "${process#/proc/}" = $$ ] || ! is_ours "$process"; then continue; fi
    kill -KILL "${process#/proc/}" 2>/dev/null || true
    thaw "$process" || true
  done
  cut -d' ' -f2 /proc/self/mounts | { grep -F "$TMPDIR/" || true; } | sort -r | while read -r mount; do umount -l "$mount"; done
  rm -rf "$TMPDIR"
}

# By its command line, by the drive of the Windows program that it is, or by the root file system of the container that it is in.
is_ours() {
  grep -qsF "WINEPREFIX=$TMPDIR" "$1/environ" ||
    grep -qsF "$TMPDIR" "$1/cmdline" || grep -qs " / / .*upperdir=$TMPDIR" "$1/mountinfo"
}

# A paused container's process does not even die.
thaw() {
  local group
  group=$(sed -n 's/.*:freezer://p' "$1/cgroup" 2>/dev/null)
  [ -z "$group" ] || [ "$group" = / ] || echo THAWED >"/sys/fs/cgroup/freezer$group/freezer.state"
} 2>/dev/null

status=0
env $binaries "$node" --test --test-concurrency=1 --test-timeout=300000 \
  --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$report" \
  "${files[@]}" </dev/null || status=$?

count() { sed -n "s/^# $1 //p" "$report" | tail -n 1; }
if [ "$(count skipped)" != 0 ] || [ "$(count todo)" != 0 ] || [ "$(count cancelled)" != 0 ]; then
  echo "e2e: skipped $(count skipped), todo $(count todo), cancelled $(count cancelled): every test must run" >&2
  status=1
fi
if [ "$(count pass)" = 0 ]; then
  echo "e2e: no test ran" >&2
  status=1
fi
exit "$status"
