# A private Slurm cluster of one node on this machine: munged, slurmctld and slurmd on ports and files of their own. Sourced by run.sh.
# Nothing of an installed cluster's configuration is read or written.

cluster_packages=(slurm-wlm munge)
cluster_programs=(munged slurmctld slurmd sbatch srun squeue scontrol scancel sinfo)
# Debian puts daemons there, which is not on everybody's path.
PATH=$PATH:/usr/sbin:/sbin

cluster_missing() {
  local program
  for program in "${cluster_programs[@]}"; do
    command -v "$program" >/dev/null || { echo "$program"; return; }
  done
}

# Sees to it that Slurm is installed; prints why it is not and returns 1.
cluster_install() {
  [ -z "$(cluster_missing)" ] && return 0
  [ "${MLTRANSFER_SLURM_INSTALL:-1}" = 1 ] || { echo "$(cluster_missing) is not installed and MLTRANSFER_SLURM_INSTALL forbids to install it"; return 1; }
  [ "$(id -u)" -eq 0 ] || { echo "$(cluster_missing) is not installed and only root may install it"; return 1; }
  command -v apt-get >/dev/null || { echo "$(cluster_missing) is not installed and there is no apt-get"; return 1; }
  export DEBIAN_FRONTEND=noninteractive
  local log=$1/apt.log quick=(-o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10)
  # The lists that are there may be too old, or none.
  if ! timeout 120 apt-get "${quick[@]}" install -y --no-install-recommends "${cluster_packages[@]}" >"$log" 2>&1; then
    timeout 60 apt-get "${quick[@]}" update >>"$log" 2>&1
    timeout 120 apt-get "${quick[@]}" install -y --no-install-recommends "${cluster_packages[@]}" >>"$log" 2>&1 ||
      { echo "apt-get cannot install ${cluster_packages[*]}: $(tail -n 1 "$log")"; return 1; }
  fi
  local missing
  missing=$(cluster_missing)
  [ -z "$missing" ] || { echo "${cluster_packages[*]} are installed, but $missing is not there"; return 1; }
}

# A port that nobody listens on, as far as /proc says.
cluster_free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    grep -qi ":$(printf '%04x' "$port") " /proc/net/tcp /proc/net/tcp6 2>/dev/null || { echo "$port"; return; }
  done
}

# cluster_start FOLDER CPUS: writes the configuration, starts all three daemons and waits until the node takes jobs.
cluster_start() {
  cluster=$1
  local cpus=$2 host user
  host=$(hostname -s)
  user=$(id -un)
  mkdir -p "$cluster"/{munge,state,spool}
  # munge insists on a socket that everybody reaches and on a key that nobody else reads.
  chmod 755 "$(dirname "$cluster")" "$cluster" "$cluster/munge"
  (umask 077 && head -c 128 /dev/urandom >"$cluster/munge/key")
  cat >"$cluster/slurm.conf" <<CONF
ClusterName=mltransfer
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(cluster_free_port)
SlurmdPort=$(cluster_free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
# Also how long a requeued task waits before it starts again: two minutes where nothing is said, five seconds at least.
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
SlurmctldDebug=info
SlurmdDebug=info
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
# More processors than the machine has, so that several tasks run at once on two.
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,bf_interval=1,sched_interval=1
JobRequeue=1
KillWait=10
MinJobAge=3600
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=65536
PartitionName=work Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=10
PartitionName=urgent Nodes=$host MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF
CONF
  # slurmd takes hold of control groups from 23.11 on unless told not to, and does not know the word before.
  [[ $(slurmd -V) =~ ([0-9]+)\. ]] && [ "${BASH_REMATCH[1]}" -ge 24 ] && echo 'CgroupPlugin=disabled' >"$cluster/cgroup.conf"
  export SLURM_CONF=$cluster/slurm.conf
  munged --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" \
    --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed" >"$cluster/munge/out" 2>&1 || return 1
  slurmctld -c -f "$SLURM_CONF" >"$cluster/slurmctld.out" 2>&1 || return 1
  slurmd -f "$SLURM_CONF" -N "$host" >"$cluster/slurmd.out" 2>&1 || return 1
  for _ in $(seq 30); do
    [ "$(sinfo --noheader --partition=work --format=%T 2>/dev/null)" = idle ] && return 0
    sleep 1
  done
  return 1
}

cluster_stop() {
  [ -n "${cluster:-}" ] || return 0
  local file pid
  if [ -e "$cluster/slurmctld.pid" ]; then
    scancel --user="$(id -un)" >/dev/null 2>&1
    for _ in $(seq 20); do [ -z "$(squeue --noheader 2>/dev/null)" ] && break; sleep 0.5; done
  fi
  for file in "$cluster/slurmd.pid" "$cluster/slurmctld.pid" "$cluster/munge/pid"; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null
  done
  cluster=
}
