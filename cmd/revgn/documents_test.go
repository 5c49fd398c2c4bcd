// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"revgn/internal/config"
)

// README states the test command that .ci/run calls, and fits on a screen.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "$ make test") || !strings.HasSuffix(string(ci), "\nmake test\n") {
		t.Error("README and .ci/run do not name the same test command")
	}
	if lines := strings.Count(string(readme), "\n"); lines > 75 {
		t.Errorf("README has %d lines; one screen is its limit", lines)
	}
}

// A link inside the repository leads somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, path := range documents(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s: link to %s leads nowhere", path, m[1])
			}
		}
	}
}

// The preset table of docs/training.md is the program's.
func TestPresetTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/training.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range config.PresetNames() {
		row := regexp.MustCompile(`(?m)^\| ` + name + ` \|.*$`).FindString(string(text))
		cells := strings.Split(strings.ReplaceAll(row, " ", ""), "|")
		if len(cells) != 13 {
			t.Errorf("preset %s: row %q", name, row)
			continue
		}
		for i, optimizer := range []config.Optimizer{config.GN, config.SGD, config.Momentum, config.Adam, config.Muon, config.KFAC} {
			o, err := config.Preset(name, optimizer)
			if err != nil {
				t.Fatal(err)
			}
			var lr float64
			if _, err := fmt.Sscan(cells[6+i], &lr); err != nil || lr != o.LR {
				t.Errorf("preset %s: rate of %s is %s in the table, %v in the program", name, optimizer, cells[6+i], o.LR)
			}
			batch := o.Batch(o.TrainSize)
			if want := fmt.Sprintf("%d|%d|%d", o.Blocks, o.Hidden, batch); strings.Join(cells[3:6], "|") != want {
				t.Errorf("preset %s: blocks, hidden, batch %v in the table, %s in the program", name, cells[3:6], want)
			}
		}
	}
}
