// SPDX-License-Identifier: Apache-2.0

// Package buildinfo says what this program was built from, out of what the Go
// linker recorded: nothing is typed by hand at a release.
package buildinfo

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// Info describes a build.
type Info struct {
	Version    string            `json:"version"`            // module version, "devel" for a checkout
	Revision   string            `json:"revision,omitempty"` // git revision, "" when built outside git
	Modified   bool              `json:"modified"`           // the checkout had changes
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
	Experiment string            `json:"goexperiment,omitempty"` // "simd" or the pure-Go backend is an order of magnitude slower
	Tags       string            `json:"tags,omitempty"`
	CGO        bool              `json:"cgo"`     // without it there is no XLA
	Modules    map[string]string `json:"modules"` // the libraries that compute
}

// computing are the modules whose version can change a figure.
func computing() []string {
	return []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "github.com/gomlx/compute", "gonum.org/v1/gonum"}
}

// Read returns the build of the running program.
func Read() Info {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return from(build)
}

func from(build *debug.BuildInfo) Info {
	info := Info{
		Version: strings.Trim(build.Main.Version, "()"), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Modules: map[string]string{},
	}
	if info.Version == "" {
		info.Version = "devel"
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Revision = s.Value
		case "vcs.modified":
			info.Modified = s.Value == "true"
		case "GOEXPERIMENT":
			info.Experiment = s.Value
		case "-tags":
			info.Tags = s.Value
		case "CGO_ENABLED":
			info.CGO = s.Value == "1"
		}
	}
	for _, m := range build.Deps {
		if slices.Contains(computing(), m.Path) {
			info.Modules[m.Path] = m.Version
		}
	}
	return info
}
