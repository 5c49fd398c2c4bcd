#!/usr/bin/env bash
# Written by `revgn sweep emit slurm`. Start it with `sbatch FILE`; starting it again goes on with what is left.
#SBATCH --job-name=rates
#SBATCH --array=0-1
#SBATCH --output=/data/rates/slurm-%A_%a.out
#SBATCH --open-mode=append
#SBATCH --chdir=/data
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --signal=B:USR1@120
#SBATCH --requeue

set -u

# The task's number is its shard, also where only some of the array are submitted again.
export REVGN_SHARD_COUNT=2

# Slurm sends USR1 to this shell alone. TERM, at a cancellation or a preemption, goes to the program as well: forwarding it would make it two.
# $! is the program's as soon as there is one; a variable would be a moment late.
before=${!-} signals=0 ended=
trap 'signals=$((signals + 1)); [ "${!-}" = "$before" ] || kill -s USR1 "$!" 2>/dev/null' USR1
trap 'signals=$((signals + 1)); ended=yes' TERM

/opt/revgn/bin/revgn sweep \
  --lr 0.1,1 \
  --out rates &
program=$!

# A signal ends wait before the program has ended: wait again.
while true; do
  heard=$signals
  wait "$program"
  code=$?
  [ "$signals" -eq "$heard" ] && break
done

# 75: stopped early, and can go on. After TERM Slurm itself decides whether the task comes back.
if [ "$code" -eq 75 ] && [ -z "$ended" ]; then
  if [ "${SLURM_RESTART_COUNT:-0}" -lt 100 ]; then
    # Not $SLURM_JOB_ID: for the last task of an array that is the number of the whole array.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && echo "stopped early; goes on later" >&2
  else
    echo "stopped early after 100 restarts; submit the file again to go on" >&2
  fi
fi
exit "$code"
