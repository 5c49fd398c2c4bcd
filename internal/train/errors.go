// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"fmt"
)

// Exit codes of the contract that are this package's to decide.
const (
	exitUsage       = 2
	exitCheck       = 3
	exitInterrupted = 75
)

// OptionError is an option that the data do not allow, which is bad usage although only the data show it.
type OptionError struct{ Err error }

func (e *OptionError) Error() string { return e.Err.Error() }
func (e *OptionError) Unwrap() error { return e.Err }

// ExitCode is 2, the code for bad usage.
func (e *OptionError) ExitCode() int { return exitUsage }

// InterruptedError is a run that was stopped from outside. What it had done is saved; Steps is 0 where it had not begun.
type InterruptedError struct {
	Step, Steps int
	Why         error  // what stopped it
	Dir         string // of the run
}

func (e *InterruptedError) Error() string {
	if e.Steps == 0 {
		return "interrupted before training began; nothing is written"
	}
	return fmt.Sprintf("interrupted after step %d of %d (%v); the run is saved: go on with `revgn train --resume --out %s`", e.Step, e.Steps, e.Why, e.Dir)
}

// ExitCode is 75, the code for an interrupted run.
func (e *InterruptedError) ExitCode() int { return exitInterrupted }

// NotExactError is a step whose certificate is above the limit of --require-exact.
type NotExactError struct {
	Step            int
	Cert, Tolerance float64
}

func (e *NotExactError) Error() string {
	return fmt.Sprintf("require-exact: step %d has certificate %.3g, above %.3g (a larger --hidden, a smaller --batch-size or --dtype f64 makes steps more exact)",
		e.Step, e.Cert, e.Tolerance)
}

// ExitCode is 3, the code for a check that failed.
func (e *NotExactError) ExitCode() int { return exitCheck }

// NotFiniteError is a step whose loss or change is not finite. Its run ends with finite weights: those before the step, or where the change alone was
// finite (Made) those after it.
type NotFiniteError struct {
	Step int
	Loss float64 // on the step's batch, before the step
	Cert float64 // of a Gauss-Newton step, 0 for others
	Made bool
}

func (e *NotFiniteError) Error() string {
	kept := "keeps the weights before it"
	if e.Made {
		kept = "keeps the weights after it, which are finite"
	}
	if finite(e.Loss) && !(e.Cert <= 1) {
		return fmt.Sprintf("step %d: its solve broke down (certificate %.3g, loss before it %.4g): the run ends and %s (try --dtype f64, a smaller --batch-size, a larger --hidden or a smaller --lr)",
			e.Step, e.Cert, e.Loss, kept)
	}
	return fmt.Sprintf("step %d is not finite (loss before it %.4g): the run ends and %s (try a smaller --lr)", e.Step, e.Loss, kept)
}

// EndedError is a run that is asked to go on although it ended: it would end in the same way again.
type EndedError struct {
	Dir     string
	Message string
	Code    int
}

func (e *EndedError) Error() string {
	return fmt.Sprintf("the run in %s ended and would end so again: %s", e.Dir, e.Message)
}

// ExitCode is that with which the run ended.
func (e *EndedError) ExitCode() int { return e.Code }

// final tells errors that would come again if the run went on from before them.
func final(err error) bool {
	var broken *NotFiniteError
	var loose *NotExactError
	return errors.As(err, &broken) || errors.As(err, &loose)
}

// codeOf is the exit code of an error that ends a run.
func codeOf(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}

func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errTimeLimit)
}
