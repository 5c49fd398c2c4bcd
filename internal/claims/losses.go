// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
)

// finalLoss is the log of the loss over a whole split at the end.
func finalLoss(split string) measure {
	return func(v View) (float64, error) {
		curve, err := evaluations(v, split)
		if err != nil {
			return 0, err
		}
		return math.Log(last(curve).loss), nil
	}
}

// finalRatio is log L_a - log L_b at the end.
func finalRatio(split, a, b string) Statistic {
	part := map[string]string{"train": "training", "test": "test"}[split]
	return difference(a, b, finalLoss(split)).defined(true, "log L(%s) - log L(%s), L the loss over the whole %s part at the end, after as many steps of both", a, b, part)
}

// finalAccuracy is the accuracy of a less that of b at the end.
func finalAccuracy(split, a, b string) Statistic {
	return difference(a, b, func(v View) (float64, error) {
		evals := v.Metrics().Evals
		for i := len(evals) - 1; i >= 0; i-- {
			if evals[i].Split == split && evals[i].Step > 0 && evals[i].Acc.Set {
				return float64(evals[i].Acc.Value), nil
			}
		}
		return 0, fmt.Errorf("it has no accuracy of the %s part", split)
	}).defined(false, "accuracy of %s less that of %s over the whole %s part at the end, after as many steps of both", a, b, split)
}

// earlyRatio is log L_a - log L_b over the training part after the first epoch.
func earlyRatio(a, b string) Statistic {
	return difference(a, b, func(v View) (float64, error) {
		curve, err := evaluations(v, "train")
		if err != nil {
			return 0, err
		}
		first, err := at(curve, 1)
		return math.Log(first.loss), err
	}).defined(true, "log L(%s) - log L(%s), L the loss over the whole training part after the first epoch", a, b)
}

func trainFall(v View) (float64, error) {
	curve, err := evaluations(v, "train")
	if err != nil {
		return 0, err
	}
	return lateFall(curve)
}

// falls is the late fall of an arm.
func falls(arm string) Statistic {
	return single(arm, trainFall).defined(true, "log L(3/4) - log L(end) of %s, L the loss over the whole training part after three quarters of the epochs and after all", arm)
}

// fallsMore is the late fall of a less that of b.
func fallsMore(a, b string) Statistic {
	return difference(a, b, trainFall).defined(true, "log L(3/4) - log L(end) of %s less that of %s, L the loss over the whole training part", a, b)
}

// speedUp is the log of how many times more steps slow takes than fast to the loss that both reach: the larger of their lowest full-batch losses.
func speedUp(slow, fast string) Statistic {
	s := Statistic{Arms: []string{slow, fast}, Of: func(s Seed) (float64, error) {
		target := 0.
		for _, arm := range []string{slow, fast} {
			low, err := s.of(arm, func(v View) (float64, error) {
				curve, err := fullBatch(v)
				return lowest(curve), err
			})
			if err != nil {
				return 0, err
			}
			target = max(target, low)
		}
		steps := func(arm string) (float64, error) {
			return s.of(arm, func(v View) (float64, error) {
				curve, err := fullBatch(v)
				if err != nil {
					return 0, err
				}
				return reaches(curve, target)
			})
		}
		x, err := steps(slow)
		if err != nil {
			return 0, err
		}
		y, err := steps(fast)
		return math.Log(x / y), err
	}}
	return s.defined(true, "log(steps of %s/steps of %s) to the lowest training loss that both reach, between steps by a straight line of the log loss", slow, fast)
}

// beyondHalf is how far an arm stays above the middle, in log loss, of a gap between two others.
func beyondHalf(arm, top, bottom string) Statistic {
	s := Statistic{Arms: []string{arm, top, bottom}, Of: func(s Seed) (float64, error) {
		var l [3]float64
		for i, name := range []string{arm, top, bottom} {
			var err error
			if l[i], err = s.of(name, finalLoss("train")); err != nil {
				return 0, err
			}
		}
		return l[0] - (l[1]+l[2])/2, nil
	}}
	return s.defined(true, "log L(%s) - ½(log L(%s) + log L(%s)), L the loss over the whole training part at the end: 0 where half of the gap is closed", arm, top, bottom)
}
