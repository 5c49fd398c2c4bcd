// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/config"
	"revgn/model"
)

const digitsPlan = `data       digits: 1,437 training and 360 test samples, 64 features, 10 classes
network    2 reversible blocks on halves of d = 32, hidden h = 2000, f32
  block 0    f and g each: C 32x2000 frozen, W 2000x32, b 32 (64,032 trained, 250.1 KiB), identity, rank at most 33
  block 1    f and g each: C 32x2000 frozen, W 2000x32, b 32 (64,032 trained, 250.1 KiB), relu, rank at most 2001
parameters 256,128 trained, 256,640 frozen, 1.956 MiB
optimizer  gn, lr 0.5, cross-entropy, seed 42
steps      60 of batch B = 479, 3 an epoch
solver     cholesky with refinement: block0.f block0.g by [x,1] (33 square), block1.f block1.g by samples (479 square)
exactness  block 0 cannot reach rank B = 479; what it leaves is carried up, and the top block can where its features are well conditioned`

// The plan of a bare `revgn train`; how many operations and how much memory the step takes is gnstep's to say.
func TestDigitsPlan(t *testing.T) {
	o := config.Default()
	o.Backend, o.Offline = "go", true
	s, err := prepare(context.Background(), o, &listener{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.backend.Finalize()
	var lines []string
	operations, memory := 0, 0
	for _, line := range s.plan("runs/x").Lines {
		if strings.HasPrefix(line, "operations ") && strings.Contains(line, " GFLOP a step (forward ") {
			operations++
			continue
		}
		if strings.HasPrefix(line, "memory     about ") && strings.Contains(line, " a step with activations cached, ") {
			memory++
			continue
		}
		lines = append(lines, line)
	}
	if diff := cmp.Diff(strings.Split(digitsPlan, "\n"), lines); diff != "" || operations != 1 || memory != 1 {
		t.Errorf("%d lines on operations, %d on memory; -want +got:\n%s", operations, memory, diff)
	}
}

func TestRankLine(t *testing.T) {
	c := model.Config{Width: 64, Classes: 10, Blocks: 3, Hidden: 100, Bias: true, Activation: model.ReLU, FirstActivation: model.Identity}
	wide := c
	wide.FirstActivation = model.ReLU
	for _, test := range []struct {
		c     model.Config
		batch int
		carry bool
		want  string
	}{
		{c, 33, true, "every block can reach rank B = 33"},
		{c, 101, true, "block 0 cannot reach rank B = 101; what it leaves is carried up"},
		{c, 101, false, "block 0 cannot reach rank B = 101: steps are projections"},
		{c, 102, true, "block 0, 1-2 cannot reach rank B = 102: steps are projections"},
		{wide, 101, false, "every block can reach rank B = 101"},
	} {
		if got := rankLine(test.c, test.batch, test.carry); !strings.Contains(got, test.want) {
			t.Errorf("B = %d, carry %v: %q, want %q", test.batch, test.carry, got, test.want)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(147_500_000), "147,500,000"},
		{binary(1023), "1023 B"}, {binary(1536), "1.5 KiB"}, {binary(3 << 30), "3 GiB"},
		{operations(999), "999 FLOP"}, {operations(22_200), "22.2 kFLOP"}, {operations(2.6e9), "2.6 GFLOP"}, {operations(1e18), "1e+06 TFLOP"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
