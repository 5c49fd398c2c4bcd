// SPDX-License-Identifier: Apache-2.0

package section

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSection(t *testing.T) {
	s := Section{"<!-- begin -->", "<!-- end -->"}
	path := filepath.Join(t.TempDir(), "page.md")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a\n<!-- begin -->\nold\n<!-- end -->\nb\n")
	for range 2 { // a second time changes nothing
		if err := s.Write(path, "new\n"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if want := "a\n<!-- begin -->\nnew\n<!-- end -->\nb\n"; err != nil || string(got) != want {
			t.Errorf("got %q (%v), want %q", got, err, want)
		}
	}
	if got, err := s.Read(path); err != nil || got != "new\n" {
		t.Errorf("read %q (%v), want %q", got, err, "new\n")
	}
	both := "<!-- begin -->\nx\n<!-- end -->\n"
	for _, document := range []string{"", "<!-- begin -->\n", "<!-- end -->", "<!-- end -->\n<!-- begin -->\n", both + both} {
		put(document)
		err := s.Write(path, "new\n")
		if got, _ := os.ReadFile(path); err == nil || string(got) != document {
			t.Errorf("%q became %q (%v)", document, got, err)
		}
		if got, err := s.Read(path); err == nil {
			t.Errorf("in %q there is %q", document, got)
		}
	}
}
