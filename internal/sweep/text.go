// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"revgn/internal/config"
)

// Text writes the definition as ReadDefinition reads it. Options that decide no number are left out: they are a matter of the machine.
func (d Definition) Text() string {
	var b strings.Builder
	for i, g := range d.Groups {
		indent := ""
		if i == 1 {
			b.WriteString("when:\n")
		}
		if i > 0 {
			indent = "    "
			fmt.Fprintf(&b, "  - if: {%s}\n", flow(g.If))
		}
		b.WriteString(g.text(indent))
	}
	return b.String()
}

func (g Group) text(indent string) string {
	var b strings.Builder
	for _, part := range []struct {
		name string
		axes []Axis
	}{{"fixed", g.Fixed}, {"axes", g.Axes}} {
		axes := slices.DeleteFunc(slices.Clone(part.axes), func(a Axis) bool { return slices.Contains(config.Placing(), a.Name) })
		if len(axes) > 0 {
			fmt.Fprintf(&b, "%s%s:\n", indent, part.name)
		}
		for _, a := range axes {
			fmt.Fprintf(&b, "%s  %s: %s\n", indent, a.Name, values(a))
		}
	}
	for i, zip := range g.Zips {
		if i == 0 {
			fmt.Fprintf(&b, "%szip:\n", indent)
		}
		fmt.Fprintf(&b, "%s  - {%s}\n", indent, flow(zip))
	}
	return b.String()
}

func flow(axes []Axis) string {
	parts := make([]string, len(axes))
	for i, a := range axes {
		parts[i] = a.Name + ": " + values(a)
	}
	return strings.Join(parts, ", ")
}

// values writes one value, or a list. What is not plainly a word or a number is quoted.
func values(a Axis) string {
	texts := make([]string, len(a.Values))
	for i, v := range a.Values {
		if v != plain(v) || v == "" || strings.HasPrefix(v, "-") || strings.Contains(v, "..") {
			quoted, _ := json.Marshal(v) // text always encodes
			v = string(quoted)
		}
		texts[i] = v
	}
	if len(texts) == 1 && !strings.ContainsAny(a.Values[0], ",;.") {
		return texts[0]
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
