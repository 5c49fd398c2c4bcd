// SPDX-License-Identifier: Apache-2.0

package backend_test

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/backend/compilecache"
)

// cached opens XLA on the CPU with a cache in dir, as a program does, or skips the test.
func cached(t *testing.T, dir string, devices int) *backend.Backend {
	t.Helper()
	t.Setenv(compilecache.Variable, dir)
	b, err := backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Offline: true, Devices: devices, Logf: t.Errorf})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(b.Finalize)
	if b.Cache == nil {
		t.Fatalf("nothing is cached: %s", b.Uncached)
	}
	return b
}

func counts(t *testing.T, b *backend.Backend, hits, misses int64) {
	t.Helper()
	if h, m := b.Cache.Counts(); h != hits || m != misses {
		t.Errorf("%d executables loaded and %d compiled, want %d and %d", h, m, hits, misses)
	}
}

// TestLoadedEqualsCompiled runs every program without a cache, with an empty one and with a full one: results agree bit by bit, and so does what XLA says of
// memory.
func TestLoadedEqualsCompiled(t *testing.T) {
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			first, second := cached(t, dir, p.devices), cached(t, dir, p.devices)
			plain, err := backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Offline: true, Devices: p.devices, NoCache: true})
			if err != nil {
				t.Fatal(err)
			}
			defer plain.Finalize()
			want := p.run(t, plain)
			compiled := p.run(t, first)
			counts(t, first, 0, 1)
			loaded := p.run(t, second)
			counts(t, second, 1, 0)
			if !reflect.DeepEqual(compiled, want) || !reflect.DeepEqual(loaded, want) {
				t.Errorf("without a cache %v\ncompiled %v\nloaded %v", want, compiled, loaded)
			}
			if files, size, err := first.Cache.Usage(); files != 1 || size < 100 || err != nil {
				t.Errorf("%d files with %d bytes, %v", files, size, err)
			}
		})
	}
}

// TestAside: work beside a full cache compiles, and leaves the cache as it is.
func TestAside(t *testing.T) {
	b := cached(t, filepath.Join(t.TempDir(), "cache"), 1)
	p, other := programs()[0], programs()[1]
	want := p.run(t, b)
	err := b.Cache.Aside(func() error {
		if got := p.run(t, b); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		other.run(t, b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	counts(t, b, 0, 1)
	if files, _, err := b.Cache.Usage(); files != 1 || err != nil {
		t.Errorf("%d files, %v", files, err)
	}
	p.run(t, b)
	counts(t, b, 1, 1)
}

// TestWhatCannotBeLoadedIsCompiled spoils the only file: the next run compiles, and writes it anew.
func TestWhatCannotBeLoadedIsCompiled(t *testing.T) {
	p := programs()[0]
	for name, spoil := range map[string]func(raw []byte) []byte{
		"cut":     func(raw []byte) []byte { return raw[:len(raw)/2] },
		"flipped": func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw },
		// A whole file by its sums, whose content XLA does not understand: header of 8 bytes magic, 32 key, 8 length, 32 sum.
		"no executable": func(raw []byte) []byte {
			payload := []byte("no executable")
			sum := sha256.Sum256(payload)
			header := append(raw[:40:40], byte(len(payload)), 0, 0, 0, 0, 0, 0, 0)
			return append(append(header, sum[:]...), payload...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			first, second, third := cached(t, dir, 1), cached(t, dir, 1), cached(t, dir, 1)
			want := p.run(t, first)
			files, err := filepath.Glob(filepath.Join(dir, "*.xla"))
			if err != nil || len(files) != 1 {
				t.Fatalf("files %v, %v", files, err)
			}
			raw, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], spoil(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := p.run(t, second); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			counts(t, second, 0, 1)
			if got := p.run(t, third); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			counts(t, third, 1, 0)
		})
	}
}

// TestKeysKeepProgramsApart: another program, and another number of devices, is another executable.
func TestKeysKeepProgramsApart(t *testing.T) {
	list := programs()
	dir := filepath.Join(t.TempDir(), "cache")
	one, two := cached(t, dir, 1), cached(t, dir, 2)
	list[0].run(t, one)
	list[1].run(t, one)
	list[0].run(t, two)
	counts(t, one, 0, 2)
	counts(t, two, 0, 1)
}

func TestNothingIsCachedUnlessWanted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		variable, reason string
		noCache          bool
		told             int
	}{
		"the option":            {variable: dir, noCache: true, reason: "not asked for"},
		"the variable":          {variable: "off", reason: "REVGN_COMPILE_CACHE=off"},
		"a directory of others": {variable: open, reason: "chmod 700", told: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(compilecache.Variable, test.variable)
			told := 0
			b, err := backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Offline: true, NoCache: test.noCache, Logf: func(string, ...any) { told++ }})
			if err != nil {
				t.Skip(err)
			}
			defer b.Finalize()
			programs()[0].run(t, b)
			if b.Cache != nil || !strings.Contains(b.Uncached, test.reason) || told != test.told {
				t.Errorf("cache %v, reason %q, want %q; %d lines told, want %d", b.Cache, b.Uncached, test.reason, told, test.told)
			}
		})
	}
	for _, d := range []string{dir, open} {
		if found, err := filepath.Glob(filepath.Join(d, "*")); len(found) > 0 || err != nil {
			t.Errorf("%s holds %v (%v)", d, found, err)
		}
	}
}
