// SPDX-License-Identifier: Apache-2.0

package mlruns

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// entry is a key of a meta.yaml with its value.
type entry struct {
	key   string
	value any // text, number, empty list or nil
}

// writeMeta writes dir/meta.yaml, whole or not at all. Values stand as JSON, which is YAML.
func writeMeta(dir string, entries []entry) error {
	var b bytes.Buffer
	for _, e := range entries {
		value, err := json.Marshal(e.value)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", metaFile, e.key, err)
		}
		fmt.Fprintf(&b, "%s: %s\n", e.key, value)
	}
	return writeFile(dir, filepath.Join(dir, metaFile), b.Bytes())
}

// writeFile writes a file, whole or not at all, by way of one in dir, where MLflow does not look for files that it does not know.
func writeFile(dir, path string, b []byte) error {
	return renameio.WriteFile(path, b, 0o644, renameio.WithTempDir(dir))
}

// fileURI is the address of an absolute path.
func fileURI(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // a drive of Windows
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}
