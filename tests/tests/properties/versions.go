// Prints for each line of a file whether Go takes it for a version, its language, and how it
// compares with the last line before it that was one.
package main

import (
	"bufio"
	"fmt"
	"go/version"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	before := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text := "go" + lines.Text()
		valid := version.IsValid(text)
		fmt.Println(valid, version.Lang(text), version.Compare(text, before))
		if valid {
			before = text
		}
	}
}
