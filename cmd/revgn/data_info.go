// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"revgn/data"
)

// dataInfo is what `revgn data info --json` prints.
type dataInfo struct {
	Name     string    `json:"name"`
	Place    string    `json:"place"`
	Image    []int     `json:"image,omitempty"` // channels, height, width
	Features int       `json:"features"`
	Classes  int       `json:"classes"`
	Mean     []float64 `json:"mean"`
	Std      []float64 `json:"std"`
	Hash     string    `json:"hash"`
	Train    dataPart  `json:"train"`
	Test     dataPart  `json:"test"`
	Warnings []string  `json:"warnings"`
	Notes    []string  `json:"notes"`
}

type dataPart struct {
	Samples int    `json:"samples"`
	Counts  []int  `json:"counts"`
	Hash    string `json:"hash"`
}

func newDataInfoCommand(o *dataOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "info NAME",
		Short:   "Show counts, classes, mean, std and hash of a data set",
		Long:    "Read a data set (digits, mnist, fashion-mnist, cifar10, cifar100, csv:FILE, npz:FILE),\nor compute one (teacher, synthetic, with options such as teacher:width=32,seed=2), and show what it holds.",
		Example: "  revgn data info digits\n  revgn data info csv:measurements.csv\n  revgn data info synthetic:kind=parity,k=3",
		Args:    cobra.MatchAll(counted(1, 1, "data set", "one, such as digits"), knownDataSets),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDataInfo(cmd.Context(), o, args[0], cmd.OutOrStdout())
		},
	}
	o.addJSON(cmd.Flags())
	return cmd
}

func runDataInfo(ctx context.Context, o *dataOptions, name string, stdout io.Writer) error {
	src, err := data.Open(ctx, name, o.dir, data.Options{})
	if err != nil {
		return err
	}
	part := func(s *data.Set) dataPart { return dataPart{Samples: s.Len(), Counts: s.Counts(), Hash: s.Hash} }
	info := dataInfo{
		Name: src.Name, Place: src.Place, Features: src.Train.D, Classes: src.Train.Classes,
		Mean: src.Mean, Std: src.Std, Hash: src.Hash, Train: part(src.Train), Test: part(src.Test),
		Warnings: append([]string{}, src.Warnings...), Notes: append([]string{}, src.Notes...),
	}
	if s := src.Train; s.Image() {
		info.Image = []int{s.Channels, s.Height, s.Width}
	}
	if o.json {
		return printJSON(stdout, info)
	}
	return info.print(stdout)
}

func (i dataInfo) print(w io.Writer) error {
	var b strings.Builder
	line := func(key, format string, a ...any) { fmt.Fprintf(&b, "%-10s %s\n", key, fmt.Sprintf(format, a...)) }
	line("name", "%s", i.Name)
	line("place", "%s", i.Place)
	line("features", "%d%s", i.Features, i.geometry())
	line("classes", "%d", i.Classes)
	for _, p := range []struct {
		name string
		dataPart
	}{{"train", i.Train}, {"test", i.Test}} {
		line(p.name, "%d samples", p.Samples)
		line("", "a class: %s", shorten(p.Counts))
		line("", "sha256 %s", p.Hash)
	}
	line("mean", "%s", numbers(i.Mean))
	line("std", "%s", numbers(i.Std))
	line("hash", "sha256 %s", i.Hash)
	for _, note := range i.Notes {
		line("note", "%s", note)
	}
	for _, warning := range i.Warnings {
		line("warning", "%s", warning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// geometry says how the features lie where they are an image.
func (i dataInfo) geometry() string {
	if i.Image == nil {
		return ""
	}
	return fmt.Sprintf(" (image %dx%dx%d: channels, height, width)", i.Image[0], i.Image[1], i.Image[2])
}

// shorten lists up to 20 counts and sums up more.
func shorten(counts []int) string {
	if len(counts) <= 20 {
		return strings.Trim(fmt.Sprint(counts), "[]")
	}
	low, high := counts[0], counts[0]
	for _, n := range counts {
		low, high = min(low, n), max(high, n)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func numbers(v []float64) string {
	text := make([]string, len(v))
	for i, x := range v {
		text[i] = fmt.Sprintf("%.8g", x)
	}
	return strings.Join(text, " ")
}
