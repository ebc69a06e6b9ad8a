#!/usr/bin/env bash
# The newest hashicorp/raft with the newest raft-boltdb, both from HashiCorp, as `go get` installs them.
#
# Guess:     they compile together.
# Seen:      they do not: raft-boltdb v2.3.1 imports go-metrics/compat, which go-metrics v0.7.0, required by raft v1.8.0, no longer has.
#            With a replace line that holds go-metrics at v0.5.4 both compile.
# Confirmed: docs/interoperability.md, "What it was proven on": we tried raft v1.8.0 with such a line. The tests' peer stays with
#            v1.7.3, which the daemon uses too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"github.com/hashicorp/raft"
	boltdb "github.com/hashicorp/raft-boltdb/v2"
)

var _ raft.LogStore = (*boltdb.BoltStore)(nil)

func main() {}
END
cat >go.mod <<'END'
module try

go 1.23

require (
	github.com/hashicorp/raft v1.8.0
	github.com/hashicorp/raft-boltdb/v2 v2.3.1
)
END
export GOPATH=$work/_go GOFLAGS=-modcacherw GOTOOLCHAIN=local
{
  go mod tidy >tidy.log 2>&1 && echo 'tidied' || sed -n 's/.*module \(github.com\/hashicorp\/go-metrics\)@[^ ]* found (\(v[0-9.]*\)), but does not contain package.*/go-metrics \2 does not contain the package/p' tidy.log | sort -u
  go mod edit -replace github.com/hashicorp/go-metrics=github.com/hashicorp/go-metrics@v0.5.4
  go mod tidy >tidy.log 2>&1 && go build -o try . && echo 'with go-metrics v0.5.4 it compiles'
} | tee seen

diff - seen <<'END' || { echo 'they go together otherwise now' >&2; exit 1; }
go-metrics v0.7.0 does not contain the package
with go-metrics v0.5.4 it compiles
END
