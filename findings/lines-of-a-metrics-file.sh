#!/usr/bin/env bash
# One metrics file, in forms that differ in details, read by the parser of node_exporter's textfile collector and by Python's.
#
# Guess:     Both read all of them, except a number with underscores: the format is simple, and both are from Prometheus itself.
# Seen:      The parser in Go refuses a whole file for a last line without a line break, for a carriage return behind a type, for a
#            description that comes twice, for a type that comes after its sample, for a timestamp with a fraction, and for OpenMetrics'
#            type "info". Python reads all of these, each in its own way. Both accept two samples of one series.
# Confirmed: test/interop/metrics-collector.test.ts: node_exporter serves what jaco writes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

cat >main.go <<'END'
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
		if err != nil {
			fmt.Printf("%s: %v\n", path, err)
			continue
		}
		samples := 0
		for _, family := range families {
			samples += len(family.Metric)
		}
		fmt.Printf("%s: samples %d\n", path, samples)
	}
}
END
cat >write.py <<'END'
head = '# HELP backup_time_seconds When.\n# TYPE backup_time_seconds gauge\n'
sample = 'backup_time_seconds{host="a"} 1700000000\n'
forms = {
    'as-usual': head + sample,
    'no-last-line-break': (head + sample)[:-1],
    'carriage-returns': (head + sample).replace('\n', '\r\n'),
    'described-twice': head + sample + head + sample.replace('"a"', '"b"'),
    'type-after-sample': sample + head,
    'time-with-fraction': head + sample[:-1] + ' 1700000000000.5\n',
    'type-info': '# TYPE tool info\ntool_info{version="1"} 1\n',
    'series-twice': head + sample + sample,
    'underscores': head + sample.replace('1700000000', '1_700_000_000'),
}
for name, text in forms.items():
    open(name, 'w', newline='').write(text)
END
cat >read.py <<'END'
import sys
from prometheus_client.parser import text_string_to_metric_families
for path in sys.argv[1:]:
    try:
        families = text_string_to_metric_families(open(path, newline='').read())
        samples = [(family.type, sample.timestamp) for family in families for sample in family.samples]
        print(f'{path}: samples {len(samples)}', *{str(type) for type, _ in samples}, *{time for _, time in samples if time})
    except ValueError as error:
        print(f'{path}: {error}')
END
{
  go mod init try
  go get github.com/prometheus/common@v0.66.1
  go mod tidy
  go build -o try .
  python3 -m venv py
  py/bin/pip -q install prometheus-client==0.23.1
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
python3 write.py
forms=(as-usual no-last-line-break carriage-returns described-twice type-after-sample time-with-fraction type-info series-twice underscores)
echo "prometheus/common v0.66.1, prometheus-client 0.23.1"
{
  ./try "${forms[@]}"
  echo python
  py/bin/python read.py "${forms[@]}"
} | tee seen

diff - seen <<'END' || { echo 'a parser does something else now' >&2; exit 1; }
as-usual: samples 1
no-last-line-break: text format parsing error in line 3: unexpected end of input stream
carriage-returns: text format parsing error in line 2: unknown metric type "gauge\r"
described-twice: text format parsing error in line 4: second HELP line for metric name "backup_time_seconds"
type-after-sample: text format parsing error in line 3: second TYPE line for metric name "backup_time_seconds", or TYPE reported after samples
time-with-fraction: text format parsing error in line 3: expected integer as timestamp, got "1700000000000.5"
type-info: text format parsing error in line 1: unknown metric type "info"
series-twice: samples 2
underscores: text format parsing error in line 3: expected float as value, got "1_700_000_000"
python
as-usual: samples 1 gauge
no-last-line-break: samples 1 gauge
carriage-returns: samples 1 gauge
described-twice: samples 2 gauge
type-after-sample: samples 1 unknown
time-with-fraction: samples 1 gauge 1700000000.0005
type-info: samples 1 unknown
series-twice: samples 2 gauge
underscores: Invalid value: '1_700_000_000'
END
