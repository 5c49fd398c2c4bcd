// SPDX-License-Identifier: Apache-2.0

package claims

import "fmt"

// The settings.
const (
	FullBatch       = "full-batch"
	MiniBatch       = "mini-batch"
	NarrowFullBatch = "narrow-full-batch" // without the inverted bottleneck: the hidden width is that of a half
	NarrowMiniBatch = "narrow-mini-batch"
)

// Option is an option of `revgn train` with its value.
type Option struct {
	Name  string `json:"name" yaml:"name"`
	Value string `json:"value" yaml:"value"`
}

// Setting is the network, the data and the length of runs.
type Setting struct {
	Name    string
	Options []Option
	Samples int // in the training part
	Batch   int
	Epochs  int
}

// Task is a data set with its settings; claims are judged task by task.
type Task struct {
	Name     string
	Note     string // what a reader must know of it
	Settings []Setting
}

// Setting finds a setting by its name.
func (t Task) Setting(name string) (Setting, error) {
	for _, s := range t.Settings {
		if s.Name == name {
			return s, nil
		}
	}
	return Setting{}, fmt.Errorf("task %s has no setting %q", t.Name, name)
}

// size is how large a task is at a scale.
type size struct {
	name, note           string
	full, mini           string // presets
	width, blocks        int    // d, L
	hidden, batch        int
	samples, fullSamples int // of the training part
	epochs, fullEpochs   int
	probes               int // steps between two, mini-batch
}

func sizes(s Scale) []size {
	switch s {
	case CPU:
		return []size{
			{name: "mnist", note: "the first 10,000 training samples, h = 999 instead of 8000, 20 epochs instead of 100", full: "mnist-fullbatch", mini: "mnist-minibatch",
				width: 392, blocks: 2, hidden: 999, batch: 500, samples: 10000, fullSamples: 512, epochs: 20, fullEpochs: 100, probes: 50},
			{name: "cifar10", note: "the first 8000 training samples, L = 2 instead of 6, h = 999 instead of 8000, 20 epochs instead of 100", full: "cifar10-fullbatch", mini: "cifar10-minibatch",
				width: 1536, blocks: 2, hidden: 999, batch: 500, samples: 8000, fullSamples: 512, epochs: 20, fullEpochs: 100, probes: 40},
		}
	case Paper:
		return []size{
			{name: "mnist", note: "as published, at batches of 1000", full: "mnist-fullbatch", mini: "mnist-minibatch",
				width: 392, blocks: 2, hidden: 8000, batch: 1000, samples: 60000, fullSamples: 1024, epochs: 100, fullEpochs: 100, probes: 600},
			{name: "cifar10", note: "as published, at batches of 1000 and without crops", full: "cifar10-fullbatch", mini: "cifar10-minibatch",
				width: 1536, blocks: 6, hidden: 8000, batch: 1000, samples: 50000, fullSamples: 1024, epochs: 100, fullEpochs: 100, probes: 500},
		}
	}
	return []size{{name: "digits", note: "a task that everything learns: it shows that the machinery works, and little of the paper", full: "digits", mini: "digits",
		width: 32, blocks: 2, hidden: 149, batch: 120, samples: 1437, fullSamples: 120, epochs: 8, fullEpochs: 60, probes: 22}}
}

// Tasks are the data sets of a scale.
func Tasks(s Scale) []Task {
	var tasks []Task
	for _, z := range sizes(s) {
		t := Task{Name: z.name, Note: z.note}
		for _, narrow := range []bool{false, true} {
			t.Settings = append(t.Settings, z.fullBatch(narrow), z.miniBatch(narrow))
		}
		tasks = append(tasks, t)
	}
	return tasks
}

func (z size) fullBatch(narrow bool) Setting {
	s := Setting{Name: FullBatch, Samples: z.fullSamples, Batch: z.fullSamples, Epochs: z.fullEpochs}
	s.Options = append(z.common(z.full, narrow, &s, NarrowFullBatch), Option{"full-batch", "true"}, Option{"probe-every", "20"})
	return s
}

func (z size) miniBatch(narrow bool) Setting {
	s := Setting{Name: MiniBatch, Samples: z.samples, Batch: z.batch, Epochs: z.epochs}
	s.Options = append(z.common(z.mini, narrow, &s, NarrowMiniBatch), Option{"batch-size", fmt.Sprint(z.batch)}, Option{"probe-every", fmt.Sprint(z.probes)})
	return s
}

// common are the options of every setting; a narrow one has another name and width.
func (z size) common(preset string, narrow bool, s *Setting, narrowName string) []Option {
	hidden := z.hidden
	if narrow {
		s.Name, hidden = narrowName, z.width
	}
	return []Option{{"preset", preset}, {"train-size", fmt.Sprint(s.Samples)}, {"blocks", fmt.Sprint(z.blocks)}, {"hidden", fmt.Sprint(hidden)}, {"epochs", fmt.Sprint(s.Epochs)}}
}
