// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"revgn/internal/config"
	"revgn/internal/progress"
)

// listener is a Reporter that keeps what it is told; onStep, where set, is called after each step.
type listener struct {
	mu     sync.Mutex
	notes  []string
	doing  []string
	onStep func(step int)
}

func (l *listener) Start(int, string, string) {}
func (l *listener) Stop()                     {}
func (l *listener) Scores(progress.Scores)    {}

func (l *listener) Note(format string, a ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, fmt.Sprintf(format, a...))
}

func (l *listener) Doing(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doing = append(l.doing, what)
}

func (l *listener) Step(s progress.Status) {
	if l.onStep != nil {
		l.onStep(s.Step)
	}
}

// noise writes a csv file of n random samples of two classes.
func noise(t *testing.T, n, features int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for i := range n {
		for range features {
			fmt.Fprintf(&b, "%.3f,", rng.NormFloat64())
		}
		fmt.Fprintln(&b, i%2)
	}
	path := filepath.Join(t.TempDir(), "noise.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return "csv:" + path
}

// options are those of a run of that many steps on the data set.
func options(t *testing.T, dataset string, steps int) config.Options {
	t.Helper()
	o := config.Default()
	o.Dataset, o.Backend, o.Offline, o.Out = dataset, "go", true, filepath.Join(t.TempDir(), "run")
	o.Hidden, o.BatchSize, o.Steps, o.Epochs = 64, 32, steps, 0
	return o
}
