// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"strings"

	"revgn/gnstep"
	"revgn/model"
)

// Plan is what a run is about to do, for a person to check before it does.
type Plan struct {
	Dir     string
	Backend string
	Lines   []string
}

// plan describes the run.
func (s *session) plan(dir string) Plan {
	c := s.vars.Config
	lines := []string{
		fmt.Sprintf("data       %s: %s training and %s test samples, %d features, %d classes",
			s.source.Name, count(s.source.Train.Len()), count(s.source.Test.Len()), c.Width, c.Classes),
	}
	if place := s.source.Place; place != "embedded" && place != "computed" && !strings.Contains(s.source.Name, place) {
		lines = append(lines, "           read from "+place)
	}
	for _, note := range s.source.Notes {
		lines = append(lines, "           "+note)
	}
	if s.augment().Active() {
		lines = append(lines, fmt.Sprintf("augment    %s, anew each epoch; evaluations see the samples as they are", s.opts.Augment))
	}
	lines = append(lines,
		fmt.Sprintf("network    %d reversible blocks on halves of d = %d, hidden h = %d, %s", c.Blocks, c.Half(), c.Hidden, s.opts.DType),
		blockLine(c, 0, 0))
	if c.Blocks > 1 {
		lines = append(lines, blockLine(c, 1, c.Blocks-1))
	}
	lines = append(lines, controlLines(c)...)
	lines = append(lines, fmt.Sprintf("parameters %s trained, %s frozen, %s", count(c.Trainable()), count(c.Frozen()), binary((c.Trainable()+c.Frozen())*c.DType.Size())))
	lines = append(lines, s.stepLines(c)...)
	if s.probes != nil {
		total, _ := Operations(s.stepper, s.opts.Optimizer, c, s.batch)
		lines = append(lines, s.probes.line(c, total))
	}
	return Plan{Dir: dir, Backend: s.backend.Description, Lines: lines}
}

// controlLines say what the network is tied to.
func controlLines(c model.Config) []string {
	switch s := c.Scale(); {
	case c.Linearised && s != 1:
		return []string{fmt.Sprintf("control    linearised at its initial weights, output scale %g: f = z(θ0) + %g·J(θ0)(θ - θ0)", s, s)}
	case c.Linearised:
		return []string{"control    linearised at its initial weights: f = z(θ0) + J(θ0)(θ - θ0), features never change"}
	case s != 1:
		return []string{fmt.Sprintf("control    output scale %g: f = z(θ0) + %g·(z(θ) - z(θ0))", s, s)}
	}
	return nil
}

// blockLine describes the blocks from l to last, which are alike.
func blockLine(c model.Config, l, last int) string {
	bias := ""
	if c.Bias {
		bias = fmt.Sprintf(", b %d", c.Half())
	}
	each := c.FeatureCount() * c.Half()
	return fmt.Sprintf("  block %-4s f and g each: C %dx%d frozen, W %dx%d%s (%s trained, %s), %s, rank at most %d",
		blockRange(l, last), c.Half(), c.Hidden, c.Hidden, c.Half(), bias, count(each), binary(each*c.DType.Size()), c.ActivationOf(2*l), c.RankBound(2*l))
}

func (s *session) stepLines(c model.Config) []string {
	n := s.source.Train.Len()
	lines := []string{
		fmt.Sprintf("optimizer  %s, lr %g, %s, seed %d", s.opts.Optimizer, s.opts.LR, s.opts.Loss, s.opts.Seed),
		fmt.Sprintf("steps      %s of batch B = %s, %d an epoch", count(s.opts.TotalSteps(n)), count(s.batch), s.opts.StepsPerEpoch(n)),
	}
	if dropped := n % s.batch; dropped > 0 {
		lines[1] += fmt.Sprintf(" (the last %d samples of each epoch's order are dropped)", dropped)
	}
	if n := s.devices.Count(); n > 1 {
		lines = append(lines, fmt.Sprintf("devices    %d: each holds %d of h = %d", n, c.Hidden/n, c.Hidden))
	}
	total, o := Operations(s.stepper, s.opts.Optimizer, c, s.batch)
	step, certified := s.stepper.(*gnstep.Step)
	if !certified {
		return append(lines, "operations "+operations(total)+" a step")
	}
	lines = append(lines, fmt.Sprintf("operations %s a step (forward %s, pull-back %s, Gram %s, factor %s, solve %s, tangents %s)", operations(total),
		operations(o.Forward), operations(o.PullBack), operations(o.Gram), operations(o.Factor), operations(o.Solve), operations(o.Tangents)))
	lines = append(lines, "solver     "+step.Chosen(s.batch), s.plans.line())
	asked := stepOptions(s.opts, nil)
	if left := approximations(asked); left != "" {
		return append(lines, "exactness  regularised, the certificate shows by how much: "+left)
	}
	if asked.Inverse != gnstep.Split {
		return append(lines, "exactness  the logits alone are asked for")
	}
	return append(lines, rankLine(c, s.batch, s.opts.Carry))
}

// approximations says what of the prescribed change the options leave undone, "" for nothing.
func approximations(o gnstep.Options) string {
	var left []string
	if o.Rtol > 0 || o.Atol > 0 {
		left = append(left, fmt.Sprintf("singular values below max(%g·σmax, %g) are dropped", o.Rtol, o.Atol))
	}
	if o.Damping.Value > 0 {
		left = append(left, "directions under the damping are left out in part")
	}
	if o.Noise > 0 {
		left = append(left, fmt.Sprintf("noise of %g times the norm of each solution", o.Noise))
	}
	if o.Memory == gnstep.HeavyBall && o.Beta > 0 {
		left = append(left, "the last change is added")
	}
	return strings.Join(left, "; ")
}

// rankLine says whether the step can be exact.
func rankLine(c model.Config, batch int, carry bool) string {
	var short []string
	if c.RankBound(0) < batch {
		short = append(short, "0")
	}
	if top := c.Blocks - 1; top > 0 && c.RankBound(2*top) < batch {
		short = append(short, blockRange(1, top))
	}
	top := c.RankBound(c.Couplings()-1) >= batch
	switch {
	case len(short) == 0:
		return fmt.Sprintf("exactness  every block can reach rank B = %d where its features are well conditioned", batch)
	case top && carry:
		return fmt.Sprintf("exactness  block %s cannot reach rank B = %d; what it leaves is carried up, and the top block can where its features are well conditioned", short[0], batch)
	}
	return fmt.Sprintf("exactness  block %s cannot reach rank B = %d: steps are projections and not exact", strings.Join(short, ", "), batch)
}

// blockRange names the blocks from l to last.
func blockRange(l, last int) string {
	if l == last {
		return fmt.Sprint(l)
	}
	return fmt.Sprintf("%d-%d", l, last)
}

// count writes a number with thousands separators.
func count(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// operations writes a number of floating-point operations.
func operations(v float64) string {
	units := []string{"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"}
	i := 0
	for v >= 1000 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	return fmt.Sprintf("%.3g %s", v, units[i])
}

// binary writes a size in binary units.
func binary(n int) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(n), 0
	for v >= 1024 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	return fmt.Sprintf("%.4g %s", v, units[i])
}
