// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/section"
)

// The document says of every claim what the table does. REVGN_UPDATE=1 in the environment writes it.
func TestDocument(t *testing.T) {
	const document = "../../docs/claims.md"
	part := section.Section{Begin: "<!-- claims: written by go test ./internal/claims with REVGN_UPDATE=1 -->", End: "<!-- claims: end -->"}
	written, err := part.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	want := describe()
	if written == want {
		return
	}
	if os.Getenv("REVGN_UPDATE") == "" {
		t.Fatalf("%s does not say what the table of claims does; REVGN_UPDATE=1 go test ./internal/claims writes it", document)
	}
	if err := part.Write(document, want); err != nil {
		t.Fatal(err)
	}
}

// describe writes every claim with its parts, variations whose parts have the same names in one table, and then the arms.
func describe() string {
	var b strings.Builder
	for i, c := range claims.Claims() {
		if slices.ContainsFunc(claims.Claims()[:i], func(o claims.Claim) bool { return alike(o, c) }) {
			continue
		}
		fmt.Fprintf(&b, "\n### %s (%s)\n\n%s\n\n| | measured | claimed | why there |\n|---|---|---|---|\n", c.ID, variations(c), c.Statement)
		for _, p := range c.Premises {
			fmt.Fprintf(&b, "| premise: %s", row3(p))
		}
		for _, p := range c.Parts {
			fmt.Fprintf(&b, "| %s", row3(p))
		}
		fmt.Fprintf(&b, "\nRefuted by %s.\n", c.Refuted)
	}
	b.WriteString("\n### The arms\n\n| arm | options of `revgn train` on top of the setting's | rates |\n|---|---|---|\n")
	for _, a := range claims.Arms() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", a.Name, armOptions(a), armRates(a))
	}
	b.WriteString("\n")
	return b.String()
}

// armOptions are those of an arm, with what depends on the setting in words.
func armOptions(a claims.Arm) string {
	var list []string
	for _, o := range a.Options {
		if o.Value == "true" {
			list = append(list, "`--"+o.Name+"`")
			continue
		}
		list = append(list, fmt.Sprintf("`--%s %s`", o.Name, o.Value))
	}
	for _, also := range []struct {
		is   bool
		text string
	}{
		{a.SwitchTo != "", "`--switch` to " + a.SwitchTo + " after half of the epochs"}, {a.Load > 0, fmt.Sprintf("`--hidden` so that B/(h+1) is about %g", a.Load)},
		{a.Share > 0, fmt.Sprintf("%g of the training samples", a.Share)}, {a.Longer, "four times the epochs"},
	} {
		if also.is {
			list = append(list, also.text)
		}
	}
	return strings.Join(list, ", ")
}

func armRates(a claims.Arm) string {
	switch {
	case a.Rate.As != "":
		return "that of " + a.Rate.As
	case slices.ContainsFunc(a.Options, func(o claims.Option) bool { return o.Name == "lr" }):
		return "as said"
	case len(a.Rate.Grid) == 0:
		return "the preset's"
	}
	return strings.Trim(fmt.Sprint(a.Rate.Grid), "[]")
}

func alike(a, b claims.Claim) bool {
	return a.ID == b.ID && slices.Equal(partNames(a), partNames(b))
}

// partNames are those of a claim without the names of its own arms.
func partNames(c claims.Claim) []string {
	var names []string
	for _, p := range c.Parts {
		names = append(names, strings.ReplaceAll(p.Name, "-preset", ""))
	}
	return names
}

func row3(p claims.Part) string {
	threshold := fmt.Sprintf("%.3g", p.Threshold)
	if p.Statistic.Log && p.Threshold != 0 {
		threshold = fmt.Sprintf("log %.3g", math.Exp(p.Threshold))
	}
	return fmt.Sprintf("%s | %s: %s | %s %s | %s |\n", p.Name, p.Setting, strings.ReplaceAll(p.Statistic.Definition, "|", "\\|"), p.Direction, threshold, p.Why)
}

// variations lists those of a claim that have its parts.
func variations(of claims.Claim) string {
	var list []string
	for _, c := range claims.Claims() {
		if alike(c, of) {
			list = append(list, string(c.Variation))
		}
	}
	return strings.Join(list, ", ")
}
