// SPDX-License-Identifier: Apache-2.0

package task

import "fmt"

// Teacher labels Gaussian inputs, N(0, I), by the largest logit of a reversible network.
type Teacher struct {
	Size
	Blocks int     // of the teacher
	Hidden int     // width of its couplings
	Gain   float64 // size of a coupling's output beside the stream
}

// DefaultTeacher is the task of the bare name.
func DefaultTeacher() Teacher { return Teacher{Size: defaultSize(), Blocks: 2, Hidden: 128, Gain: 1} }

// ParseTeacher reads what stands after `teacher:`.
func ParseTeacher(text string) (Teacher, error) {
	t := DefaultTeacher()
	fields := t.fields()
	given, err := pairs(text, keys(fields))
	if err == nil {
		err = assign(given, fields)
	}
	if err == nil {
		err = t.Validate()
	}
	return t, err
}

// Validate says what is out of range.
func (t *Teacher) Validate() error {
	for _, err := range []error{t.validate(), inRange("blocks", t.Blocks, 1, 100), inRange("hidden", t.Hidden, 1, 100_000)} {
		if err != nil {
			return err
		}
	}
	if !(t.Gain >= 0 && t.Gain <= 1000) {
		return fmt.Errorf("gain: got %v; allowed: 0 to 1000", t.Gain)
	}
	return nil
}

// String is the name with every key, which ParseTeacher reads back.
func (t Teacher) String() string { return write(TeacherName, t.fields()) }

func (t *Teacher) fields() []field {
	return []field{
		intField("width", &t.Width), intField("classes", &t.Classes), intField("blocks", &t.Blocks), intField("hidden", &t.Hidden),
		floatField("gain", &t.Gain), intField("train", &t.Train), intField("test", &t.Test), seedField("seed", &t.Seed),
	}
}
