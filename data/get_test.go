// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"revgn/internal/task"
)

func TestGetWhole(t *testing.T) {
	body, dir := testBody(), t.TempDir()
	s := newSite(t, body)
	g := testGetter()
	done := int64(0)
	g.Progress = func(file string, at, total int64) {
		if file != "file.gz" || at < done || total != int64(len(body)) {
			t.Errorf("progress %s %d of %d after %d", file, at, total, done)
		}
		done = at
	}
	for range 2 { // the second time nothing is asked for
		paths, err := g.all(context.Background(), dir, []remote{remoteOf(body, s.URL)})
		if err != nil || len(paths) != 1 {
			t.Fatal(paths, err)
		}
		wantFile(t, paths[0], body)
	}
	if done != int64(len(body)) || len(s.ranges) != 1 {
		t.Errorf("progress ended at %d, %d requests", done, len(s.ranges))
	}
}

func TestGetResumes(t *testing.T) {
	for _, ignore := range []bool{false, true} {
		t.Run(fmt.Sprintf("server ignores ranges: %v", ignore), func(t *testing.T) {
			body, final := testBody(), filepath.Join(t.TempDir(), "set", "file.gz")
			s := newSite(t, body)
			s.cutAt, s.ignoreRange = 40_000, ignore
			g := testGetter()
			g.rounds = 1
			err := g.file(context.Background(), remoteOf(body, s.URL), final)
			if err == nil || !strings.Contains(err.Error(), "same command again") {
				t.Fatalf("a connection that broke: %v", err)
			}
			wantNone(t, final)
			if err := g.file(context.Background(), remoteOf(body, s.URL), final); err != nil {
				t.Fatal(err)
			}
			wantFile(t, final, body)
			if len(s.ranges) != 2 || s.ranges[1] != "bytes=40000-" {
				t.Errorf("ranges asked for: %q", s.ranges)
			}
		})
	}
}

func TestGetTakesTheNextSite(t *testing.T) {
	body, final := testBody(), filepath.Join(t.TempDir(), "file.gz")
	wrong := newSite(t, bytes.Repeat([]byte("x"), len(body)))
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	good := newSite(t, body)
	if err := testGetter().file(context.Background(), remoteOf(body, gone.URL, wrong.URL, good.URL), final); err != nil {
		t.Fatal(err)
	}
	wantFile(t, final, body)
}

func TestGetRefuses(t *testing.T) {
	body := testBody()
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	for _, c := range []struct {
		name, url, want string
	}{
		{"wrong bytes", newSite(t, bytes.Repeat([]byte("x"), len(body))).URL, "checksum differs"},
		{"too long", newSite(t, append(testBody(), 1)).URL, "more than the published 100000 bytes"},
		{"too short", newSite(t, body[:500]).URL, "ended at byte 500 of 100000"},
		{"gone", gone.URL, "status 404"},
		{"no server", "http://127.0.0.1:1/x", "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			final := filepath.Join(t.TempDir(), "file.gz")
			g := testGetter()
			g.rounds = 1
			if err := g.file(context.Background(), remoteOf(body, c.url), final); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			wantNone(t, final)
			if c.name == "wrong bytes" {
				wantNone(t, final+".part") // else the next try would go on from them
			}
		})
	}
}

func TestGetRecoversFromABadPart(t *testing.T) {
	body := testBody()
	for name, part := range map[string][]byte{
		"other bytes": bytes.Repeat([]byte("x"), 1000),
		"complete":    body,
		"too long":    append(testBody(), 1, 2, 3),
		"empty":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			final := filepath.Join(t.TempDir(), "file.gz")
			write(t, final+".part", part)
			if err := testGetter().file(context.Background(), remoteOf(body, newSite(t, body).URL), final); err != nil {
				t.Fatal(err)
			}
			wantFile(t, final, body)
		})
	}
}

func TestGetLeavesAnotherFileAlone(t *testing.T) {
	body := testBody()
	final := write(t, filepath.Join(t.TempDir(), "file.gz"), []byte("mine"))
	err := testGetter().file(context.Background(), remoteOf(body, newSite(t, body).URL), final)
	if !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), "left as it is") {
		t.Errorf("got %v", err)
	}
	wantFile(t, final, []byte("mine"))
}

func TestGetStalled(t *testing.T) {
	s := newSite(t, testBody())
	s.stall = true
	g := testGetter()
	g.rounds, g.idle = 1, 50*time.Millisecond
	err := g.file(context.Background(), remoteOf(s.body, s.URL), filepath.Join(t.TempDir(), "file.gz"))
	if err == nil || !strings.Contains(err.Error(), "no byte for 50ms") {
		t.Errorf("got %v", err)
	}
}

func TestGetInterrupted(t *testing.T) {
	s := newSite(t, testBody())
	s.stall = true
	ctx, cancel := context.WithCancel(context.Background())
	g := testGetter()
	g.Progress = func(string, int64, int64) { cancel() }
	final := filepath.Join(t.TempDir(), "file.gz")
	err := g.file(ctx, remoteOf(s.body, s.URL), final)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "goes on from there") {
		t.Errorf("got %v", err)
	}
	wantNone(t, final)
	if b, err := os.ReadFile(final + ".part"); err != nil || !bytes.Equal(b, s.body[:10]) {
		t.Errorf("the .part holds %d bytes, error %v", len(b), err)
	}
	s.stall = false
	if err := g.file(context.Background(), remoteOf(s.body, s.URL), final); err != nil {
		t.Fatal(err)
	}
	wantFile(t, final, s.body)
}

func TestGetTwoAtOnce(t *testing.T) {
	body, final := testBody(), filepath.Join(t.TempDir(), "file.gz")
	s := newSite(t, body)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := testGetter().file(context.Background(), remoteOf(body, s.URL), final); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	wantFile(t, final, body)
}

func TestGetOffline(t *testing.T) {
	dir := t.TempDir()
	_, err := Get(context.Background(), "cifar10", dir, GetOptions{Offline: true})
	if !errors.Is(err, ErrOffline) || !strings.Contains(err.Error(), "curl -LO https://") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("it wrote %v", entries)
	}
	if _, err := Get(context.Background(), "imagenet", dir, GetOptions{Offline: true}); err == nil || !strings.Contains(err.Error(), "want mnist") {
		t.Errorf("unknown name: %v", err)
	}
}

// TestPublished holds the table: what Get writes is what Open looks for.
func TestPublished(t *testing.T) {
	for _, name := range Names() {
		if task.Is(name) {
			if _, err := published(name); err == nil || !strings.Contains(err.Error(), "are computed") {
				t.Errorf("%s: error %v", name, err)
			}
			continue
		}
		remotes, err := published(name)
		if err != nil || (len(remotes) == 0) != (name == "digits") {
			t.Errorf("%s: %d files, error %v", name, len(remotes), err)
		}
		dir := t.TempDir()
		for _, r := range remotes {
			if b, err := hex.DecodeString(r.sha256); err != nil || len(b) != 32 || r.size <= 0 || len(r.urls) == 0 {
				t.Errorf("%s: %+v", name, r)
			}
			write(t, filepath.Join(dir, r.path), nil)
		}
		if name != "digits" {
			if _, err := locate(name, dir); err != nil {
				t.Error(err)
			}
		}
	}
}

// The target of a link would be overwritten by what is downloaded.
func TestLinkedPartIsRefused(t *testing.T) {
	dir := t.TempDir()
	outside := write(t, filepath.Join(t.TempDir(), "outside"), []byte("mine"))
	part := filepath.Join(dir, "a.gz.part")
	if err := os.Symlink(outside, part); err != nil {
		t.Skip(err)
	}
	f, err := lockPart(context.Background(), part, func() {})
	if err == nil {
		f.Close()
		t.Error("a link is taken for the .part")
	}
}
