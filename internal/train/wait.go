// SPDX-License-Identifier: Apache-2.0

package train

import (
	"time"

	"revgn/internal/progress"
)

// patience is how long work may take before it says what it is.
const patience = time.Second

// wait does work that may take long.
func wait(ui progress.Reporter, what string, work func() error) error {
	told := make(chan struct{})
	timer := time.AfterFunc(patience, func() {
		defer close(told)
		ui.Doing(what)
	})
	err := work()
	if !timer.Stop() {
		<-told // so that nothing is told after the work
	}
	return err
}
