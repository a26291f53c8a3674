# build_alloy VERSION TARGET: Grafana Alloy from its module, starting in an empty folder. Its own command line and runtime, with
# the two of its 180 components that deploy/config.alloy has, and without the converters of other programs' files, so that
# it takes minutes.
build_alloy() {
  local version=$1 target=$2 modules module=github.com/grafana/alloy
  # What stands apart in Alloy's repository is a module of its own, of which go.mod wants the folder.
  local syntax_version=v0.1.2
  quietly go mod download "$module@$version" "$module/syntax@$syntax_version" || return
  modules=$(go env GOMODCACHE)/github.com/grafana
  cp -r "$modules/alloy@$version" alloy && cp -r "$modules/alloy/syntax@$syntax_version" alloy/syntax &&
    chmod -R u+w alloy && mkdir alloy/tallyman || return
  cat >alloy/internal/component/all/all.go <<'GO'
package all

import (
	_ "github.com/grafana/alloy/internal/component/otelcol/exporter/otlphttp"
	_ "github.com/grafana/alloy/internal/component/otelcol/receiver/otlp"
)
GO
  cat >alloy/internal/converter/converter.go <<'GO'
package converter

import "github.com/grafana/alloy/internal/converter/diag"

type Input string

var SupportedFormats = []string{}

func Convert([]byte, Input, []string) ([]byte, diag.Diagnostics) {
	var diags diag.Diagnostics
	diags.Add(diag.SeverityLevelCritical, "this build converts nothing")
	return nil, diags
}
GO
  # As the program's own, which is in a third module.
  cat >alloy/tallyman/main.go <<'GO'
package main

import (
	"os"

	"github.com/grafana/alloy/internal/alloycli"
)

func main() {
	if alloycli.Command().Execute() != nil {
		os.Exit(1)
	}
}
GO
  (cd alloy && quietly go build -tags netgo -ldflags "-s -w -X $module/internal/build.Version=$version" -o "$target" ./tallyman)
}
