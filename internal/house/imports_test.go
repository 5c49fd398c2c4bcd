// SPDX-License-Identifier: Apache-2.0

package house

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule is one edge of the import graph that must not be there.
type rule struct {
	room    string   // a package of the module, or a folder with all below it
	never   []string // prefixes of import paths that it must not depend on, however indirectly
	only    []string // where not nil: besides the standard library it may depend on these alone
	because string
}

// rules is the import graph of ARCHITECTURE.md.
func rules() []rule {
	return []rule{
		{room: "revgn/data", only: []string{"revgn/internal/npy", "revgn/internal/safefile", "revgn/internal/task", "revgn/internal/nearest"},
			because: "bytes on disk become host arrays with the standard library and what needs no more itself, so that any program can import it"},
		{room: "revgn/internal/task", only: []string{"revgn/internal/nearest"},
			because: "the names of tasks are read by data, and by options before anything is opened"},
		{room: "revgn/internal/prepare", never: []string{"github.com/gomlx/", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/config"},
			because: "what is done to samples does not depend on who learns from them"},
		{room: "revgn/internal/safefile", only: []string{},
			because: "every reader of files from outside opens them by it"},
		{room: "revgn/internal/npy", only: []string{"revgn/internal/safefile"},
			because: "the array format is read by data, which has the standard library alone"},
		{room: "revgn/internal/gomlxfile", only: []string{"revgn/internal/npy", "revgn/internal/safefile"},
			because: "a file that GoMLX reads is written without it; the tests have GoMLX read it"},
		{room: "revgn/cmd", never: []string{"github.com/santhosh-tekuri/", "revgn/internal/schematest", "github.com/gomlx/gomlx/ml/model/checkpoint"},
			because: "files are held to schemas, and to the programs that read them, by tests"},
		{room: "revgn/internal/rates", only: []string{},
			because: "how a rate is searched for does not depend on what is trained"},
		{room: "revgn/internal/section", only: []string{"github.com/google/renameio/v2"},
			because: "where text goes does not depend on what it says"},
		{room: "revgn/internal/nearest", only: []string{},
			because: "a hint is worth no dependency"},
		{room: "revgn/internal/record", never: []string{"github.com/gomlx/", "revgn/model", "revgn/gnstep", "revgn/internal/backend"},
			because: "a run directory can be read where no backend is"},
		{room: "revgn/internal/tfevents", only: []string{"google.golang.org/protobuf/encoding/protowire", "google.golang.org/protobuf/internal/detrand", "google.golang.org/protobuf/internal/errors"},
			because: "a file format knows nothing of what is written in it"},
		{room: "revgn/internal/mlruns", never: []string{"github.com/gomlx/", "revgn/internal/record", "revgn/internal/mirror", "revgn/internal/train", "revgn/internal/config"},
			because: "a file format knows nothing of what is written in it"},
		{room: "revgn/internal/mirror", never: []string{"github.com/gomlx/", "revgn/model", "revgn/gnstep", "revgn/internal/backend", "revgn/internal/train", "revgn/internal/config"},
			because: "other forms of metrics.jsonl follow from the run directory alone, so that they can be written where no backend is"},
		{room: "revgn/internal/report", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/analysis", "revgn/internal/train", "revgn/internal/backend", "revgn/internal/runs", "revgn/internal/config"},
			because: "a report is made of run directories alone: it cannot train, and it reads those of any version, anywhere"},
		{room: "revgn/internal/study", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/analysis", "revgn/internal/train", "revgn/internal/backend", "revgn/internal/runs", "revgn/internal/config", "revgn/internal/sweep"},
			because: "the page of verdicts shows what was judged from directories alone: it makes no run and judges none"},
		{room: "revgn/internal/oracle", never: []string{"revgn/model", "revgn/gnstep", "github.com/gomlx/"},
			because: "it is written from the equations; sharing code with what it checks would make agreement worthless"},
		{room: "revgn/gnstep", never: []string{"revgn/data", "revgn/internal/record", "revgn/internal/train", "revgn/internal/config"},
			because: "a step does not know where its batch came from nor where its numbers go"},
		{room: "revgn/model", never: []string{"revgn/data", "revgn/gnstep", "revgn/internal/record", "revgn/internal/train", "revgn/internal/config"},
			because: "a network is functions of weights and inputs"},
		{room: "revgn/analysis", never: []string{"revgn/data", "revgn/internal/record", "revgn/internal/train", "revgn/internal/config", "revgn/internal/runs", "revgn/internal/optim"},
			because: "numbers about networks depend on weights and samples, not on how a run is stored or trained"},
		{room: "revgn/internal/lease", only: []string{},
			because: "who works on something does not depend on what it is"},
		{room: "revgn/internal/yamltext", never: []string{"revgn/internal/config", "revgn/internal/sweep", "github.com/gomlx/"},
			because: "how a file is written does not depend on what it means"},
		{room: "revgn/internal/sweep", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/backend"},
			because: "runs are made by the program as users start it, and judged by what it wrote"},
		{room: "revgn/internal/cluster", only: []string{},
			because: "how a cluster divides work does not depend on what the work is"},
		{room: "revgn/internal/number", only: []string{},
			because: "how a number stands in a file is asked by what has no network"},
		{room: "revgn/internal/stats", never: []string{"github.com/gomlx/", "revgn/analysis", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/record", "revgn/internal/config", "revgn/internal/train"},
			because: "a test of some values does not depend on where they came from"},
		{room: "revgn/internal/claims", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/backend", "revgn/internal/optim"},
			because: "a verdict reads runs and makes none, so that what is judged cannot depend on the judge"},
		{room: "revgn/internal/reproduce", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/backend", "revgn/internal/optim"},
			because: "a study is made by the program as users start it, and judged by what that wrote"},
		{room: "revgn/internal/optim", never: []string{"revgn/data", "revgn/internal/record", "revgn/internal/train"},
			because: "a baseline stands behind the same contract as gnstep"},
		{room: "revgn/internal/backend", never: []string{"revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/config"},
			because: "opening a device needs no knowledge of what runs on it"},
		{room: "revgn/internal/config", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train"},
			because: "options are checked before anything is opened"},
		{room: "revgn/bench", never: []string{"github.com/gomlx/", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/backend"},
			because: "it runs the program as users do and reads what that wrote"},
		{room: "revgn/internal/host", only: []string{},
			because: "what the operating system tells is asked by many"},
		{room: "revgn/internal/heap", only: []string{},
			because: "how memory is kept does not depend on what is computed in it"},
		{room: "revgn/internal/devices", never: []string{"revgn/data", "revgn/gnstep", "revgn/internal/optim", "revgn/internal/train", "revgn/internal/config", "revgn/internal/record"},
			because: "where a variable lies does not depend on what is done to it"},
		{room: "revgn/internal/machine", never: []string{"revgn/data", "revgn/model", "revgn/gnstep", "revgn/internal/train", "revgn/internal/config", "revgn/internal/backend"},
			because: "what a machine can do does not depend on what runs on it"},
		{room: "revgn/internal/train", never: []string{"revgn/internal/benchmark", "revgn/internal/machine"},
			because: "a run does not measure the machine"},
		{room: "revgn/internal/progress", never: []string{"github.com/gomlx/", "revgn/data", "revgn/model", "revgn/internal/train"},
			because: "a progress line measures nothing itself"},
	}
}

func TestImportGraph(t *testing.T) {
	packages := goList(t, "-f", "{{.ImportPath}}", "revgn/...")
	standard := goList(t, "-f", "{{.ImportPath}}", "std")
	for _, r := range rules() {
		t.Run(r.room, func(t *testing.T) {
			found := false
			for _, p := range packages {
				if p == r.room || strings.HasPrefix(p, r.room+"/") && !strings.HasSuffix(p, "test") {
					found = true
					check(t, r, p, standard)
				}
			}
			if !found {
				t.Errorf("no package %s: has it moved? The rule is there because %s", r.room, r.because)
			}
		})
	}
}

func check(t *testing.T, r rule, p string, standard []string) {
	for _, dep := range goList(t, "-deps", "-f", "{{.ImportPath}}", p) {
		for _, never := range r.never {
			if dep == never || strings.HasPrefix(dep, strings.TrimSuffix(never, "/")+"/") {
				t.Errorf("%s depends on %s, which it must not: %s", p, dep, r.because)
			}
		}
		if r.only != nil && dep != p && !slices.Contains(standard, dep) && !slices.Contains(r.only, dep) && !strings.HasPrefix(dep, "vendor/") {
			t.Errorf("%s depends on %s, beyond the standard library and %v: %s", p, dep, r.only, r.because)
		}
	}
}

// The science never reaches the command line, and nothing imports commands.
func TestNothingImportsUpwards(t *testing.T) {
	for _, p := range goList(t, "-f", "{{.ImportPath}}", "revgn/...") {
		if strings.HasPrefix(p, "revgn/cmd/") {
			continue
		}
		for _, dep := range goList(t, "-deps", "-f", "{{.ImportPath}}", p) {
			if strings.HasPrefix(dep, "revgn/cmd/") || dep == "github.com/spf13/cobra" {
				t.Errorf("%s depends on %s: only cmd has commands", p, dep)
			}
		}
	}
}

// The network is used by one package, whose every download is asked for. (The pip that backend install calls is the user's own program.)
func TestOnlyDataHasTheNetwork(t *testing.T) {
	users := 0
	for _, line := range goList(t, "-f", "{{.ImportPath}}:{{join .Imports \",\"}}", "revgn/...") {
		p, imports, _ := strings.Cut(line, ":")
		for imported := range strings.SplitSeq(imports, ",") {
			if imported != "net" && !strings.HasPrefix(imported, "net/http") {
				continue
			}
			if users++; p != "revgn/data" {
				t.Errorf("%s imports %s: only `revgn data get` fetches anything", p, imported)
			}
		}
	}
	if users == 0 {
		t.Error("not even revgn/data imports net/http: has it moved?")
	}
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	return strings.Fields(string(out))
}
