// SPDX-License-Identifier: Apache-2.0

package report

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// each does something with every item, with as many at a time as there are processors, until the context ends.
func each[T any](ctx context.Context, items []T, do func(T)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, item := range items {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			do(item)
			return nil
		})
	}
	return group.Wait()
}
