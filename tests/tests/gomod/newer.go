// What Go 1.27 has and Go 1.21 does not know. For that release two functions that return nil
// stand in its place.

package main

import "golang.org/x/mod/modfile"

func newer(f *modfile.File) (said [][]any) {
	for _, g := range f.Godebug {
		said = append(said, line(g.Syntax, "godebug", g.Key, g.Value))
	}
	for _, t := range f.Tool {
		said = append(said, line(t.Syntax, "tool", t.Path))
	}
	for _, i := range f.Ignore {
		said = append(said, line(i.Syntax, "ignore", i.Path))
	}
	return said
}

func newerWork(f *modfile.WorkFile) (said [][]any) {
	for _, g := range f.Godebug {
		said = append(said, line(g.Syntax, "godebug", g.Key, g.Value))
	}
	return said
}
