// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"
)

func TestCapacity(t *testing.T) {
	for text, want := range map[string]int64{
		"auto": 0, "8GiB": 8 << 30, "1.5GiB": 3 << 29, "500MB": 500e6, "2G": 2 << 30, "64 KiB": 64 << 10, "1KB": 1000, "3 kB": 3000, "12": 12, "3B": 3, "1TiB": 1 << 40,
	} {
		var got, again int64 = -1, -1
		v := capacityValue{&got}
		if err := v.Set(text); err != nil || got != want {
			t.Errorf("%q is %d, %v, want %d", text, got, err, want)
		}
		if err := (capacityValue{&again}).Set(v.String()); err != nil || again != got {
			t.Errorf("%q is written %q, which reads %d, %v", text, v.String(), again, err)
		}
	}
	for _, text := range []string{"", "-1GiB", "0", "GiB", "8 gigs", "1e30TiB", "nan", "inf", "0.1B"} {
		got := int64(7)
		if err := (capacityValue{&got}).Set(text); err == nil || !strings.Contains(err.Error(), "8GiB") || got != 7 {
			t.Errorf("%q: %v, value %d", text, err, got)
		}
	}
}
