// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis/cka"
	"revgn/analysis/ntk"
	"revgn/internal/devices"
	"revgn/internal/record"
	"revgn/model"
)

// prober compares the network of a run with its start.
type prober struct {
	kernel    *ntk.Tracker
	stream    *cka.Watch // nil before the start
	look      *devices.Exec
	features  *devices.Exec // x → ΦΦᵀ of every coupling
	network   model.Config
	x, labels *tensors.Tensor
	before    float64       // the loss ahead of the step that is probed
	ahead     time.Duration // spent on that
}

// keepStart puts a copy of the initial weights into the store, before the variables are laid out on the devices.
func (r *runner) keepStart() error {
	if r.probes == nil {
		return nil
	}
	for _, named := range r.vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return err
		}
		start, err := value.LocalClone()
		if err != nil {
			return err
		}
		kept, err := r.vars.Store.CreateVariable(startPath(named.Variable), start)
		if err != nil {
			return err
		}
		kept.SetTrainable(false)
	}
	return nil
}

// beginProbes compiles what probes need and records the start.
func (r *runner) beginProbes(ctx context.Context) error {
	if r.probes == nil {
		return nil
	}
	began := time.Now()
	err := wait(r.ui, "compiling the probe of the tangent kernel", func() error { return r.newProber(ctx) })
	if err != nil {
		return err
	}
	rec, err := r.prober.compare(ctx, began)
	if err != nil {
		return err
	}
	r.prober.before = r.probed
	if r.from > 0 { // the start's line is there
		return nil
	}
	return r.appendProbe(rec)
}

func (r *runner) newProber(ctx context.Context) (err error) {
	p := &prober{network: r.vars.Config}
	p.x, p.labels = r.probes.set.Tensors(r.vars.Config.DType, 0, r.probes.set.Len())
	if p.look, err = r.devices.NewExec(r.backend.Backend, r.vars.Store, probeGraph(r.vars, model.Loss(r.opts.Loss))); err != nil {
		return err
	}
	if p.features, err = r.devices.NewExec(r.backend.Backend, r.vars.Store, spectraGraph(r.vars)); err != nil {
		return err
	}
	p.kernel, err = ntk.NewTracker(r.backend.Backend, r.vars, r.probes.set, ntk.Options{MemoryLimit: r.opts.MemoryLimit, Devices: r.devices})
	if err != nil {
		return err
	}
	r.prober = p
	return p.kernel.Begin(ctx)
}

// beforeProbe measures the loss on the probe set where the next step is probed.
func (r *runner) beforeProbe() error {
	if !r.probes.due(r.step + 1) {
		return nil
	}
	start := time.Now()
	values, gram, err := numbers(r.prober.look, r.prober.x, r.prober.labels)
	if err := cmp.Or(err, devices.Free(gram...)); err != nil {
		return err
	}
	r.prober.before, r.prober.ahead = values[0], time.Since(start)
	return nil
}

// probe records how the network compares with its start, where that is due.
func (r *runner) probe(ctx context.Context) error {
	if !r.probes.due(r.step) {
		return nil
	}
	rec, err := r.prober.compare(ctx, time.Now().Add(-r.prober.ahead))
	if err != nil {
		return err
	}
	rec.HeldoutChange = record.Some(float64(rec.HeldoutLoss) - r.prober.before)
	rec.HeldoutChangePct = percent(r.prober.before, float64(rec.HeldoutLoss))
	return r.appendProbe(rec)
}

func (r *runner) appendProbe(rec record.ProbeRecord) error {
	rec.Step, rec.Epoch = r.step, r.epoch()
	return r.run.AppendProbe(rec)
}

// compare measures the network as it is; began says when the probe did. The first call makes it the start.
func (p *prober) compare(ctx context.Context, began time.Time) (rec record.ProbeRecord, err error) {
	values, grams, err := numbers(p.look, p.x, p.labels)
	if err != nil {
		return rec, err
	}
	gram, err := tensors.CopyFlatData[float64](grams[0])
	if err := cmp.Or(err, devices.Free(grams...)); err != nil {
		return rec, err
	}
	if p.stream == nil {
		if p.stream, err = cka.NewWatch(p.labels.Shape().Dim(0), gram); err != nil {
			return rec, err
		}
	}
	biased, debiased, err := p.stream.Compare(gram)
	if err != nil {
		return rec, err
	}
	kernel, err := p.kernel.Alignment(ctx)
	if err != nil {
		return rec, err
	}
	couplings, err := spectra(p.features, p.network, p.x)
	if err != nil {
		return rec, err
	}
	start, now, product, moved := values[1], values[2], values[3], values[4]
	return record.ProbeRecord{
		KernelAlignment: record.Number(kernel.Centred), KernelRaw: record.Number(kernel.Alignment), KernelChange: record.Number(kernel.Change),
		CKA: record.Number(biased), DebiasedCKA: record.Number(debiased),
		Displacement: record.Number(math.Sqrt(moved / start)), Cosine: record.Number(product / math.Sqrt(start*now)),
		HeldoutLoss: record.Number(values[0]), Seconds: record.Number(time.Since(began).Seconds()),
		Couplings: couplings,
	}, nil
}
