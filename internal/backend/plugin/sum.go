// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// remembered is a sum with the facts that tell whether the file is still the one it was computed from.
type remembered struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	ModTime int64  `json:"mtime_ns"`
	SHA256  string `json:"sha256"`
}

// fileSum is the SHA-256 of a file in hexadecimal.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cachedSum is fileSum, computed once for a path, size and modification time: a plugin has 200 MB and every start
// needs its sum. The sums lie in the user's cache directory; where that cannot be written they are computed each time.
func cachedSum(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	now := remembered{Path: path, Size: st.Size(), ModTime: st.ModTime().UnixNano()}
	cache := sumCachePath(path)
	if raw, err := os.ReadFile(cache); err == nil {
		var old remembered
		if json.Unmarshal(raw, &old) == nil && len(old.SHA256) == 64 {
			now.SHA256 = old.SHA256
			if now == old {
				return old.SHA256, nil
			}
		}
	}
	if now.SHA256, err = fileSum(path); err != nil {
		return "", err
	}
	if raw, err := json.Marshal(now); err == nil && cache != "" && os.MkdirAll(filepath.Dir(cache), 0o755) == nil {
		_ = renameio.WriteFile(cache, raw, 0o644) // only a cache: without it the sum is computed again
	}
	return now.SHA256, nil
}

// sumCachePath is empty where the user has no cache directory.
func sumCachePath(path string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	key := sha256.Sum256([]byte(path))
	return filepath.Join(dir, "revgn", "plugin-sums", hex.EncodeToString(key[:8])+".json")
}
