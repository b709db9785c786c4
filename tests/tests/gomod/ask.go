// Ask answers what golang.org/x/mod/modfile makes of files: what it reads, where, what it refuses,
// and what an edit and its formatting come to. It is put beside a copy of that package from the
// sources of a Go release.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/modfile"
)

// A Question is a file, how it is read, and an edit: "", "go", "toolchain", "-go" or "-toolchain".
type Question struct {
	Way  string
	Text []byte
	Edit string
	To   string
}

// An Answer is what comes of it.
type Answer struct {
	Errors []string
	Said   [][]any
	Text   string
}

type file interface {
	AddGoStmt(string) error
	AddToolchainStmt(string) error
	DropGoStmt()
	DropToolchainStmt()
	Cleanup()
}

func answer(q Question) (a Answer) {
	var f file
	var syntax *modfile.FileSyntax
	var err error
	switch q.Way {
	case "go.work":
		var work *modfile.WorkFile
		if work, err = modfile.ParseWork(q.Way, q.Text, nil); err == nil {
			f, syntax, a.Said = work, work.Syntax, ofWork(work)
		}
	case "go.mod":
		var mod *modfile.File
		if mod, err = modfile.Parse(q.Way, q.Text, nil); err == nil {
			f, syntax, a.Said = mod, mod.Syntax, ofMod(mod)
		}
	default:
		var mod *modfile.File
		if mod, err = modfile.ParseLax("go.mod", q.Text, nil); err == nil {
			f, syntax, a.Said = mod, mod.Syntax, ofMod(mod)
		}
	}
	if err != nil {
		a.Said = nil
		for _, e := range err.(modfile.ErrorList) {
			a.Errors = append(a.Errors, e.Error())
		}
		return a
	}
	switch q.Edit {
	case "go":
		err = f.AddGoStmt(q.To)
	case "toolchain":
		err = f.AddToolchainStmt(q.To)
	case "-go":
		f.DropGoStmt()
	case "-toolchain":
		f.DropToolchainStmt()
	}
	if err != nil {
		panic(err)
	}
	f.Cleanup()
	a.Text = string(modfile.Format(syntax))
	return a
}

// line is what a directive says and where it stands.
func line(l *modfile.Line, words ...any) []any {
	return append(words, l.Start.Line, l.Start.LineRune, l.Start.Byte)
}

func ofMod(f *modfile.File) (said [][]any) {
	if m := f.Module; m != nil {
		said = append(said, line(m.Syntax, "module", m.Mod.Path, m.Deprecated))
	}
	if f.Go != nil {
		said = append(said, line(f.Go.Syntax, "go", f.Go.Version))
	}
	if f.Toolchain != nil {
		said = append(said, line(f.Toolchain.Syntax, "toolchain", f.Toolchain.Name))
	}
	for _, r := range f.Require {
		said = append(said, line(r.Syntax, "require", r.Mod.Path, r.Mod.Version, r.Indirect))
	}
	for _, x := range f.Exclude {
		said = append(said, line(x.Syntax, "exclude", x.Mod.Path, x.Mod.Version))
	}
	for _, r := range f.Replace {
		said = append(said, replace(r))
	}
	for _, r := range f.Retract {
		said = append(said, line(r.Syntax, "retract", r.Low, r.High, r.Rationale))
	}
	return append(said, newer(f)...)
}

func ofWork(f *modfile.WorkFile) (said [][]any) {
	if f.Go != nil {
		said = append(said, line(f.Go.Syntax, "go", f.Go.Version))
	}
	if f.Toolchain != nil {
		said = append(said, line(f.Toolchain.Syntax, "toolchain", f.Toolchain.Name))
	}
	for _, r := range f.Replace {
		said = append(said, replace(r))
	}
	for _, u := range f.Use {
		said = append(said, line(u.Syntax, "use", u.Path))
	}
	return append(said, newerWork(f)...)
}

func replace(r *modfile.Replace) []any {
	return line(r.Syntax, "replace", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
}

func main() {
	var questions []Question
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(data, &questions)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answers := []Answer{}
	for _, q := range questions {
		answers = append(answers, answer(q))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
