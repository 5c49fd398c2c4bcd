// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"
)

// Optimizer is a first-order optimizer as PyTorch's documentation writes it (torch.optim.SGD, Adam, AdamW; no dampening, no Nesterov, no AMSGrad), on plain
// slices. Kind is sgd, momentum, adam or adamw. The zero state is that before the first step.
type Optimizer struct {
	Kind                     string
	Momentum                 float64 // momentum
	Beta1, Beta2, Eps, Decay float64 // Decay λ is added to the gradient as λz, but by adamw taken off the weights as lr·λz

	steps         int
	first, second []float64 // velocity or first moment, second moment
}

// Step changes the weights z in place along the gradient g of the mean loss at z.
func (o *Optimizer) Step(z, g []float64, lr float64) error {
	if len(z) != len(g) || o.steps > 0 && len(z) != len(o.first) {
		return fmt.Errorf("oracle: %d weights, %d gradients and %d of state, want equal numbers", len(z), len(g), len(o.first))
	}
	if o.steps == 0 {
		o.first, o.second = make([]float64, len(z)), make([]float64, len(z))
	}
	o.steps++
	for i := range z {
		gi := g[i]
		if o.Kind == "adamw" {
			z[i] -= lr * o.Decay * z[i]
		} else {
			gi += o.Decay * z[i]
		}
		switch o.Kind {
		case "sgd":
			z[i] -= lr * gi
		case "momentum":
			o.first[i] = o.Momentum*o.first[i] + gi
			z[i] -= lr * o.first[i]
		case "adam", "adamw":
			z[i] -= lr * o.adam(i, gi)
		default:
			return fmt.Errorf("oracle: optimizer %q, want sgd, momentum, adam or adamw", o.Kind)
		}
	}
	return nil
}

// adam updates the moments of weight i and returns m̂/(√ŝ + ε).
func (o *Optimizer) adam(i int, g float64) float64 {
	o.first[i] = o.Beta1*o.first[i] + (1-o.Beta1)*g
	o.second[i] = o.Beta2*o.second[i] + (1-o.Beta2)*g*g
	m := o.first[i] / (1 - math.Pow(o.Beta1, float64(o.steps)))
	s := o.second[i] / (1 - math.Pow(o.Beta2, float64(o.steps)))
	return m / (math.Sqrt(s) + o.Eps)
}
