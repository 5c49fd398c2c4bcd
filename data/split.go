// SPDX-License-Identifier: Apache-2.0

package data

import "slices"

// splitSeed fixes the split of digits, csv and npz. It is no option: results of
// different people and seeds are to be about the same test samples.
const splitSeed = 20260101

// Split divides n = len(y) samples 4 : 1, stratified, by a fixed rule: shuffle
// by Order(20260101, 0, n), sort stably by label, send every fifth position
// (0, 5, 10, ...) to the test part. So the test part has ceil(n/5) samples (360 of the
// 1,797 digits) and each class its share to within one sample. Both parts come
// in the shuffled order, so the first samples of each are a fair sample too.
//
// Files whose neighbouring lines belong together (the digits are grouped by
// writer) are the reason to shuffle first.
func Split(y []int32) (train, test []int) {
	shuffled := Order(splitSeed, 0, len(y))
	byLabel := slices.Clone(shuffled)
	slices.SortStableFunc(byLabel, func(a, b int) int { return int(y[a]) - int(y[b]) })
	isTest := make([]bool, len(y))
	for k := 0; k < len(byLabel); k += 5 {
		isTest[byLabel[k]] = true
	}
	for _, i := range shuffled {
		if isTest[i] {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test
}
