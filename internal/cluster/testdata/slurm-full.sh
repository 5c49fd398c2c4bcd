#!/usr/bin/env bash
# Written by `revgn sweep emit slurm`. Start it with `sbatch FILE`; starting it again goes on with what is left.
#SBATCH --job-name="my sweep"
#SBATCH --array=0-59%4
#SBATCH --output="/data/my 100%% sweeps/rates/slurm-%A_%a.out"
#SBATCH --open-mode=append
#SBATCH --chdir="/data/my 100% sweeps"
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=1537M
#SBATCH --gres=gpu:2
#SBATCH --time=1-01:00:30
#SBATCH --signal=B:USR1@90
#SBATCH --no-requeue
#SBATCH --partition=gpu
#SBATCH --account=theory
#SBATCH --constraint=a100

set -u
module load cuda

# The task's number is its shard, also where only some of the array are submitted again.
export REVGN_SHARD_COUNT=60

# Slurm sends USR1 to this shell alone. TERM, at a cancellation or a preemption, goes to the program as well: forwarding it would make it two.
# $! is the program's as soon as there is one; a variable would be a moment late.
before=${!-} signals=0 ended=
trap 'signals=$((signals + 1)); [ "${!-}" = "$before" ] || kill -s USR1 "$!" 2>/dev/null' USR1
trap 'signals=$((signals + 1)); ended=yes' TERM

/opt/revgn/bin/revgn sweep \
  --lr 0.1,1 \
  --out rates \
  --name 'it'\''s $(HOME) `x` "y" \ $$' yes 1:30 '' 'a
b' 'σ² é' &
program=$!

# A signal ends wait before the program has ended: wait again.
while true; do
  heard=$signals
  wait "$program"
  code=$?
  [ "$signals" -eq "$heard" ] && break
done
exit "$code"
