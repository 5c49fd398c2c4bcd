#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs Slurm and munge where they are absent, from Debian's packages; starts nothing.
set -euo pipefail
missing=
for program in munged slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "slurm: absent:$missing; install Slurm and munge (Debian: slurm-wlm munge), or run this as root on Debian" >&2
  exit 1
fi
apt-get update -q
# The packages' services are not started: the test runs the daemons itself.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends slurm-wlm munge
