// SPDX-License-Identifier: Apache-2.0

package backend_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/backend/compilecache"
)

// TestSecondPlugin: a process keeps the graphs of one plugin; another one works without.
func TestSecondPlugin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	first := cached(t, dir, 1)
	link := filepath.Join(t.TempDir(), "pjrt_c_api_cpu_plugin.so")
	if err := os.Symlink(first.PluginPath, link); err != nil {
		t.Skip(err)
	}
	b, err := backend.Open(context.Background(), backend.Options{Name: link})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	p := programs()[0]
	if got, want := p.run(t, b), p.run(t, first); b.Cache != nil || !strings.Contains(b.Uncached, first.PluginPath) || !reflect.DeepEqual(got, want) {
		t.Errorf("cache %v, reason %q, result %v, want %v", b.Cache, b.Uncached, got, want)
	}
}

// childVariable makes TestChild run the programs as a process of its own.
const childVariable = "REVGN_TEST_CACHE_CHILD"

func TestChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("the other end of TestProcessesShareACache")
	}
	b := cached(t, os.Getenv(compilecache.Variable), 1)
	for _, p := range programs() {
		if p.devices == 1 {
			fmt.Printf("RESULT %v\n", p.run(t, b))
		}
	}
}

// TestProcessesShareACache starts two processes on an empty directory at the same time, and two more on what they left.
func TestProcessesShareACache(t *testing.T) {
	cached(t, filepath.Join(t.TempDir(), "unused"), 1)
	dir := filepath.Join(t.TempDir(), "cache")
	var results []string
	for range 2 {
		var outputs [2]strings.Builder
		var children [2]*exec.Cmd
		for i := range children {
			c := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
			c.Env = append(os.Environ(), childVariable+"=1", compilecache.Variable+"="+dir)
			c.Stdout, c.Stderr = &outputs[i], &outputs[i]
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			children[i] = c
		}
		for i, c := range children {
			if err := c.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, outputs[i].String())
			}
			var lines []string
			for line := range strings.Lines(outputs[i].String()) {
				if strings.HasPrefix(line, "RESULT ") {
					lines = append(lines, line)
				}
			}
			results = append(results, strings.Join(lines, ""))
		}
	}
	for i, r := range results {
		if r == "" || r != results[0] {
			t.Errorf("process %d: %q, the first one: %q", i, r, results[0])
		}
	}
}
