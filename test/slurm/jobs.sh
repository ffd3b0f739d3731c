# Submits arrays, waits for them and asks how they went. Sourced by run.sh, which sets $script (the array's script) and $logs.

# submit [OPTION of sbatch]... -- ARGUMENT...: the number of the array.
submit() {
  local options=()
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  sbatch --parsable --output="$logs/score-%A_%a.log" "${options[@]}" "$script" "$@"
}

# wait_jobs SECONDS ID...: until none of them waits or runs any more.
wait_jobs() {
  local limit=$((SECONDS + $1)) ids
  shift
  ids=$(IFS=,; echo "$*")
  while [ -n "$(squeue --noheader --jobs="$ids" 2>/dev/null)" ]; do
    [ $SECONDS -lt $limit ] || { scancel "$@"; echo "not done in time: $(states "$@")"; return 1; }
    sleep 0.3
  done
}

# field NAME ID: what scontrol says of a task, such as JobState, ExitCode, Restarts or JobId.
field() {
  scontrol --oneliner show job "$2" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$1=//p" | head -n 1
}

# states ID...: how often each pair of state and exit code occurs among the tasks, such as "8 COMPLETED 0:0".
states() {
  local id
  for id in "$@"; do scontrol --oneliner show job "$id"; done |
    sed -E 's/.* JobState=([A-Z_]+).* ExitCode=([0-9:]+) .*/\1 \2/' | sort | uniq -c | sed -E 's/^ +//' | paste -s -d ';'
}

# restarts ID: how often the tasks of an array were started anew, in all.
restarts() {
  scontrol --oneliner show job "$1" | sed -E 's/.* Restarts=([0-9]+).*/\1/' | awk '{ sum += $1 } END { print sum + 0 }'
}

# tool_pid ID: the process of the tool in a task, which is the first one of its step 0.
tool_pid() {
  scontrol listpids "$(field JobId "$1")" 2>/dev/null | awk '$3 == 0 && $4 == 0 { print $1; exit }'
}

# rows_done FOLDER: rows of an unfinished part that are safe on the disk.
rows_done() {
  cat "$1"/rows-*.json 2>/dev/null | grep -oiE '"rowCount": *[0-9]+' | grep -oE '[0-9]+$' | awk '{ sum += $1 } END { print sum + 0 }'
}

# rows_resumed ID TASK: rows that the last run of a task took over from the ones before, as its log says.
rows_resumed() {
  grep -oE '[0-9,]+ of them by earlier runs' "$logs/score-$1_$2.log" | tail -n 1 | grep -oE '^[0-9,]+' | tr -d ,
}

# freeze_in_work ID FOLDER: stops the process of a task that has some of its part on the disk and not all; sets $task, $pid and $rows.
freeze_in_work() {
  local limit=$((SECONDS + job_limit)) state
  while [ $SECONDS -lt $limit ] && [ -n "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; do
    for state in "$2"/part-*.partial; do
      compgen -G "$state/rows-*.json" >/dev/null || continue
      task=$((10#$(basename "$state" | sed -E 's/part-([0-9]+)-of.*/\1/')))
      pid=$(tool_pid "$1_$task")
      [ -n "$pid" ] && kill -STOP "$pid" 2>/dev/null || continue
      # It may have gone on until just now.
      rows=$(rows_done "$state")
      [ "${rows:-0}" -gt 0 ] && [ ! -e "${state%.partial}.json" ] && return 0
      kill -CONT "$pid"
    done
    sleep 0.02
  done
  return 1
}
