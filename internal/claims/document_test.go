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

// describe writes every claim with its parts; a variation whose parts have the names of the first one's gets no table of its own.
func describe() string {
	var b strings.Builder
	shown := map[string][]string{}
	for _, c := range claims.Claims() {
		names := []string{}
		for _, p := range c.Parts {
			names = append(names, p.Name)
		}
		if first, ok := shown[c.ID]; ok && slices.Equal(plain(first), plain(names)) {
			continue
		}
		shown[c.ID] = names
		fmt.Fprintf(&b, "\n### %s (%s)\n\n%s\n\n| | measured | claimed | why there |\n|---|---|---|---|\n", c.ID, variations(c.ID), c.Statement)
		for _, p := range c.Premises {
			fmt.Fprintf(&b, "| premise: %s", row3(p))
		}
		for _, p := range c.Parts {
			fmt.Fprintf(&b, "| %s", row3(p))
		}
		fmt.Fprintf(&b, "\nRefuted by %s.\n", c.Refuted)
	}
	b.WriteString("\n")
	return b.String()
}

// plain takes the names of arms out of names of parts.
func plain(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "-preset", "")
	}
	return out
}

func row3(p claims.Part) string {
	threshold := fmt.Sprintf("%.3g", p.Threshold)
	if p.Statistic.Log && p.Threshold != 0 {
		threshold = fmt.Sprintf("log %.3g", math.Exp(p.Threshold))
	}
	return fmt.Sprintf("%s | %s: %s | %s %s | %s |\n", p.Name, p.Setting, strings.ReplaceAll(p.Statistic.Definition, "|", "\\|"), p.Direction, threshold, p.Why)
}

// variations lists those of a claim.
func variations(id string) string {
	var list []string
	for _, c := range claims.Claims() {
		if c.ID == id {
			list = append(list, string(c.Variation))
		}
	}
	return strings.Join(list, ", ")
}
