// SPDX-License-Identifier: Apache-2.0

package record

import "fmt"

// Status is how a run stands.
type Status string

// The statuses of a run.
const (
	Running     Status = "running"
	Done        Status = "done"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
)

func (s Status) check() error {
	switch s {
	case Running, Done, Failed, Interrupted:
		return nil
	}
	return fmt.Errorf("status %q, want running, done, failed or interrupted", string(s))
}

// Summary is a run in brief.
type Summary struct {
	Status       Status   `json:"status"`
	Message      string   `json:"message,omitempty"` // why it failed or stopped
	ExitCode     int      `json:"exit_code,omitempty"`
	Final        bool     `json:"final,omitempty"` // failed in a way that going on would repeat
	Steps        int      `json:"steps"`
	Epoch        float64  `json:"epoch"`
	Seconds      Number   `json:"seconds"`      // wall clock, the caller's
	StepSeconds  Number   `json:"step_seconds"` // sum over the steps alone
	Probes       int      `json:"probes,omitempty"`
	ProbeSeconds Number   `json:"probe_seconds,omitempty"` // sum over the probes, which no step's time holds
	Certified    int      `json:"certified_steps"`         // steps that carry a certificate
	ExactSteps   int      `json:"exact_steps"`
	Refused      int      `json:"refused_steps,omitempty"` // steps that the loss refused
	Exact        Optional `json:"exact,omitzero"`          // share of Gauss-Newton steps certified exact
	WorstCert    Optional `json:"worst_cert,omitzero"`
	Last         Scores   `json:"last"`
	Best         Scores   `json:"best"` // where test accuracy was highest, first such step
}

// Scores are the metrics at one step.
type Scores struct {
	Step      int      `json:"step"`
	Epoch     float64  `json:"epoch"`
	BatchLoss Optional `json:"batch_loss,omitzero"`
	BatchAcc  Optional `json:"batch_acc,omitzero"`
	EvalStep  *int     `json:"eval_step,omitempty"` // of the newest evaluation, which train and test scores are from; nil in Best, where Step is that
	TrainLoss Optional `json:"train_loss,omitzero"`
	TrainAcc  Optional `json:"train_acc,omitzero"`
	TestLoss  Optional `json:"test_loss,omitzero"`
	TestAcc   Optional `json:"test_acc,omitzero"`
}

// Evaluated is the step that the scores of the train and test parts belong to.
func (s Scores) Evaluated() int {
	if s.EvalStep != nil {
		return *s.EvalStep
	}
	return s.Step
}

// tally gathers a Summary from the records as they are written.
type tally struct {
	s       Summary
	trained *EvalRecord // the newest evaluation on the training set
	worst   *StepRecord // the step of WorstCert
}

// Summary is the run so far, from the records appended; the caller adds Seconds.
func (r *Run) Summary(status Status, message string) Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.tally.s
	s.Status, s.Message = status, message
	return s
}

// Worst is the step with the largest certificate so far; false where none has one.
func (r *Run) Worst() (StepRecord, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tally.worst == nil {
		return StepRecord{}, false
	}
	return *r.tally.worst, true
}

func (t *tally) addStep(s StepRecord) {
	t.s.Steps++
	t.s.Epoch = s.Epoch
	t.s.StepSeconds += s.Seconds
	t.s.Last.Step, t.s.Last.Epoch = s.Step, s.Epoch
	t.s.Last.BatchLoss, t.s.Last.BatchAcc = Optional{Value: s.Loss, Set: true}, s.Acc
	if s.Trust != nil && !s.Trust.Accepted {
		t.s.Refused++
		return // its certificate speaks of a change that was not made
	}
	if s.GaussNewton == nil {
		return
	}
	t.s.Certified++
	if s.Exact {
		t.s.ExactSteps++
	}
	t.s.Exact = Some(float64(t.s.ExactSteps) / float64(t.s.Certified))
	// Written so that a NaN, once there, stays.
	if w := t.s.WorstCert; !w.Set || !(w.Value >= s.Cert) && w.Value == w.Value {
		t.s.WorstCert, t.worst = Optional{Value: s.Cert, Set: true}, &s
	}
}

func (t *tally) addProbe(p ProbeRecord) {
	t.s.Probes++
	t.s.ProbeSeconds += p.Seconds
}

func (t *tally) addEval(e EvalRecord) {
	last, best := &t.s.Last, &t.s.Best
	last.Step, last.Epoch = e.Step, e.Epoch
	loss := Optional{Value: e.Loss, Set: true}
	if e.Split == "train" {
		t.trained = &e
	} else {
		last.EvalStep = &e.Step
		last.TestLoss, last.TestAcc = loss, e.Acc
		last.TrainLoss, last.TrainAcc = Optional{}, Optional{}
		if t.s.better(e) {
			*best = Scores{Step: e.Step, Epoch: e.Epoch, TestLoss: loss, TestAcc: e.Acc}
		}
	}
	// A step's two splits come in either order; what was measured of another step does not stand beside them.
	for _, s := range []*Scores{last, best} {
		if t.trained != nil && s.TestLoss.Set && s.Evaluated() == t.trained.Step {
			s.TrainLoss, s.TrainAcc = Optional{Value: t.trained.Loss, Set: true}, t.trained.Acc
		}
	}
}

// better compares test accuracy where there is one, else test loss. Non-finite
// figures are never better.
func (s *Summary) better(e EvalRecord) bool {
	best := s.Best
	switch {
	case e.Acc.Set && best.TestAcc.Set:
		return e.Acc.Value > best.TestAcc.Value
	case e.Acc.Set:
		return e.Acc.Value == e.Acc.Value
	case best.TestLoss.Set:
		return e.Loss < best.TestLoss.Value
	}
	return e.Loss == e.Loss
}
