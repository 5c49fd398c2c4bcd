// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"revgn/analysis"
	"revgn/analysis/ntk"
	"revgn/internal/claims"
	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/internal/schematest"
)

// schemaOf loads docs/schemas/NAME.json.
func schemaOf(t *testing.T, name string) *schematest.Schema {
	t.Helper()
	return schematest.Load(t, filepath.Join("..", "..", "docs", "schemas", name+".json"))
}

// line is what a line of metrics.jsonl has beside its record.
type line struct {
	Kind string `json:"kind"`
}

// documented are the Go types behind the schemas, by file and place in it.
func documented() map[string]map[string]reflect.Type {
	of := func(t reflect.Type) map[string]reflect.Type { return map[string]reflect.Type{"": t} }
	return map[string]map[string]reflect.Type{
		"manifest": of(reflect.TypeFor[record.Manifest]()),
		"summary":  of(reflect.TypeFor[record.Summary]()),
		"checkpoint": of(reflect.TypeFor[struct {
			Format int `json:"format"`
			record.Checkpoint
		}]()),
		"metrics": {
			"$defs/step": reflect.TypeFor[struct {
				line
				record.StepRecord
			}](),
			"$defs/eval": reflect.TypeFor[struct {
				line
				record.EvalRecord
			}](),
			"$defs/probe": reflect.TypeFor[struct {
				line
				record.ProbeRecord
			}](),
			"$defs/event": reflect.TypeFor[struct {
				line
				record.EventRecord
			}](),
		},
		"analysis-ntk":        of(reflect.TypeFor[record.Analysis[ntk.Row]]()),
		"analysis-cka":        of(reflect.TypeFor[record.Analysis[ckaRow]]()),
		"analysis-cka-across": of(reflect.TypeFor[record.Analysis[ckaAcrossRow]]()),
		"analysis-weights":    of(reflect.TypeFor[record.Analysis[weightsRow]]()),
		"analysis-features":   of(reflect.TypeFor[record.Analysis[featuresRow]]()),
		"analysis-batches":    of(reflect.TypeFor[record.Analysis[batchesRow]]()),
		"bench":               of(reflect.TypeFor[benchFile]()),
		"verify":              of(reflect.TypeFor[verifyFile]()),
		"verdicts":            of(reflect.TypeFor[claims.Verdicts]()),
	}
}

// settings are the types of the options that an analysis writes down.
func settingTypes() map[string]reflect.Type {
	cka := reflect.TypeFor[ckaSetting]()
	return map[string]reflect.Type{
		"analysis-ntk": reflect.TypeFor[ntkSetting](), "analysis-cka": cka, "analysis-cka-across": cka, "analysis-weights": reflect.TypeFor[struct{}](),
		"analysis-features": reflect.TypeFor[featuresSetting](), "analysis-batches": reflect.TypeFor[batchesSetting](),
	}
}

// Schemas have the fields of the types that the program writes, no more and no fewer, and there is no schema of anything else.
func TestSchemasAgreeWithTypes(t *testing.T) {
	want := []string{"config", "sweep", "sweep-attempt"} // internal/sweep compares its own
	for name, parts := range documented() {
		want = append(want, name)
		schema := schemaOf(t, name)
		for place, typ := range parts {
			schema.Agrees(t, place, typ, map[string]reflect.Type{
				"state":       schematest.Any(), // internal/train compares it
				"definitions": reflect.TypeFor[[]analysis.Definition](), "setting": settingTypes()[name],
			})
		}
	}
	files, err := filepath.Glob("../../docs/schemas/*")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, file := range files {
		have = append(have, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(have, want) {
		t.Errorf("docs/schemas holds %v, want %v", have, want)
	}
}

// A schema is read by people too: every field of the files of a run and a sweep says what it is.
func TestSchemasDescribe(t *testing.T) {
	for _, name := range []string{"config", "manifest", "metrics", "summary", "checkpoint", "sweep", "sweep-attempt"} {
		eachProperty("", readSchema(t, name), func(path string, property map[string]any) {
			if property["description"] == nil && property["const"] == nil {
				t.Errorf("%s.json: %s has no description", name, path)
			}
		})
	}
}

func readSchema(t *testing.T, name string) (document map[string]any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "schemas", name+".json"))
	if err == nil {
		err = json.Unmarshal(b, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// eachProperty visits all properties of a schema.
func eachProperty(path string, v any, visit func(path string, property map[string]any)) {
	object, _ := v.(map[string]any)
	for key, value := range object {
		if properties, ok := value.(map[string]any); ok && key == "properties" {
			for name, property := range properties {
				visit(path+"/"+name, property.(map[string]any))
			}
		}
		eachProperty(path+"/"+key, value, visit)
	}
}

// The options of a file are those of the flags, with the values and kinds of values that these take.
func TestConfigSchema(t *testing.T) {
	properties := readSchema(t, "config")["properties"].(map[string]any)
	o := config.Default()
	flags := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(flags)
	kinds := map[string]string{"X": "number", "N": "integer", "bool": "boolean"}
	flags.VisitAll(func(f *pflag.Flag) {
		property, ok := properties[f.Name].(map[string]any)
		inFile := !slices.Contains([]string{"config", "out", "resume", "mlflow"}, f.Name)
		if ok != inFile {
			t.Errorf("the schema has %s: %v, want %v", f.Name, ok, inFile)
		}
		if !inFile {
			return
		}
		delete(properties, f.Name)
		if want := kinds[f.Value.Type()]; want != "" && property["type"] != want {
			t.Errorf("%s has type %v, want %s", f.Name, property["type"], want)
		}
		if values, ok := f.Value.(interface{ Allowed() []string }); ok && fmt.Sprint(property["enum"]) != fmt.Sprint(values.Allowed()) {
			t.Errorf("%s is one of %v, want %v", f.Name, property["enum"], values.Allowed())
		}
	})
	for name := range properties {
		t.Errorf("the schema has %s, which is no option", name)
	}
}
