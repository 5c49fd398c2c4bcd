// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCSVFormats(t *testing.T) {
	body := "1,2,0\n3,4,1\n5,6,2\n7,8,0\n9,10,1\n-1,1e-2,1\n"
	for name, text := range map[string]string{
		"plain":          body,
		"header":         "a,b,class\n" + body,
		"numbers header": "0,1,label\n" + body,
		"crlf":           strings.ReplaceAll(body, "\n", "\r\n"),
		"byte order":     "\ufeff" + body,
		"quotes, spaces": strings.ReplaceAll(strings.ReplaceAll(body, "1,2,0", `"1", 2 ,"0"`), "5,", "5.0,"),
		"empty lines":    "\n" + strings.ReplaceAll(body, "\n", "\n\n"),
		"no last end":    strings.TrimSuffix(body, "\n"),
		"float labels":   strings.ReplaceAll(body, ",0\n", ",0.000e+00\n"),
		"gzipped":        string(gzipped(t, []byte(body))),
	} {
		path := write(t, filepath.Join(t.TempDir(), "a.csv"), []byte(text))
		s, err := readCSVFile(context.Background(), path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.n != 6 || s.d != 2 || !slices.Equal(s.y, []int32{0, 1, 2, 0, 1, 1}) || !slices.Equal(s.f32[:4], []float32{1, 2, 3, 4}) || s.f32[11] != 0.01 {
			t.Errorf("%s: read %+v", name, s)
		}
	}
}

func TestCSVRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		offset     int64
		want       string
	}{
		{"empty", "", 0, "no sample"},
		{"header alone", "a,b\n", 4, "no sample"},
		{"one column", "1\n", 0, "has 1 columns, want 2"},
		{"ragged", "1,2,0\n3,1\n", 6, "line 2 has 2 columns, want 3"},
		{"word", "1,2,0\n3,x,1\n", 6, `line 2, column 2: "x", want a finite number`},
		{"nan", "1,2,0\nnan,2,1\n", 6, `column 1: "nan"`},
		{"inf", "1,2,0\r\n1,Inf,1\n", 7, `column 2: "Inf"`},
		{"beyond float32", "1e39,2,0\n", 0, `column 1: "1e39"`},
		{"label fraction", "1,2,0.5\n", 0, `label "0.5", want an integer from 0 to 9999`},
		{"label negative", "1,2,-1\n", 0, `label "-1"`},
		{"label large", "1,2,10000\n", 0, `label "10000"`},
		{"label word", "1,2,0\n1,2,cat\n", 6, `label "cat"`},
		{"label first", "label,p0,p1\n5,0,0\n", 0, "want the label in the last column"},
		{"semicolons", "1;2;0\n1;2;0\n", 6, "has 1 columns"},
		{"long line", strings.Repeat("1,", maxLine), 0, "longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "a.csv"), []byte(c.text))
			_, err := readCSVFile(context.Background(), path)
			wantFileError(t, err, path, c.offset, c.want)
		})
	}
}

func TestCSVOpen(t *testing.T) {
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "%d,%d,%d\n", i, 2*i, i%2)
	}
	path := write(t, filepath.Join(t.TempDir(), "a.csv"), []byte(text.String()))
	src, err := Open(context.Background(), "csv:"+path, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if src.Train.Len() != 40 || src.Test.Len() != 10 || src.Name != "csv:"+path || src.Place != path {
		t.Errorf("%d + %d samples of %q at %q", src.Train.Len(), src.Test.Len(), src.Name, src.Place)
	}
	for name, text := range map[string]string{
		"constant":  "1,1,0\n1,1,1\n1,1,0\n1,1,1\n1,1,0\n",
		"one class": "1,2,0\n1,1,0\n1,1,0\n1,1,0\n1,1,0\n",
		"too few":   "1,2,0\n1,1,1\n",
	} {
		path := write(t, filepath.Join(t.TempDir(), "a.csv"), []byte(text))
		if _, err := Open(context.Background(), "csv:"+path, "", Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Open(context.Background(), "csv:"+path+".no", "", Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Open(context.Background(), "csv:"+t.TempDir(), "", Options{}); err == nil {
		t.Error("a directory was accepted")
	}
}
