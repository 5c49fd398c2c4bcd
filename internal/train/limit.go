// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"revgn/internal/config"
)

// errTimeLimit is the end of --time-limit.
var errTimeLimit = errors.New("time limit")

// limited ends ctx when the limit is over, counted from when the command started; without a limit it is ctx itself.
func limited(ctx context.Context, limit config.Duration, started time.Time) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithDeadlineCause(ctx, started.Add(time.Duration(limit)), fmt.Errorf("%w of %s", errTimeLimit, limit))
}

// shortOfTime tells, before a step, that the step and saving after it would not end within the limit, as far as those before foretell it.
func (r *runner) shortOfTime(ctx context.Context) error {
	deadline, ok := ctx.Deadline()
	if !ok || r.step == r.from {
		return nil
	}
	each := r.stepping / time.Duration(r.step-r.from)
	if time.Now().Add(each + r.saving).Before(deadline) {
		return nil
	}
	return fmt.Errorf("%w of %s", errTimeLimit, r.opts.TimeLimit)
}

// reason is what stopped a run.
func reason(ctx context.Context, err error) error {
	if errors.Is(err, errTimeLimit) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
