// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"

	"revgn/internal/host"
)

// Header writes the lines that benchstat groups results by, and which of our units are better higher.
func Header(w io.Writer) error {
	_, err := fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: revgn\ncpu: %s\n", runtime.GOOS, runtime.GOARCH, cpu())
	for _, unit := range []string{"%peak", "%peak-of-plain", "matmul-GFLOP/s", "times-as-fast", "q1-times-as-fast", "q3-times-as-fast"} {
		if err == nil {
			_, err = fmt.Fprintf(w, "Unit %s better=higher\n", unit)
		}
	}
	return err
}

// cpu is the processor's name, or the architecture where the system does not tell it.
func cpu() string {
	if cpu := host.CPU(); cpu != "" {
		return cpu
	}
	return runtime.GOARCH
}

// measured is one number of a line of Go's benchmark format.
type measured struct {
	value float64
	unit  string
}

// line writes a line of Go's benchmark format (https://go.dev/design/14313-benchmark-format): n rounds, and numbers with their units.
func line(w io.Writer, what, name string, n int, numbers []measured) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Benchmark%s%s-%d\t%d", what, name, runtime.GOMAXPROCS(0), n)
	for _, m := range numbers {
		fmt.Fprintf(&b, "\t%s %s", decimal(m.value), m.unit)
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}

// decimal writes six digits or more, without an exponent where that can be read.
func decimal(v float64) string {
	if math.Abs(v) >= 1e5 && math.Abs(v) < 1e18 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// Print writes a result: the step, and a line for each phase.
func (r Result) Print(w io.Writer) error {
	numbers := []measured{
		{r.Seconds.Median * 1e9, "ns/op"}, {r.Seconds.Q1 * 1e9, "q1-ns/op"}, {r.Seconds.Q3 * 1e9, "q3-ns/op"},
		{r.Operations / 1e9, "GFLOP/op"}, {r.Equivalent.Median / 1e9, "GFLOP-equiv/op"}, {100 * r.Share.Median, "%peak"},
		{r.Matmul.PerSecond.Median / 1e9, "matmul-GFLOP/s"}, {r.CompileSeconds, "compile-s"},
	}
	if peak := r.Memory.Step.Peak; peak > 0 {
		numbers = append(numbers, measured{float64(peak), "peak-host-B"})
	}
	if d := r.Memory.Device; d != nil {
		numbers = append(numbers, measured{float64(d.Peak()), "peak-device-B"})
	}
	if r.Certified && r.Finite {
		numbers = append(numbers, measured{float64(r.Certificate), "certificate"})
	}
	if plain := r.PlainOperations; plain > 0 {
		numbers = append(numbers, measured{plain / 1e9, "plain-GFLOP/op"}, measured{plain / r.Seconds.Median / r.Matmul.PerSecond.Median * 100, "%peak-of-plain"})
	}
	what := "Step"
	if r.PlainOperations > 0 {
		what = "Kernel"
	}
	if err := line(w, what, r.Name, r.Seconds.N, numbers); err != nil {
		return err
	}
	for _, p := range r.Phases {
		err := line(w, "Phase", "/phase="+p.Name+r.Name, p.Seconds.N, []measured{
			{p.Seconds.Median * 1e9, "ns/op"}, {p.Seconds.Q1 * 1e9, "q1-ns/op"}, {p.Seconds.Q3 * 1e9, "q3-ns/op"}, {p.Operations / 1e9, "GFLOP/op"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Print writes the exponents.
func (s Sweep) Print(w io.Writer) error {
	figures := []measured{{s.Measured.Exponent, "exponent"}, {s.Counted.Exponent, "counted-exponent"}}
	if s.tells() {
		figures = append(figures, measured{s.Measured.R2, "r2"})
	}
	return line(w, "Exponent", "/of="+s.Axis+s.Name, len(s.Values), figures)
}

// Print writes the ratio.
func (c Comparison) Print(w io.Writer) error {
	return line(w, "Versus", c.A.Name+name([]Key{{"vs", c.Flags}}), c.Ratio.N, []measured{
		{c.Ratio.Median, "times-as-fast"}, {c.Ratio.Q1, "q1-times-as-fast"}, {c.Ratio.Q3, "q3-times-as-fast"},
	})
}
