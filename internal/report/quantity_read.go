// SPDX-License-Identifier: Apache-2.0

package report

import "revgn/internal/record"

// ofStep is a quantity of every step that has it.
func ofStep(id, title, y string, log scale, about string, value func(*record.StepRecord) record.Optional) Quantity {
	return Quantity{id, title, y, log, about, func(m *record.Metrics, t *Trace) {
		for i := range m.Steps {
			addPresent(t, m.Steps[i].Step, value(&m.Steps[i]))
		}
	}}
}

// ofCertificate is a quantity of Gauss-Newton steps.
func ofCertificate(id, title, y string, log scale, about string, value func(*record.GaussNewton) record.Optional) Quantity {
	return ofStep(id, title, y, log, about, func(s *record.StepRecord) record.Optional {
		if s.GaussNewton == nil {
			return record.Optional{}
		}
		return value(s.GaussNewton)
	})
}

// ofEval is a quantity of the evaluations on a part of the data.
func ofEval(id, title, y string, log scale, split string, value func(*record.EvalRecord) record.Optional) Quantity {
	return Quantity{id, title, y, log, "Evaluated on the whole " + split + " set, every sample weighing the same.", func(m *record.Metrics, t *Trace) {
		for i := range m.Evals {
			if e := &m.Evals[i]; e.Split == split {
				addPresent(t, e.Step, value(e))
			}
		}
	}}
}

// ofProbe is a quantity of the probes of a run in training.
func ofProbe(id, title, y string, log scale, about string, value func(*record.ProbeRecord) record.Optional) Quantity {
	return Quantity{id, title, y, log, about, func(m *record.Metrics, t *Trace) {
		for i := range m.Probes {
			addPresent(t, m.Probes[i].Step, value(&m.Probes[i]))
		}
	}}
}

// addPresent adds a value that is there at a step after those before: a file may hold a step's evaluation twice.
func addPresent(t *Trace, step int, v record.Optional) {
	if v.Set && (t.Len() == 0 || float64(step) > t.Step[t.Len()-1]) {
		t.add(step, float64(v.Value))
	}
}
