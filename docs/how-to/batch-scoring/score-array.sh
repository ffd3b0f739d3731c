#!/usr/bin/env bash
#SBATCH --job-name=score
#SBATCH --array=0-7
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=score-%A_%a.log

# sbatch score-array.sh MODEL.zip INPUT... FOLDER [OPTIONS of mltransfer score]

# Parts of the whole, however many of them this array makes: with --array=3 it is part 3 of 8 alone.
shard_count=${SHARD_COUNT:-8}
restart_limit=20
# Where a cluster does not bind tasks to their processors, each would take all of its machine.
export DOTNET_PROCESSOR_COUNT=$SLURM_CPUS_PER_TASK

srun --ntasks=1 --cpus-per-task="$SLURM_CPUS_PER_TASK" mltransfer score "$@" --shard-count "$shard_count"
code=$?

# 0 is done and 2 would fail again. Anything else may go well next time: 75 asks for it, 137 was killed.
if [ "$code" -ne 0 ] && [ "$code" -ne 2 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$restart_limit" ]; then
  # Not by SLURM_JOB_ID: one task of an array bears the array's own number, which would requeue them all.
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
