// SPDX-License-Identifier: Apache-2.0

//go:build !linux && !darwin

package compilecache

import "errors"

func processor() (string, error) { return "", errors.New("not known on this system") }
