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

// size is how large a task is at a scale. B/(h+1), on which it depends how well a batch determines the weights, is the published 1/8 at cpu and 1/4 at smoke, and above 1 where the
// network is narrow, so that its steps are projections.
type size struct {
	name, note    string
	full, mini    string // presets
	width, blocks int    // d, L
	samples       int    // of the training part
	epochs        int
	probes        int // epochs between two
	batch, hidden int
	narrowBatch   int
	fullEpochs    int
	fullSamples   int
	fullHidden    int
	narrowFull    int // samples of the full batch of a narrow network
}

func sizes(s Scale) []size {
	switch s {
	case CPU:
		return []size{
			{name: "mnist", note: "the first 6000 training samples, h = 999 and B = 125 instead of 8000 and 1000, 12 epochs instead of 100; full batch: 256 samples, h = 2047", full: "mnist-fullbatch", mini: "mnist-minibatch",
				width: 392, blocks: 2, samples: 6000, epochs: 12, probes: 2, batch: 125, hidden: 999, narrowBatch: 1000, fullEpochs: 100, fullSamples: 256, fullHidden: 2047, narrowFull: 1024},
			{name: "cifar10", note: "the first 8000 training samples, L = 2 instead of 6, h = 999 and B = 125 instead of 8000 and 1000, 12 epochs instead of 100; full batch: 256 samples, h = 2047; narrow: batches of 2000",
				full: "cifar10-fullbatch", mini: "cifar10-minibatch",
				width: 1536, blocks: 2, samples: 8000, epochs: 12, probes: 2, batch: 125, hidden: 999, narrowBatch: 2000, fullEpochs: 100, fullSamples: 256, fullHidden: 2047, narrowFull: 2048},
		}
	case Paper:
		return []size{
			{name: "mnist", note: "as published, at batches of 1000", full: "mnist-fullbatch", mini: "mnist-minibatch",
				width: 392, blocks: 2, samples: 60000, epochs: 100, probes: 10, batch: 1000, hidden: 8000, narrowBatch: 1000, fullEpochs: 100, fullSamples: 1024, fullHidden: 8000, narrowFull: 1024},
			{name: "cifar10", note: "as published, at batches of 1000 and without crops; narrow: batches of 2000, of 1000 its steps would be no projections", full: "cifar10-fullbatch", mini: "cifar10-minibatch",
				width: 1536, blocks: 6, samples: 50000, epochs: 100, probes: 10, batch: 1000, hidden: 8000, narrowBatch: 2000, fullEpochs: 100, fullSamples: 1024, fullHidden: 8000, narrowFull: 2048},
		}
	}
	return []size{{name: "digits", note: "a task that everything learns: it shows that the machinery works, and little of the paper", full: "digits", mini: "digits",
		width: 32, blocks: 2, samples: 1437, epochs: 8, probes: 2, batch: 120, hidden: 479, narrowBatch: 120, fullEpochs: 60, fullSamples: 120, fullHidden: 479, narrowFull: 120}}
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
	s := Setting{Name: FullBatch, Samples: z.fullSamples, Epochs: z.fullEpochs}
	hidden := z.fullHidden
	if narrow {
		s.Name, s.Samples, hidden = NarrowFullBatch, z.narrowFull, z.width
	}
	s.Batch = s.Samples
	s.Options = append(z.common(z.full, s, hidden), Option{"full-batch", "true"}, Option{"probe-every", "20"}, Option{"eval-every", fmt.Sprint(z.fullEpochs / 10)}) // a step is an epoch
	return s
}

func (z size) miniBatch(narrow bool) Setting {
	s := Setting{Name: MiniBatch, Samples: z.samples, Batch: z.batch, Epochs: z.epochs}
	hidden := z.hidden
	if narrow {
		s.Name, s.Batch, hidden = NarrowMiniBatch, z.narrowBatch, z.width
	}
	s.Options = append(z.common(z.mini, s, hidden), Option{"batch-size", fmt.Sprint(s.Batch)}, Option{"probe-every", fmt.Sprint(z.probes * (s.Samples / s.Batch))})
	return s
}

// common are the options of every setting.
func (z size) common(preset string, s Setting, hidden int) []Option {
	return []Option{{"preset", preset}, {"train-size", fmt.Sprint(s.Samples)}, {"blocks", fmt.Sprint(z.blocks)}, {"hidden", fmt.Sprint(hidden)}, {"epochs", fmt.Sprint(s.Epochs)}}
}
