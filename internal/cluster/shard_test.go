// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"strings"
	"testing"
)

func TestParseShard(t *testing.T) {
	for _, want := range []Shard{{0, 1}, {0, 8}, {7, 8}, {99999, 100000}} {
		if got, err := ParseShard(want.String()); err != nil || got != want {
			t.Errorf("%s reads %v, %v", want, got, err)
		}
	}
	for text, want := range map[string]string{
		"":                       "want i/n",
		"3":                      "want i/n",
		"8/8":                    "allowed: 0/8 to 7/8",
		"9/8":                    "allowed: 0/8 to 7/8",
		"0/0":                    "n at least 1",
		"-1/8":                   "two whole numbers",
		"1/-8":                   "two whole numbers",
		"+1/8":                   "two whole numbers",
		" 1/8":                   "two whole numbers",
		"1/8/2":                  "two whole numbers",
		"1.0/8":                  "two whole numbers",
		"a/b":                    "two whole numbers",
		"1/1e3":                  "two whole numbers",
		"0/9e99":                 "two whole numbers",
		"0/99999999999999999999": "two whole numbers",
	} {
		if got, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q reads %v, %v; want an error with %q", text, got, err, want)
		}
	}
}
