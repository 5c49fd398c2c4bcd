// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/npy"
	"revgn/internal/record"
	"revgn/model"
)

// Stored is what a checkpoint holds of a network and its optimizer.
type Stored struct {
	Arrays []npy.Array // the trained tensors, in the order of model.Config.TensorNames
	State  []npy.Array // what the optimizer kept, opt/...
	Batch  []npy.Array // batch.x (B, D) and batch.y (B) of the step that led here; none at step 0
}

// ReadStored takes the arrays of a checkpoint apart. Weights that are missing or of another shape than the network's are an error.
func ReadStored(c *record.Checkpoint, net model.Config) (Stored, error) {
	var s Stored
	for _, name := range TrainedNames(net) {
		a, ok := npy.Find(c.Arrays, name)
		if !ok {
			return Stored{}, fmt.Errorf("step %d: the checkpoint holds no %s", c.Step, name)
		}
		if want := trainedShape(net, name); !slices.Equal(a.Shape, want) {
			return Stored{}, fmt.Errorf("step %d: %s has shape %v, want %v by config.yaml", c.Step, name, a.Shape, want)
		}
		s.Arrays = append(s.Arrays, a)
	}
	for _, a := range c.Arrays {
		switch {
		case strings.HasPrefix(a.Name, StatePrefix):
			s.State = append(s.State, a)
		case a.Name == batchX || a.Name == batchY:
			s.Batch = append(s.Batch, a)
		}
	}
	return s, nil
}

// TrainedNames are the names of the tensors that train, in the order of model.Config.TensorNames.
func TrainedNames(net model.Config) []string {
	return slices.DeleteFunc(net.TensorNames(), func(name string) bool { return !model.IsTrained(name) })
}

// trainedShape is (h, d) of a W and (d) of a b.
func trainedShape(net model.Config, name string) []int {
	if strings.HasSuffix(name, ".b") {
		return []int{net.Half()}
	}
	return []int{net.Hidden, net.Half()}
}

// PutWeights makes the variables of a network those of the arrays.
func PutWeights(vars *model.Variables, arrays []npy.Array) error {
	for _, a := range arrays {
		value, err := tensorOf(a)
		if err != nil {
			return err
		}
		if err := vars.Variable(a.Name).SetValue(value); err != nil {
			return err
		}
	}
	return nil
}

// PutState gives an optimizer's variables, which exist, what the checkpoint kept of them. Of a run that changed its optimizer under way, switched, the
// checkpoint may also hold what the other one kept.
func (s Stored) PutState(vars *model.Variables, switched bool) error {
	for _, a := range s.State {
		variable := vars.Store.GetVariable(gnstep.StateScope + strings.TrimPrefix(a.Name, StatePrefix))
		if variable == nil && switched {
			continue
		}
		if variable == nil {
			return fmt.Errorf("the checkpoint holds %s, which this optimizer does not keep", a.Name)
		}
		if !slices.Equal(variable.Shape().Dimensions, a.Shape) {
			return fmt.Errorf("the checkpoint's %s has shape %v, want %v", a.Name, a.Shape, variable.Shape().Dimensions)
		}
		value, err := tensorOf(a)
		if err != nil {
			return err
		}
		if err := variable.SetValue(value); err != nil {
			return err
		}
	}
	return nil
}

// batch is the stored batch as tensors, none where none is stored.
func (s Stored) batch() (b batch, err error) {
	for _, a := range s.Batch {
		to := &b.x
		if a.Name == batchY {
			to = &b.y
		}
		if *to, err = tensorOf(a); err != nil {
			return batch{}, err
		}
	}
	if (b.x == nil) != (b.y == nil) {
		return batch{}, fmt.Errorf("the checkpoint holds half a batch")
	}
	return b, nil
}

func tensorOf(a npy.Array) (*tensors.Tensor, error) {
	switch values := a.Data.(type) {
	case []float32:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []float64:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []int32:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []int64:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	}
	return nil, fmt.Errorf("%s holds %T, which no network does", a.Name, a.Data)
}
