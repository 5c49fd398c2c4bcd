// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"errors"
	"fmt"
	"math"
)

// besideLogits is log L - log L', L the loss of an arm's full-batch run at the end and L' that of gradient descent in the logits (docs/mathematics.md, section 9).
func besideLogits(arm string) Statistic {
	return single(arm, func(v View) (float64, error) {
		curve, err := fullBatch(v)
		if err != nil {
			return 0, err
		}
		predicted, err := descentInLogits(v)
		return math.Log(last(curve).loss) - math.Log(predicted), err
	}).defined(true, "log L(%s) - log L(logits), L the loss over the whole training part at the end; logits: as many steps at the same rate of gradient descent in the logits, from logits that are all alike", arm)
}

// descentInLogits is the loss that the rates of a run lead to: d, the lead of the right class, grows by α(1 - p)K/(K - 1) in each step.
func descentInLogits(v View) (float64, error) {
	others := float64(v.Classes() - 1)
	if others < 1 {
		return 0, errors.New("the number of classes is not known")
	}
	d := 0.
	for _, s := range v.Metrics().Steps {
		d += float64(s.LR) * (others + 1) / (math.Exp(d) + others)
	}
	loss := math.Log1p(others * math.Exp(-d))
	if !(loss > 0) || math.IsInf(loss, 0) {
		return 0, fmt.Errorf("gradient descent in the logits at its rates comes to a loss of %g", loss)
	}
	return loss, nil
}
