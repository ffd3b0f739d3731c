#!/usr/bin/env bash
# Scores under a real slurmctld and slurmd on this machine, by the very script that docs/how-to/batch-scoring.md shows.
#   test/slurm/run.sh [--tool PATH] [--logs FOLDER] [--backbone NAME] [--rows N] [--only CHECK]...
# --tool is the tool's program or .dll; without it src/MLTransfer.Cli is built. --backbone is what the scoring model is made from, the small default
# backbone if nothing is said; "all-minilm-l6-v2" tests a transformer, where MLTRANSFER_MODELS or the cache have it.
# Installs Debian's slurm-wlm and munge if they are missing and it may (root, a reachable archive, MLTRANSFER_SLURM_INSTALL not 0); else it prints
# "skipped slurm REASON" and ends with 0. Ends with 1 if a check fails; logs are kept then, in --logs or in the folder it prints.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
script=$repository/docs/how-to/batch-scoring/score-array.sh
tickets=$repository/src/MLTransfer.Cli/Demo/tickets.tsv
. "$here/cluster.sh"
. "$here/jobs.sh"
. "$here/checks.sh"

tool='' logs='' backbone=default rows_wanted='' only=()
while [ $# -gt 0 ]; do
  case $1 in
    --tool) tool=$2; shift 2;;
    --logs) logs=$2; shift 2;;
    --backbone) backbone=$2; shift 2;;
    --rows) rows_wanted=$2; shift 2;;
    --only) only+=("$2"); shift 2;;
    *) echo "unknown argument: $1" >&2; exit 2;;
  esac
done

work=$(mktemp -d)
mkdir -p "${logs:=$work/logs}"
logs=$(cd "$logs" && pwd)
# Logs are appended to, and the checks read them.
[ -z "$(ls "$logs")" ] || { echo "--logs $logs is not empty" >&2; rmdir "$work"; exit 2; }
cpus=16
failures=0

finish() {
  local status=$?
  cluster_stop
  cp "$work"/cluster/*.log "$work"/cluster/*.conf "$logs" 2>/dev/null
  if [ "$status" -ne 0 ]; then
    echo "logs: $logs"
    case $logs in "$work"/*) find "$work" -mindepth 1 -maxdepth 1 ! -path "$logs" -exec rm -rf {} +; return;; esac
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() { echo "FAILED $*"; exit 1; }

if ! reason=$(cluster_install "$work"); then
  echo "skipped slurm $reason"
  exit 0
fi

# What the tasks call "mltransfer".
if [ -z "$tool" ]; then
  dotnet build "$repository/src/MLTransfer.Cli" -c Release -p:RunAnalyzers=false -v q --nologo >"$logs/build.log" 2>&1 || die "build: see build.log"
  tool=$repository/src/MLTransfer.Cli/bin/Release/net10.0/MLTransfer.Cli.dll
fi
tool=$(realpath "$tool")
case $tool in *.dll) tool="dotnet $tool";; esac
mkdir "$work/bin"
printf '#!/bin/sh\nexec %s "$@"\n' "$tool" >"$work/bin/mltransfer"
chmod +x "$work/bin/mltransfer"
PATH=$work/bin:$PATH
cd "$work" || die "cannot enter $work"

model=$work/model.zip
mltransfer train "$tickets" "$model" --backbone "$backbone" >"$logs/train.log" 2>&1 || die "train: $(tail -n 1 "$logs/train.log")"

# Rows of two halves of tickets, so that hardly two are alike; with quotes and commas, as CSV has them. Always the same.
make_input() {
  awk -F '\t' -v rows="$1" -v bad_every="$2" '
    NR > 1 { text[n++] = $2 }
    function next_number(below) { seed = (seed * 16807) % 2147483647; return seed % below }
    END {
      seed = 42
      print "id,lang,text"
      for (i = 0; i < rows; i++) {
        a = text[next_number(n)]; b = text[next_number(n)]
        t = substr(a, 1, 1 + next_number(length(a))) " " substr(b, 1 + next_number(length(b)))
        gsub(/"/, "\"\"", t)
        if (bad_every && i % bad_every == 0) print i ",en"; else print i ",en,\"" t "\""
      }
    }' "$tickets"
}
input=$work/input.csv bad_input=$work/bad.csv
# Blocks of 1,024 rows are what a task is never met within: a transformer, which takes seconds for each, gets shards of some blocks in other ways.
if [ "$backbone" = default ]; then
  rows_default=100000 long_shards=8 job_limit=150
  checks=(array_equals_one_process killed_task_resumes terminated_task_resumes preempted_array_resumes array_twice_is_harmless too_many_failures_fail_the_job single_task_again)
else
  rows_default=8192 long_shards=2 job_limit=900
  checks=(array_equals_one_process killed_task_resumes terminated_task_resumes)
fi
[ ${#only[@]} -eq 0 ] || checks=("${only[@]}")
make_input "${rows_wanted:-$rows_default}" 0 >"$input"
make_input 20000 10 >"$bad_input"

whole_csv=$work/whole.csv
mltransfer score "$model" "$input" "$whole_csv" --keep id,lang >"$logs/whole-csv.log" 2>&1 || die "score in one process: $(tail -n 1 "$logs/whole-csv.log")"

cluster_start "$work/cluster" "$cpus" || die "the cluster did not start"
echo "slurm $(slurmctld -V | cut -d ' ' -f 2), $(($(wc -l <"$input") - 1)) rows, backbone $backbone"

for one in "${checks[@]}"; do
  check_start=$SECONDS
  "$one"
done
[ "$failures" -eq 0 ]
