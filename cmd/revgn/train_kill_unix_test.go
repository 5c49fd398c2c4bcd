// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"revgn/internal/backend/backendtest"
)

// killsVariable is how many kills the runs of TestKilledRunsGoOn suffer together; `make torture` sets it to 100.
const killsVariable = "REVGN_TORTURE"

// stateful are runs with all that a step may keep: every optimizer, memory, schedule and source of randomness.
func stateful() []string {
	return []string{
		"--optimizer adam", "--memory spring:0.5 --lr 0.05", "--optimizer kfac --lr 1", "--damping 1e-3 --damping-schedule lm", "--inverse min-norm --solver cg",
		"--optimizer gn", "--optimizer muon", "--optimizer momentum --switch 1:gn --augment noise:0.1", "--inverse-noise 0.1", "--optimizer adam --switch 2:sgd",
		"--probe-every 2", "--memory heavy-ball:0.5 --lr 0.1", "--activations recompute --blocks 3", "--optimizer sgd", "--optimizer momentum", "--optimizer adamw --measure=false",
		"--line-search armijo", "--inverse mix:0.5", "--linearised", "--dtype f64 --label-noise 0.1 --augment crop,flip", "--legacy", "--inverse min-norm --curvature exact --damping rel:0.1 --lr 0.05",
	}
}

// Runs that SIGKILL hits at random moments, while they save too, and that go on, end with the weights and the metrics of the run that nothing hit, bit by bit.
func TestKilledRunsGoOn(t *testing.T) {
	kills := 8
	if testing.Short() {
		kills = 3
	}
	if text := os.Getenv(killsVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", killsVariable, err)
		}
		kills = n
	}
	backends := []string{"go"}
	if kills >= len(stateful()) && backendtest.Present("xla:cpu") {
		backends = append(backends, "xla:cpu")
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	runs, total := stateful(), 0
	for i := 0; total < kills; i++ {
		flags, backend := runs[i%len(runs)], backends[i/len(runs)%len(backends)]
		t.Run(fmt.Sprintf("%d %s %s", i, backend, flags), func(t *testing.T) {
			// The last round takes what is left.
			total += killAndGoOn(t, rng, backend, flags, min(1+kills/(2*len(runs)), kills-total))
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills", total)
}

// killAndGoOn kills a run at most so often, lets it end and compares it with one that was left alone; it returns how many kills hit.
func killAndGoOn(t *testing.T, rng *rand.Rand, backend, flags string, kills int) int {
	dir := t.TempDir()
	args := func(name string) []string {
		line := "train --dataset digits --train-size 270 --hidden 128 --batch-size 90 --epochs 3 --checkpoint-every 1 --eval-every 2 --seed 7 --backend " + backend + " " + flags
		return append(strings.Fields(line), "--resume", "--out", filepath.Join(dir, name), "--mlflow", filepath.Join(dir, "mlruns"))
	}
	start := time.Now()
	if out, err := program(t, args("whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(start)
	hits := 0
	for hits < kills {
		cmd := program(t, args("killed")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(rng.Float64()*float64(took)), func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if err == nil {
			break
		}
		hits++
	}
	if out, err := program(t, args("killed")...).CombinedOutput(); err != nil {
		t.Fatalf("after %d kills: %v\n%s", hits, err, out)
	}
	sameRun(t, filepath.Join(dir, "whole"), filepath.Join(dir, "killed"))
	checkMirrors(t, filepath.Join(dir, "killed"), filepath.Join(dir, "mlruns"))
	return hits
}
