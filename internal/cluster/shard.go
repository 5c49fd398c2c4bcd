// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is one of Count parts of a sweep; Index counts from 0.
type Shard struct{ Index, Count int }

// Whole is a sweep in one part.
func Whole() Shard { return Shard{0, 1} }

// ParseShard reads i/n, such as 0/8 to 7/8.
func ParseShard(text string) (Shard, error) {
	index, count, found := strings.Cut(text, "/")
	if !found {
		return Shard{}, fmt.Errorf("got %q; want i/n, such as 0/8 for the first of 8", text)
	}
	i, errIndex := natural(index)
	n, errCount := natural(count)
	if errIndex != nil || errCount != nil {
		return Shard{}, fmt.Errorf("got %q; want i/n with two whole numbers, such as 0/8 for the first of 8", text)
	}
	return newShard(i, n)
}

// newShard checks that there is a part i of n.
func newShard(i, n int) (Shard, error) {
	switch {
	case n < 1:
		return Shard{}, fmt.Errorf("got %d/%d: there are no parts; allowed: i/n with n at least 1", i, n)
	case i < 0 || i >= n:
		return Shard{}, fmt.Errorf("got %d/%d: parts count from 0; allowed: 0/%d to %d/%d", i, n, n, n-1, n)
	}
	return Shard{i, n}, nil
}

// natural reads digits alone: no sign, no blanks.
func natural(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err
}

// String is what ParseShard reads.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }
