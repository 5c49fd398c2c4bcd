// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"

	"revgn/internal/config"
)

// runTrain trains one network: progress to stderr, results to stdout.
func runTrain(_ context.Context, opts config.Options, _, stderr io.Writer) error {
	trainReporter(opts, stderr).Stop()
	return errors.New("train: this build has no training loop")
}
