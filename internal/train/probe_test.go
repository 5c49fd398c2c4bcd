// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"

	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/config"
	"revgn/internal/npy"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/record"
	"revgn/model"
)

// probed runs training and returns its metrics and its last checkpoint.
func probed(t *testing.T, o config.Options) (*record.Metrics, *record.Checkpoint, Result, []string) {
	t.Helper()
	var plan Plan
	result, err := Run(context.Background(), o, &listener{}, func(p Plan) { plan = p })
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := run.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	last, err := run.Checkpoint(-1)
	if err != nil {
		t.Fatal(err)
	}
	return metrics, last, result, plan.Lines
}

// Probes change nothing: steps, and weights with all that an optimizer keeps, are the same to the last bit, and times of steps hold none of theirs.
func TestProbesChangeNothing(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, optimizer := range []config.Optimizer{config.GN, config.Adam} {
			t.Run(string(optimizer), func(t *testing.T) {
				problem.LeaveToGo(t, b, testing.Short() && optimizer == config.GN)
				dataset := noise(t, 100, 16)
				o := options(t, dataset, 5)
				o.Backend, o.Optimizer = b.Kind, optimizer
				plain, want, first, lines := probed(t, o)
				o.Out, o.ProbeEvery = o.Out+"-probed", 2
				metrics, got, second, probedLines := probed(t, o)
				if diff := cmp.Diff(want.Arrays, got.Arrays); diff != "" {
					t.Errorf("weights with probes differ (-without +with):\n%s", diff)
				}
				times := cmpopts.IgnoreFields(record.StepRecord{}, "Seconds", "MeasureSeconds")
				if diff := cmp.Diff(plain.Steps, metrics.Steps, times, cmpopts.EquateNaNs()); diff != "" {
					t.Errorf("steps with probes differ (-without +with):\n%s", diff)
				}
				var steps []int
				for _, p := range metrics.Probes {
					steps = append(steps, p.Step)
				}
				if !slices.Equal(steps, []int{0, 2, 4}) || len(plain.Probes) != 0 || first.Summary.Probes != 0 || second.Summary.Probes != 3 || !(second.Summary.ProbeSeconds > 0) {
					t.Errorf("probes at %v, want 0 2 4; the summary counts %d of %g s", steps, second.Summary.Probes, float64(second.Summary.ProbeSeconds))
				}
				told := func(lines []string) bool {
					return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "probes     every 2 steps on ") })
				}
				if told(lines) || !told(probedLines) {
					t.Errorf("the plan should tell of probes where there are some:\n%s", strings.Join(probedLines, "\n"))
				}
			})
		}
	})
}

// Every number of a probe is computed a second time from the checkpoints.
func TestProbesAgainstOracle(t *testing.T) {
	o := options(t, noise(t, 100, 8), 6)
	o.Hidden, o.BatchSize, o.DType, o.InitStd, o.CheckpointEvery, o.ProbeEvery, o.LR = 40, 20, config.F64, 0.1, 1, 3, 0.3
	metrics, _, _, _ := probed(t, o)
	source, err := data.Open(context.Background(), o.Dataset, "", data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := oracle.Dense(source.Test.Len(), source.Test.D, source.Test.X)
	y, err := oracle.OneHot(source.Test.Y, source.Test.Classes)
	if err != nil {
		t.Fatal(err)
	}
	nets := map[int]*oracle.Net{}
	for _, step := range []int{0, 2, 3, 5, 6} {
		nets[step] = netAt(t, o, source, step)
	}
	start := lookAt(t, nets[0], x, y)
	if len(metrics.Probes) != 3 {
		t.Fatalf("%d probes, want 3", len(metrics.Probes))
	}
	for _, p := range metrics.Probes {
		now := lookAt(t, nets[p.Step], x, y)
		var change mat.Dense
		change.Sub(now.kernel, start.kernel)
		var moved mat.VecDense
		moved.SubVec(now.weights, start.weights)
		checkSpectra(t, p, nets[p.Step].Trace(x))
		if p.HeldoutChange.Set != (p.Step > 0) || p.HeldoutChangePct.Set != (p.Step > 0) {
			t.Errorf("step %d: held-out change %v", p.Step, p.HeldoutChange)
		}
		before := now.loss
		if p.Step > 0 {
			before = lookAt(t, nets[p.Step-1], x, y).loss
		}
		for what, pair := range map[string][2]float64{
			"centred alignment": {float64(p.KernelAlignment), oracle.Cosine(oracle.CentreKernel(start.kernel, 1), oracle.CentreKernel(now.kernel, 1))},
			"raw alignment":     {float64(p.KernelRaw), oracle.Cosine(start.kernel, now.kernel)},
			"kernel's change":   {float64(p.KernelChange), mat.Norm(&change, 2) / mat.Norm(start.kernel, 2)},
			"CKA":               {float64(p.CKA), oracle.CKA(start.stream, now.stream)},
			"debiased CKA":      {float64(p.DebiasedCKA), oracle.DebiasedCKA(start.stream, now.stream)},
			"displacement":      {float64(p.Displacement), mat.Norm(&moved, 2) / mat.Norm(start.weights, 2)},
			"cosine":            {float64(p.Cosine), mat.Dot(start.weights, now.weights) / mat.Norm(start.weights, 2) / mat.Norm(now.weights, 2)},
			"held-out loss":     {float64(p.HeldoutLoss), now.loss},
			"held-out change":   {float64(p.HeldoutChange.Value), now.loss - before},
			"in percent":        {float64(p.HeldoutChangePct.Value), 100 * (now.loss - before) / before},
		} {
			if !(math.Abs(pair[0]-pair[1]) <= 1e-10*max(1, math.Abs(pair[1]))) {
				t.Errorf("step %d: %s is %.14g, want %.14g", p.Step, what, pair[0], pair[1])
			}
		}
	}
	if last := metrics.Probes[2]; !(last.KernelAlignment < 1-1e-4) || !(last.CKA < 1-1e-6) || !(last.Displacement > 0.01) {
		t.Errorf("the network hardly moved: %+v", last)
	}
}

// checkSpectra compares the spectra of a probe with the singular values of the oracle's features.
func checkSpectra(t *testing.T, p record.ProbeRecord, trace *oracle.Trace) {
	t.Helper()
	if len(p.Couplings) != len(trace.Phi) {
		t.Fatalf("step %d: spectra of %d couplings, want %d", p.Step, len(p.Couplings), len(trace.Phi))
	}
	for i, c := range p.Couplings {
		rows, columns := trace.Phi[i].Dims()
		var svd mat.SVD
		if !svd.Factorize(trace.Phi[i], mat.SVDNone) {
			t.Fatal("no singular values")
		}
		sigma := svd.Values(nil)
		kept := slices.DeleteFunc(slices.Clone(sigma), func(v float64) bool { return v <= 1e-6*sigma[0] })
		least := kept[len(kept)-1]
		if c.Name != model.CouplingName(i) || c.Rank != len(kept) || !near(float64(c.SigmaMax), sigma[0]) || !near(float64(c.SigmaMin), least) {
			t.Errorf("step %d, %s (%d x %d): rank %d, σ from %g to %g, want %d, %g to %g", p.Step, c.Name, rows, columns, c.Rank, float64(c.SigmaMax),
				float64(c.SigmaMin), len(kept), sigma[0], least)
		}
		if diff := cmp.Diff(record.NewLogCounts(kept), c.Log10); diff != "" {
			t.Errorf("step %d, %s: counts (-want +got):\n%s", p.Step, c.Name, diff)
		}
	}
}

// near allows for the squares that singular values are taken from.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-7*want }

// Features that are not finite have no spectrum, and zeros an empty one.
func TestSpectraWithout(t *testing.T) {
	c := couplingSpectrum("block0.f", []float64{1, math.NaN(), math.NaN(), 1}, 2, 1e-6)
	if c.Rank != 0 || c.SigmaMax == c.SigmaMax || c.Log10 != nil {
		t.Errorf("got %+v", c)
	}
	if c := couplingSpectrum("block0.f", make([]float64, 4), 2, 1e-6); c.Rank != 0 || c.SigmaMax != 0 || c.Log10 != nil {
		t.Errorf("got %+v", c)
	}
}

// looked is what the oracle sees of a network on the probe set.
type looked struct {
	kernel, stream *mat.Dense // class-traced tangent kernel, linear kernel of the last stream
	weights        *mat.VecDense
	loss           float64
}

func lookAt(t *testing.T, net *oracle.Net, x, y *mat.Dense) looked {
	t.Helper()
	stream, logits := net.Forward(x)
	loss, err := oracle.Loss(oracle.CrossEntropy, logits, y)
	if err != nil {
		t.Fatal(err)
	}
	var z []*mat.Dense
	for c := range net.Couplings() {
		z = append(z, net.Z(c))
	}
	return looked{oracle.ClassTraced(net.TangentKernel(x), net.Classes), oracle.LinearKernel(stream), mat.NewVecDense(net.Params(), net.Flatten(z)), loss}
}

// netAt is the network of a run at a checkpoint.
func netAt(t *testing.T, o config.Options, source *data.Source, step int) *oracle.Net {
	t.Helper()
	vars, err := model.NewVariables(NetworkConfig(o, source.Train.D, source.Train.Classes))
	if err != nil {
		t.Fatal(err)
	}
	if step == 0 {
		return problem.OracleNet(t, vars)
	}
	run, err := record.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	c, err := run.Checkpoint(step)
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range vars.Trained() {
		a, ok := npy.Find(c.Arrays, named.Name)
		if !ok {
			t.Fatalf("the checkpoint lacks %s", named.Name)
		}
		problem.Set(t, named.Variable, tensors.FromFlatDataAndDimensions(slices.Clone(a.Data.([]float64)), a.Shape...))
	}
	return problem.OracleNet(t, vars)
}

// The manifest names the probe set; a test part that is too small for one, or a limit that is too low, is refused before anything is written.
func TestProbesPlan(t *testing.T) {
	o := options(t, noise(t, 100, 8), 1)
	o.ProbeEvery = 10
	metrics, _, _, _ := probed(t, o)
	run, err := record.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(metrics.Probes) != 1 || m.Probe == nil || m.Probe.Samples != 20 || m.Probe.Part != "test" || len(m.Probe.SHA256) != 64 {
		t.Errorf("%d probes on %+v, want the start's on 20 test samples", len(metrics.Probes), m.Probe)
	}
	for _, tt := range []struct {
		samples int
		limit   int64
		want    string
	}{{15, 0, "the test part of"}, {100, 1000, "probe-every: memory limit"}} {
		o := options(t, noise(t, tt.samples, 8), 1)
		o.BatchSize, o.ProbeEvery, o.MemoryLimit = 8, 1, tt.limit
		_, err := Run(context.Background(), o, &listener{}, func(Plan) {})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d samples, limit %d: got %v, want an error of one line with %q", tt.samples, tt.limit, err, tt.want)
		}
		if _, err := record.Open(o.Out); err == nil {
			t.Error(fmt.Sprint(o.Out, " was written"))
		}
	}
}
