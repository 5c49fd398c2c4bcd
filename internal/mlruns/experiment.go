// SPDX-License-Identifier: Apache-2.0

package mlruns

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"revgn/internal/safefile"
)

const (
	metaFile     = "meta.yaml"
	trash        = ".trash" // where MLflow puts experiments that were deleted
	defaultID    = "0"
	defaultName  = "Default"
	active       = "active"
	maxMeta      = 4 << 10 // MLflow's own have 300 bytes; what the YAML parser takes grows by the square of how deep a text goes
	experimentID = 1e17    // ids have 18 digits, as MLflow's own
)

// ensureExperiment returns the id of the experiment of that name, which it creates where it is not there. A new store also gets the experiment that MLflow
// expects in every one.
func ensureExperiment(root, name string, now time.Time) (id string, err error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		if err := writeExperiment(root, defaultID, defaultName, now); err != nil {
			return "", err
		}
	}
	for _, e := range entries {
		if e.IsDir() && experimentName(filepath.Join(root, e.Name(), metaFile)) == name {
			return e.Name(), nil
		}
	}
	id = idOf(name)
	if _, err := os.Stat(filepath.Join(root, trash, id)); err == nil {
		return "", fmt.Errorf("mlflow: experiment %q of %s is deleted: restore it (mlflow experiments restore -x %s) or choose another --mlflow", name, root, id)
	}
	return id, writeExperiment(root, id, name, now)
}

// idOf is 18 digits that follow from the name.
func idOf(name string) string {
	sum := sha256.Sum256([]byte("revgn experiment " + name))
	return fmt.Sprint(uint64(experimentID) + binary.BigEndian.Uint64(sum[:8])%uint64(9*experimentID))
}

// experimentName is the name in an experiment's meta.yaml, "" where there is none to read.
func experimentName(path string) string {
	text, err := safefile.Read(path, maxMeta)
	if err != nil {
		return ""
	}
	var meta struct {
		Name  string `yaml:"name"`
		Stage string `yaml:"lifecycle_stage"`
	}
	if err := yaml.Unmarshal(text, &meta); err != nil || meta.Stage != active {
		return ""
	}
	return meta.Name
}

// writeExperiment leaves an experiment that is there as it is.
func writeExperiment(root, id, name string, now time.Time) error {
	dir := filepath.Join(root, id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, metaFile)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	created := now.UnixMilli()
	return writeMeta(dir, []entry{
		{"artifact_location", fileURI(dir)}, {"creation_time", created}, {"experiment_id", id}, {"last_update_time", created},
		{"lifecycle_stage", active}, {"name", name},
	})
}
