// SPDX-License-Identifier: Apache-2.0

package devices_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/optim"
	"revgn/internal/problem"
	"revgn/model"
)

// stepVariable names the step that a child process compiles, with XLA told to write down what it made of it.
const stepVariable = "REVGN_TEST_EXCHANGES"

// exchangeProblem has sizes that tell each other apart: h = 160, of which each of 4 devices holds 40, B = 24, d = 14, K = 5.
func exchangeProblem() problem.Problem {
	return problem.Problem{Name: "exchanges", Width: 28, Blocks: 2, Hidden: 160, Classes: 5, First: model.Identity, Act: model.ReLU, Bias: true,
		Loss: model.CrossEntropy, Rows: 24, Seed: 1}
}

const exchangeDevices = 4

// exchange is what one collective operation of a compiled graph moves.
type exchange struct {
	operation string
	dims      []int
}

// TestExchangesOfAStep reads the programs that XLA made: devices exchange sums of (B,B), or tiles of its triangle, (B,d), (d,d) and scalars, and nothing else.
// What stands in a loop counts once.
func TestExchangesOfAStep(t *testing.T) {
	if step := os.Getenv(stepVariable); step != "" {
		compileForExchanges(t, step)
		return
	}
	backendtest.OnDevices(t, exchangeDevices)
	p := exchangeProblem()
	b, d := p.Rows, p.Width/2
	for _, tt := range []struct {
		step              string
		grams             int // sums of (B,B), one for each coupling that is no identity
		products, squares int // at most so many of (B,d), and of (d,d) as in an identity coupling's CW
	}{
		// For (B,d) 2 forward, 2 pulling back, 2 pushing up, and the solves' first pass and one in the loop of each.
		{step: "gn", grams: 2, products: 10, squares: 4},
		{step: "adam", grams: 0, products: 4, squares: 2},
	} {
		t.Run(tt.step, func(t *testing.T) {
			var grams, products, squares int
			for _, e := range exchangesOf(t, tt.step) {
				size := 1
				for _, n := range e.dims {
					size *= n
				}
				rank2 := len(e.dims) == 2
				switch {
				case e.operation != "all-reduce":
					t.Errorf("%s of %v", e.operation, e.dims)
				case slices.Equal(e.dims, []int{b, d}), slices.Equal(e.dims, []int{d, b}): // a product may come transposed
					products++
				case slices.Equal(e.dims, []int{d, d}):
					squares++
				case rank2 && e.dims[0] <= b && e.dims[1] <= b && b%e.dims[0] == 0 && b%e.dims[1] == 0:
					grams += size
				case size > 1:
					t.Errorf("all-reduce of %v", e.dims)
				}
			}
			// A triangle of tiles is at least half of the square and at most all of it.
			if grams > tt.grams*b*b || grams < tt.grams*b*b/2 {
				t.Errorf("%d numbers of Gram matrices, want %d squares of %d at most and half of that at least", grams, tt.grams, b)
			}
			if products > tt.products || squares > tt.squares || products == 0 {
				t.Errorf("%d sums of (B,d) and %d of (d,d), want at most %d and %d", products, squares, tt.products, tt.squares)
			}
		})
	}
}

// compileForExchanges is the child's part.
func compileForExchanges(t *testing.T, step string) {
	make := gaussNewton(func(*gnstep.Options) {})
	if step == "adam" {
		make = baseline(optim.Adam)
	}
	b, err := backend.Open(t.Context(), backend.Options{Name: "xla:cpu", Devices: exchangeDevices, Offline: true, NoCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	followOn(t, b, exchangeDevices, 1, 0.1, exchangeProblem().In(t, dtypes.Float32), make)
}

// exchangesOf compiles a step in a child process, since XLA reads its flags once, and reads the collective operations of the largest program.
func exchangesOf(t *testing.T, step string) []exchange {
	t.Helper()
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestExchangesOfAStep$", "-test.v")
	child.Env = append(os.Environ(), stepVariable+"="+step, fmt.Sprintf("XLA_FLAGS=--xla_dump_to=%s --xla_dump_hlo_as_text", dir))
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*after_optimizations.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("XLA wrote no program: %v", err)
	}
	var largest []byte
	for _, file := range files {
		program, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(program) > len(largest) {
			largest = program
		}
	}
	return exchanges(t, string(largest))
}

// exchanges reads the collective operations of a program in XLA's text form, one for each array that they move.
func exchanges(t *testing.T, program string) []exchange {
	t.Helper()
	collective := regexp.MustCompile(`= (.*?) (all-reduce|all-gather|all-to-all|collective-permute|collective-broadcast|reduce-scatter)(-start)?\(`)
	array := regexp.MustCompile(`[a-z]+[0-9]+\[([0-9,]*)\]`)
	var all []exchange
	for _, match := range collective.FindAllStringSubmatch(program, -1) {
		for _, shape := range array.FindAllStringSubmatch(match[1], -1) {
			e := exchange{operation: match[2]}
			for part := range strings.SplitSeq(shape[1], ",") {
				if part == "" {
					continue
				}
				n, err := strconv.Atoi(part)
				if err != nil {
					t.Fatal(err)
				}
				e.dims = append(e.dims, n)
			}
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		t.Fatal("the program has no collective operation")
	}
	return all
}
