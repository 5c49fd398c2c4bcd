// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"revgn/data"
)

func TestDataList(t *testing.T) {
	dir := t.TempDir()
	code, stdout, stderr := cli("data", "list", "--data-dir", dir)
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{"digits              yes    embedded\n", "mnist               no     revgn data get mnist\n", "teacher             yes    computed\n", "synthetic           yes    computed\n", "data directory: " + dir + "\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	_, stdout, _ = cli("data", "list", "--data-dir", dir, "--json")
	var entries []data.Entry
	if err := json.Unmarshal([]byte(stdout), &entries); err != nil || len(entries) != len(data.Names()) || !entries[0].Present || entries[1].Present {
		t.Errorf("%v: %s", err, stdout)
	}
}

const digitsInfo = `name       digits
place      embedded
features   64 (image 1x8x8: channels, height, width)
classes    10
train      1437 samples
           a class: 142 146 141 147 144 146 145 143 139 144
           sha256 aec746ee45bd09f982f26fe6ffb14c01a487827e29496b3d018c25db8686b1ca
test       360 samples
           a class: 36 36 36 36 37 36 36 36 35 36
           sha256 a202310a86a1bb087a9752815016aaf4a47c7c371cd8de4542e45e23fa6b32c0
mean       4.8917341
std        6.0231942
hash       sha256 1ce379b13bc9055be41c0f400251679281493b71f55691b4e757eeec74883032
`

func TestDataInfo(t *testing.T) {
	code, stdout, stderr := cli("data", "info", "digits")
	if code != exitDone || stdout != digitsInfo || stderr != "" {
		t.Errorf("exit %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	_, stdout, _ = cli("data", "info", "digits", "--json")
	var info dataInfo
	if err := json.Unmarshal([]byte(stdout), &info); err != nil || info.Train.Samples != 1437 || info.Test.Samples != 360 || info.Features != 64 {
		t.Errorf("%v: %s", err, stdout)
	}
}

const parityInfo = `name       synthetic:kind=parity,width=16,k=2,train=100,test=20,seed=1
place      computed
features   16
classes    2
`

// Every option of a task, and its rule, are told.
func TestDataInfoTask(t *testing.T) {
	code, stdout, stderr := cli("data", "info", "synthetic:kind=parity,k=2,width=16,train=100,test=20")
	if code != exitDone || !strings.HasPrefix(stdout, parityInfo) || !strings.Contains(stdout, "\nnote       label 1 where x") || stderr != "" {
		t.Errorf("exit %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	_, stdout, _ = cli("data", "info", "teacher:train=50,test=10", "--json")
	var info dataInfo
	if err := json.Unmarshal([]byte(stdout), &info); err != nil || info.Train.Samples != 50 || len(info.Notes) != 1 || !strings.Contains(info.Name, "hidden=128,gain=1") {
		t.Errorf("%v: %s", err, stdout)
	}
	if code, _, stderr := cli("data", "get", "teacher:seed=2"); code != exitDone || !strings.Contains(stderr, "is computed") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

func TestDataErrors(t *testing.T) {
	t.Setenv("REVGN_OFFLINE", "1")
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"info minst", exitUsage, `did you mean "mnist"?`},
		{"info", exitUsage, "see `revgn data info --help`"},
		{"get", exitUsage, "see `revgn data get --help`"},
		{"get minst", exitUsage, "allowed: mnist, fashion-mnist, cifar10, cifar100; did you mean"},
		{"info teacher:widht=4", exitUsage, `did you mean "width"?`},
		{"info synthetic:kind=parity,k=65", exitUsage, "k: got 65; allowed: 1 to 64"},
		{"get csv:x.csv", exitFailed, "cannot be downloaded"},
		{"get mnist", exitFailed, "the network is forbidden (--offline, REVGN_OFFLINE)"},
		{"info mnist", exitFailed, "run `revgn data get mnist`"},
		{"info csv:" + filepath.Join(dir, "no.csv"), exitFailed, "no such file"},
	} {
		code, stdout, stderr := cli(append([]string{"data", "--data-dir", dir}, strings.Fields(c.args)...)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("data %s: exit %d, stdout %q, stderr %q, want %d and %q in one line", c.args, code, stdout, stderr, c.code, c.want)
		}
	}
}

func TestDataGetDigits(t *testing.T) {
	code, stdout, stderr := cli("data", "get", "digits", "--offline")
	if code != exitDone || stdout != "" || !strings.Contains(stderr, "embedded") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestDataProgress: nothing in the first two seconds, then a line every ten.
func TestDataProgress(t *testing.T) {
	var out bytes.Buffer
	p := newDataProgress(&out)
	clock := p.start
	p.now = func() time.Time { return clock }
	for i := range 31 {
		p.report("a.gz", int64(i)*1e6, 30e6)
		clock = clock.Add(time.Second)
	}
	p.clear()
	want := ""
	for _, i := range []int{2, 12, 22} {
		want += fmt.Sprintf("a.gz: %d.0 of 30.0 MB\n", i)
	}
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
