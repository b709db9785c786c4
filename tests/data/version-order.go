// Prints Go versions in Go's own order, for tests/data/version-order.txt.
//
//	target/go-mirror/trees/go1.27.3/bin/go run tests/data/version-order.go > tests/data/version-order.txt
//
// One line for each class of equal versions, oldest first. Text that Go does not accept as a
// version stands on lines of its own that start with "invalid:".
package main

import (
	"fmt"
	"go/version"
	"sort"
	"strings"
)

// What can stand after "go": ordinary releases, the odd ones of Go's history, and what a user
// might write by mistake.
var candidates = []string{
	"1", "1.0", "1.0.0", "1.0.1", "1.1", "1.1.2", "1.2", "1.2rc2", "1.2.2", "1.4", "1.4.3", "1.4beta1",
	"1.4rc1", "1.4rc2", "1.5", "1.8.5rc5", "1.9", "1.9beta2", "1.9.2", "1.9.2rc2", "1.10", "1.10beta1", "1.10rc1",
	"1.10.8", "1.16", "1.18", "1.18beta1", "1.18beta2", "1.18rc1", "1.18.10", "1.19", "1.19.13", "1.20",
	"1.20rc1", "1.20rc3", "1.20.0", "1.20.1", "1.20.14", "1.21", "1.21rc1", "1.21rc2", "1.21rc10", "1.21.0",
	"1.21.1", "1.21.9", "1.21.10", "1.21.13", "1.22", "1.22rc1", "1.22.0", "1.22.10", "1.23", "1.23.2",
	"1.27", "1.27rc1", "1.27.0", "1.27.3", "1.28", "1.99", "1.99.99", "1.100", "1.1000", "2", "2.0", "2.0.0",
	"2.1", "10", "10.0", "1.21alpha1", "1.21alpha", "1.21beta", "1.21rc", "1.21x1", "1.21z", "1.21rc0", "1.21a1b2",
	"1.18446744073709551615", "1.18446744073709551616", "1.99999999999999999999", "1.99999999999999999999.1",
	"1.21.99999999999999999999", "1.21.18446744073709551616", "1.21rc99999999999999999999", "99999999999999999999",
	"", ".", "1.", "1..2", ".1", "1.02", "01.2", "1.2.03", "1.21.3rc1", "1.21.0rc1", "1.21.0.1", "1.21.", "1.21.0.",
	"v1.21", "go1.21", " 1.21", "1.21 ", "1.21\t", "+1.21", "1.21rc01", "1.21RC1", "1.21.x",
	"1.x", "x", "1.21,1", "1_0", "0x1.2", "1e3", "１.21", "1.21rc1.0", "1.21/..", "1rc1", "1.21 rc1", "0", "0.0", "0.9", "0.9.1",
}

func main() {
	var valid, invalid []string
	for _, text := range candidates {
		if version.IsValid("go" + text) {
			valid = append(valid, text)
		} else {
			invalid = append(invalid, text)
		}
	}
	compare := func(a, b string) int { return version.Compare("go"+a, "go"+b) }
	sort.SliceStable(valid, func(i, j int) bool { return compare(valid[i], valid[j]) < 0 })
	fmt.Println("# Made by tests/data/version-order.go; do not edit.")
	for i := 0; i < len(valid); {
		line := []string{valid[i]}
		for i++; i < len(valid) && compare(valid[i], line[0]) == 0; i++ {
			line = append(line, valid[i])
		}
		fmt.Println(strings.Join(line, " "))
	}
	for _, text := range invalid {
		fmt.Printf("invalid: %q\n", text)
	}
}
