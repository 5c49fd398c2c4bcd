// SPDX-License-Identifier: Apache-2.0

package data_test

import (
	"fmt"

	"revgn/data"
)

// The same seed and epoch give the same order everywhere.
func ExampleOrder() {
	fmt.Println(data.Order(42, 1, 10))
	// Output: [3 7 4 1 9 6 5 0 2 8]
}

// Five samples in batches of two: the last one is padded.
func ExampleEvalBatches() {
	for _, b := range data.EvalBatches(5, 2) {
		fmt.Println(b.Index, b.Weight)
	}
	// Output:
	// [0 1] [1 1]
	// [2 3] [1 1]
	// [4 0] [1 0]
}

// The mean of a quantity over a whole set, every sample counted once.
func ExampleEvalBatches_mean() {
	value := []float32{1, 2, 3, 4, 10}
	sum := float32(0)
	for _, b := range data.EvalBatches(len(value), 2) {
		for k, i := range b.Index {
			sum += b.Weight[k] * value[i]
		}
	}
	fmt.Println(sum / float32(len(value)))
	// Output: 4
}

// Split is a fixed, stratified 4 : 1 division.
func ExampleSplit() {
	labels := []int32{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}
	train, test := data.Split(labels)
	fmt.Println(len(train), "for training,", len(test), "for the test, of classes", labels[test[0]]+labels[test[1]], "in sum")
	// Output: 8 for training, 2 for the test, of classes 1 in sum
}
