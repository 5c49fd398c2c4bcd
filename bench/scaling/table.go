// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// problems are those of the tables: the presets of MNIST and CIFAR-10, and inputs of ImageNet's sizes.
func problems() []problem {
	return []problem{
		{"MNIST, D = 784", 784, 10, 2, 8000, 1000, true},
		{"CIFAR-10, D = 3072", 3072, 10, 6, 8000, 1000, true},
		{"ImageNet 64², D = 12288", 12288, 1000, 6, 8192, 4096, false},
		{"ImageNet 224², D = 150528", 150528, 1000, 2, 8192, 4096, false},
		{"ImageNet 224², D = 150528", 150528, 1000, 2, 32768, 16384, false},
	}
}

// counts are the numbers of devices of the tables.
func counts() []float64 { return []float64{1, 8, 64} }

// tables writes everything that docs/scaling.md takes from here.
func tables(a assumptions) (string, error) {
	var b strings.Builder
	works := make([]work, len(problems()))
	for i, p := range problems() {
		var err error
		if works[i], err = p.step(); err != nil {
			return "", err
		}
	}
	workTable(&b, works)
	for _, m := range machines() {
		timeTable(&b, m, works, a)
	}
	limitTable(&b, machines()[0], works, a)
	beyondTable(&b, machines()[0], works, a)
	hiddenTable(&b, a)
	return b.String(), nil
}

func workTable(b *strings.Builder, works []work) {
	b.WriteString("What a step is made of, in 10¹² operations and megabytes:\n\n" +
		"| problem | divided | repeated | of it B³ | of it (B,B) with (B,d) | summed as ΦΦᵀ | summed as (B,d), (d,d) | sums |\n|---|---|---|---|---|---|---|---|\n")
	for i, p := range problems() {
		w := works[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %g |\n", p.sizes(), figure(w.divided/1e12), figure(w.repeated/1e12), figure(w.factor/1e12),
			figure(w.columns/1e12), figure(float32Bytes*w.grams/1e6), figure(float32Bytes*w.products/1e6), w.sums)
	}
}

func timeTable(b *strings.Builder, m machine, works []work, a assumptions) {
	fmt.Fprintf(b, "\n%s, in milliseconds:\n\n", m.name)
	b.WriteString("| problem | devices | divided | B³ | repeated, rest | sums of ΦΦᵀ | sums of (B,d) | latency | step | times as fast | efficiency | GB a device |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for i, p := range problems() {
		one := m.time(works[i], 1, a).total()
		for _, n := range counts() {
			t := m.time(works[i], n, a)
			fmt.Fprintf(b, "| %s | %g | %s | %s | %s | %s | %s | %s | **%s** | %s | %.0f %% | %s |\n", p.sizes(), n, ms(t.divided), ms(t.factor), ms(t.repeated),
				ms(t.grams), ms(t.products), ms(t.latency), ms(t.total()), figure(one/t.total()), 100*one/t.total()/n, figure(p.bytes(n)/1e9))
		}
	}
}

// limitTable says in which order parts become the limit, with sums as they are on the most devices.
func limitTable(b *strings.Builder, m machine, works []work, a assumptions) {
	most := counts()[len(counts())-1]
	fmt.Fprintf(b, "\n%s, devices at which a part takes as long as what they share:\n\n", m.name)
	b.WriteString("| problem | repeated, rest | sums of (B,d) | B³ | sums of ΦΦᵀ |\n|---|---|---|---|---|\n")
	for i, p := range problems() {
		t := m.time(works[i], most, a)
		fmt.Fprintf(b, "| %s |", p.sizes())
		for _, part := range []float64{t.repeated, t.products, t.factor, t.grams} {
			fmt.Fprintf(b, " %.0f |", m.becomesLimit(works[i], part, a))
		}
		b.WriteString("\n")
	}
}

func beyondTable(b *strings.Builder, m machine, works []work, a assumptions) {
	fmt.Fprintf(b, "\n%s, times as fast as one device, as it is and if devices shared more:\n\n", m.name)
	b.WriteString("| problem | devices | as it is | and columns of targets | and the factors |\n|---|---|---|---|---|\n")
	for i, p := range problems() {
		w := works[i]
		one := m.time(w, 1, a).total()
		for _, n := range counts()[1:] {
			fmt.Fprintf(b, "| %s | %g | %s | %s | %s |\n", p.sizes(), n, figure(one/m.time(w, n, a).total()),
				figure(one/m.time(w.split(false), n, a).total()), figure(one/m.time(w.split(true), n, a).total()))
		}
	}
}

func hiddenTable(b *strings.Builder, a assumptions) {
	b.WriteString("\nThe least h/n at which forming ΦΦᵀ takes longer than summing it:\n\n| machine | devices | h/n |\n|---|---|---|\n")
	for _, m := range machines() {
		for _, n := range counts()[1:] {
			fmt.Fprintf(b, "| %s | %g | %s |\n", m.name, n, figure(m.leastHidden(n, a)))
		}
	}
}

func ms(seconds float64) string { return figure(1e3 * seconds) }

// figure writes three digits, without an exponent.
func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	if v != 0 && v < 0.01 {
		return fmt.Sprintf("%.4f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
