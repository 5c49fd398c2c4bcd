// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"
)

// site is a server of one file that can be told to misbehave.
type site struct {
	*httptest.Server
	body        []byte
	ignoreRange bool
	cutAt       int // end the connection after that many bytes of an answer, once
	stall       bool
	mu          sync.Mutex
	ranges      []string
}

func newSite(t *testing.T, body []byte) *site {
	s := &site{body: body}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	cut := s.cutAt
	s.cutAt = 0
	s.mu.Unlock()
	if s.ignoreRange {
		r.Header.Del("Range")
	}
	if s.stall {
		w.Header().Set("Content-Length", fmt.Sprint(len(s.body)))
		_, _ = w.Write(s.body[:10])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return
	}
	if cut > 0 {
		w.Header().Set("Content-Length", fmt.Sprint(len(s.body)))
		_, _ = w.Write(s.body[:cut])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.body))
}

func testBody() []byte {
	body := make([]byte, 100_000)
	for i := range body {
		body[i] = byte(i * i >> 3)
	}
	return body
}

func remoteOf(body []byte, urls ...string) remote {
	sum := sha256.Sum256(body)
	return remote{path: "set/file.gz", urls: urls, size: int64(len(body)), sha256: hex.EncodeToString(sum[:])}
}

func testGetter() *getter {
	return &getter{client: newClient(), rounds: 2, pause: time.Millisecond, idle: 10 * time.Second}
}

func wantFile(t *testing.T, path string, body []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("%s: %d bytes, error %v, want the %d published bytes", path, len(got), err, len(body))
	}
	wantNone(t, path+".part")
}

func wantNone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		t.Errorf("%s is there", path)
	}
}
