// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"errors"
	"fmt"
	"math"
	"strings"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/model"
)

// Method is a way to make a step: an optimizer with its options.
type Method struct {
	Name    string
	LR      float64 // greater than 0
	State   string  // what the stepper keeps between steps is "saved", that of the run, or "fresh", as before a first step
	Stepper gnstep.Stepper
	// Vars are those that the stepper was made for: the meter's (nil) or a View of them, which gives the stepper a state of its own.
	Vars *model.Variables
}

func (m Method) check() error {
	switch {
	case m.Stepper == nil:
		return errors.New("got no stepper")
	case !(m.LR > 0) || math.IsInf(m.LR, 0):
		return fmt.Errorf("lr: got %g; want a number greater than 0", m.LR)
	}
	return nil
}

// View is the network of vars in a store of its own: the tensors are those of vars, and what steppers keep between steps is not there. A stepper made for a view
// shares the weights with others, and no state. A view sees the weights that vars hold when a Method of it is measured.
func View(vars *model.Variables) (*model.Variables, error) {
	view := &model.Variables{Config: vars.Config, Store: gomlx.NewStore()}
	for v := range vars.Store.IterVariables() {
		if strings.HasPrefix(v.Path(), gnstep.StateScope) {
			continue
		}
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		shared, err := view.Store.CreateVariable(v.Path(), value)
		if err != nil {
			return nil, err
		}
		shared.SetTrainable(v.Trainable)
	}
	return view, nil
}

// follow gives a view the weights that vars hold now.
func follow(view, vars *model.Variables) error {
	if view == vars {
		return nil
	}
	for _, named := range vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return err
		}
		// The view's last value belongs to vars, which freed it when it was given another.
		if err := view.Variable(named.Name).SetValuePreservingOld(value); err != nil {
			return err
		}
	}
	return nil
}
