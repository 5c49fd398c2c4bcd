// SPDX-License-Identifier: Apache-2.0

package data_test

import (
	"context"
	"fmt"

	"revgn/data"
)

// Read the embedded digits.
func ExampleOpen() {
	src, err := data.Open(context.Background(), "digits", "", data.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(src.Train.Len(), src.Test.Len(), "images of", src.Train.D, "pixels in", src.Train.Classes, "classes")
	fmt.Printf("mean %.4f, std %.4f\n", src.Mean[0], src.Std[0])
	fmt.Println("a class:", src.Test.Counts())
	// Output:
	// 1437 360 images of 64 pixels in 10 classes
	// mean 4.8917, std 6.0232
	// a class: [36 36 36 36 37 36 36 36 35 36]
}

// Go through one epoch of mini-batches in the order of (seed, epoch).
func ExampleSet_Gather() {
	src, err := data.Open(context.Background(), "digits", "", data.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	const batch = 500
	x, y := make([]float32, batch*src.Train.D), make([]int32, batch)
	order := data.Order(42, 0, src.Train.Len())
	for i, idx := range data.Batches(order, batch) {
		src.Train.Gather(idx, x, y)
		fmt.Println("batch", i, "of", len(y), "samples")
	}
	// Output:
	// batch 0 of 500 samples
	// batch 1 of 500 samples
}
