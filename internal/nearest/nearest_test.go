// SPDX-License-Identifier: Apache-2.0

package nearest

import "testing"

func TestName(t *testing.T) {
	known := []string{"devices", "backend", "xla:cpu", "xla:cuda", "lr", "epochs", "batch-size", "optimizer", "hidden", "heldout", "mnist-minibatch", "1", "1:exact", "9-fullbatch"}
	for _, c := range []struct{ got, want string }{
		{"lrr", "lr"},
		{"rl", "lr"},
		{"epoch", "epochs"},
		{"batchsize", "batch-size"},
		{"Optimiser", "optimizer"},
		{"hid", "hidden"},
		{"mnsit", "mnist-minibatch"},
		{"13", ""},
		{"8:exact", ""},
		{"1:exat", "1:exact"},
		{"9-full", "9-fullbatch"},
		{"augment", ""},
		{"learning_rate", "lr"},
		{"device", "backend"},
		{"devces", "devices"},
		{"GPU", "xla:cuda"},
		{"cpu", "xla:cpu"},
		{"tpu", ""},
		{"", ""},
		{"zzzzzzzz", ""},
	} {
		if got := Name(c.got, known); got != c.want {
			t.Errorf("Name(%q) = %q, want %q", c.got, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abc", "abc", 0}, {"äb", "ab", 1},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
