# What must hold of scoring under Slurm; each function is one check. Sourced by run.sh.
# A check prints "ok NAME ..." or "FAILED NAME why" by way of passed and failed; $model, $input and $whole_csv are the same for all.

passed() { echo "ok $check ($((SECONDS - check_start)) s): $*"; }
failed() { echo "FAILED $check ($((SECONDS - check_start)) s): $*"; failures=$((failures + 1)); return 1; }

# same FOLDER: the parts, merged, are byte for byte what one process wrote.
same() {
  local merged=$1.merged.csv
  rm -f "$merged"
  mltransfer merge "$1" "$merged" >"$logs/$check-merge.log" 2>&1 || { failed "merge of $1 ended with $?: $(tail -n 1 "$logs/$check-merge.log")"; return 1; }
  cmp "$merged" "$whole_csv" || { failed "the merged parts of $1 are not what one process wrote"; return 1; }
}

# ended STATE ID...: all tasks of the arrays ended so.
ended() {
  local expected=$1
  shift
  wait_jobs "$job_limit" "$@" || { failed "$(states "$@")"; return 1; }
  [ "$(states "$@")" = "$expected" ] || { failed "tasks ended as '$(states "$@")', expected '$expected'; see $logs/score-$1_*.log"; return 1; }
}

array_equals_one_process() {
  check=array
  local csv parquet join whole_parquet=$work/whole.parquet
  csv=$(submit -- "$model" "$input" "$work/array" --keep id,lang --format csv)
  # Parquet is what parts are written as where nothing is said. Its parts are joined by a job that waits for all of them.
  parquet=$(submit -- "$model" "$input" "$work/columns" --keep id,lang)
  join=$(sbatch --parsable --dependency="afterok:$parquet" --output="$logs/merge-%j.log" --wrap="mltransfer merge $work/columns $work/columns.parquet")
  ended "16 COMPLETED 0:0" "$csv" "$parquet" || return
  same "$work/array" || return
  ended "1 COMPLETED 0:0" "$join" || return
  mltransfer score "$model" "$input" "$whole_parquet" --keep id,lang >"$logs/whole-parquet.log" 2>&1 || { failed "Parquet in one process: $(tail -n 1 "$logs/whole-parquet.log")"; return; }
  cmp "$work/columns.parquet" "$whole_parquet" || { failed "the Parquet file that a dependent job merged is not what one process wrote"; return; }
  passed "8 tasks and one process wrote the same $(wc -c <"$whole_csv") bytes of CSV and the same $(wc -c <"$whole_parquet") bytes of Parquet"
}

# long_array FOLDER: the number of an array whose tasks can be met in mid-work: on one processor each, and with what is done on the disk after every block.
long_array() {
  SHARD_COUNT=$long_shards submit --array="0-$((long_shards - 1))" --cpus-per-task=1 -- "$model" "$input" "$1" --keep id,lang --format csv --checkpoint-seconds 0
}

killed_task_resumes() {
  check=killed
  local id resumed out=$work/killed
  id=$(long_array "$out")
  freeze_in_work "$id" "$out" || { failed "no task was seen in mid-work"; return; }
  kill -KILL "$pid"
  ended "$long_shards COMPLETED 0:0" "$id" || return
  [ "$(restarts "$id")" -eq 1 ] && [ "$(field Restarts "${id}_$task")" -eq 1 ] || { failed "the array was started anew $(restarts "$id") times, not its task $task once"; return; }
  same "$out" || return
  resumed=$(rows_resumed "$id" "$task")
  [ "$resumed" -eq "$rows" ] || { failed "task $task had $rows rows on the disk when it died and went on from $resumed"; return; }
  passed "task $task died by SIGKILL, was requeued once, and did not score the $resumed rows again that were on the disk"
}

terminated_task_resumes() {
  check=terminated
  local id resumed out=$work/terminated
  id=$(long_array "$out")
  freeze_in_work "$id" "$out" || { failed "no task was seen in mid-work"; return; }
  scancel --signal=TERM "${id}_$task"
  kill -CONT "$pid"
  ended "$long_shards COMPLETED 0:0" "$id" || return
  [ "$(field Restarts "${id}_$task")" -eq 1 ] || { failed "task $task was started anew $(field Restarts "${id}_$task") times, expected once"; return; }
  grep -q 'Exited with exit code 75' "$logs/score-${id}_$task.log" || { failed "task $task did not end with 75: $logs/score-${id}_$task.log"; return; }
  same "$out" || return
  resumed=$(rows_resumed "$id" "$task")
  [ "$resumed" -gt "$rows" ] || { failed "task $task had $rows rows on the disk before SIGTERM and went on from $resumed: its last block was lost"; return; }
  passed "task $task ended with 75 on SIGTERM, was requeued, and did not score $resumed rows again, $((resumed - rows)) of them finished after the signal"
}

preempted_array_resumes() {
  check=preempted
  local id urgent out=$work/preempted
  id=$(long_array "$out")
  freeze_in_work "$id" "$out" || { failed "no task was seen in mid-work"; return; }
  urgent=$(sbatch --parsable --partition=urgent --cpus-per-task="$cpus" --output="$logs/urgent-%j.log" --wrap="sleep 1")
  kill -CONT "$pid"
  ended "1 COMPLETED 0:0" "$urgent" || return
  ended "$long_shards COMPLETED 0:0" "$id" || return
  [ "$(restarts "$id")" -ge 1 ] || { failed "no task was preempted"; return; }
  same "$out" || return
  passed "a job of higher priority took the node from $(restarts "$id") tasks, which went on after it"
}

array_twice_is_harmless() {
  check=twice
  local first second third out=$work/twice before
  # A processor for each task: all sixteen run at once.
  first=$(submit --cpus-per-task=1 -- "$model" "$input" "$out" --keep id,lang --format csv)
  second=$(submit --cpus-per-task=1 -- "$model" "$input" "$out" --keep id,lang --format csv)
  ended "16 COMPLETED 0:0" "$first" "$second" || return
  same "$out" || return
  before=$(cd "$out" && stat -c '%n %y %s' *)
  third=$(submit -- "$model" "$input" "$out" --keep id,lang --format csv)
  ended "8 COMPLETED 0:0" "$third" || return
  [ "$before" = "$(cd "$out" && stat -c '%n %y %s' *)" ] || { failed "a third array changed files that were there"; return; }
  same "$out" || return
  passed "two arrays at once over one folder ($(($(restarts "$first") + $(restarts "$second"))) restarts), and a third that had nothing to do"
}

too_many_failures_fail_the_job() {
  check=failing
  local id out=$work/failing
  id=$(submit --array=0-1 -- "$model" "$bad_input" "$out" --keep id,lang --format csv)
  ended "2 FAILED 2:0" "$id" || return
  [ "$(restarts "$id")" -eq 0 ] || { failed "a task that will fail again was started anew"; return; }
  [ -z "$(find "$out" -name 'part-*' ! -path '*.partial*' 2>/dev/null)" ] || { failed "a part stands under its final name: $(ls "$out")"; return; }
  passed "$(grep -h 'error:' "$logs/score-${id}_0.log" | grep -v '^srun' | head -n 1)"
}

single_task_again() {
  check=single
  local id out=$work/single
  cp -r "$work/array" "$out"
  rm -f "$out"/part-00003-of-00008.*
  mltransfer verify "$out" >"$logs/$check-verify.log" 2>&1
  [ $? -eq 75 ] || { failed "verify does not miss part 3"; return; }
  id=$(submit --array=3 -- "$model" "$input" "$out" --keep id,lang --format csv)
  ended "1 COMPLETED 0:0" "$id" || return
  same "$out" || return
  passed "--array=3 alone made part 3 of 8"
}

# Not among the usual ones: takes minutes, and a transformer, whose tasks run longer than the minute that is the shortest time limit.
limited_array_resumes() {
  check=limited
  local id out=$work/limited
  id=$(SHARD_COUNT=$long_shards submit --time=1 --array="0-$((long_shards - 1))" --cpus-per-task=1 -- "$model" "$input" "$out" --keep id,lang --format csv)
  ended "$long_shards COMPLETED 0:0" "$id" || return
  grep -q 'Exited with exit code 75' "$logs"/score-"$id"_*.log || { failed "no task was told to end"; return; }
  same "$out" || return
  passed "tasks with a time limit of a minute were told to end, went on $(restarts "$id") times, and kept what was done"
}
