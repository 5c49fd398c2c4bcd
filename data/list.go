// SPDX-License-Identifier: Apache-2.0

package data

import "revgn/internal/task"

// Entry says of one data set whether it is there.
type Entry struct {
	// Name is what --dataset takes.
	Name string `json:"name"`
	// Present says that Open would find its files; it does not read them.
	Present bool `json:"present"`
	// Place is where they lie, "embedded", "computed", or empty when they are not there.
	Place string `json:"place"`
	// Why says what is missing, with a hint, when Present is false.
	Why string `json:"why,omitempty"`
}

// List says which data sets are there; dir as for [Open].
func List(dir string) []Entry {
	var entries []Entry
	for _, name := range Names() {
		e := Entry{Name: name, Present: true, Place: "embedded"}
		switch {
		case task.Is(name):
			e.Place = "computed"
		case name != "digits":
			at, err := locate(name, dir)
			if e.Present, e.Place = err == nil, at.place(); err != nil {
				e.Why = err.Error()
			}
		}
		entries = append(entries, e)
	}
	return entries
}
