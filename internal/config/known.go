// SPDX-License-Identifier: Apache-2.0

package config

import "revgn/internal/task"

// KnownTrainSamples is how many training samples a run has, as far as the options tell without reading data: 0 where they do not. Of a published set it is the
// number in the whole set.
func (o *Options) KnownTrainSamples() int {
	switch {
	case o.TrainSize > 0:
		return o.TrainSize
	case task.Is(o.Dataset):
		return taskSamples(o.Dataset)
	}
	return map[string]int{"digits": 1437, "mnist": 60000, "fashion-mnist": 60000, "cifar10": 50000, "cifar100": 50000}[o.Dataset]
}

func taskSamples(name string) int {
	parsed, err := task.Parse(name)
	if err != nil {
		return 0
	}
	switch t := parsed.(type) {
	case task.Teacher:
		return t.Train
	case task.Synthetic:
		return t.Train
	}
	return 0
}
