// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	_ "embed"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"time"
)

// SlurmJob is an array of batch jobs.
type SlurmJob struct {
	Job
	Partition, Account string
	Requeue            bool     // start a task again that stopped early or lost its node
	MaxRequeues        int      // how often
	Directives         []string // further options of sbatch, such as --constraint=a100
	Setup              []string // lines of shell before the program, such as module load cuda
}

//go:embed slurm.sh.tmpl
var slurmTemplate string

// Validate refuses what Slurm would refuse or misread.
func (j SlurmJob) Validate() error {
	if err := j.Job.Validate(); err != nil {
		return err
	}
	for _, v := range []struct{ name, text string }{
		{"job-name", j.Name}, {"partition", j.Partition}, {"account", j.Account}, {"the sweep's directory", j.Dir}, {"the working directory", j.WorkDir},
	} {
		if strings.ContainsAny(v.text, "\"\\\n\r") {
			return fmt.Errorf("%s: got %q; a line of options for sbatch cannot hold quotation marks, backslashes or ends of lines", v.name, v.text)
		}
	}
	for _, d := range j.Directives {
		if !strings.HasPrefix(d, "-") || strings.ContainsAny(d, "\n\r") {
			return fmt.Errorf("sbatch: got %q; want one option of sbatch, such as --constraint=a100", d)
		}
	}
	if j.MaxRequeues < 0 {
		return fmt.Errorf("max-requeues: got %d; want 0 or more", j.MaxRequeues)
	}
	return nil
}

// Write writes the batch script.
func (j SlurmJob) Write(w io.Writer) error {
	if err := j.Validate(); err != nil {
		return err
	}
	t, err := template.New("slurm").Funcs(template.FuncMap{
		"shell": shellQuote, "command": commandLine, "option": optionQuote, "slurmTime": slurmTime, "seconds": seconds, "mebibytes": mebibytes,
	}).Parse(slurmTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, j)
}

// Output is where a task's output goes: %A is the number of the array, %a that of the task.
func (j SlurmJob) Output() string {
	return strings.ReplaceAll(j.Dir, "%", "%%") + string(filepath.Separator) + "slurm-%A_%a.out"
}

// Last is the number of the last task.
func (j SlurmJob) Last() int { return j.Shards - 1 }

// Interrupted is the exit code after which a task is started again.
func (j SlurmJob) Interrupted() int { return Interrupted }

// slurmTime writes a limit as days-hours:minutes:seconds.
func slurmTime(d time.Duration) string {
	s := seconds(d)
	return fmt.Sprintf("%d-%02d:%02d:%02d", s/86400, s/3600%24, s/60%60, s%60)
}

// commandLine quotes arguments, an option and its value on a line.
func commandLine(args []string) string {
	var b strings.Builder
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			b.WriteString(" \\\n ")
		}
		b.WriteString(" " + shellQuote(arg))
	}
	return b.String()
}

// shellQuote makes one word of a shell out of any text.
func shellQuote(text string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`).MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// optionQuote makes one value of an #SBATCH line out of text that Validate let pass.
func optionQuote(text string) string {
	if shellQuote(text) == text {
		return text
	}
	return `"` + text + `"`
}
