// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
)

// turned is 1 less the centred alignment of the tangent kernel at the end with that at the start.
func turned(arm string) Statistic {
	return single(arm, func(v View) (float64, error) {
		p, err := lastProbe(v)
		return 1 - float64(p.KernelAlignment), err
	}).defined(false, "1 - <HΘ₀H, HΘH>/(‖HΘ₀H‖‖HΘH‖) of the class-traced tangent kernel Θ on the probe set, start and end, of %s", arm)
}

// kernelRatio is the log of how many times more a's kernel changed than b's, at the end.
func kernelRatio(a, b string) Statistic {
	return difference(a, b, func(v View) (float64, error) {
		p, err := lastProbe(v)
		if err != nil {
			return 0, err
		}
		return logChange(float64(p.KernelChange))
	}).defined(true, "log(‖Θ - Θ₀‖/‖Θ₀‖) of %s less that of %s at the end", a, b)
}

// kernelRatioMatched is the same where both have come to the loss that both reach, so that who trained farther does not decide.
func kernelRatioMatched(a, b string) Statistic {
	s := Statistic{Arms: []string{a, b}, Of: func(s Seed) (float64, error) {
		target := 0.
		for _, arm := range []string{a, b} {
			low, err := s.of(arm, func(v View) (float64, error) {
				curve, err := evaluations(v, "train")
				return lowest(curve), err
			})
			if err != nil {
				return 0, err
			}
			target = max(target, low)
		}
		change := func(v View) (float64, error) { return changeAt(v, target) }
		x, err := s.of(a, change)
		if err != nil {
			return 0, err
		}
		y, err := s.of(b, change)
		return x - y, err
	}}
	return s.defined(true, "log(‖Θ - Θ₀‖/‖Θ₀‖) of %s less that of %s, each at the first probe after an evaluation at which the training loss is at most the lowest that both reach", a, b)
}

// changeAt is the log of the kernel's change at the first probe where the training loss has come down to target.
func changeAt(v View, target float64) (float64, error) {
	curve, err := evaluations(v, "train")
	if err != nil {
		return 0, err
	}
	for _, p := range curve {
		if p.loss > target {
			continue
		}
		probe, err := probeAt(v, p.step)
		if err != nil {
			return 0, err
		}
		return logChange(float64(probe.KernelChange))
	}
	return 0, fmt.Errorf("it never reaches the training loss %g", target)
}

func logChange(change float64) (float64, error) {
	if !(change > 0) || math.IsInf(change, 1) {
		return 0, fmt.Errorf("its tangent kernel changed by %g of its norm, want a positive number", change)
	}
	return math.Log(change), nil
}
