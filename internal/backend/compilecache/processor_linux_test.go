// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"strings"
	"testing"
)

const (
	x86 = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\ncpu MHz\t\t: 2000.1\nflags\t\t: fpu avx2\nbogomips\t: 4000\n\n"
	arm = "processor\t: 0\nBogoMIPS\t: 50\nFeatures\t: fp asimd sve\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n\n"
)

func TestProcessor(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"one core, two cores":  {x86, x86 + strings.Replace(x86, "processor\t: 0", "processor\t: 1", 1), true},
		"clock":                {x86, strings.Replace(x86, "2000.1", "3100.7", 1), true},
		"features":             {x86, strings.Replace(x86, "avx2", "avx2 avx512f", 1), false},
		"model":                {x86, strings.Replace(x86, "Xeon", "Other", 1), false},
		"Arm features":         {arm, strings.Replace(arm, " sve", "", 1), false},
		"Arm part":             {arm, strings.Replace(arm, "0xd40", "0xd41", 1), false},
		"cores of two kinds":   {arm, arm + strings.Replace(arm, "0xd40", "0xd41", 1), false},
		"nothing to tell them": {"processor : 0\n", "", true},
	} {
		if same := kindOf(test.a) == kindOf(test.b); same != test.same {
			t.Errorf("%s: the same kind: %v, want %v", name, same, test.same)
		}
	}
	if kind, err := processor(); err != nil || kind == "" {
		t.Errorf("this machine's processor: %q, %v", kind, err)
	}
}
