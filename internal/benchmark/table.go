// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"revgn/internal/machine"
)

// Table lists results for people: what all have in common, one line each, the matmul rates, and the phases of each that has them.
func Table(results []Result) []string {
	common, names := labels(results)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tseconds (quartiles)\tGFLOP\tof matmul\tGFLOP-equiv\tcompile\tpeak host\tpeak device\tcertificate")
	for i, r := range results {
		fmt.Fprintf(w, "%s\t%s\t%.4g\t%.3g %%\t%.4g\t%.2g s\t%s\t%s\t%s\n", names[i], between(r.Seconds), r.Operations/1e9,
			100*r.Share.Median, r.Equivalent.Median/1e9, r.CompileSeconds, r.hostPeak(), r.devicePeak(), r.certificate())
	}
	lines := append([]string{common}, flushed(w, &b)...)
	lines = append(lines, rates(results)...)
	for i, r := range results {
		if r.Phases != nil {
			lines = append(append(lines, "", "phases of "+names[i]), phaseTable(r)...)
		}
	}
	return lines
}

// labels are the keys that all results have in common, and what tells each from the others, or "the step" where nothing does.
func labels(results []Result) (common string, names []string) {
	parts := make([][]string, len(results))
	for i, r := range results {
		parts[i] = strings.Split(strings.TrimPrefix(r.Name, "/"), "/")
	}
	shared := slices.DeleteFunc(slices.Clone(parts[0]), func(key string) bool {
		return slices.ContainsFunc(parts, func(p []string) bool { return !slices.Contains(p, key) })
	})
	for _, p := range parts {
		own := slices.DeleteFunc(p, func(key string) bool { return slices.Contains(shared, key) })
		if len(own) == 0 {
			own = []string{"the step"}
		}
		names = append(names, strings.Join(own, " "))
	}
	return strings.Join(shared, " "), names
}

// flushed are the lines of a table.
func flushed(w *tabwriter.Writer, b *strings.Builder) []string {
	w.Flush()
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(b.String(), "\n"), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// rates are the matmul rates, one line for each backend, dtype and result where they were taken.
func rates(results []Result) []string {
	var lines []string
	for i, r := range results {
		if i > 0 && r.Backend == results[i-1].Backend && r.Matmul.DType == results[i-1].Matmul.DType {
			continue
		}
		lines = append(lines, fmt.Sprintf("matmul on %s: %s, %s GFLOP/s (%d square); %s, %s GFLOP/s", r.Backend,
			r.Matmul.DType, between(r.Matmul.PerSecond.scaled(1e-9)), r.Matmul.Size, r.OtherMatmul.DType, between(r.OtherMatmul.PerSecond.scaled(1e-9))))
	}
	return lines
}

func phaseTable(r Result) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "phase\tseconds (quartiles)\tof all\tGFLOP\tof matmul")
	var all float64
	for _, p := range r.Phases {
		all += p.Seconds.Median
	}
	for _, p := range r.Phases {
		share := "-"
		if p.Operations > 0 && p.Seconds.Median > 0 {
			share = fmt.Sprintf("%.0f %%", 100*p.Operations/p.Seconds.Median/r.Matmul.PerSecond.Median)
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f %%\t%.3g\t%s\n", p.Name, between(p.Seconds), 100*p.Seconds.Median/all, p.Operations/1e9, share)
	}
	lines := flushed(w, &b)
	if slices.ContainsFunc(r.Phases, func(p Phase) bool { return p.Seconds.Median < 0 }) {
		lines = append(lines, "below 0: a phase is the difference of two timings, and where it is short that is noise")
	}
	return lines
}

// Line is the sweep's exponents.
func (s Sweep) Line() string {
	fit := ""
	if s.tells() {
		fit = fmt.Sprintf(" (r² %.4f)", s.Measured.R2)
	}
	return fmt.Sprintf("%s %s: exponent %.3f measured%s, %.3f counted", s.Axis, joined(s.Values), s.Measured.Exponent, fit, s.Counted.Exponent)
}

// Line is the ratio in words.
func (c Comparison) Line() string {
	return fmt.Sprintf("with %s: %s times as fast, over %d pairs", c.Flags, between(c.Ratio), c.Ratio.N)
}

func joined(values []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(values), " ", ", "), "[]")
}

func between(s Spread) string { return fmt.Sprintf("%.4g (%.4g to %.4g)", s.Median, s.Q1, s.Q3) }

func (r Result) hostPeak() string {
	switch u := r.Memory.Step; {
	case u == (machine.Usage{}):
		return "-"
	case u.Peak == 0:
		return "not told"
	case !u.Since:
		return binary(u.Peak) + " of the process"
	default:
		return binary(u.Peak)
	}
}

// devicePeak says where the device's memory stands if the plugin gives no account of it.
func (r Result) devicePeak() string {
	switch {
	case r.Memory.Device != nil:
		return binary(r.Memory.Device.Peak())
	case r.Backend == "go" || r.Backend == "xla:cpu":
		return "the host's"
	}
	return "not told"
}

func (r Result) certificate() string {
	switch {
	case !r.Finite:
		return "NOT FINITE"
	case !r.Certified:
		return "-"
	case r.Exact:
		return fmt.Sprintf("%.1e EXACT", r.Certificate)
	}
	return fmt.Sprintf("%.1e APPROXIMATE", r.Certificate)
}

// binary writes a size in binary units.
func binary(n int64) string {
	v, units := float64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for v >= 1024 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return fmt.Sprintf("%.3g %s", v, units[0])
}
