// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// scene is a machine as openAuto sees it, and what has to come of it.
type scene struct {
	name            string
	cuda, cpu, gpu  bool // plugins installed, GPU present
	noXLA           bool
	cudaErr, cpuErr error // of opening
	installErr      error
	offline, tried  bool
	want            string // kind opened
	installs        int
	marks           bool
	notices         []string // a part of each line told, in order
}

var scenes = []scene{
	{name: "cpu plugin", cpu: true, want: "xla:cpu"},
	{name: "both plugins and a GPU", cuda: true, cpu: true, gpu: true, want: "xla:cuda"},
	{name: "both plugins, no GPU", cuda: true, cpu: true, want: "xla:cpu", notices: []string{"no NVIDIA GPU"}},
	{name: "both plugins, CUDA fails", cuda: true, cpu: true, gpu: true, cudaErr: errors.New("driver too old"),
		want: "xla:cpu", notices: []string{"driver too old"}},
	{name: "nothing installed", want: "xla:cpu", installs: 1, notices: []string{"installing the one for the CPU, once"}},
	{name: "nothing installed, offline", offline: true, want: "go", notices: []string{"network is forbidden"}},
	{name: "nothing installed, install fails", installErr: errors.New("no route"), want: "go", installs: 1, marks: true,
		notices: []string{"installing", "no route"}},
	{name: "nothing installed, failed before", tried: true, want: "go", notices: []string{"last attempt"}},
	{name: "cpu plugin damaged", cpu: true, cpuErr: errors.New("has SHA-256 00"), want: "go", notices: []string{"has SHA-256 00"}},
	{name: "only CUDA, no GPU, offline", cuda: true, offline: true, want: "go", notices: []string{"no NVIDIA GPU", "forbidden"}},
	{name: "no XLA in the build", cpu: true, noXLA: true, want: "go", notices: []string{"noxla"}},
}

func TestAutoSelects(t *testing.T) {
	t.Setenv(flagsVariable, "")
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) { s.play(t) })
	}
}

func (s scene) play(t *testing.T) {
	var told []string
	installs, marks := 0, false
	w := world{
		xla: !s.noXLA,
		find: func(device string) (string, bool) {
			return "/" + device + ".so", device == "cuda" && s.cuda || device == "cpu" && s.cpu
		},
		hasGPU: func() bool { return s.gpu },
		install: func(context.Context, func(string, ...any)) (string, error) {
			installs++
			return "/cpu.so", s.installErr
		},
		open: func(_ context.Context, kind, _ string, _ Options) (*Backend, error) {
			if err := map[string]error{"xla:cuda": s.cudaErr, "xla:cpu": s.cpuErr}[kind]; err != nil {
				return nil, err
			}
			return &Backend{Kind: kind}, nil
		},
		tryMark:   func() bool { return s.tried },
		markTried: func() { marks = true },
	}
	b, err := openAuto(t.Context(), Options{Offline: s.offline, Logf: func(format string, a ...any) {
		told = append(told, fmt.Sprintf(format, a...))
	}}, w)
	if err != nil {
		t.Fatal(err)
	}
	if b.Kind != s.want || installs != s.installs || marks != s.marks {
		t.Errorf("opened %s after %d installs (failure kept: %v), want %s after %d (%v)", b.Kind, installs, marks, s.want, s.installs, s.marks)
	}
	if len(told) != len(s.notices) {
		t.Fatalf("told %q, want %d lines", told, len(s.notices))
	}
	for i, want := range s.notices {
		if !strings.Contains(told[i], want) || strings.Contains(told[i], "\n") {
			t.Errorf("line %d is %q, want one line with %q", i, told[i], want)
		}
	}
	if s.want == "go" && !s.noXLA && !strings.Contains(told[len(told)-1], "revgn backend install") {
		t.Errorf("%q does not say how to get XLA back", told[len(told)-1])
	}
}

func TestAutoDoesNotHideBadFlags(t *testing.T) {
	t.Setenv(flagsVariable, "--xla_a=1;--xla_b=2")
	w := world{xla: true, find: func(string) (string, bool) { return "", false }}
	if b, err := openAuto(t.Context(), Options{Logf: t.Logf}, w); err == nil {
		t.Errorf("bad flags open %s", b.Kind)
	}
}

func TestAutoStopsWhenCancelled(t *testing.T) {
	t.Setenv(flagsVariable, "")
	ctx, cancel := context.WithCancel(t.Context())
	w := world{
		xla:       true,
		find:      func(string) (string, bool) { return "", false },
		tryMark:   func() bool { return false },
		markTried: func() { t.Error("an install that the user stopped counts as failed") },
		install: func(context.Context, func(string, ...any)) (string, error) {
			cancel()
			return "", context.Canceled
		},
	}
	if _, err := openAuto(ctx, Options{Logf: t.Logf}, w); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
}

func TestInstallMark(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	m := installMark()
	if m.recent() {
		t.Error("a failure is remembered before there was one")
	}
	m.set()
	if !m.recent() {
		t.Error("a failure is not remembered")
	}
}
