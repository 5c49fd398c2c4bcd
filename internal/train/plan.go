// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"strings"

	"revgn/gnstep"
	"revgn/internal/config"
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
		fmt.Sprintf("data       %s: %d train, %d test, %d features, %d classes", s.source.Name, s.source.Train.Len(), s.source.Test.Len(), c.Width, c.Classes),
		fmt.Sprintf("network    %d blocks on halves of d = %d, hidden h = %d, dtype %s", c.Blocks, c.Half(), c.Hidden, s.opts.DType),
	}
	for l := range c.Blocks {
		lines = append(lines, fmt.Sprintf("  block %-3d f, g: C %dx%d frozen, W %dx%d%s, %s; rank at most %d",
			l, c.Half(), c.Hidden, c.Hidden, c.Half(), biasText(c), c.ActivationOf(2*l), c.RankBound(2*l)))
	}
	lines = append(lines, fmt.Sprintf("parameters %s trained, %s frozen, %s", count(c.Trainable()), count(c.Frozen()), bytes((c.Trainable()+c.Frozen())*c.DType.Size())))
	lines = append(lines, s.stepLines(c)...)
	return Plan{Dir: dir, Backend: s.backend.Description, Lines: lines}
}

func (s *session) stepLines(c model.Config) []string {
	n := s.source.Train.Len()
	steps := s.opts.TotalSteps(n)
	lines := []string{fmt.Sprintf("steps      %d of batch B = %d, %d an epoch; %s, lr %g, %s, seed %d",
		steps, s.batch, s.opts.StepsPerEpoch(n), s.opts.Optimizer, s.opts.LR, s.opts.Loss, s.opts.Seed)}
	if dropped := n % s.batch; dropped > 0 {
		lines[0] += fmt.Sprintf(" (the last %d samples of each epoch's order are dropped)", dropped)
	}
	if s.opts.Optimizer != config.GN {
		return append(lines, fmt.Sprintf("operations %.3g GFLOP a step", gradientOperations(c, s.batch)/1e9))
	}
	step := s.stepper.(*gnstep.Step)
	o := step.Operations(s.batch)
	lines = append(lines, fmt.Sprintf("operations %.3g GFLOP a step (forward %.3g, pull-back %.3g, Gram %.3g, factor %.3g, solve %.3g, tangents %.3g)",
		o.Total()/1e9, o.Forward/1e9, o.PullBack/1e9, o.Gram/1e9, o.Factor/1e9, o.Solve/1e9, o.Tangents/1e9))
	return append(lines, rankLine(c, s.batch, s.opts.Carry))
}

// rankLine says whether the step can be exact.
func rankLine(c model.Config, batch int, carry bool) string {
	var short []string
	for l := range c.Blocks {
		if c.RankBound(2*l) < batch {
			short = append(short, fmt.Sprint(l))
		}
	}
	top := c.RankBound(c.Couplings()-1) >= batch
	switch {
	case len(short) == 0:
		return fmt.Sprintf("exactness  every block can reach rank B = %d", batch)
	case top && carry:
		return fmt.Sprintf("exactness  block %s cannot reach rank B = %d; what it leaves is carried up, and the top block can", strings.Join(short, ", "), batch)
	default:
		return fmt.Sprintf("exactness  block %s cannot reach rank B = %d, so steps are projections", strings.Join(short, ", "), batch)
	}
}

// gradientOperations counts a forward and a backward pass.
func gradientOperations(c model.Config, batch int) float64 {
	var total float64
	for i := range c.Couplings() {
		d, h, b := float64(c.Half()), float64(c.Hidden), float64(batch)
		if c.ActivationOf(i) == model.Identity {
			total += 6*d*d*h + 6*b*d*d
		} else {
			total += 10 * b * d * h
		}
	}
	return total
}

func biasText(c model.Config) string {
	if !c.Bias {
		return ""
	}
	return fmt.Sprintf(", b %d", c.Half())
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

// bytes writes a size in binary units.
func bytes(n int) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(n), 0
	for v >= 1024 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	return fmt.Sprintf("%.4g %s", v, units[i])
}
