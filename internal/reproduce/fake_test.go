// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"revgn/analysis/cka"
	"revgn/internal/claims"
	"revgn/internal/config"
	"revgn/internal/number"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// The environment makes this test binary a program that writes what train and analyze write, without training. orders is a directory with a file for every run that
// is not to go well, called LR-SEED; begun takes a line for whatever is begun; best is the learning rate of the least loss.
const (
	ordersName = "REVGN_TEST_ORDERS"
	begunName  = "REVGN_TEST_BEGUN"
	bestName   = "REVGN_TEST_BEST"
)

func TestMain(m *testing.M) {
	if os.Getenv(begunName) == "" {
		os.Exit(m.Run())
	}
	act := pretendTrain
	if os.Args[1] == "analyze" {
		act = pretendCKA
	}
	if err := act(os.Args[2:]); err != nil {
		fmt.Println("revgn:", err)
		os.Exit(1)
	}
}

// note adds a line to the file of what was begun; short lines of several processes do not mix.
func note(text string) error {
	f, err := os.OpenFile(os.Getenv(begunName), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, text)
	return err
}

func pretendTrain(args []string) error {
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		return err
	}
	o, err := config.Resolve(fs)
	if err != nil {
		return err
	}
	if err := note(filepath.Base(o.Out)); err != nil {
		return err
	}
	os.RemoveAll(o.Out) // of an attempt before
	run, err := record.Create(o.Out)
	if err != nil {
		return err
	}
	defer run.Close()
	text, err := o.Resolved()
	if err != nil {
		return err
	}
	for _, err := range []error{run.WriteConfig(text), run.WriteManifest(record.NewManifest(time.Now())), steps(run, o)} {
		if err != nil {
			return err
		}
	}
	s := run.Summary(record.Done, "")
	switch ordered(o) {
	case "diverge":
		s = run.Summary(record.Failed, "step 3 is not finite")
		s.Final, s.ExitCode = true, 1
	case "fail":
		s = run.Summary(record.Failed, "out of memory")
	}
	s.Seconds = 2
	return run.WriteSummary(s)
}

// ordered is what the file of a run orders, "" for nothing.
func ordered(o config.Options) string {
	order, _ := os.ReadFile(filepath.Join(os.Getenv(ordersName), fmt.Sprintf("%g-%d", o.LR, o.Seed)))
	return string(order)
}

// steps writes four epochs of one step each. The loss is least at the best rate, and differs between seeds and optimizers.
func steps(run *record.Run, o config.Options) error {
	var best float64
	if _, err := fmt.Sscan(os.Getenv(bestName), &best); err != nil {
		return err
	}
	loss := math.Exp(math.Abs(math.Log(o.LR/best))) * (1 + 0.01*math.Sin(float64(o.Seed+1))) / 10
	if o.Linearised {
		loss *= 1.02 + 0.002*math.Sin(3*float64(o.Seed))
	}
	if ordered(o) == "lucky" {
		loss /= 3
	}
	for i := 1; i <= 4; i++ {
		s := record.StepRecord{Step: i, Epoch: float64(i), Loss: number.Number(loss * float64(6-i)), LR: number.Number(o.LR)}
		if o.Optimizer == config.GN {
			s.GaussNewton = &record.GaussNewton{Exact: true}
		}
		if err := run.AppendStep(s); err != nil {
			return err
		}
		for _, split := range []string{"train", "test"} {
			if err := run.AppendEval(record.EvalRecord{Step: i, Epoch: float64(i), Split: split, Loss: number.Number(loss * float64(5-i))}); err != nil {
				return err
			}
		}
	}
	return nil
}

type ckaRow struct {
	Start []cka.Result `json:"start"`
	Floor []cka.Result `json:"floor,omitempty"`
}

// pretendCKA is `revgn analyze cka RUN ... --floor RUN2`.
func pretendCKA(args []string) error {
	dir, floor := args[1], args[len(args)-1]
	if err := note("cka " + filepath.Base(dir)); err != nil {
		return err
	}
	if _, err := os.Stat(floor); err != nil {
		return err
	}
	f, err := record.OpenAnalysis(dir, record.Analysis[ckaRow]{Analysis: "cka"}, true)
	if err != nil {
		return err
	}
	at := func(v float64) []cka.Result {
		return []cka.Result{{Site: "block0.stream", Linear: &cka.Similarity{Debiased: number.Number(v)}}}
	}
	v := 0.95 + float64(len(filepath.Base(dir))%7)/1000
	return f.Add(record.Measured[ckaRow]{Step: 4, Values: ckaRow{at(v), at(0.5)}})
}

// bed is a study of made-up runs.
type bed struct {
	t             *testing.T
	study         Study
	orders, begun string
	best          float64

	mu   sync.Mutex
	tell func(Event)
}

func newBed(t *testing.T, of ...string) *bed {
	t.Helper()
	b := &bed{t: t, orders: t.TempDir(), begun: filepath.Join(t.TempDir(), "begun"), best: 1}
	selected, err := SelectClaims(of)
	if err != nil {
		t.Fatal(err)
	}
	b.study = Study{Dir: t.TempDir(), Scale: claims.Smoke, Claims: selected, Tasks: claims.Tasks(claims.Smoke)}
	return b
}

// order says what becomes of a run that is not to go well.
func (b *bed) order(rate float64, seed int, what string) {
	b.t.Helper()
	path := filepath.Join(b.orders, fmt.Sprintf("%g-%d", rate, seed))
	if err := os.WriteFile(path, []byte(what), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) session() *Session { return NewSession(b.study, time.Minute) }

func (b *bed) child(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), ordersName+"="+b.orders, begunName+"="+b.begun, fmt.Sprintf("%s=%g", bestName, b.best))
	return cmd
}

func (b *bed) maker() Maker {
	return Maker{
		Workers: 2,
		Tell: func(e Event) {
			if b.tell != nil {
				b.tell(e)
			}
		},
		Run: func(run sweep.Run, dir string, _ int) *exec.Cmd {
			args, err := run.Options.Args()
			if err != nil {
				b.t.Error(err)
			}
			return b.child(append(append([]string{"train"}, args...), "--out="+dir)...)
		},
		CKA: func(dir, floor string, _ int) *exec.Cmd { return b.child("analyze", "cka", dir, "--floor", floor) },
	}
}

// make makes the study and returns its verdicts.
func (b *bed) make(ctx context.Context, s *Session) (claims.Verdicts, error) {
	b.t.Helper()
	err := s.Make(ctx, b.maker(), func(claims.Task, claims.Claim) error { return nil })
	all, judged := s.Verdicts("test")
	if judged != nil {
		b.t.Fatal(judged)
	}
	return all, err
}

// begins are what was begun, in order.
func (b *bed) begins() []string {
	b.t.Helper()
	text, err := os.ReadFile(b.begun)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
