#!/usr/bin/env bash
# Two files for node_exporter's textfile collector that hold a metric of the same name without labels, as two backup jobs on one
# host would write them.
#
# Guess:   the first one counts, and node_textfile_scrape_error says that something is wrong.
# Seen:    the first file by name counts, the other is dropped, and no metric reports it: the page has status 200,
#          node_textfile_scrape_error is 0, node_scrape_collector_success is 1. Only a line in the exporter's log reports it. With a
#          different HELP text the second is dropped too, and node_textfile_scrape_error is 1.
# Changed: metrics carry the schedule as a label (src/domain/monitoring), and test/interop/metrics-collector.test.ts shows both sides.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${exporter:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

GOPATH=$work/_go GOFLAGS=-modcacherw GOBIN=$work go install github.com/prometheus/node_exporter@v1.9.1 2>go.log || { cat go.log >&2; exit 2; }
echo "node_exporter 1.9.1"
mkdir jobs
job() { printf '# HELP job_success %s\n# TYPE job_success gauge\njob_success%s %s\n' "$2" "$3" "$4" >"jobs/$1.prom"; }
scrape() {
  echo "$1"
  ./node_exporter --web.listen-address=127.0.0.1:19190 --collector.disable-defaults --collector.textfile \
    --collector.textfile.directory=jobs 2>log &
  exporter=$!
  for _ in $(seq 50); do
    curl -sf -o page -w '  status %{http_code}\n' http://127.0.0.1:19190/metrics >status && break
    sleep 0.1
  done
  kill "$exporter" && wait "$exporter" 2>/dev/null || true
  cat status
  sed -n 's/^\(job_success.*\|node_textfile_scrape_error .*\|node_scrape_collector_success.*\)$/  \1/p' page | sort
  sed -n 's/.*\(was collected before with the same name and label values\|inconsistent metric help text\).*/  log: \1/p' log
}
{
  job a 'Whether it succeeded.' '' 1 && job b 'Whether it succeeded.' '' 0
  scrape 'the same metric twice'
  job a 'Whether a did.' '{job="a"}' 1 && job b 'Whether b did.' '{job="b"}' 0
  scrape 'two labels, two HELP texts'
  job a 'Whether it succeeded.' '{job="a"}' 1 && job b 'Whether it succeeded.' '{job="b"}' 0
  scrape 'two labels, one HELP text'
} | tee seen

diff - seen <<'END' || { echo 'node_exporter does something else now' >&2; exit 1; }
the same metric twice
  status 200
  job_success 1
  node_scrape_collector_success{collector="textfile"} 1
  node_textfile_scrape_error 0
  log: was collected before with the same name and label values
two labels, two HELP texts
  status 200
  job_success{job="a"} 1
  node_scrape_collector_success{collector="textfile"} 1
  node_textfile_scrape_error 1
  log: inconsistent metric help text
two labels, one HELP text
  status 200
  job_success{job="a"} 1
  job_success{job="b"} 0
  node_scrape_collector_success{collector="textfile"} 1
  node_textfile_scrape_error 0
END
