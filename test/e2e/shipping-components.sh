#!/usr/bin/env bash
# What only the shipping tests need, unless it is there already: compose 2 (Debian trixie's package, since bookworm's is
# compose 1), haproxy with the libraries that it brings (the machine's own release's), Node 22.18 (from npm), and Grafana Alloy (built
# from the Go module proxy). Nothing is installed: packages are unpacked in $TALLYMAN_E2E_CACHE. Prints where they are, as lines of NAME=path.
set -euo pipefail
. "$(dirname "$0")/debian-mirror.sh"
. "$(dirname "$0")/say.sh"
. "$(dirname "$0")/build-alloy.sh"

compose_release=trixie
oldest_node=22.18.0
# What deploy/compose.alloy.yml names. 1.21 wants Go 1.27.
alloy_version=v1.19.0
cache=${TALLYMAN_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tallyman-e2e}

main() {
  provide "compose-$compose_release" get_compose
  provide haproxy get_haproxy
  provide "node-$oldest_node" get_oldest_node
  provide "alloy-$alloy_version" get_alloy
  echo "COMPOSE=$cache/compose-$compose_release/usr/libexec/docker/cli-plugins/docker-compose"
  echo "HAPROXY=$cache/haproxy"
  echo "OLDEST_NODE=$cache/node-$oldest_node/package/bin/node"
  echo "ALLOY=$cache/alloy-$alloy_version/alloy"
}

# provide NAME MAKER: MAKER fills the folder "$1". Its steps are chained by hand, since `set -e` is off left of `||`.
provide() {
  local target="$cache/$1" folder
  if [ -d "$target" ]; then return 0; fi
  say "getting $1"
  folder=$(mktemp -d)
  mkdir -p "$cache" "$folder/content"
  (cd "$folder" && "$2" "$folder/content") || fail "$1 can't be had (left in $folder)"
  mv "$folder/content" "$target"
  rm -rf "$folder"
}

# With lists of its own, so that the machine's packages stay of its release.
get_compose() {
  mkdir -p lists/partial archives/partial
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keys] $(debian_mirror) $compose_release main" >sources.list
  local apart=(-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD" -o APT::Sandbox::User=root)
  quietly apt-get "${apart[@]}" update &&
    quietly apt-get "${apart[@]}" download docker-compose &&
    unpack "$1"
}

get_haproxy() {
  local packages
  quietly apt-get update &&
    packages=$(apt-get install --simulate --no-install-recommends haproxy | awk '/^Inst/ { print $2 }') &&
    quietly apt-get download haproxy $packages &&
    unpack "$1"
}

get_oldest_node() {
  local machine
  case $(uname -m) in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) return 1 ;; esac
  quietly npm pack --silent "node-linux-$machine@$oldest_node" && tar -xzf node-linux-*.tgz -C "$1"
}

get_alloy() {
  # The machine's own GOFLAGS may forbid what a build needs (-mod=vendor); the stamp needs a repository that is not there.
  export GOFLAGS=-buildvcs=false
  say "building Alloy (some minutes, once)"
  build_alloy "$alloy_version" "$1/alloy"
}

unpack() {
  local package
  for package in *.deb; do dpkg -x "$package" "$1" || return; done
}

main "$@"
