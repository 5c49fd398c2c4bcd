// SPDX-License-Identifier: Apache-2.0

package buildinfo

import (
	"runtime/debug"
	"testing"
)

func TestFrom(t *testing.T) {
	got := from(&debug.BuildInfo{
		Main: debug.Module{Version: "(devel)"},
		Deps: []*debug.Module{{Path: "github.com/gomlx/gomlx", Version: "v0.28.2"}, {Path: "example.org/other", Version: "v1.0.0"}},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"},
			{Key: "GOEXPERIMENT", Value: "simd"}, {Key: "CGO_ENABLED", Value: "0"}, {Key: "-tags", Value: "noxla"},
		},
	})
	if got.Version != "devel" || got.Revision != "abc" || !got.Modified || got.Experiment != "simd" || got.CGO || got.Tags != "noxla" {
		t.Errorf("got %+v", got)
	}
	if len(got.Modules) != 1 || got.Modules["github.com/gomlx/gomlx"] != "v0.28.2" {
		t.Errorf("modules: got %v", got.Modules)
	}
	if from(&debug.BuildInfo{}).Version != "devel" {
		t.Error("a build without information has no version")
	}
}
