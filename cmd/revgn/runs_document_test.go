// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func runsDocument(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/runs.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// docs/runs.md names every field of a run's own files.
func TestRunsDocumentNamesFields(t *testing.T) {
	text := runsDocument(t)
	for _, name := range []string{"manifest", "metrics", "summary", "checkpoint"} {
		eachProperty("", readSchema(t, name), func(path string, _ map[string]any) {
			if field := "`" + filepath.Base(path) + "`"; !strings.Contains(text, field) {
				t.Errorf("docs/runs.md does not name %s, %s of %s.json", field, path, name)
			}
		})
	}
}

// pythonBlocks are the programs of docs/runs.md.
func pythonBlocks(t *testing.T) []string {
	t.Helper()
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(runsDocument(t), -1) {
		blocks = append(blocks, m[1])
	}
	if len(blocks) != 2 {
		t.Fatalf("docs/runs.md has %d Python programs, want 2", len(blocks))
	}
	return blocks
}

// python runs a program in a directory and returns what it prints.
func python(t *testing.T, interpreter, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(interpreter, append([]string{"-c", program}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// The first program, which needs Python alone, finds in a run what this program finds, past a last line that has no end.
func TestRunsDocumentPython(t *testing.T) {
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		t.Skipf("no python3 to run the program of docs/runs.md with: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	run, _ := trained(t, smallArgs(t, dir, "--steps", "2")...)
	appendFile(t, filepath.Join(dir, "metrics.jsonl"), `{"kind":"step","st`)
	s := summaryOf(t, run)
	want := fmt.Sprintf("done %d %v %v (2, %v)\n", s.Steps, s.Last.BatchLoss.Value, s.WorstCert.Value, s.Last.TestAcc.Value)
	if got := python(t, interpreter, ".", pythonBlocks(t)[0], dir); normalNumbers(got) != normalNumbers(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// normalNumbers writes numbers in one form: Python and Go choose exponents at different sizes.
func normalNumbers(text string) string {
	return regexp.MustCompile(`[-+]?\d[\d.]*(e[-+]?\d+)?`).ReplaceAllStringFunc(text, func(s string) string {
		var x float64
		if _, err := fmt.Sscan(s, &x); err != nil {
			return s
		}
		return fmt.Sprint(x)
	})
}

func appendFile(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// The second one runs on what the commands before it write, and shows the numbers of the run.
func TestRunsDocumentPandas(t *testing.T) {
	interpreter := filepath.Join(readers(t), "python")
	base := t.TempDir()
	dir := filepath.Join(base, "run")
	run, _ := trained(t, smallArgs(t, dir, "--steps", "2")...)
	for _, args := range [][]string{{"--metrics", "csv", "--out", "steps.csv"}, {"--metrics", "csv", "--kind", "eval", "--out", "evals.csv"}, {"--out", "weights.npz"}} {
		args[len(args)-1] = filepath.Join(base, args[len(args)-1])
		if code, _, stderr := cli(append([]string{"export", dir}, args...)...); code != exitDone {
			t.Fatal(stderr)
		}
	}
	got := python(t, interpreter, base, pythonBlocks(t)[1])
	for _, want := range []string{fmt.Sprintf(`block1.g.rank +%d\n`, metricsOf(t, run).Steps[0].Couplings[3].Rank), `split +test +train\n`, fmt.Sprintf(`2 +%.2f`, summaryOf(t, run).Last.TestAcc.Value)} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// comparePandas compares a table, as pandas reads it, with the lines of its kind: each number to the last bit, and what is missing with what the line lacks or has as null.
const comparePandas = `
import json, sys, pandas
table = pandas.read_csv(sys.argv[1])
text = pandas.read_csv(sys.argv[1], keep_default_na=False, dtype=str)
lines = [o for o in map(json.loads, open(sys.argv[2])) if o["kind"] == sys.argv[3]]
assert len(table) == len(lines), (len(table), len(lines))
def leaves(prefix, o):
    for key, value in o.items():
        if key == "couplings":
            for c in value:
                yield from leaves(c.pop("name") + ".", c)
        elif isinstance(value, dict):
            yield from leaves(prefix + key + ".", value)
        elif key != "kind":
            yield prefix + key, " ".join(map(str, value)) if isinstance(value, list) else value
count = 0
for i, line in enumerate(lines):
    have = dict(leaves("", line))
    assert set(have) <= set(table.columns), set(have) - set(table.columns)
    for name in table.columns:
        got = table[name][i]
        if have.get(name) is None:
            assert pandas.isna(got) and text[name][i] == ("NaN" if name in have else ""), (i, name, got)
        else:
            assert got == have[name], (i, name, got, have[name])
            count += 1
print(count)
`

// pandas itself reads tables as they were meant.
func TestTablesInPandas(t *testing.T) {
	interpreter := filepath.Join(readers(t), "python")
	dir := measuredRun(t)
	path := filepath.Join(t.TempDir(), "table.csv")
	for kind, least := range map[string]int{"step": 20, "eval": 6, "probe": 15, "event": 4} {
		if code, _, stderr := cli("export", dir, "--metrics", "csv", "--kind", kind, "--out", path); code != exitDone {
			t.Fatal(stderr)
		}
		var n int
		if _, err := fmt.Sscan(python(t, interpreter, ".", comparePandas, path, filepath.Join(dir, "metrics.jsonl"), kind), &n); err != nil || n < least {
			t.Errorf("%s: pandas compared %d values (%v)", kind, n, err)
		}
	}
}
