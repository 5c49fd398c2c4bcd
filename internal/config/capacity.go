// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Activations tells what becomes of features and slopes between the ways up and down of a step.
type Activations string

// What becomes of activations: cache keeps those of all blocks, recompute those of one block and rebuilds the others from the output, auto caches them where
// that fits into the memory limit.
const (
	ActivationsAuto      Activations = "auto"
	ActivationsCache     Activations = "cache"
	ActivationsRecompute Activations = "recompute"
)

func activationModes() []Activations {
	return []Activations{ActivationsAuto, ActivationsCache, ActivationsRecompute}
}

// capacityValue is a number of bytes; 0 is auto.
type capacityValue struct{ p *int64 }

const autoCapacity = "auto"

// units are those that sizes are written in, the largest first.
var units = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"T", 1 << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"B", 1}}

func (v capacityValue) Type() string { return "SIZE|" + autoCapacity }

// String writes the largest unit of which the size is a whole number.
func (v capacityValue) String() string {
	if *v.p == 0 {
		return autoCapacity
	}
	for _, u := range units {
		if *v.p%u.bytes == 0 {
			return strconv.FormatInt(*v.p/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(*v.p, 10) + "B"
}

func (v capacityValue) Set(s string) error {
	if s == autoCapacity {
		*v.p = 0
		return nil
	}
	number, scale := strings.TrimSpace(s), int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, scale = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	x, err := strconv.ParseFloat(number, 64)
	if bytes := x * float64(scale); err == nil && bytes >= 1 && bytes < math.MaxInt64 {
		*v.p = int64(bytes)
		return nil
	}
	return fmt.Errorf("got %q; want a size above 0, such as 8GiB or 500MB, or %s", s, autoCapacity)
}
