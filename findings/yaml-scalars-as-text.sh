#!/usr/bin/env bash
# Lines of a configuration that the daemon reads into text with gopkg.in/yaml.v3, and that we read with the package yaml.
#
# Guess:   yaml.v3 refuses a number or a boolean where it expects text; both refuse a second document; a file with only comments is an
#          empty configuration for both.
# Seen:    yaml.v3 reads any scalar as text as it is spelled: 1.10 is "1.10", 0777 is "0777". yaml returns 1.1 and 777. If there are two
#          documents, yaml.v3's decoder reads the first; yaml's parse refuses the file. A file without any document is an error (EOF)
#          for yaml.v3, and null for yaml; a file with an empty document is not an error.
# Changed: src/adapters/host/daemon-configuration.ts reads text as it is spelled, and only the first document.
#          test/adapters/host/node-host-facts.test.ts tests it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >cases.json <<'END'
["data_dir: /var/lib/jaco", "data_dir: 1.10", "data_dir: 2026", "data_dir: 0777", "data_dir: 1e3", "data_dir: true", "data_dir: .inf",
 "data_dir: ~", "data_dir:", "data_dir: ''", "data_dir: [a]", "data_dir: a\n---\ndata_dir: b", "# data_dir: a", "---", "data_dir: [::]:7000"]
END
cat >main.go <<'END'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	text, err := os.ReadFile("cases.json")
	must(err)
	var cases []string
	must(json.Unmarshal(text, &cases))
	for _, line := range cases {
		read := struct {
			DataDir string `yaml:"data_dir"`
		}{"unset"}
		if err := yaml.NewDecoder(strings.NewReader(line)).Decode(&read); err != nil {
			fmt.Printf("yaml.v3 %q error\n", line)
		} else {
			fmt.Printf("yaml.v3 %q %q\n", line, read.DataDir)
		}
	}
}
END
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
for (const line of JSON.parse(readFileSync('cases.json', 'utf8'))) {
  try {
    const read = parse(line);
    console.log('yaml', JSON.stringify(line), read === null ? 'null' : read.data_dir);
  } catch {
    console.log('yaml', JSON.stringify(line), 'error');
  }
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
{ go mod init try && go get gopkg.in/yaml.v3@v3.0.1 && go build -o try . && npm install --silent --no-save yaml@2.8.1; } >install.log 2>&1 || {
  cat install.log >&2
  exit 2
}
echo "gopkg.in/yaml.v3 v3.0.1, yaml 2.8.1"
{ ./try && node run.mjs; } | tee seen

diff - seen <<'END' || { echo 'one of them does something else now' >&2; exit 1; }
yaml.v3 "data_dir: /var/lib/jaco" "/var/lib/jaco"
yaml.v3 "data_dir: 1.10" "1.10"
yaml.v3 "data_dir: 2026" "2026"
yaml.v3 "data_dir: 0777" "0777"
yaml.v3 "data_dir: 1e3" "1e3"
yaml.v3 "data_dir: true" "true"
yaml.v3 "data_dir: .inf" ".inf"
yaml.v3 "data_dir: ~" "unset"
yaml.v3 "data_dir:" "unset"
yaml.v3 "data_dir: ''" ""
yaml.v3 "data_dir: [a]" error
yaml.v3 "data_dir: a\n---\ndata_dir: b" "a"
yaml.v3 "# data_dir: a" error
yaml.v3 "---" "unset"
yaml.v3 "data_dir: [::]:7000" error
yaml "data_dir: /var/lib/jaco" /var/lib/jaco
yaml "data_dir: 1.10" 1.1
yaml "data_dir: 2026" 2026
yaml "data_dir: 0777" 777
yaml "data_dir: 1e3" 1000
yaml "data_dir: true" true
yaml "data_dir: .inf" Infinity
yaml "data_dir: ~" null
yaml "data_dir:" null
yaml "data_dir: ''" 
yaml "data_dir: [a]" [ 'a' ]
yaml "data_dir: a\n---\ndata_dir: b" error
yaml "# data_dir: a" null
yaml "---" null
yaml "data_dir: [::]:7000" error
END
