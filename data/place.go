// SPDX-License-Identifier: Apache-2.0

package data

import (
	"fmt"
	"os"
	"path/filepath"
)

// Dir is the data directory: explicit if it is not empty, else $REVGN_DATA,
// else revgn/data in the user's cache directory. It need not exist.
func Dir(explicit string) (string, error) {
	if explicit != "" {
		return explicit, nil
	}
	if dir := os.Getenv("REVGN_DATA"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place for data sets: %w; set REVGN_DATA or give --data-dir", err)
	}
	return filepath.Join(cache, "revgn", "data"), nil
}

// files is where a data set lies: either every path of a part, or an archive.
type files struct {
	folder      string
	train, test []string // images, labels for IDX; batches for CIFAR
	archive     string
}

func (f files) place() string {
	if f.archive != "" {
		return f.archive
	}
	return f.folder
}

// missing is the error for a data set that is not under dir.
func missing(name, dir, folder string, names []string) error {
	return &MissingError{Name: name, Dir: dir, Folder: folder + string(filepath.Separator), Files: names}
}

// firstFile is the first of folder/sub/name, plain before gzipped, that exists.
func firstFile(folder string, subs, names []string) string {
	for _, sub := range subs {
		for _, name := range names {
			for _, end := range []string{"", ".gz"} {
				if p := filepath.Join(folder, sub, name+end); exists(p) {
					return p
				}
			}
		}
	}
	return ""
}

// locateIDX finds the four files of an MNIST-like set in the first folder that has them all.
func locateIDX(name, dir string, folders []string) (files, error) {
	var absent []string
	for i, folder := range folders {
		var found, lacking []string
		for _, part := range []string{"train", "t10k"} {
			for _, kind := range []string{"images", "labels"} {
				rank := map[string]string{"images": "3", "labels": "1"}[kind]
				stem := part + "-" + kind
				p := firstFile(filepath.Join(dir, folder), []string{""}, []string{stem + "-idx" + rank + "-ubyte", stem + ".idx" + rank + "-ubyte"})
				if p == "" {
					lacking = append(lacking, stem+"-idx"+rank+"-ubyte[.gz]")
				}
				found = append(found, p)
			}
		}
		if lacking == nil {
			return files{folder: filepath.Join(dir, folder), train: found[:2], test: found[2:]}, nil
		}
		if i == 0 {
			absent = lacking
		}
	}
	return files{}, missing(name, dir, folders[0], absent)
}

// locateCIFAR finds a CIFAR set. In each folder the complete set of batches comes
// before the archive, and that before some of the batches: the test one and at
// least one for training.
func locateCIFAR(name, dir string, set cifarSet) (files, error) {
	for _, folder := range set.folders {
		at := filepath.Join(dir, folder)
		found := files{folder: at}
		for _, batch := range set.train {
			if p := firstFile(at, []string{"", set.sub}, []string{batch}); p != "" {
				found.train = append(found.train, p)
			}
		}
		if p := firstFile(at, []string{"", set.sub}, []string{set.test}); p != "" {
			found.test = []string{p}
		}
		if len(found.train) == len(set.train) && found.test != nil {
			return found, nil
		}
		for _, end := range []string{".tar.gz", ".tar"} {
			if p := filepath.Join(at, set.archive+end); exists(p) {
				return files{folder: at, archive: p}, nil
			}
		}
		if found.train != nil && found.test != nil {
			return found, nil
		}
	}
	return files{}, missing(name, dir, set.folders[0], []string{set.archive + ".tar.gz (or " + set.train[0] + " and " + set.test + ")"})
}
