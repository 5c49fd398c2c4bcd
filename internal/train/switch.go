// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"strings"

	"revgn/gnstep"
	"revgn/internal/record"
)

// switchOptimizer goes on with another optimizer where that is due. Its state starts from nothing; the weights and the order of batches go on.
func (r *runner) switchOptimizer() error {
	s := r.opts.Switch
	if s.Epoch == 0 || r.switched || r.step != s.Epoch*r.perEpoch {
		return nil
	}
	from := r.opts.Optimizer
	next, err := r.opts.After(s)
	if err != nil {
		return err
	}
	r.opts, r.switched = next, true
	if err := r.vars.Store.DeleteVariablesInScope(strings.TrimSuffix(gnstep.StateScope, "/")); err != nil {
		return err
	}
	if err := r.chooseStep(); err != nil {
		return err
	}
	if err := r.device.replaceStep(r.session); err != nil {
		return err
	}
	r.lr = scalar(r.vars.Config.DType, r.opts.LR)
	err = wait(r.ui, fmt.Sprintf("compiling the step of %s", s.To), func() error { return r.device.step.Compile() })
	if err != nil {
		return err
	}
	message := fmt.Sprintf("switched from %s to %s, lr %g", from, s.To, r.opts.LR)
	r.ui.Note("%s", message)
	err = r.run.AppendEvent(record.EventRecord{Step: r.step, Epoch: r.epoch(), Event: "switch", Message: message})
	r.settle()
	return err
}
