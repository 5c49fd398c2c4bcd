// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"revgn/internal/safefile"
)

// GetOptions says how to download.
type GetOptions struct {
	// Offline forbids the network: a file that is not there is an error.
	Offline bool
	// Progress, if not nil, is called as bytes arrive: the file's name, the bytes
	// that are there and the bytes in all.
	Progress func(file string, done, total int64)
	// Logf, if not nil, receives one line for each thing worth telling.
	Logf func(format string, a ...any)
}

// Get downloads a published data set into the data directory dir ("" for [Dir]'s
// choice) and returns the paths of its files. Files that are there already, with
// the published SHA-256, are left alone; a file of that name with another sum is
// an error, and stays.
//
// A file arrives under NAME.part and takes its name only when its size and
// SHA-256 are right. An interrupted download leaves the .part, and the next Get
// goes on from there. Where one site fails the next one is asked.
func Get(ctx context.Context, name, dir string, o GetOptions) ([]string, error) {
	remotes, err := published(name)
	if err != nil {
		return nil, err
	}
	if dir, err = Dir(dir); err != nil {
		return nil, err
	}
	g := &getter{GetOptions: o, client: newClient(), rounds: 3, pause: time.Second, idle: time.Minute}
	paths, err := g.all(ctx, dir, remotes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return paths, nil
}

// newClient honours the proxy settings of the environment. There is no time
// limit on the whole download, but on each wait (see getter.idle).
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
		TLSHandshakeTimeout:   20 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		DisableCompression:    true, // the sums are those of the bytes as published
	}}
}

// getter downloads files.
type getter struct {
	GetOptions
	client *http.Client
	rounds int           // how often every site is asked
	pause  time.Duration // after a failure
	idle   time.Duration // the longest wait for the next byte
}

func (g *getter) all(ctx context.Context, dir string, remotes []remote) ([]string, error) {
	var paths []string
	for _, r := range remotes {
		final := filepath.Join(dir, filepath.FromSlash(r.path))
		if err := g.file(ctx, r, final); err != nil {
			return nil, err
		}
		paths = append(paths, final)
	}
	return paths, nil
}

// file makes sure that the published file lies at final.
func (g *getter) file(ctx context.Context, r remote, final string) error {
	switch ok, err := verified(final, r); {
	case ok:
		g.logf("%s is there already, SHA-256 as published", final)
		return nil
	case errors.Is(err, ErrChecksum):
		return fmt.Errorf("%w; it is left as it is: move it away to download the published file", err)
	case err != nil:
		return err
	}
	if g.Offline {
		return fmt.Errorf("%w: %s is not there and the network is forbidden (--offline, REVGN_OFFLINE); on a machine with network: curl -LO %s",
			ErrOffline, final, r.urls[0])
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	part := final + ".part"
	f, err := lockPart(ctx, part, func() { g.logf("another process is downloading %s, waiting for it", final) })
	if err != nil {
		return err
	}
	defer f.Close()
	defer removeEmpty(f, part)
	if ok, _ := verified(final, r); ok { // the other process was faster
		return nil
	}
	return g.download(ctx, r, f, final)
}

// download asks every site in turn, several times, until f is the published file
// and has its name.
func (g *getter) download(ctx context.Context, r remote, f *os.File, final string) error {
	var last error
	for range g.rounds {
		for _, url := range r.urls {
			if last = g.attempt(ctx, url, r, f, final); last == nil {
				g.logf("%s: %d bytes, SHA-256 as published", final, r.size)
				return nil
			}
			if !sleep(ctx, g.pause) {
				return fmt.Errorf("interrupted: %w; what has come is in %s.part, the same command goes on from there", ctx.Err(), final)
			}
			g.logf("%v", last)
		}
	}
	return fmt.Errorf("%w; run the same command again to go on, or put the file at %s yourself", last, final)
}

// attempt downloads what is missing of the .part, checks it and gives it its name.
func (g *getter) attempt(ctx context.Context, url string, r remote, f *os.File, final string) error {
	if err := g.fill(ctx, url, r, f, filepath.Base(final)); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if err := verify(f.Name(), r); err != nil {
		if errors.Is(err, ErrChecksum) {
			if failed := f.Truncate(0); failed != nil { // the bytes are not to be gone on from
				err = fmt.Errorf("%w, and emptying it failed: %w", err, failed)
			}
		}
		return fmt.Errorf("%s: %w", url, err)
	}
	if err := os.Rename(f.Name(), final); err != nil {
		return err
	}
	return syncDir(filepath.Dir(final))
}

// verify checks size and SHA-256 of the file at p.
func verify(p string, r remote) error {
	f, err := safefile.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, r.size+1))
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); n != r.size || got != r.sha256 {
		return fmt.Errorf("%w: %s has SHA-256 %s over its first %d bytes, want %s over %d", ErrChecksum, p, got, n, r.sha256, r.size)
	}
	return nil
}

func (g *getter) logf(format string, a ...any) {
	if g.Logf != nil {
		g.Logf(format, a...)
	}
}

// sleep waits d and says whether the context lasted that long.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// syncDir makes a rename last through a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
