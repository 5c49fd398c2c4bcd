// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"errors"
	"fmt"
)

// devicesError says that a backend has fewer devices than are asked for.
type devicesError struct {
	kind         string
	has, wanting int
}

func (e *devicesError) Error() string {
	has, use := fmt.Sprintf("%d devices", e.has), fmt.Sprintf("%d or less", e.has)
	if e.has == 1 {
		has, use = "1 device", "1"
	}
	return fmt.Sprintf("%s has %s and %d are asked for (use --devices %s, or --backend xla:cpu, which shows any number)", e.kind, has, e.wanting, use)
}

// isUsersMistake tells errors that another backend would not mend from those that are a reason to try the next one.
func isUsersMistake(err error) bool {
	var devices *devicesError
	return isFlagError(err) || errors.As(err, &devices)
}
