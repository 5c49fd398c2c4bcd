// SPDX-License-Identifier: Apache-2.0

//go:build noxla

package backend

import "fmt"

func openXLA(kind, path string, o Options) (*Backend, error) {
	return nil, fmt.Errorf("%s is not part of this build (-tags noxla): use --backend go, or build without that tag", kind)
}
