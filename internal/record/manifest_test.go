// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"
)

// What the build did not record of git is left out: a revision that is not known is neither clean nor changed.
func TestManifestOfGit(t *testing.T) {
	for _, c := range []struct {
		settings []debug.BuildSetting
		want     string
		changed  bool
	}{
		{nil, "", false},
		{[]debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}}, `"git_revision":"abc","git_modified":false`, false},
		{[]debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}, `"git_revision":"abc","git_modified":true`, true},
	} {
		var m Manifest
		m.addBuild(&debug.BuildInfo{Settings: c.settings})
		text, err := json.Marshal(m)
		if err != nil || strings.Contains(string(text), "git_") != (c.want != "") || !strings.Contains(string(text), c.want) || m.Changed() != c.changed {
			t.Errorf("%v, changed %v: %s (%v)", c.settings, m.Changed(), text, err)
		}
	}
}
