// SPDX-License-Identifier: Apache-2.0

package report

import "fmt"

// maxEvents is how many events of a run the page shows.
const maxEvents = 100

// ShownEvents are the events of the run in words, the first of them where there are many.
func (r *Run) ShownEvents() []string {
	var list []string
	for i, e := range r.Events {
		if i == maxEvents {
			return append(list, fmt.Sprintf("and %d more (metrics.jsonl has them)", len(r.Events)-i))
		}
		s := fmt.Sprintf("step %d: %s", e.Step, e.Event)
		if e.Message != "" {
			s += ": " + e.Message
		}
		list = append(list, s)
	}
	return list
}
