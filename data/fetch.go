// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// fill brings f to r.size bytes, asking only for what is missing.
func (g *getter) fill(ctx context.Context, url string, r remote, f *os.File, name string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at := info.Size()
	if at > r.size {
		at = 0
		if err := f.Truncate(0); err != nil {
			return err
		}
	}
	if at < r.size {
		if err := g.fetch(ctx, url, r, f, at, name); err != nil {
			return err
		}
	}
	return f.Sync()
}

// fetch asks for the bytes from at on and writes them to f. A server that
// ignores the range is read from the start.
func (g *getter) fetch(ctx context.Context, url string, r remote, f *os.File, at int64, name string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(g.idle, func() { cancel(fmt.Errorf("no byte for %v", g.idle)) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "revgn")
	if at > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return because(ctx, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
		at = 0
	case resp.StatusCode != http.StatusPartialContent:
		return fmt.Errorf("status %s, want 200 or 206", resp.Status)
	case !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", at)):
		return fmt.Errorf("answer with Content-Range %q, want one from byte %d", resp.Header.Get("Content-Range"), at)
	}
	w := &partWriter{g: g, f: f, at: at, name: name, total: r.size, watch: watch}
	if _, err := io.Copy(w, io.LimitReader(resp.Body, r.size-at+1)); err != nil {
		return because(ctx, err)
	}
	if w.at < r.size {
		return fmt.Errorf("the connection ended at byte %d of %d", w.at, r.size)
	}
	return nil
}

// because prefers the reason for which a context was cancelled.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// partWriter writes to its place in the .part and keeps the watch from firing.
type partWriter struct {
	g         *getter
	f         *os.File
	at, total int64
	name      string
	watch     *time.Timer
}

func (w *partWriter) Write(p []byte) (int, error) {
	w.watch.Reset(w.g.idle)
	if w.at+int64(len(p)) > w.total {
		return 0, fmt.Errorf("more than the published %d bytes", w.total)
	}
	n, err := w.f.WriteAt(p, w.at)
	w.at += int64(n)
	if w.g.Progress != nil {
		w.g.Progress(w.name, w.at, w.total)
	}
	return n, err
}
