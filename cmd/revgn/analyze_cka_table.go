// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"revgn/analysis/cka"
	"revgn/analysis/sites"
	"revgn/internal/number"
	"revgn/internal/record"
)

// ckaTable prints the sites over time, and all numbers of the last checkpoint.
func ckaTable(w io.Writer, a record.Analysis[ckaRow]) error {
	if len(a.Checkpoints) == 0 {
		return nil
	}
	var labels []string
	var rows [][]number.Number
	for _, c := range a.Checkpoints {
		labels = append(labels, fmt.Sprint(c.Step))
		rows = append(rows, shown(c.Values.Start))
	}
	last := a.Checkpoints[len(a.Checkpoints)-1]
	kernel := shownKernel(last.Values.Start[0].Linear != nil)
	fmt.Fprintf(w, "debiased %s CKA with the start\n", kernel)
	if err := ckaOverview(w, "step", siteNames(last.Values.Start), labels, rows); err != nil {
		return err
	}
	fmt.Fprintf(w, "at step %d\n", last.Step)
	return ckaDetails(w, last.Values.Start, last.Values.Floor)
}

func shownKernel(linear bool) cka.Kernel {
	if linear {
		return cka.KernelLinear
	}
	return cka.KernelRBF
}

// shown are the debiased numbers by the kernel that tables show.
func shown(results []cka.Result) []number.Number {
	var list []number.Number
	for _, r := range results {
		list = append(list, r.By(shownKernel(r.Linear != nil)).Debiased)
	}
	return list
}

func siteNames(results []cka.Result) []string {
	var list []string
	for _, r := range results {
		list = append(list, r.Site)
	}
	return list
}

// ckaOverview prints labelled rows of a number for each site, a table for each kind of site.
func ckaOverview(w io.Writer, what string, siteNames, labels []string, rows [][]number.Number) error {
	for _, kind := range sites.Kinds() {
		var columns []int
		header := fmt.Sprintf("%s\t%s", kind, what)
		for i, name := range siteNames {
			place, isKind := strings.CutSuffix(name, "."+string(kind))
			if name == string(kind) {
				place, isKind = "", true
			}
			if isKind {
				columns, header = append(columns, i), header+"\t"+place
			}
		}
		if len(columns) == 0 {
			continue
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, header+"\t")
		for i, label := range labels {
			line := "\t" + label
			for _, column := range columns {
				line += "\t" + numberCell("%.4f", rows[i][column])
			}
			fmt.Fprintln(t, line+"\t")
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// ckaDetails prints every number of a comparison, a line for each site.
func ckaDetails(w io.Writer, results, floor []cka.Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	first := results[0]
	header := "site"
	for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
		if s := first.By(kernel); s != nil {
			header += fmt.Sprintf("\t%s\t+-", kernel)
			if s.Biased.Set {
				header += "\tbiased\t+-"
			}
		}
	}
	if floor != nil {
		header += "\tfloor\t+-"
	}
	fmt.Fprintln(t, header+"\t")
	for i, r := range results {
		line := r.Site
		for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
			if s := r.By(kernel); s != nil {
				line += debiasedCells(s)
				if s.Biased.Set {
					line += "\t" + numberCell("%.4f", s.Biased.Value) + "\t" + numberCell("%.1g", s.BiasedError.Value)
				}
			}
		}
		if floor != nil {
			line += debiasedCells(floor[i].By(shownKernel(r.Linear != nil)))
		}
		fmt.Fprintln(t, line+"\t")
	}
	return t.Flush()
}

func debiasedCells(s *cka.Similarity) string {
	return "\t" + numberCell("%.4f", s.Debiased) + "\t" + numberCell("%.1g", s.DebiasedError)
}

// ckaAcrossTable prints the pairs of runs at the last set of checkpoints.
func ckaAcrossTable(w io.Writer, a record.Analysis[ckaAcrossRow]) error {
	if len(a.Checkpoints) == 0 {
		return nil
	}
	row := a.Checkpoints[len(a.Checkpoints)-1].Values
	for i, r := range row.Runs {
		fmt.Fprintf(w, "%d  %s at step %d, seed %d\n", i, r.Run, r.Step, r.Seed)
	}
	var labels, siteNames []string
	var rows [][]number.Number
	for _, s := range row.Sites {
		siteNames = append(siteNames, s.Site)
	}
	kernel := shownKernel(row.Sites[0].Linear != nil)
	for i := range row.Runs {
		for j := range i {
			label := fmt.Sprintf("%d-%d", j, i)
			if slices.Contains(row.Floors, [2]int{j, i}) {
				label += " (floor)"
			}
			var values []number.Number
			for _, s := range row.Sites {
				values = append(values, s.By(kernel).Debiased[i][j])
			}
			labels, rows = append(labels, label), append(rows, values)
		}
	}
	fmt.Fprintf(w, "debiased %s CKA of pairs of runs\n", kernel)
	return ckaOverview(w, "runs", siteNames, labels, rows)
}
